"""Real notices as scopes: how much is wholly understood, counted honestly. Their texts stay where they are."""

import csv
import json
from collections import Counter
from pathlib import Path

import pytest

from wardwright.kernel.scope import Decider, Of, Outcome, Scope, Span, Unit, decide, read_scope
from wardwright.kernel.scope.csaf import Advisory, Leaf, read_csaf

pytestmark = pytest.mark.real


def advisories(folder: Path) -> list[Advisory]:
    return [read_csaf(json.loads(path.read_text("utf-8"))) for path in sorted(folder.glob("*.json"))]


def understood(leaf: Leaf) -> str:
    """wholly, partly, not; "with a condition" is understood, and leaves something to a person for every device."""
    said = [e for e in leaf.elements if e.of not in (Of.MAKER, Of.MODEL, Of.UNREAD)]
    if leaf.unread:
        return "partly" if said else "not"
    return "with a condition" if any(e.of is Of.CONDITION for e in said) else "wholly"


def check_spans(scope: Scope) -> None:
    for clause in (*scope.clauses, *scope.excluded):
        for element in clause.elements:
            assert Span() <= element.span and element.span.end <= len(scope.text)


def test_products_of_medical_advisories(shared_data: Path) -> None:
    found = advisories(shared_data / "01_csaf_kev" / "icsma")
    counts = Counter(understood(leaf) for one in found for leaf in one.leaves)
    print(dict(counts))
    assert counts.total() == 510
    assert counts["wholly"] / counts.total() >= 0.9
    for one in found:
        check_spans(one.scope)


def test_products_of_other_advisories(shared_data: Path) -> None:
    counts = Counter(
        understood(leaf) for one in advisories(shared_data / "01_csaf_kev" / "icsa_sample") for leaf in one.leaves
    )
    print(dict(counts))
    assert counts["wholly"] / counts.total() >= 0.9


def test_a_product_that_an_advisory_names_is_never_not_affected(shared_data: Path) -> None:
    """Each product with its own names, and the version that its branch says where that is one version."""
    for folder in ("icsma", "icsa_sample"):
        for one in advisories(shared_data / "01_csaf_kev" / folder):
            decider = Decider(one.scope)
            for leaf in one.leaves:
                unit = Unit(maker=leaf.vendor, model=leaf.product, version=_one_version(leaf))
                assert decider.decide(unit).outcome is not Outcome.NOT_AFFECTED, (leaf.name, unit)


def _one_version(leaf: Leaf) -> str:
    named = [e for e in leaf.elements if e.of is Of.VERSION and (e.low or e.high)]
    return (named[0].high or named[0].low) if named and not named[0].high_open else ""


def test_code_info_of_enforcement_reports(shared_data: Path) -> None:
    path = shared_data / "02_fda" / "recalls" / "openfda_device_enforcement_34_full_fields.csv"
    texts = [row["code_info"] for row in csv.DictReader(path.open(encoding="utf-8")) if row["code_info"].strip()]
    assert Counter(read_scope(text).understood for text in texts) == {"wholly": len(texts)}


def test_numbers_of_enforcement_reports_are_affected(shared_data: Path) -> None:
    """Every lot and serial number of a report is affected, beside the catalogue number it stands with."""
    path = shared_data / "02_fda" / "recalls" / "openfda_device_enforcement_34_full_fields.csv"
    for row in csv.DictReader(path.open(encoding="utf-8")):
        scope = read_scope(row["code_info"])
        decider = Decider(scope)
        for clause in scope.clauses:
            known = {str(e.of).replace("-", "_"): e.low for e in clause.of(Of.REF, Of.UDI_DI)}
            for element in clause.of(Of.LOT, Of.SERIAL):
                unit = Unit.of({**known, str(element.of): element.low})
                assert decider.decide(unit).outcome is Outcome.AFFECTED, (row["recall_number"], element)


def test_class_one_pages_make_nobody_not_affected(shared_data: Path) -> None:
    """They are prose. A device that none of them names is let off only where every sentence was understood."""
    path = shared_data / "02_fda" / "recalls" / "fda_class1_recall_pages.jsonl"
    pages = [json.loads(line)["text"] for line in path.read_text("utf-8").splitlines()]
    scopes = [read_scope(page) for page in pages]
    print(dict(Counter(scope.understood for scope in scopes)))
    for scope in scopes:
        found = decide(scope, Unit(model="X1", serial="5")).outcome
        assert found is Outcome.UNRESOLVED or (scope.understood == "wholly" and found is Outcome.NOT_AFFECTED)
