"""Cells to values: blanks, clean text, money, numbers, intervals, yes and no.

Nothing here raises; unreadable is None.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from wardwright.kernel.names.fold import strip_accents

from .table import Cell
from .vocabulary import blank_words, heading_key
from .words import currencies, day_interval_words, interval_units, interval_words, truths

_DIGIT_TABLE = {zero + n: str(n) for zero in (0x0660, 0x06F0, 0x0966, 0xFF10) for n in range(10)}
_WHOLE = re.compile(r"\d{3,15}\.0\Z")
_SPACES = re.compile(r"[\s\u00a0\u2007\u202f\u200b\ufeff]+")
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060\ufeff\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def ascii_digits(text: str) -> str:
    """Arabic-Indic, Persian, Devanagari and full-width digits as 0–9."""
    return text if text.isascii() else text.translate(_DIGIT_TABLE)


@lru_cache(maxsize=65_536)
def _is_blank_text(text: str) -> bool:
    bare = _SPACES.sub(" ", text).strip().casefold()
    return not bare or bare in blank_words() or (not bare.isascii() and strip_accents(bare).casefold() in blank_words())


def is_blank(value: Cell) -> bool:
    """None, empty, or a word that says so: NA, N/A, -, none, nil, unknown, không có, 无 …"""
    return value is None or (isinstance(value, str) and (not value or (len(value) <= 24 and _is_blank_text(value))))


def clean_text(value: Cell) -> str:
    """NFC, one space between words, nothing invisible; "" for a blank. Numbers lose a spreadsheet's ".0"."""
    if value is None:
        return ""
    if not isinstance(value, str):
        return "" if value != value else _typed_text(value)
    if value.isascii() and value.isprintable() and "  " not in value:
        stripped = value.strip()
    else:
        stripped = _SPACES.sub(" ", _INVISIBLE.sub("", unicodedata.normalize("NFC", value))).strip()
    if stripped.endswith(".0") and _WHOLE.match(stripped):
        stripped = stripped[:-2]
    return "" if is_blank(stripped) else stripped


def _typed_text(value: Cell) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, dt.datetime):
        return value.isoformat(" ", "minutes")
    return value.isoformat() if isinstance(value, dt.date) else str(value)


@dataclass(frozen=True)
class CleanSerial:
    """A serial number and what was done to it ("" when nothing)."""

    text: str
    note: str = ""


_SERIAL_PREFIX = re.compile(
    r"(?:s/?n|serial(?: no| number)?|ser\. ?no|n[°º]\s*(?:de )?s[eé]rie)(?:\s*[.:#]+\s*|\s+(?=\S*\d))", re.IGNORECASE
)
_SCIENTIFIC = re.compile(r"\d[.,]\d+E\+\d+\Z", re.IGNORECASE)


def clean_serial(value: Cell) -> CleanSerial:
    """A serial without the "#" that some registers put behind it, and without a leading "S/N:". Leading zeros stay."""
    text = clean_text(value)
    bare = text.rstrip("#").rstrip()
    notes = [f"“#” at the end of “{text}” was left out"] if bare != text else []
    match = _SERIAL_PREFIX.match(bare)
    if match and match.end() < len(bare):
        notes.append(f"“{match.group().strip()}” was left out")
        bare = bare[match.end() :]
    if _SCIENTIFIC.match(bare):
        notes.append(f"“{bare}” is a number that a spreadsheet has rounded: digits are lost")
    return CleanSerial("" if is_blank(bare) else bare, "; ".join(notes))


def is_stray_serial(value: Cell) -> bool:
    """A spreadsheet's day number in a column of names: 45845 is no engineer (range 1982–2064)."""
    text = str(value).strip() if isinstance(value, str | int | float) and not isinstance(value, bool) else ""
    return bool(re.fullmatch(r"[3-5]\d{4}(?:\.\d+)?", text)) and 30_000 <= float(text) <= 60_000


@dataclass(frozen=True)
class Money:
    """An amount and its ISO 4217 currency, None when the cell does not say (a bare "$" does not)."""

    amount: Decimal
    currency: str | None = None


_PIECES = re.compile(r"(?:[x×]\s*)?(\d{1,5})(?:[.,]0+)?\s*(?:[^\W\d_]{1,10}\.?|个|台|套)?\Z")
_NO_PENCE = re.compile(r"\s*[/.,]\s*[-–=]+\s*(?=\D*\Z)")
_NUMBER_CHARS = re.compile(r"[-+]?\d[\d.,'’ ]*")


def parse_money(value: Cell, *, decimal: str | None = None) -> Money | None:
    """ "1 651,07 EUR", "$1,200", "12.500.000 đ". ``decimal`` (from decide_decimal) settles "1.234"; else three
    digits are thousands.

    None for blanks and for what is not an amount.
    """
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return Money(Decimal(str(value))) if value == value and abs(value) != float("inf") else None
    return (
        _money_from_text(value, decimal)
        if isinstance(value, str) and len(value) <= 60 and not is_blank(value)
        else None
    )


