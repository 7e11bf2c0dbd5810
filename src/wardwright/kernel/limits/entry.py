"""Numbers and readings as people type them and analysers print them."""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from wardwright.kernel.said import say


class Bound(StrEnum):
    """Whether a reading is the value, or all the analyser could say: below or above its range."""

    EXACT = ""
    BELOW = "<"
    ABOVE = ">"


@dataclass(frozen=True, slots=True)
class Reading:
    """A measured value; `unit` empty means the unit of its limits."""

    value: Decimal
    unit: str = ""
    bound: Bound = Bound.EXACT


class NumberError(ValueError):
    """A number that cannot be read, or could be read in two ways; the message says what to write."""


# Signs and separators as keyboards, spreadsheets and printers produce them: any minus, any space, any apostrophe.
_PLAIN = str.maketrans(
    {"−": "-", "–": "-", "٫": ".", "٬": ",", "’": "'", "\u00a0": " ", "\u2009": " ", "\u202f": " "}
    | {"\u03bc": "\u00b5", "\u2126": "\u03a9"}  # one micro sign, one ohm sign
)
_NUMBER = re.compile(r"([+-]? ?)([0-9][0-9., ']*|[.,][0-9]+)(?:[eE]([+-]?[0-9]{1,3}))?")
_READING = re.compile(rf"(?P<bound>[<>]?)=? ?(?P<number>{_NUMBER.pattern}) ?(?P<unit>(?:[^\W\d_]|[%‰°]).*)?")


def plain(text: str) -> str:
    """Return the text with western digits and plain signs, without spaces around it."""
    digits = (str(unicodedata.decimal(character)) if character.isdecimal() else character for character in text)
    return "".join(digits).translate(_PLAIN).strip()


def _grouped(digits: str, mark: str) -> str:
    """Return digits without their thousands marks. Raises NumberError for groups that are not of three."""
    first, *groups = digits.split(mark)
    if not 1 <= len(first) <= 3 or any(len(group) != 3 for group in groups):
        raise NumberError(
            say("{digits} has groups that are not of three digits; write it without separators", digits=repr(digits))
        )
    return first + "".join(groups)


def _ambiguous(digits: str, mark: str, decimal_mark: str | None) -> bool:
    """Whether one mark may be a decimal or a thousands mark, as in 1,234."""
    whole, _, rest = digits.partition(mark)
    looks_grouped = len(rest) == 3 and 1 <= len(whole) <= 3 and not whole.startswith("0")
    return looks_grouped and mark != (decimal_mark or ".")


def _digits_with_spaces(digits: str, space: str) -> str:
    """Return digits whose thousands are set apart, so that any point or comma is the decimal mark."""
    match = re.fullmatch(r"([0-9 ']+)(?:[.,]([0-9]*))?", digits)
    if match is None:
        raise NumberError(
            say("{digits} has its separators mixed up; write it without thousands marks", digits=repr(digits))
        )
    return f"{_grouped(match.group(1).strip(), space)}.{match.group(2) or ''}"


def _digits(digits: str, decimal_mark: str | None) -> str:
    """Return digits with at most one point, from any way of marking decimals and thousands."""
    for space in " '":
        if space in digits:
            return _digits_with_spaces(digits, space)
    marks = re.findall("[.,]", digits)
    if not marks:
        return digits
    last = marks[-1]
    if len(marks) == 1:
        if _ambiguous(digits, last, decimal_mark):
            whole, _, rest = digits.partition(last)
            raise NumberError(
                say(
                    "{digits} can be {whole}{rest} or {whole}.{rest}0; write it in one of these ways",
                    digits=repr(digits),
                    whole=whole,
                    rest=rest,
                )
            )
        return digits.replace(last, ".")
    if len(set(marks)) == 1:
        return _grouped(digits, last)
    whole, _, rest = digits.rpartition(last)
    if last in whole:
        raise NumberError(
            say("{digits} has its separators mixed up; write it without thousands marks", digits=repr(digits))
        )
    return _grouped(whole, marks[0]) + "." + rest


def _number(bare: str, text: str, decimal_mark: str | None) -> Decimal:
    match = _NUMBER.fullmatch(bare)
    if match is None:
        raise NumberError(say("{text} is not a number; write digits such as 0.85 or 0,85", text=repr(text)))
    sign, digits, exponent = match.groups()
    try:
        return Decimal(f"{sign.strip()}{_digits(digits.strip(), decimal_mark)}e{exponent or 0}")
    except InvalidOperation:
        raise NumberError(say("{text} is not a number; write digits such as 0.85 or 0,85", text=repr(text))) from None


def parse_number(text: str, decimal_mark: str | None = None) -> Decimal:
    """Read a number with a decimal point or comma, and thousands in groups: "0,85", "1.234,5", "1 234.5", "5e-3".

    One comma before three digits ("1,234") is two numbers at once and refused, unless `decimal_mark` is a comma; the
    same holds for one point when it is. Raises NumberError saying what to write.
    """
    return _number(plain(text), text, decimal_mark)


def parse_reading(text: str, decimal_mark: str | None = None) -> Reading:
    """Read a number with what analysers put around it: "< 0,05 mA", ">200 MOhm", "85". Raises NumberError."""
    match = _READING.fullmatch(plain(text))
    if match is None:
        raise NumberError(
            say("{text} is not a reading; write a number, and its unit if you like, such as 0.85 mA", text=repr(text))
        )
    value = _number(match["number"].strip(), text, decimal_mark)
    return Reading(value, (match["unit"] or "").strip(), Bound(match["bound"]))
