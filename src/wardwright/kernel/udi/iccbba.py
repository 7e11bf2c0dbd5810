"""ICCBBA (ISBT 128) UDIs of human tissue, cells and blood bags: reading and writing.

Source: ISBT 128 Standard Technical Specification, data structures 1, 3–9, 17, 18, 32–35; FDA "UDI
formats by issuing agency". Each element is a two-character identifier and a value of fixed length;
the donation identification number has only ``=`` and begins with a letter or digit.
"""

import re
from dataclasses import dataclass
from datetime import date, time

from wardwright.kernel.said import say

from .dates import clock_time, day_of_year
from .model import ProductionIdentifiers, Reason, Udi, UdiError, UdiText, not_in_format


@dataclass(frozen=True, slots=True)
class _Structure:
    code: str
    title: str
    pattern: re.Pattern[str]
    length: int


def _structure(code: str, title: str, length: int, characters: str = "[A-Z0-9]") -> _Structure:
    return _Structure(code, title, re.compile(f"{characters}{{{length}}}"), length)


_DONATION = _structure("=", say("donation identification number"), 15)

# Longest identifiers first, so that "&,1" is not taken for another structure.
_STRUCTURES = (
    _structure("=+", say("compound message"), 5, "[0-9]"),
    _structure("=/", say("device identifier"), 16),
    _structure("=)", say("blood bag device identifier"), 10),
    _structure("=,", say("serial number"), 6, "[A-Za-z0-9]"),
    _structure("=>", say("expiry date"), 6, "[0-9]"),
    _structure("&>", say("expiry date and time"), 10, "[0-9]"),
    _structure("=}", say("production date"), 6, "[0-9]"),
    _structure("&}", say("production date and time"), 10, "[0-9]"),
    _structure("&,1", say("lot"), 18, "[A-Za-z0-9]"),
    _structure("&)", say("blood bag lot"), 10, "[A-Za-z0-9]"),
)
_BY_START = {structure.code[:2]: structure for structure in _STRUCTURES}
_DEVICE_CODES = ("=/", "=)")


def parse_iccbba(text: str, *, today: date, symbology: str | None = None) -> Udi:
    """Read an ICCBBA UDI. ``today`` is not needed (years have three digits) but keeps one call shape.

    Raises ``UdiError``.
    """
    del today
    elements = _split(text)
    values = dict(elements)
    if len(values) != len(elements):
        raise _malformed(say("One identifier stands twice"), 1, text)
    device = next((values[code] for code in _DEVICE_CODES if code in values), None)
    if device is None:
        raise UdiError(
            Reason.NO_DEVICE_IDENTIFIER,
            say("The code carries no device identifier"),
            where=say("no =/ and no =) found"),
            remedy=say("The label may have several bar codes: scan the one that begins with =/ or =) first."),
        )
    return _udi(device, values, elements, symbology)


def _split(text: str) -> tuple[tuple[str, str], ...]:
    elements, position = [], 0
    while position < len(text):
        structure = _structure_at(text, position)
        start = position + len(structure.code)
        position = start + structure.length
        value = text[start:position]
        if not structure.pattern.fullmatch(value):
            raise _misfit(structure, value, start)
        elements.append((structure.code, value))
    return tuple(elements)


def _structure_at(text: str, position: int) -> _Structure:
    found = _BY_START.get(text[position : position + 2])
    if found is not None and text.startswith(found.code, position):
        return found
    if text[position] == "=" and text[position + 1 : position + 2].isalnum():
        return _DONATION
    raise UdiError(
        Reason.UNKNOWN_IDENTIFIER,
        say("{code} is not an ICCBBA data identifier", code=ascii(text[position : position + 2])),
        where=say("character {position}", position=position + 1),
        remedy=say("The value before it may be cut short: scan again."),
    )