def _money_from_text(value: str, decimal: str | None) -> Money | None:
    text = _SPACES.sub(" ", ascii_digits(value)).replace("٫", ",").replace("٬", ".").strip()
    text = _NO_PENCE.sub("", text)
    match = _NUMBER_CHARS.search(text)
    if not match:
        return None
    words = (text[: match.start()] + " " + text[match.end() :]).casefold().replace("-", " ").split()
    codes = {currencies()[word] for word in words if word in currencies()}
    if len(codes) > 1 or any(word not in currencies() and word != "$" for word in words):
        return None
    amount = _amount(match.group(), decimal)
    return None if amount is None else Money(amount, codes.pop() if codes else None)


def _amount(text: str, decimal: str | None) -> Decimal | None:
    digits = re.sub(r"[ '’]", "", text).rstrip(".,")
    mark = decimal if decimal and decimal in digits else _decimal_mark(digits)
    whole, _, part = digits.rpartition(mark) if mark else (digits, "", "")
    whole = re.sub(r"[.,]", "", whole)
    try:
        return Decimal(f"{whole or '0'}.{part}" if part else whole)
    except InvalidOperation:
        return None


def _decimal_mark(digits: str) -> str:
    """The mark before the decimals, "" when every mark parts thousands."""
    last = max(digits.rfind("."), digits.rfind(","))
    if last < 0:
        return ""
    mark, other = digits[last], "," if digits[last] == "." else "."
    if other in digits:
        return mark if digits.count(mark) == 1 else ""
    return "" if digits.count(mark) > 1 or len(digits) - last == 4 else mark


def decide_decimal(values: Iterable[Cell]) -> str | None:
    """The decimal mark that a column proves ("," or "."), None when nothing does. "1.651,07" proves the comma."""
    votes = {",": 0, ".": 0}
    for value in values:
        match = _NUMBER_CHARS.search(_SPACES.sub(" ", value)) if isinstance(value, str) else None
        mark = _decimal_mark(re.sub(r"[ '’]", "", match.group()).rstrip(".,")) if match else ""
        if mark:
            votes[mark] += 1
    return max(votes, key=lambda mark: votes[mark]) if votes[","] != votes["."] else None


def heading_currency(heading: str) -> str | None:
    """The currency that a heading names for its amounts: "Price (USD)", "AK in €", "单价（元）"."""
    text = heading.casefold()
    words = {word.strip(".") for word in re.split(r"[\s()\[\]（）/,:;]+", text)} | set(re.findall(r"[^\w\s]", text))
    known = {sign.strip("."): code for sign, code in currencies().items()}
    found = {known[word] for word in words if word in known} or {known[sign] for sign in "元円" if sign in text}
    return found.pop() if len(found) == 1 else None


def parse_quantity(value: Cell) -> int | None:
    """A number of pieces: 4, "4 pcs", "x2", "2 Stück"; None for anything else."""
    match = _PIECES.match(ascii_digits(clean_text(value)))
    return int(match[1]) if match else None


def parse_int(value: Cell) -> int | None:
    """A whole number, with or without thousands marks; None for anything else."""
    money = parse_money(value)
    return (
        int(money.amount)
        if money and money.currency is None and money.amount == money.amount.to_integral_value()
        else None
    )


def parse_year(value: Cell, *, first: int = 1950, last: int = 2100) -> int | None:
    """A year: 2014, "2014", 2014.0, a date, "03/2014", "năm 2014"."""
    if isinstance(value, dt.date):
        return value.year if first <= value.year <= last else None
    found = re.findall(r"(?<!\d)\d{4}(?!\d)", ascii_digits(clean_text(value)))
    years = {int(year) for year in found if first <= int(year) <= last}
    return years.pop() if len(years) == 1 else None


def parse_bool(value: Cell) -> bool | None:
    """Yes or no in many languages; None for anything else."""
    if isinstance(value, bool):
        return value
    return (
        truths().get(heading_key(_typed_text(value) if not isinstance(value, str) else value))
        if value is not None
        else None
    )


@dataclass(frozen=True)
class Interval:
    """How often a service is planned: months or days; both 0 says that none is planned."""

    months: int = 0
    days: int = 0

    @property
    def planned(self) -> bool:
        return bool(self.months or self.days)


