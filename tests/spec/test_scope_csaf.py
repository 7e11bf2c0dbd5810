"""CSAF 2.0 advisories (OASIS CSAF 2.0, 3.2.2 product tree, 3.2.3.9 product status) as scopes.

The trees are short ones in the forms that real advisories have; every real one is read in ``tests/real``.
"""

import pytest

from tests.spec.test_scope_text import shown
from wardwright.kernel.scope import Unit, decide
from wardwright.kernel.scope.csaf import BadCsaf, read_csaf


def advisory(*leaves: tuple[str, ...], **status: list[str]) -> dict:
    """An advisory of one vendor; a leaf is (product, version) or (product, version, full name); ids P0, P1 …"""
    branches = []
    for number, (product, version, *name) in enumerate(leaves):
        leaf = {"product_id": f"P{number}", "name": name[0] if name else f"{product}: {version}"}
        last = {"category": "product_version_range", "name": version, "product": leaf}
        branches.append({"category": "product_name", "name": product, "branches": [last]})
    tree = {"branches": [{"category": "vendor", "name": "Philips", "branches": branches}]}
    statuses = status or {"known_affected": [f"P{n}" for n in range(len(leaves))]}
    return {
        "document": {"tracking": {"id": "TEST-1"}},
        "product_tree": tree,
        "vulnerabilities": [{"cve": "CVE-2021-0001", "product_status": statuses}],
    }


@pytest.mark.parametrize(
    ("product", "version", "name", "expected"),
    [
        ("IntelliVue X2", "<=N", "IntelliVue X2: <=N", "version:..N"),
        ("Pump", "vers:all/*", "Pump: all versions", "version:all"),
        ("Pump", "vers:all/<V4.3.8", "Pump", "version:..<V4.3.8"),
        ("Pump", ">= 4.01 | <= 4.34", "Pump: versions 4.01 through 4.34", "version:4.01..4.34"),
        ("Voluson 730", "BT05 | BT08", "Voluson 730: BT05 | BT08", "version:BT05,BT08"),
        ("Vivid 7", ">=BT02 | <= BT06", "Vivid 7: >=BT02 | <= BT06", "version:BT02..BT06"),
        ("SpaceCom", "<= U61 |<= L81", "SpaceCom: <= U61 |<= L81", "version:..U61,..L81"),
        ("Vue PACS", "<= 12.2.x.x", "Vue PACS: Versions 12.2.x.x and prior", "version:..12.2.x.x"),
        ("Web Server", "<7.6.2", "Web Server: all versions up to 7.6.2", "version:..<7.6.2,..7.6.2"),  # both are kept
        ("Monitors MX", "Rev J-M", "Monitors MX: Rev J-M", "version:J..M"),
        ("Link+", "<= 3.0 D15", "Link+: v3.0 D15 and prior", "version:..3.0 D15"),
        ("CPAP", "<  july 1 2017", "CPAP: devices released prior to July 1 2017", "shipped:..2017-06-30"),
    ],
)
def test_versions_of_a_branch(product: str, version: str, name: str, expected: str) -> None:
    found = read_csaf(advisory((product, version, name)))
    assert [shown(c, found.scope.text) for c in found.scope.clauses] == [f"maker:Philips model:{product} {expected}"]
    assert found.scope.understood == "wholly"


@pytest.mark.parametrize(
    ("product", "version", "name", "models"),
    [
        ("Bed", "Models 8100, 8110", "Bed: Models 8100, 8110", "Bed 8100,Bed 8110"),
        (
            "MiniMed 630G",
            "MMT-1715 | MMT-1754",
            "MiniMed 630G: MMT-1715 MMT-1754",
            "MiniMed 630G MMT-1715,MiniMed 630G MMT-1754",
        ),
        ("Monitor", "24950 | 24952", "Monitor: Versions 24950 and 24952", "Monitor 24950,Monitor 24952"),
        (
            "Handheld medical devices",
            "Accu-Chek Inform II",
            "Handheld medical devices - Accu-Chek Inform II",
            "Accu-Chek Inform II",
        ),
    ],
)
def test_models_where_a_version_should_stand(product: str, version: str, name: str, models: str) -> None:
    found = read_csaf(advisory((product, version, name)))
    assert [shown(c, found.scope.text) for c in found.scope.clauses] == [f"maker:Philips model:{models}"]


