"""What the values of a column are like: evidence for or against what its heading says."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeVar

from wardwright.kernel.names.makers import known_maker
from wardwright.kernel.names.types import known_type

from .dates import parse_date
from .table import Cell, Cells
from .values import is_blank, parse_bool, parse_interval, parse_money, parse_quantity
from .vocabulary import heading_key, work_states
from .words import interval_units

_T = TypeVar("_T")
_SAMPLE = 300
_UDI = re.compile(r"(?:\(01\)|\]?[cdC]?[012]?01(?=\d{14})|\+[A-Z0-9])[A-Z0-9()]{6,}", re.IGNORECASE)
_GTIN = re.compile(r"\d{12,14}\Z")
_COMPOSITE = re.compile(r"[^/>|\\]+(?:\s*[/>|\\]\s*|\s+-\s+)[^/>|\\]+")


@dataclass(frozen=True)
class Profile:
    """Shares (0–1) of the sampled cells that are not blank. ``count`` is how many there were; 0 says nothing is
    known.
    """

    count: int
    filled: float
    distinct: float
    dates: float
    years: float
    numbers: float
    money: float
    booleans: float
    intervals: float
    udis: float
    gtins: float
    work_states: float
    composites: float
    types: float
    makers: float
    quantities: float
    interval_words: float
    average_length: float
    is_row_counter: bool


def profile_column(rows: Sequence[Cells], index: int) -> Profile:
    """Profile one column over up to 300 rows spread over the table."""
    step = max(1, len(rows) // _SAMPLE)
    sample = [row[index] for row in rows[::step][:_SAMPLE]]
    cells = [cell for cell in sample if not is_blank(cell)]
    texts = [str(cell).strip() for cell in cells]

    def share(test: Callable[[Cell], bool]) -> float:
        return _share(cells, test)

    return Profile(
        count=len(cells),
        filled=len(cells) / max(1, len(sample)),
        distinct=len(set(texts)) / max(1, len(texts)),
        dates=share(_is_full_date),
        years=share(lambda c: parse_date(c).precision == "year" and parse_date(c).on is not None),
        numbers=share(_is_number),
        money=share(lambda c: parse_money(c) is not None),
        booleans=share(lambda c: parse_bool(c) is not None),
        intervals=share(lambda c: parse_interval(c) is not None),
        udis=_share(texts, lambda t: bool(_UDI.match(t))),
        gtins=_share(texts, lambda t: bool(_GTIN.match(t))),
        work_states=_share(texts, lambda t: heading_key(t) in work_states()),
        composites=_share(texts, lambda t: bool(_COMPOSITE.match(t))),
        types=_share(texts, lambda t: known_type(t) is not None),
        makers=_share(texts, lambda t: known_maker(t) is not None),
        quantities=share(lambda c: (parse_quantity(c) or 10_000) < 1_000),
        interval_words=_share(texts, _says_interval),
        average_length=sum(map(len, texts)) / max(1, len(texts)),
        is_row_counter=_counts_rows([row[index] for row in rows[:200]]),
    )


def _share(cells: Sequence[_T], test: Callable[[_T], bool]) -> float:
    return sum(map(test, cells)) / len(cells) if cells else 0.0


def _is_full_date(cell: Cell) -> bool:
    """A written or typed date; a bare five-digit number is too weak."""
    if isinstance(cell, dt.date):
        return True
    return (
        isinstance(cell, str)
        and len(cell.strip()) > 5
        and not cell.strip().isdecimal()
        and parse_date(cell).on is not None
        and parse_date(cell).precision != "year"
    )


def _says_interval(text: str) -> bool:
    """ "annual", "6 months"; a number alone, or a code with one, is too weak."""
    if not 4 <= len(text) <= 25 or parse_interval(text) is None:
        return False
    return not any(map(str.isdigit, text)) or any(word in interval_units() for word in heading_key(text).split())


def _is_number(cell: Cell) -> bool:
    if isinstance(cell, int | float):
        return not isinstance(cell, bool)
    return isinstance(cell, str) and cell.strip().replace(".", "", 1).replace(",", "", 1).isdecimal()


def _counts_rows(cells: Sequence[Cell]) -> bool:
    """1, 2, 3 … (gaps where rows were deleted are allowed): rising by one nearly always, from a small number on."""
    texts = [str(cell).strip().removesuffix(".0").rstrip(".") for cell in cells]
    numbers = [int(text) for text in texts if text.isdecimal() and len(text) < 10]
    if len(numbers) < 2 or len(numbers) < 0.8 * sum(not is_blank(cell) for cell in cells) or numbers[0] > 3:
        return False
    steps = [b - a for a, b in pairwise(numbers)]
    return sum(step == 1 for step in steps) >= 0.8 * len(steps)
