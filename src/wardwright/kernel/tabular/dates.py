"""Dates as registers write them. The order of day and month is decided for a whole column and proved, never guessed
per cell.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Literal

from wardwright.kernel.said import say

from .table import Cell, RowNumber
from .values import ascii_digits, is_blank
from .vocabulary import heading_key
from .words import months

Order = Literal["day-first", "month-first"]
FIRST_YEAR, LAST_YEAR = 1950, 2100
# Day numbers of the 1900 system: 18264 = 1950-01-01, 73050 = 2099-12-31 (day 60 was a leap day that never was).
_SERIAL_EPOCH = dt.date(1899, 12, 30)
FIRST_SERIAL, LAST_SERIAL = 18_264, 73_050

_TIME = r"(?:[T ,]+\d{1,2}[:.h]\d{2}.*)?"
_YMD = re.compile(rf"(\d{{4}})\s*[-/.年 ]\s*(\d{{1,2}})\s*[-/.月 ]\s*(\d{{1,2}})日?{_TIME}\Z")
_COMPACT = re.compile(r"((?:19|20|21)\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\Z")
_NUMERIC = re.compile(rf"(\d{{1,2}})\s*[-/. ]\s*(\d{{1,2}})\s*[-/. ]\s*(\d{{4}}|\d{{2}}){_TIME}\Z")
_MONTH_YEAR = re.compile(r"(\d{1,2})\s*[-/.]\s*(\d{4})\Z")
_YEAR_MONTH = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})月?\Z")
_SHORT_MONTH_YEAR = re.compile(r"(0?[1-9]|1[0-2])\s*[-/.]\s*(\d{2})\Z")
_QUARTER = re.compile(
    r"(?:(?:q|qtr|quarter|t|tr|trim|trimestre|quartal|kwartaal|quy)\W{0,2}([1-4])|([1-4])\W{0,2}(?:st|nd|rd|th)?\W{0,2}"
    r"(?:q|qtr|quarter|t|tr|trim|trimestre|quartal|kwartaal))\W{1,3}(\d{4})\Z",
    re.IGNORECASE,
)
_YEAR_QUARTER = re.compile(r"(\d{4})\W{0,3}(?:q|qtr|t|quartal|trimestre)\W{0,2}([1-4])\Z", re.IGNORECASE)
_YEAR = re.compile(r"(\d{4})(?:\.0)?年?\Z")
_SERIAL = re.compile(r"(\d{5})(?:[.,]\d+)?\Z")
_WORDY = re.compile(r"[^\W\d_]+|\d+")


@dataclass(frozen=True)
class DateReading:
    """``on`` is None for a blank or an unreadable cell; only the latter has a ``problem``.

    ``precision``: day, month, year.
    """

    on: dt.date | None
    precision: str = "day"
    problem: str = ""


@dataclass(frozen=True)
class DateOrder:
    """The decision for one column. ``counts``: dates (cells of a date type), iso, serials, day_first, month_first,
    either, years,
    blank, unreadable. ``ambiguous``: cells exist that read both ways and nothing, or both, is proved."""

    order: Order
    ambiguous: bool
    evidence: str
    counts: Mapping[str, int]
    proved: bool = False
    warning: str = ""


def decide_date_order(
    values: Sequence[Cell], row_numbers: Sequence[RowNumber] | None = None, *, default: Order = "day-first"
) -> DateOrder:
    """Decide one column. ``row_numbers`` (same length) makes the evidence name rows; ``default`` is used when
    nothing proves either.
    """
    numbers = row_numbers if row_numbers is not None else range(1, len(values) + 1)
    counts = dict.fromkeys(
        ("dates", "iso", "serials", "day_first", "month_first", "either", "years", "blank", "unreadable"), 0
    )
    proof: dict[str, tuple[str, RowNumber]] = {}
    for value, number in zip(values, numbers, strict=False):
        kind = _shape(value) if isinstance(value, str) else _shape_of_typed(value)
        counts[kind] += 1
        if kind in ("day_first", "month_first"):
            proof.setdefault(kind, (str(value).strip(), number))
    return _decision(counts, proof, default, _swap_warning(values, counts))


def decide_date_orders(
    columns: Mapping[str, Sequence[Cell]], row_numbers: Sequence[RowNumber] | None = None
) -> dict[str, DateOrder]:
    """Decide several columns of one file: what one column proves helps the columns that prove nothing."""
    single = {name: decide_date_order(values, row_numbers) for name, values in columns.items()}
    proved = {order.order: name for name, order in single.items() if order.proved}
    if len(proved) != 1:
        return single
    ((order, name),) = proved.items()
    borrowed = (
        say("Column “{name}” of the same file proves day first.", name=name)
        if order == "day-first"
        else say("Column “{name}” of the same file proves month first.", name=name)
    )
    return {
        key: replace(own, order=order, ambiguous=False, evidence=borrowed) if own.ambiguous and not own.proved else own
        for key, own in single.items()
    }


def _decision(
    counts: dict[str, int], proof: dict[str, tuple[str, RowNumber]], default: Order, warning: str
) -> DateOrder:
    frozen = MappingProxyType(counts)
    if counts["day_first"] and counts["month_first"]:
        order: Order = "day-first" if counts["day_first"] >= counts["month_first"] else "month-first"
        return DateOrder(
            order,
            True,
            say(
                "Both orders occur: {text} in row {row} proves day first; "
                "{other_text} in row {other_row} proves month first.",
                **_of(proof["day_first"]),
                **_of(proof["month_first"], "other_"),
            ),
            frozen,
            False,
            warning,
        )
    if counts["day_first"]:
        words = say("{text} in row {row} proves day first.", **_of(proof["day_first"]))
        return DateOrder("day-first", False, words, frozen, True, warning)
    if counts["month_first"]:
        words = say("{text} in row {row} proves month first.", **_of(proof["month_first"]))
        return DateOrder("month-first", False, words, frozen, True, warning)
    if counts["either"]:
        return DateOrder(
            default,
            True,
            say("All {count:,} written dates read both ways; day first is assumed.", count=counts["either"])
            if default == "day-first"
            else say("All {count:,} written dates read both ways; month first is assumed.", count=counts["either"]),
            frozen,
            False,
            warning,
        )
    return DateOrder(default, False, say("No date in this column depends on the order."), frozen, False, warning)


def _of(proof: tuple[str, RowNumber], prefix: str = "") -> dict[str, Any]:
    return {f"{prefix}text": proof[0], f"{prefix}row": proof[1]}


def _swap_warning(values: Iterable[Cell], counts: dict[str, int]) -> str:
    """A spreadsheet of the other country turned the dates that it could read around and left the others as text."""
    if counts["dates"] < 20 or counts["day_first"] + counts["month_first"] < 5 or counts["either"]:
        return ""
    if any(isinstance(value, dt.date) and value.day > 12 for value in values):
        return ""
    return say(
        "A spreadsheet may have swapped day and month: every date cell has a day up to 12, every text date one above."
    )


def _shape_of_typed(value: Cell) -> str:
    if value is None:
        return "blank"
    if isinstance(value, dt.date):
        return "dates"
    if isinstance(value, int | float) and not isinstance(value, bool):
        return (
            "serials"
            if FIRST_SERIAL <= value <= LAST_SERIAL
            else "years"
            if FIRST_YEAR <= value <= LAST_YEAR
            else "unreadable"
        )
    return "unreadable"


@lru_cache(maxsize=65_536)
def _shape(text: str) -> str:
    text = ascii_digits(text).strip()
    if is_blank(text):
        return "blank"
    numeric = _NUMERIC.match(text)
    if numeric:
        return _numeric_shape(int(numeric[1]), int(numeric[2]))
    if _YEAR.match(text):
        return "years"
    if _SERIAL.match(text):
        return "serials"
    return "iso" if _read_text(text, "day-first").on else "unreadable"


def _numeric_shape(first: int, second: int) -> str:
    if first > 12 >= second:
        return "day_first"
    if second > 12 >= first:
        return "month_first"
    return "either" if first <= 12 and second <= 12 else "unreadable"


def parse_date(value: Cell, order: DateOrder | Order = "day-first") -> DateReading:
    """Read one cell. Serials of the 1900 system from 1950 to 2099 are dates; a year alone has the precision "year"."""
    wanted: Order = order.order if isinstance(order, DateOrder) else order
    if value is None:
        return DateReading(None)
    if isinstance(value, dt.datetime):
        return _checked(value.year, value.month, value.day)
    if isinstance(value, dt.date):
        return _checked(value.year, value.month, value.day)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _from_number(value)
    return _read_text(value, wanted) if isinstance(value, str) else _unreadable(value)


def _from_number(value: float) -> DateReading:
    if FIRST_SERIAL <= value <= LAST_SERIAL:
        return DateReading(date_from_serial(value))
    if FIRST_YEAR <= value <= LAST_YEAR and value == int(value):
        return DateReading(dt.date(int(value), 1, 1), "year")
    text = str(int(value)) if value == value and abs(value) < 1e9 else ""
    compact = _COMPACT.match(text)
    return _checked(int(compact[1]), int(compact[2]), int(compact[3])) if compact else _unreadable(value)


def date_from_serial(serial: float) -> dt.date:
    """A spreadsheet day number (1900 system, from 1 March 1900 on) to a date: 45845 → 2025-07-07."""
    return _SERIAL_EPOCH + dt.timedelta(days=int(serial))


@lru_cache(maxsize=65_536)
def _read_text(text: str, order: Order) -> DateReading:
    text = ascii_digits(text).strip()
    if is_blank(text):
        return DateReading(None)
    return _read_numeric(text, order) or _read_wordy(text, order) or _unreadable(text)


def _read_numeric(text: str, order: Order) -> DateReading | None:
    if match := _YMD.match(text) or _COMPACT.match(text):
        return _checked(int(match[1]), int(match[2]), int(match[3]))
    if match := _NUMERIC.match(text):
        return _ordered(int(match[1]), int(match[2]), int(match[3]), order)
    if match := _MONTH_YEAR.match(text):
        return _checked(int(match[2]), int(match[1]), 1, "month")
    if match := _YEAR_MONTH.match(text):
        return _checked(int(match[1]), int(match[2]), 1, "month")
    if match := _YEAR.match(text):
        return _checked(int(match[1]), 1, 1, "year")
    if match := _SHORT_MONTH_YEAR.match(text):
        return _checked(_full_year(int(match[2])), int(match[1]), 1, "month")
    if match := _QUARTER.match(text):
        return _checked(int(match[3]), 3 * int(match[1] or match[2]) - 2, 1, "month")
    if match := _YEAR_QUARTER.match(text):
        return _checked(int(match[1]), 3 * int(match[2]) - 2, 1, "month")
    match = _SERIAL.match(text)
    return _from_number(int(match[1])) if match else None


def _ordered(first: int, second: int, year: int, order: Order) -> DateReading:
    """A day above 12 settles the order of its own cell; a column with both orders is reported by decide_date_order."""
    day_first = order == "day-first" if max(first, second) <= 12 else first > 12
    day, month = (first, second) if day_first else (second, first)
    return _checked(_full_year(year), month, day)


def _full_year(year: int) -> int:
    """Two digits: 70–99 are 1970–1999, 00–69 are 2000–2069."""
    return year if year > 99 else year + (1900 if year >= 70 else 2000)


def _read_wordy(text: str, order: Order) -> DateReading | None:
    """12 Jan 2025 · Jan 12, 2025 · 12 de enero de 2025 · März 2024 · ngày 5 tháng 3 năm 2024 · Jan-25."""
    parts = [heading_key(part) for part in _WORDY.findall(text.split(":")[0] if re.search(r"\d:\d", text) else text)][
        :12
    ]
    if "thang" in parts:
        return _vietnamese([int(part) for part in parts if part.isdecimal() and len(part) < 5])
    month = next((months()[part] for part in parts if part in months()), None)
    numbers = [int(part) for part in parts if part.isdecimal() and len(part) in (1, 2, 4)]
    if month is None or not numbers:
        return None
    year = next((n for n in numbers if n > 99), None)
    if year is None:
        return (
            _checked(_full_year(numbers[1]), month, numbers[0])
            if len(numbers) > 1
            else _checked(_full_year(numbers[0]), month, 1, "month")
        )
    day = next((n for n in numbers if n <= 31), None)
    return _checked(year, month, day or 1, "day" if day else "month")


def _vietnamese(numbers: list[int]) -> DateReading | None:
    if len(numbers) == 3:
        return _checked(numbers[2], numbers[1], numbers[0])
    return _checked(numbers[1], numbers[0], 1, "month") if len(numbers) == 2 else None


def _checked(year: int, month: int, day: int, precision: str = "day") -> DateReading:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return DateReading(
            None,
            problem=say(
                "The year {year} is not between {first} and {last}.",
                year=year,
                first=FIRST_YEAR,
                last=LAST_YEAR,
            ),
        )
    try:
        return DateReading(dt.date(year, month, day), precision)
    except ValueError:
        return DateReading(
            None, problem=say("There is no day {day} in month {month} of {year}.", day=day, month=month, year=year)
        )


def _unreadable(value: object) -> DateReading:
    return DateReading(None, problem=say("“{text}” is not a date.", text=str(value)[:40]))
