"""GS1 UDIs: reading and writing (FDA "UDI formats by issuing agency"; GS1 General Specifications 3)."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, time

from wardwright.kernel.said import say

from .ai_rules import refuse_conflicts
from .checks import gtin_to_14, placeholder_gtin
from .dates import yymmdd
from .digital_link import is_digital_link, link_elements
from .elements import FNC1, Elements, bracketed, check_value, has_separator, scanned, split_elements
from .model import ProductionIdentifiers, Reason, Udi, UdiError, UdiText, not_in_format

_BARE_GTIN_LENGTHS = (12, 13, 14)
# The order FDA's examples use: device, dates, lot, serial; anything else follows as it came.
_CANONICAL_RANK = {"01": 0, "11": 1, "17": 2, "10": 3, "21": 4}
# A further element that may hide at the end of a lot or serial number: lot, serial, or a date YYMMDD.
_HIDDEN = re.compile(r".+?(10(?=.)|21(?=.)|1[17](?=[0-9]{2}(?:0[1-9]|1[0-2])[0-3][0-9]))")
_NAMED = frozenset(("01", "10", "11", "17", "21", "30", "8012"))


def parse_gs1(text: str, *, today: date, symbology: str | None = None) -> Udi:
    """Read a GS1 UDI: bracketed, scanned, Digital Link or a bare GTIN-12, -13 or -14.

    ``today`` settles the century of two-digit years. Raises ``UdiError``.
    """
    elements = _elements(text, today, symbology)
    refuse_conflicts(elements)
    values = dict(elements)
    if "01" not in values:
        raise _no_gtin(elements)
    udi = _udi(values, elements, today, symbology)
    return replace(udi, separator_in_doubt=True) if _separator_in_doubt(text, elements) else udi


def _separator_in_doubt(text: str, elements: Elements) -> bool:
    """Whether a scan without any separator ends in a value that may hold another element."""
    last, value = elements[-1]
    if last not in ("10", "21") or not text[0].isdigit() or has_separator(text):
        return False
    present = {ai for ai, _ in elements}
    return any(hidden not in present for hidden in _HIDDEN.findall(value))


def _elements(text: str, today: date, symbology: str | None) -> Elements:
    if is_digital_link(text) or text[:8].lower().startswith(("http://", "https://")):
        return link_elements(text, today=today)
    if _is_bare_gtin(text, symbology):
        return (("01", gtin_to_14(text)),)
    return split_elements(text, today=today)


def _is_bare_gtin(text: str, symbology: str | None) -> bool:
    """12 to 14 digits, or 8 where the scanner says the carrier was an EAN-8."""
    right_length = len(text) in _BARE_GTIN_LENGTHS or (symbology == "]E4" and len(text) == 8)
    return right_length and text.isascii() and text.isdigit()


def _no_gtin(elements: Elements) -> UdiError:
    found = ", ".join(f"({ai})" for ai, _ in elements) or say("nothing")
    return UdiError(
        Reason.NO_DEVICE_IDENTIFIER,
        say("The code carries no device identifier"),
        where=say("found {found} but no (01)", found=found),
        remedy=say("The label may have two bar codes: scan the one that begins with 01 first."),
    )


def _udi(values: dict[str, str], elements: Elements, today: date, symbology: str | None) -> Udi:
    if not values["01"].strip("0"):
        raise placeholder_gtin()
    ordered = tuple(sorted(values.items(), key=_canonical_rank))
    expires_on, expiry_time = _expiry(values, today)
    return Udi(
        agency="GS1",
        device_identifier=values["01"],
        di_check_ok=True,
        canonical=bracketed(ordered),
        machine=scanned(ordered),
        elements=elements,
        other_elements=tuple([pair for pair in ordered if pair[0] not in _NAMED]),
        lot=values.get("10"),
        serial=values.get("21"),
        manufactured_on=_date(values, ("11", "8008"), today),
        expires_on=expires_on,
        expiry_time=expiry_time,
        software_version=values.get("8012"),
        quantity=int(values["30"]) if "30" in values else None,
        symbology=symbology,
    )


def _canonical_rank(element: tuple[str, str]) -> int:
    return _CANONICAL_RANK.get(element[0], 9)


def _date(values: dict[str, str], ais: Sequence[str], today: date) -> date | None:
    for ai in ais:
        if ai in values:
            return yymmdd(values[ai][:6], today, where=f"({ai})")
    return None


def _expiry(values: dict[str, str], today: date) -> tuple[date | None, time | None]:
    """Expiry date and, where (7003) gives one for that date, time of day."""
    expires_on = _date(values, ("17", "7003"), today)
    written = values.get("7003")
    if written is None or _date(values, ("7003",), today) != expires_on:
        return expires_on, None
    return expires_on, time(int(written[6:8]), int(written[8:10]))


def build_gs1(device_identifier: str, production: ProductionIdentifiers) -> UdiText:
    """Write a GS1 UDI from a GTIN (8, 12, 13 or 14 digits with check digit).

    Dates are written YYMMDD, so they read back only within 50 years. Raises ``UdiError`` for values
    GS1 does not allow.
    """
    if production.donation_id is not None:
        raise not_in_format("GS1", "donation identifier")
    named = (
        ("01", gtin_to_14(device_identifier)),
        ("11", _yymmdd(production.manufactured_on)),
        ("17", _yymmdd(production.expires_on)),
        ("10", production.lot),
        ("21", production.serial),
        ("30", None if production.quantity is None else str(production.quantity)),
        ("8012", production.software_version),
    )
    elements = [(ai, value) for ai, value in (*named, *production.other_elements) if value is not None]
    for ai, value in elements:
        check_value(ai, value, today=production.expires_on or production.manufactured_on or date(2000, 1, 1))
    refuse_conflicts(elements)
    return UdiText(human=bracketed(elements), machine=FNC1 + scanned(elements))


def _yymmdd(day: date | None) -> str | None:
    return None if day is None else day.strftime("%y%m%d")
