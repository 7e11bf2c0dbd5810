"""HIBCC UDIs: reading and writing (ANSI/HIBC 2.6 supplier labelling standard; IMDRF N48 annex).

A code is ``+``, data and one check character. The data are a primary part (labeler, product, unit of
measure) and, after ``/``, a secondary part: lot or serial with quantity and expiry in the ``$`` forms,
then supplements such as ``/S`` serial, ``/16D`` made on, ``/14D`` expires on. Old labels carry the
two parts in two codes, joined by a link character.
"""

import re
from datetime import date, time
from typing import TypedDict

from wardwright.kernel.said import say

from .checks import hibcc_check_character
from .dates import calendar_date, clock_time, day_of_year, full_year, impossible_date
from .model import ProductionIdentifiers, Reason, Udi, UdiError, UdiText, not_in_format

_DEVICE = re.compile(r"([A-Z][A-Z0-9]{3})([A-Z0-9]{1,18})([0-9])")
_DOLLAR = re.compile(r"(\$\$?)(\+?)(.*)")
_QUANTITY = re.compile(r"8([0-9]{2})|9([0-9]{5})")
_OLD_JULIAN = re.compile(r"([0-9]{5})(.*)")
# ANS MH10.8.2 data identifiers: up to three digits and a letter.
_SUPPLEMENT = re.compile(r"([0-9]{0,3}[A-Z])(.+)")
_NAMED = frozenset(("S", "14D", "16D", "Q", "YYJJJ"))
_SECOND_CODE = re.compile(r"\s*\+(?=[$0-9])")
_VALUE = re.compile(r"[A-Z0-9\-. ]{0,40}")
_LONGEST_VALUE = 18
_LOT, _SERIAL = say("lot"), say("serial number")
_FACTS = {
    "lot": _LOT,
    "serial": say("serial"),
    "expires_on": say("expires on"),
    "expiry_time": say("expiry time"),
    "manufactured_on": say("manufactured on"),
    "quantity": say("quantity"),
}

# How many digits of date follow each flag after $$ (no flag: MMYY, which begins with 0 or 1).
_DATE_DIGITS = {"2": 6, "3": 6, "4": 8, "5": 5, "6": 7, "7": 0}


class _Secondary(TypedDict, total=False):
    lot: str | None
    serial: str | None
    expires_on: date | None
    expiry_time: time | None
    manufactured_on: date | None
    quantity: int | None


_Elements = tuple[tuple[str, str], ...]


def parse_hibcc(text: str, *, today: date, symbology: str | None = None) -> Udi:
    """Read a HIBCC UDI: primary alone, combined, or primary and linked secondary one after the other.

    Asterisks around a code are dropped and small letters read as capitals. Raises ``UdiError``.
    """
    codes = _separate(text.upper().replace("*", ""))
    if not codes[0].startswith("+"):
        raise _malformed(say("A HIBCC code begins with +"), codes[0])
    body = _verified(codes[0])
    segments = body[1:].split("/")
    device = _device(segments[0])
    if len(codes) == 2:
        segments += _linked(codes[1], codes[0][-1])
    secondary, elements = _read_segments(segments[1:], today)
    return _udi(device, secondary, (("+", segments[0]), *elements), segments, symbology)


def _separate(text: str) -> tuple[str, ...]:
    """One code, or the primary and the secondary scanned after it."""
    second = _SECOND_CODE.search(text, 7)
    if second is None:
        return (text,)
    first, rest = text[: second.start()], text[second.start() :].lstrip()
    # the space before the second code may be the check character of the first
    for reading in (first, first + " ") if second[0].startswith(" ") else (first,):
        if _stands_alone(reading):
            return reading, rest
    return (text,)


def _stands_alone(code: str) -> bool:
    return _DEVICE.fullmatch(code[1:-1]) is not None and hibcc_check_character(code[:-1]) == code[-1]


def _verified(code: str) -> str:
    """The code without its check character, once that has been found right."""
    for reading in _readings(code):
        if len(reading) > 2 and hibcc_check_character(reading[:-1]) == reading[-1]:
            return reading[:-1]
    plain = code.rstrip()
    if len(plain) < 3:
        raise _malformed(say("The code is too short"), code)
    expected = hibcc_check_character(plain[:-1])
    raise UdiError(
        Reason.BAD_CHECK,
        say("The check character is {sign} but should be {expected}", sign=ascii(plain[-1]), expected=ascii(expected)),
        where=say("character {position}, the last", position=len(plain)),
        remedy=say("One character is wrong or missing: scan again, or compare every character with the label."),
    )


def _readings(code: str) -> tuple[str, ...]:
    """The ways the text may stand for the code: spaces may be data, the check character, or typed in."""
    if " " not in code and "_" not in code:
        return (code,)
    # a check character of space is printed as an underscore
    shown = code[:-1] + " " if code.endswith("_") else code
    return shown, code.rstrip(" "), code.replace(" ", "")