def _misfit(structure: _Structure, value: str, start: int) -> UdiError:
    short = len(value) < structure.length
    return UdiError(
        Reason.BAD_LENGTH if short else Reason.BAD_CHARACTER,
        say(
            "The {title} {value} must be {length} letters or digits",
            title=structure.title,
            value=ascii(value),
            length=structure.length,
        ),
        where=say("after {code}, character {position}", code=structure.code, position=start + 1),
        remedy=say("Scan again, or compare it with the label."),
    )


def _malformed(what: str, position: int, found: str) -> UdiError:
    return UdiError(
        Reason.BAD_STRUCTURE,
        what,
        where=say("character {position}, {text}", position=position, text=ascii(found[:24])),
        remedy=say("Scan one label at a time."),
    )


def _udi(device: str, values: dict[str, str], elements: tuple[tuple[str, str], ...], symbology: str | None) -> Udi:
    text = "".join(code + value for code, value in elements if code != "=+")
    expiry = values.get("&>")
    return Udi(
        agency="ICCBBA",
        device_identifier=device,
        di_check_ok=None,
        canonical=text,
        machine=text,
        elements=elements,
        lot=values.get("&,1", values.get("&)")),
        serial=values.get("=,"),
        donation_id=values.get("="),
        manufactured_on=_day(values, "=}", "&}"),
        expires_on=_day(values, "=>", "&>"),
        expiry_time=_time(expiry) if expiry else None,
        symbology=symbology,
    )


def _day(values: dict[str, str], *codes: str) -> date | None:
    """The first of these dates: cYYJJJ, where c is the third digit of the year (9 is 19xx, 0 is 20xx)."""
    days = [_ordinal_date(values[code], code) for code in codes if code in values]
    if len(set(days)) > 1:
        raise _malformed(say("Two dates for one thing differ"), 1, " ".join(codes))
    return days[0] if days else None


def _ordinal_date(digits: str, code: str) -> date:
    hundreds = int(digits[0])
    year = (1000 if hundreds == 9 else 2000) + 100 * hundreds + int(digits[1:3])
    if len(digits) > 6:
        _time(digits)
    return day_of_year(year, int(digits[3:6]), written=digits, where=code)


def _time(digits: str) -> time:
    """The clock time in the last four digits of cYYJJJHHMM."""
    return clock_time(int(digits[6:8]), int(digits[8:10]), 0, written=digits, where=say("time"))


def build_iccbba(device_identifier: str, production: ProductionIdentifiers) -> UdiText:
    """Write an ICCBBA UDI; a device identifier of 10 characters makes it a blood bag's.

    Lots and serial numbers are filled with leading zeros to their fixed length, as the standard does.
    Raises ``UdiError`` for values the format does not allow.
    """
    bag = len(device_identifier) == 10
    _refuse_unplaced(production, bag)
    lot, serial = production.lot, production.serial
    elements = (
        ("=)" if bag else "=/", device_identifier),
        ("=,", None if serial is None else serial.zfill(6)),
        ("=", production.donation_id),
        ("=>", _ordinal(production.expires_on)),
        ("=}", _ordinal(production.manufactured_on)),
        ("&)" if bag else "&,1", None if lot is None else lot.zfill(10 if bag else 18)),
    )
    text = "".join(code + value for code, value in elements if value is not None)
    written = [(code, value) for code, value in elements if value is not None]
    if list(_split(text)) != written:
        raise _malformed("A value runs into the next identifier", 1, text)
    return UdiText(human=text, machine=text)


def _refuse_unplaced(production: ProductionIdentifiers, bag: bool) -> None:
    fields = ["software_version", "quantity"]
    if bag:
        fields += ["serial", "donation_id", "expires_on", "manufactured_on"]
    for field in fields:
        if getattr(production, field) is not None:
            raise not_in_format("ICCBBA", field.replace("_", " "))
    if production.other_elements:
        raise not_in_format("ICCBBA", "further element")


def _ordinal(day: date | None) -> str | None:
    if day is None:
        return None
    if not 1900 <= day.year <= 2899:
        raise not_in_format("ICCBBA", f"date of the year {day.year}")
    return f"{day.year % 1000:03}{day:%j}"
