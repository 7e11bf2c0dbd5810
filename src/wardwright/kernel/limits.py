"""A reading against its limits, and numbers as people and analysers write them.

Limits are inclusive: a reading on the limit passes. A reading is judged as it was entered, never as rounded for
display. Where limits come from (IEC 62353, a manual, the hospital) is not known here: they are data of the caller.
"""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from wardwright.kernel.reason import Reason, fill

TEXTS: dict[str, str] = {
    "no_limit": "{reading} is recorded; there is no limit for it.",
    "within": "{reading} is within {low} to {high}.",
    "not_above": "{reading} is not above the limit of {high}.",
    "not_below": "{reading} is not below the limit of {low}.",
    "above": "{reading} is above the limit of {high}, by {by}.",
    "below": "{reading} is below the limit of {low}, by {by}.",
    "undetermined": "{reading} does not say on which side of the limit the true value lies; measure in another range.",
}


class Outcome(StrEnum):
    """What a reading comes to. UNDETERMINED: "< 5" against "at least 3" is neither a pass nor a fail."""

    PASS = "pass"  # noqa: S105 - not a password
    FAIL = "fail"
    NO_LIMIT = "no_limit"
    UNDETERMINED = "undetermined"


@dataclass(frozen=True, slots=True)
class Limits:
    """Inclusive limits in `unit`; None leaves a side open. `decimals` is for display only."""

    low: Decimal | None = None
    high: Decimal | None = None
    unit: str = ""
    decimals: int | None = None

    def __post_init__(self) -> None:
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError(f"the low limit {self.low} is above the high limit {self.high}; exchange or correct them")


def around(nominal: Decimal, tolerance: Decimal, unit: str = "", decimals: int | None = None) -> Limits:
    """Return the limits nominal +/- tolerance, in the same unit. Raises ValueError for a negative tolerance."""
    if tolerance < 0:
        raise ValueError(f"a tolerance of {tolerance}: give 0 or more")
    return Limits(nominal - tolerance, nominal + tolerance, unit, decimals)


def around_percent(nominal: Decimal, percent: Decimal, unit: str = "", decimals: int | None = None) -> Limits:
    """Return the limits nominal +/- percent of it. Raises ValueError for a negative percentage."""
    return around(nominal, abs(nominal) * percent / 100, unit, decimals)


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
    {"−": "-", "–": "-", "٫": ".", "٬": ",", "’": "'", "\u00a0": " ", "\u2009": " ", "\u202f": " ", "µ": "μ"}
)
_NUMBER = re.compile(r"([+-]? ?)([0-9][0-9., ']*|[.,][0-9]+)(?:[eE]([+-]?[0-9]{1,3}))?")
_READING = re.compile(rf"([<>]?)[=]? ?({_NUMBER.pattern}) ?([^0-9\s].*)?")


def _plain(text: str) -> str:
    """Return the text with western digits and plain signs, without spaces around it."""
    digits = (str(unicodedata.decimal(character)) if character.isdecimal() else character for character in text)
    return "".join(digits).translate(_PLAIN).strip()


def _grouped(digits: str, mark: str) -> str:
    """Return digits without their thousands marks. Raises NumberError for groups that are not of three."""
    first, *groups = digits.split(mark)
    if not 1 <= len(first) <= 3 or any(len(group) != 3 for group in groups):
        raise NumberError(f"{digits!r} has groups that are not of three digits; write it without separators")
    return first + "".join(groups)


def _ambiguous(digits: str, mark: str, decimal_mark: str | None) -> bool:
    """Whether one mark may be a decimal or a thousands mark, as in 1,234."""
    whole, _, rest = digits.partition(mark)
    looks_grouped = len(rest) == 3 and 1 <= len(whole) <= 3 and not whole.startswith("0")
    return looks_grouped and mark != (decimal_mark or ".")


def _digits(digits: str, decimal_mark: str | None) -> str:
    """Return digits with at most one point, from any way of marking decimals and thousands."""
    for space in " '":
        if space in digits:
            whole, mark, rest = re.fullmatch(r"([0-9 ']+)([.,]?)(.*)", digits).groups()  # type: ignore[union-attr]
            return _digits(_grouped(whole.strip(), space) + mark + rest, mark or None)
    marks = re.findall("[.,]", digits)
    if not marks:
        return digits
    last = marks[-1]
    if len(marks) == 1:
        if _ambiguous(digits, last, decimal_mark):
            whole, _, rest = digits.partition(last)
            raise NumberError(f"{digits!r} can be {whole}{rest} or {whole}.{rest}0; write it in one of these ways")
        return digits.replace(last, ".")
    if len(set(marks)) == 1:
        return _grouped(digits, last)
    whole, _, rest = digits.rpartition(last)
    if last in whole:
        raise NumberError(f"{digits!r} has its separators mixed up; write it without thousands marks")
    return _grouped(whole, marks[0]) + "." + rest


def _number(plain: str, text: str, decimal_mark: str | None) -> Decimal:
    match = _NUMBER.fullmatch(plain)
    if match is None:
        raise NumberError(f"{text!r} is not a number; write digits such as 0.85 or 0,85")
    sign, digits, exponent = match.groups()
    try:
        return Decimal(f"{sign.strip()}{_digits(digits.strip(), decimal_mark)}e{exponent or 0}")
    except InvalidOperation:
        raise NumberError(f"{text!r} is not a number; write digits such as 0.85 or 0,85") from None