def _device(segment: str) -> re.Match[str]:
    match = _DEVICE.fullmatch(segment)
    if match is not None:
        return match
    if segment.startswith("$") or _OLD_JULIAN.match(segment):
        raise UdiError(
            Reason.NO_DEVICE_IDENTIFIER,
            say("This is the second of two HIBCC codes and names no device"),
            where=say("character {position}", position=2),
            remedy=say("Scan the first code (it begins + and a letter) and then this one, a space between."),
        )
    raise _malformed(say("A HIBCC device identifier is a letter, 3 to 21 letters or digits, and a digit"), segment)


def _linked(code: str, check_of_primary: str) -> list[str]:
    body = _verified(code)
    if body[-1] != check_of_primary:
        raise UdiError(
            Reason.LINK_MISMATCH,
            say(
                "The second code belongs to another label: it links to {link}, not {check}",
                link=ascii(body[-1]),
                check=ascii(check_of_primary),
            ),
            where=say("last but one character of the second code"),
            remedy=say("Scan both codes of the same label."),
        )
    return body[1:-1].split("/")


def _read_segments(segments: list[str], today: date) -> tuple[_Secondary, list[tuple[str, str]]]:
    found: _Secondary = {}
    elements = []
    for number, segment in enumerate(segments):
        if segment.startswith("$"):
            code, value, read = _dollar(segment, today)
        elif number == 0 and (old := _OLD_JULIAN.fullmatch(segment)):
            code, value = "YYJJJ", segment
            read = {"expires_on": _short_date("5", old[1], today)[0], "lot": _value(old[2], _LOT)}
        else:
            code, value, read = _supplement(segment)
        elements.append((code, value))
        _merge(found, read, code)
    return found, elements


def _merge(found: _Secondary, read: _Secondary, code: str) -> None:
    for name, value in read.items():
        if value is not None and found.setdefault(name, value) != value:  # type: ignore[misc]
            raise UdiError(
                Reason.CONFLICT,
                say("The code gives two different values for {name}", name=_FACTS[name]),
                where=f"/{code}",
                remedy=say("Check that both parts were scanned from one label."),
            )


def _dollar(segment: str, today: date) -> tuple[str, str, _Secondary]:
    dollars, plus, rest = _DOLLAR.fullmatch(segment).groups()  # type: ignore[union-attr]
    code, value = dollars + plus, rest
    quantity, day, hour = None, None, None
    if dollars == "$$":
        if counted := _QUANTITY.match(rest):
            quantity, rest = int(counted[1] or counted[2]), rest[counted.end() :]
        if rest or quantity is None:
            flag, digits, rest = _split_date(rest)
            day, hour = _short_date(flag, digits, today)
            code, value = (code + flag, digits + rest) if quantity is None else (code, value)
    name = _value(rest, _SERIAL if plus else _LOT)
    if name is None and day is None and quantity is None:
        raise _malformed(say("The part after the $ sign is empty"), segment)
    read: _Secondary = {"expires_on": day, "expiry_time": hour, "quantity": quantity}
    read["serial" if plus else "lot"] = name
    return code, value, read


def _split_date(rest: str) -> tuple[str, str, str]:
    """Date flag, date digits, and what follows them."""
    flag = rest[:1] if rest[:1] in _DATE_DIGITS else ""
    size = _DATE_DIGITS.get(flag, 4)
    digits = rest[len(flag) : len(flag) + size]
    if len(digits) < size or (digits and not (digits.isascii() and digits.isdigit())):
        raise impossible_date(repr(digits), say("{sign}, expiry date of {size} digits", sign=f"$${flag}", size=size))
    return flag, digits, rest[len(flag) + size :]


def _short_date(flag: str, digits: str, today: date) -> tuple[date | None, time | None]:
    """Expiry date and hour from the digits after a flag; a month alone means its last day."""
    if flag == "7":
        return None, None
    where = say("{sign}, expiry date", sign=f"$${flag}")
    pairs = [int(digits[i : i + 2]) for i in range(0, len(digits) - 1, 2)]
    if flag == "":
        return calendar_date(full_year(pairs[1], today), pairs[0], 0, written=digits, where=where), None
    if flag in "56":
        day = day_of_year(full_year(pairs[0], today), int(digits[2:5]), written=digits, where=where)
        return day, _hour(digits[5:], where)
    if flag == "2":
        pairs = [pairs[2], pairs[0], pairs[1]]
    if pairs[2] == 0:
        raise impossible_date(digits, where)
    day = calendar_date(full_year(pairs[0], today), pairs[1], pairs[2], written=digits, where=where)
    return day, _hour(digits[6:], where)


def _hour(digits: str, where: str) -> time | None:
    return clock_time(int(digits), 0, 0, written=digits, where=where) if digits else None