def test_a_version_and_a_model() -> None:
    found = read_csaf(advisory(("Spectrum", "v8.x model 35700BAX2", "Spectrum: v8.x model 35700BAX2")))
    assert [shown(c, found.scope.text) for c in found.scope.clauses] == [
        "maker:Philips version:v8.x model:Spectrum 35700BAX2"
    ]


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ({"known_affected": ["P0"]}, "affected"),
        ({"under_investigation": ["P0"]}, "unresolved"),
        ({"known_not_affected": ["P0"]}, "not_affected"),
        ({"known_not_affected": ["P0"], "known_affected": ["P1"]}, "not_affected"),
        ({"known_affected": ["P0"], "fixed": ["P1"]}, "affected"),
    ],
)
def test_product_status(status: dict, expected: str) -> None:
    found = read_csaf(advisory(("MX40", "<= 2.0"), ("MX50", "<= 2.0"), **status))
    assert decide(found.scope, Unit(maker="Philips", model="MX40", version="1.5")).outcome == expected


def test_what_is_not_understood_stays_with_its_product() -> None:
    found = read_csaf(advisory(("MX40", "< august 28"), ("MX50", "<= 2.0")))
    outcomes = [
        str(decide(found.scope, Unit(maker="Philips", model=model, version="3.0")).outcome)
        for model in ("MX40", "MX50")
    ]
    assert outcomes == ["unresolved", "not_affected"]
    assert [span.of(found.scope.text) for span in found.scope.residue] == ["< august 28"]


def test_spans_point_into_the_line_of_the_product() -> None:
    found = read_csaf(advisory(("MX40", "<= 2.0"), ("MX50", "<= 3.0")))
    decision = decide(found.scope, Unit(maker="Philips", model="MX50", version="2.5"))
    assert (decision.text, found.leaves[1].line.of(found.scope.text)) == (
        "<= 3.0",
        "Philips · MX50 · <= 3.0 · MX50: <= 3.0",
    )


def test_identification_helper() -> None:
    data = advisory(("Pump", "vers:all/*", "Pump: *"))
    product = data["product_tree"]["branches"][0]["branches"][0]["branches"][0]["product"]
    product["product_identification_helper"] = {"model_numbers": ["6GK5332"], "serial_numbers": ["AB1*", "CD22"]}
    found = read_csaf(data)
    assert [shown(c, found.scope.text) for c in found.scope.clauses] == [
        "maker:Philips model:Pump version:all ref:6GK5332 serial:AB1*,CD22"
    ]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ([], "A CSAF advisory is one JSON object."),
        ({"document": {}}, "The advisory has no “product_tree”."),
    ],
)
def test_no_advisory(data: object, words: str) -> None:
    with pytest.raises(BadCsaf) as caught:
        read_csaf(data)
    assert str(caught.value) == words


@pytest.mark.parametrize(
    ("name", "unit", "right"),
    [
        ("MX40: <= 2.0", {"model": "MX40", "version": "1.9"}, "affected"),
        ("MX40: <= 2.0", {"model": "MX40", "version": "2.1"}, "not_affected"),
        ("MX40: <= 2.0", {"model": "MX40"}, "unresolved"),
        ("Ingenia 3.0T", {"model": "Ingenia 3.0T", "version": "5.6"}, "affected"),
        ("Signa 1.5", {"model": "Signa 1.5", "version": "2"}, "affected"),
        ("MX40 <2.0, MX50", {"model": "MX50"}, "unresolved"),
        ("IntelliVue MX40 - Wearable Monitor", {"model": "IntelliVue MX40"}, "affected"),
    ],
)
def test_a_product_by_its_full_name_alone(name: str, unit: dict[str, str], right: str) -> None:
    """Without a branch for its version a name is cut only where it surely says one."""
    tree = {"full_product_names": [{"product_id": "P", "name": name}]}
    scope = read_csaf({"document": {}, "product_tree": tree}).scope
    assert str(decide(scope, Unit.of(unit)).outcome) == right