_COUNT_UNIT = re.compile(r"(\d+(?:[.,]\d+)?)\s*([^\W\d_]+)?")
_PER_YEAR = re.compile(
    r"(\d+)\s*(?:x|×|times?|veces|fois|mal|maal|keer|vezes|volte|lan|kez|kali|razy|krat|ggr|gange|раза?|次)?\s*"
    r"(?:/|\b(?:per|a|al|ao|par|im|pro|por|all|moi|yilda|i|na|w|в|rocne|setahun)\b)\s*"
    r"(?:year|yr|y|ano|an|jahr|jaar|anno|nam|annum|ar|rok|roku|год|yil|sene)\b"
)
_TIMES_YEARLY = re.compile(
    r"(\d+)\s*(?:x|×|times?|veces|fois|mal|maal|keer|vezes|volte|kez|kali|razy|raz|krat|lan)\s*(?:an?\b|na\b|w\b)?\s*"
    r"(?:yearly|annually|annual|jahrlich|jaarlijks|anual|anuales|annuel|annuale|annuali|rocznie|rocne|tahunan|yillik|jahr|year|rok)\b"
)
_TWELFTHS = re.compile(r"(\d{1,2})\s?/\s?12\Z")  # "6/12": six months, as British departments write it
_PER_YEARS = re.compile(
    r"\b1\s*(?:x|×|times?|vez|fois|mal|maal|keer|volta)?\s*"
    r"(?:/|\b(?:per|every|in|cada|tous les|alle|a cada|ogni|om de|al|por|par|pro)\b)\s*(\d+)\s*([^\W\d_]+)"
)
_DAYS_AS_MONTHS = {
    28: 1,
    30: 1,
    31: 1,
    60: 2,
    90: 3,
    91: 3,
    92: 3,
    120: 4,
    180: 6,
    182: 6,
    183: 6,
    360: 12,
    364: 12,
    365: 12,
    366: 12,
    730: 24,
    1095: 36,
}


def parse_interval(value: Cell, *, unit: str | None = None) -> Interval | None:
    """ "Annual", "6 mo", "24M", "cada 6 meses", "monatlich", 12 (months), 365 (days), "None".

    ``unit`` (from heading_unit) says what a bare number counts. None for what is not an interval.
    """
    if value is None or isinstance(value, bool | dt.date | dt.time | dt.timedelta):
        return None
    text = value if isinstance(value, str) else _typed_text(value)
    return _interval_from_text(f"{text} {unit}" if unit and text.strip().isdecimal() else text)


def heading_unit(heading: str) -> str | None:
    """The unit that a heading names for its numbers: "PM interval (days)" → "day", "Intervall Monate" → "month"."""
    units = interval_units()
    return next(
        (units[word] for word in reversed(heading_key(heading).split()) if len(word) > 2 and word in units), None
    )


@lru_cache(maxsize=4096)
def _interval_from_text(value: str) -> Interval | None:
    key = heading_key(ascii_digits(value[:60]).replace("½", "half ").replace("1/2", "half "))
    if key in interval_words():
        return Interval(months=interval_words()[key])
    if key in day_interval_words():
        return Interval(days=day_interval_words()[key])
    plain = " ".join(strip_accents(ascii_digits(value[:60])).casefold().split())
    per_year = _PER_YEAR.search(plain) or _TIMES_YEARLY.search(plain)
    if per_year and int(per_year[1]) in (1, 2, 3, 4, 6, 12):
        return Interval(months=12 // int(per_year[1]))
    if twelfths := _TWELFTHS.match(plain):
        return Interval(months=int(twelfths[1]))
    spread = _PER_YEARS.search(plain)
    if spread:
        return _counted_interval(f"{spread[1]} {spread[2]}")
    return _counted_interval(key) or _interval_inside(key)


def _counted_interval(key: str) -> Interval | None:
    """A number with a unit, the number alone meaning months (or a well-known count of days)."""
    found = [
        (int(float(count)), interval_units().get(unit) if unit else "")
        for count, unit in _COUNT_UNIT.findall(key)
        if "," not in count
    ]
    if len(found) != 1 or found[0][0] <= 0 or found[0][1] is None:
        return None
    count, unit = found[0]
    if unit == "year":
        return Interval(months=12 * count) if count <= 20 else None
    if unit == "week":
        return Interval(days=7 * count)
    if unit == "day" or (not unit and count in _DAYS_AS_MONTHS and count > 60):
        return Interval(months=_DAYS_AS_MONTHS[count]) if count in _DAYS_AS_MONTHS else Interval(days=count)
    return Interval(months=count) if count <= 240 else None


def _interval_inside(key: str) -> Interval | None:
    """A known word inside a phrase: "PM - annual", "mantenimiento semestral"."""
    parts = key.split()
    runs = [" ".join(parts[i : i + n]) for n in (3, 2, 1) for i in range(len(parts) - n + 1)]
    return next(
        (Interval(months=interval_words()[run]) for run in runs if len(run) > 4 and interval_words().get(run)), None
    )
