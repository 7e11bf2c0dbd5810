"""Dose figures out of a radiation dose structured report: TID 10001 (projection) and TID 10011 (CT) of DICOM PS3.16."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

from wardwright.kernel.said import Said, say

from .identity import device, moment

# Codes of DCM (PS3.16 annex D).
CT_ACQUISITION, CT_DOSE, CT_ACCUMULATED = "113819", "113829", "113811"
PROJECTION_EVENT, PROJECTION_ACCUMULATED = "113706", "113702"
EVENT_UID, PROTOCOL, TARGET_REGION = "113769", "125203", "123014"
CT_TYPE, LOCALISER = "113820", "113805"
PHANTOM_TYPE = "113835"

#: Figure of an event or a sum → our key. What is in `_GREATEST` is not added up over the events of a protocol.
CT_FIGURES = {"113830": "dose.ctdi_vol", "113838": "dose.dlp"}
PROJECTION_FIGURES = {"122130": "dose.area_product", "113738": "dose.reference_point", "111631": "dose.glandular"}
TOTALS = {
    "113813": "dose.dlp", "113722": "dose.area_product", "113725": "dose.reference_point",
    "113730": "dose.fluoro_time",
}  # fmt: skip
_GREATEST = {"dose.ctdi_vol"}
_UNIT = {
    "dose.ctdi_vol": {"mGy": "1", "Gy": "1000", "uGy": "0.001"},
    "dose.dlp": {"mGy.cm": "1", "mGycm": "1", "Gy.cm": "1000", "mGy.m": "100"},
    "dose.area_product": {
        "Gy.m2": "10000", "Gy.cm2": "1", "dGy.cm2": "0.1", "cGy.cm2": "0.01", "mGy.cm2": "0.001", "uGy.m2": "0.01",
        "mGy.m2": "10",
    },
    "dose.reference_point": {"Gy": "1000", "mGy": "1", "uGy": "0.001"},
    "dose.fluoro_time": {"s": "1", "min": "60", "ms": "0.001"},
    "dose.glandular": {"mGy": "1", "dGy": "100", "Gy": "1000", "uGy": "0.001"},
}  # fmt: skip
SIX = Decimal("0.000001")


class NotAReport(ValueError):
    """The file is no dose report, or not one that is read here."""

    def __init__(self, words: Said):
        super().__init__(words)
        self.words = words


def read_report(row: Any) -> dict[str, Any]:
    """What a report says of the device and its doses: ``figures`` of each protocol, and of the whole examination
    (protocol ""); no patient, and no number by which one could be found.

    Raises:
        NotAReport: in words.
    """
    modality = str(row.get("Modality", "")) or "?"
    title = _code(row, "ConceptNameCodeSequence")
    if modality != "SR" or title != "113701":
        raise NotAReport(say("A file of the modality {modality} is not a radiation dose report.", modality=modality))
    events = list(_events(row))
    totals = list(_totals(row))
    if not events and not totals:
        raise NotAReport(say("A dose report has no irradiation in it that is read here."))
    problems: list[Said] = []
    return {
        "kind": "ct" if any(_code(one, "ConceptNameCodeSequence") == CT_ACQUISITION for one, _figures in events) else
        "projection",
        **device(row),
        "taken_at": moment(row, ("Study", "Content", "Series")),
        "digest": _digest(row, [one for one, _figures in events]),
        "events": len(events),
        "figures": [*_by_protocol(events, problems), *_whole(totals, problems)],
        "problems": problems,
    }  # fmt: skip


def _items(row: Any) -> Iterator[Any]:
    yield from row.get("ContentSequence") or ()


def _walk(row: Any, depth: int = 0) -> Iterator[Any]:
    """Every node of the tree; a tree deeper than any report is made to harm."""
    if depth > 40:
        raise NotAReport(say("A dose report is nested deeper than any real one."))
    for item in _items(row):
        yield item
        yield from _walk(item, depth + 1)


def _code(row: Any, sequence: str) -> str:
    found = row.get(sequence)
    return str(found[0].get("CodeValue") or "") if found else ""


def _name(item: Any) -> str:
    return _code(item, "ConceptNameCodeSequence")


def _events(row: Any) -> Iterator[tuple[Any, dict[str, str]]]:
    """Each irradiation that gave a patient dose, with the figures it is read for. A localiser is not compared."""
    for item in _walk(row):
        if _name(item) == CT_ACQUISITION:
            kinds = [_code(one, "ConceptCodeSequence") for one in _items(item) if _name(one) == CT_TYPE]
            if LOCALISER not in kinds:
                yield item, CT_FIGURES
        elif _name(item) == PROJECTION_EVENT:
            yield item, PROJECTION_FIGURES


def _totals(row: Any) -> Iterator[Any]:
    for item in _walk(row):
        if _name(item) in (CT_ACCUMULATED, PROJECTION_ACCUMULATED):
            yield item


def _by_protocol(events: list[tuple[Any, dict[str, str]]], problems: list[Said]) -> Iterator[dict[str, Any]]:
    """Figures of each protocol: CTDIvol the greatest of its irradiations, everything else their sum."""
    found: dict[tuple[str, str], list[Decimal]] = {}
    phantoms: dict[str, str] = {}
    for item, wanted in events:
        protocol = _protocol(item)
        for node in _walk(item):
            if _name(node) in wanted:
                key = wanted[_name(node)]
                value = _number(node, key, problems)
                if value is not None:
                    found.setdefault((protocol, key), []).append(value)
            elif _name(node) == PHANTOM_TYPE:
                phantoms[protocol] = _meaning(node)
    for (protocol, key), values in sorted(found.items()):
        value = max(values) if key in _GREATEST else sum(values, Decimal(0))
        yield {"protocol": protocol, "quantity": key, "value": str(value.quantize(SIX)), "events": len(values),
               "phantom": phantoms.get(protocol, "") if key in ("dose.ctdi_vol", "dose.dlp") else ""}  # fmt: skip


def _whole(totals: list[Any], problems: list[Said]) -> Iterator[dict[str, Any]]:
    """The sums that the device itself made; a device with two planes reports one for each."""
    found: dict[str, list[Decimal]] = {}
    for item in totals:
        for node in _walk(item):
            if _name(node) in TOTALS:
                key = TOTALS[_name(node)]
                value = _number(node, key, problems)
                if value is not None:
                    found.setdefault(key, []).append(value)
    for key, values in sorted(found.items()):
        yield {"protocol": "", "quantity": key, "value": str(sum(values, Decimal(0)).quantize(SIX)),
               "events": len(values), "phantom": ""}  # fmt: skip


def _protocol(item: Any) -> str:
    for one in _items(item):
        if _name(one) == PROTOCOL:
            return " ".join(str(one.get("TextValue") or "").split())[:120] or "?"
    for one in _items(item):
        if _name(one) == TARGET_REGION:
            return _meaning(one) or "?"
    return "?"


def _meaning(item: Any) -> str:
    found = item.get("ConceptCodeSequence")
    return " ".join(str(found[0].get("CodeMeaning") or "").split())[:120] if found else ""


def _number(node: Any, key: str, problems: list[Said]) -> Decimal | None:
    """The node's value in our unit; None, with a sentence, for what cannot be read."""
    measured = node.get("MeasuredValueSequence")
    if not measured:
        return None
    text, unit = str(measured[0].get("NumericValue")), _code(measured[0], "MeasurementUnitsCodeSequence")
    factor = _UNIT[key].get(unit)
    if factor is None:
        problems.append(say("{quantity} is in {unit}, which is not read.", quantity=key, unit=repr(unit)))
        return None
    try:
        value = Decimal(text) * Decimal(factor)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or value < 0 or value >= Decimal(10) ** 11:
        problems.append(say("{quantity} is not a number: {text}.", quantity=key, text=repr(text[:40])))
        return None
    return value


def _digest(row: Any, events: list[Any]) -> str:
    """By what a report that comes twice is known again: the numbers of its irradiations, or else its own, hashed."""
    numbers = sorted(str(one.get("UID")) for item in events for one in _items(item) if _name(one) == EVENT_UID)
    text = "\n".join(numbers) or str(row.SOPInstanceUID)
    return hashlib.sha256(text.encode()).hexdigest()