def _supplement(segment: str) -> tuple[str, str, _Secondary]:
    match = _SUPPLEMENT.fullmatch(segment)
    if match is None:
        raise _malformed(say("A part after / must begin with $ or an identifier such as S, 14D, 16D or Q"), segment)
    code, value = match.groups()
    if code == "S":
        return code, value, {"serial": _value(value, _SERIAL)}
    if code == "16D":
        return code, value, {"manufactured_on": _long_date(code, value)}
    if code == "14D":
        return code, value, {"expires_on": _long_date(code, value)}
    if code == "Q":
        return code, value, {"quantity": _count(value)}
    return code, value, {}


def _long_date(code: str, digits: str) -> date:
    if not (len(digits) == 8 and digits.isascii() and digits.isdigit()) or digits[6:] == "00":
        raise impossible_date(digits, f"/{code}, YYYYMMDD")
    year, month, day = int(digits[:4]), int(digits[4:6]), int(digits[6:])
    return calendar_date(year, month, day, written=digits, where=f"/{code}")


def _count(value: str) -> int:
    if not (value.isascii() and value.isdigit() and len(value) <= 8):
        raise _malformed(say("A quantity has 1 to 8 digits"), value)
    return int(value)


def _value(value: str, name: str) -> str | None:
    """A lot or serial number without the spaces printed inside it; None where empty."""
    plain = value.replace(" ", "")
    if len(plain) > _LONGEST_VALUE:
        raise UdiError(
            Reason.BAD_LENGTH,
            say(
                "The {name} {value} has {count} characters, at most {limit} are allowed",
                name=name,
                value=plain,
                count=len(plain),
                limit=_LONGEST_VALUE,
            ),
            where=name,
            remedy=say("Scan again; two parts may have run together."),
        )
    if not _VALUE.fullmatch(plain):
        raise UdiError(
            Reason.BAD_CHARACTER,
            say("The {name} {value} may hold letters, digits, hyphen and point only", name=name, value=plain),
            where=name,
            remedy=say("Compare it with the label."),
        )
    return plain or None


def _malformed(what: str, found: str) -> UdiError:
    return UdiError(
        Reason.BAD_STRUCTURE,
        what,
        where=say("found {text}", text=ascii(found[:24])),
        remedy=say("Scan again, or compare it with the label."),
    )


def _udi(
    device: re.Match[str], found: _Secondary, elements: _Elements, segments: list[str], symbology: str | None
) -> Udi:
    body = "+" + "/".join(segments)
    check = hibcc_check_character(body)
    return Udi(
        agency="HIBCC",
        device_identifier=device[0],
        di_check_ok=True,
        canonical=f"*{body}{check}*",
        machine=body + check,
        elements=elements,
        other_elements=tuple([pair for pair in elements[1:] if pair[0] not in _NAMED and pair[0][0] != "$"]),
        labeler_id=device[1],
        product_code=device[2],
        unit_of_measure=int(device[3]),
        check_character=check,
        symbology=symbology,
        **found,
    )


def build_hibcc(device_identifier: str, production: ProductionIdentifiers) -> UdiText:
    """Write a combined HIBCC code from labeler + product + unit of measure, check character included.

    Lot goes after ``$`` (a serial alone after ``$+``, beside a lot as ``/S``); dates as ``/16D`` and
    ``/14D`` with four-digit years. Raises ``UdiError`` for values HIBCC does not allow.
    """
    for field in ("software_version", "donation_id"):
        if getattr(production, field) is not None:
            raise not_in_format("HIBCC", field.replace("_", " "))
    segments = [_device(device_identifier)[0], *_production_segments(production)]
    body = "+" + "/".join(segments)
    code = body + hibcc_check_character(body)
    return UdiText(human=f"*{code}*", machine=code)


def _production_segments(production: ProductionIdentifiers) -> list[str]:
    lot, serial = _writable(production.lot, "lot"), _writable(production.serial, "serial number")
    parts = (
        f"${lot}" if lot else f"$+{serial}" if serial else None,
        f"S{serial}" if lot and serial else None,
        _dated("16D", production.manufactured_on),
        _dated("14D", production.expires_on),
        None if production.quantity is None else f"Q{_count(str(production.quantity))}",
        *(code + value for code, value in map(_checked_supplement, production.other_elements)),
    )
    return [part for part in parts if part is not None]


def _dated(code: str, day: date | None) -> str | None:
    return None if day is None else f"{code}{day.year:04}{day:%m%d}"


def _writable(value: str | None, name: str) -> str | None:
    if value is None:
        return None
    if not value or " " in value or value != _value(value, name):
        raise _malformed(f"The {name} is empty or has spaces", value)
    return value


def _checked_supplement(pair: tuple[str, str]) -> tuple[str, str]:
    code, value = pair
    match = _SUPPLEMENT.fullmatch(code + value)
    if match is None or match[1] != code or code in _NAMED or "/" in value or "*" in value:
        raise _malformed("A further element is an identifier of up to three digits and a letter, and a value", code)
    return pair