def parse_number(text: str, decimal_mark: str | None = None) -> Decimal:
    """Read a number with a decimal point or comma, and thousands in groups: "0,85", "1.234,5", "1 234.5", "5e-3".

    One comma before three digits ("1,234") is two numbers at once and refused, unless `decimal_mark` is a comma; the
    same holds for one point when it is. Raises NumberError saying what to write.
    """
    return _number(_plain(text), text, decimal_mark)


def parse_reading(text: str, decimal_mark: str | None = None) -> Reading:
    """Read a number with what analysers put around it: "< 0,05 mA", ">200 MOhm", "85". Raises NumberError."""
    match = _READING.fullmatch(_plain(text))
    if match is None:
        raise NumberError(f"{text!r} is not a reading; write a number, and its unit if you like, such as 0.85 mA")
    bound, number, unit = match.group(1), match.group(2), match.group(match.lastindex or 0)
    has_unit = match.end(2) < match.end()
    return Reading(_number(number.strip(), text, decimal_mark), unit.strip() if has_unit else "", Bound(bound))


_PREFIXES = {"p": -12, "n": -9, "μ": -6, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9}
_SPELLINGS = {"Ohm": "Ω", "ohm": "Ω", "Ohms": "Ω", "ohms": "Ω", "\u2126": "Ω"}
_BASES = ("Ω", "A", "V", "W", "Hz", "J", "Pa", "F", "H", "s", "m", "g", "l", "L", "bar")


def _unit_parts(unit: str) -> tuple[str, int] | None:
    """Return (base unit, power of ten), or None for a unit not made of a known base and a prefix."""
    plain = _plain(unit)
    for spelling, symbol in _SPELLINGS.items():
        if plain.endswith(spelling):
            plain = plain.removesuffix(spelling) + symbol
    for base in _BASES:
        if plain.endswith(base) and plain.removesuffix(base) in _PREFIXES:
            return base, _PREFIXES[plain.removesuffix(base)]
    return None


def convert(value: Decimal, unit: str, to_unit: str) -> Decimal:
    """Return a value in another unit of the same base, e.g. mA in µA. Raises ValueError for units that do not fit."""
    if not unit or _plain(unit) == _plain(to_unit):
        return value
    own, wanted = _unit_parts(unit), _unit_parts(to_unit)
    if own is None or wanted is None or own[0] != wanted[0]:
        raise ValueError(
            f"the reading is in {unit!r}, the limit in {to_unit or 'no unit'!r}; enter it in the limit's unit"
        )
    return value.scaleb(own[1] - wanted[1])


@dataclass(frozen=True, slots=True)
class Judgement:
    """The outcome, in words, and the distance to the nearest limit in the limit's unit (negative beyond it)."""

    outcome: Outcome
    because: Reason
    margin: Decimal | None


def _with_unit(value: Decimal, unit: str) -> str:
    return f"{value:f} {unit}".strip()


def _margin(value: Decimal, limits: Limits) -> Decimal | None:
    gaps = []
    if limits.low is not None:
        gaps.append(value - limits.low)
    if limits.high is not None:
        gaps.append(limits.high - value)
    return min(gaps, default=None)


def _code(value: Decimal, bound: Bound, limits: Limits) -> str:
    """Return the code of the judgement. A bounded value passes or fails only if every value it can be does."""
    low, high = limits.low, limits.high
    if low is None and high is None:
        return "no_limit"
    if high is not None and (value > high if bound is Bound.EXACT else bound is Bound.ABOVE and value >= high):
        return "above"
    if low is not None and (value < low if bound is Bound.EXACT else bound is Bound.BELOW and value <= low):
        return "below"
    if (bound is Bound.ABOVE and high is not None) or (bound is Bound.BELOW and low is not None):
        return "undetermined"
    if bound is Bound.BELOW and high is not None and value > high:
        return "undetermined"
    if bound is Bound.ABOVE and low is not None and value < low:
        return "undetermined"
    if low is not None and high is not None:
        return "within"
    return "not_above" if low is None else "not_below"


_OUTCOMES = {
    "no_limit": Outcome.NO_LIMIT,
    "above": Outcome.FAIL,
    "below": Outcome.FAIL,
    "undetermined": Outcome.UNDETERMINED,
}


def judge(reading: Reading | Decimal, limits: Limits) -> Judgement:
    """Judge a reading; one in another unit of the same base is converted first.

    Raises ValueError when its unit does not fit the limit's.
    """
    taken = reading if isinstance(reading, Reading) else Reading(reading)
    value = convert(taken.value, taken.unit, limits.unit) if limits.unit else taken.value
    unit = limits.unit or taken.unit
    code, margin = _code(value, taken.bound, limits), _margin(value, limits)
    params: list[tuple[str, object]] = [("reading", f"{taken.bound} {_with_unit(value, unit)}".strip())]
    for name, limit in (("low", limits.low), ("high", limits.high)):
        if limit is not None:
            params.append((name, _with_unit(limit, unit)))
    if code in ("above", "below") and margin is not None:
        params.append(("by", _with_unit(-margin, unit)))
    outcome = _OUTCOMES.get(code, Outcome.PASS)
    return Judgement(outcome, Reason(code, tuple(params)), margin)


def explain(judgement: Judgement) -> str:
    """Return the judgement as an English sentence; `TEXTS` holds the templates for other languages."""
    return fill(TEXTS, judgement.because)
