"""The shape of a sheet: where the headings stand and which rows are not data."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from wardwright.kernel.said import say

from .table import Cell, Cells, SetAside
from .values import parse_money
from .vocabulary import field_words, heading_key, signature_words, total_words

_SEARCH_ROWS = 40
_DOTTED = re.compile(r"[.…_]{5,}\s*\Z")
_TITLE_MARK = re.compile(r"(?:[IVX]{1,5}|[A-H])[.)]?\Z")
_DIGITS = re.compile(r"\d")
_LETTERS = re.compile(r"[^\W\d_]")


@dataclass(frozen=True)
class Layout:
    """0-based heading rows (one, two, or none) and the headings, one for each column."""

    heading_rows: tuple[int, ...]
    headings: tuple[str, ...]


def find_layout(rows: Sequence[Cells], width: int, heading_row: int | None = None) -> Layout:
    """Locate the headings in rows of equal width. ``heading_row`` (0-based, -1 = none) is the user's word and is
    obeyed.
    """
    if heading_row is not None:
        return (
            Layout((heading_row,), _named(rows[heading_row]))
            if heading_row >= 0
            else Layout((), _named((None,) * width))
        )
    best = _best_heading(rows, width)
    if best is None:
        return Layout((), _named((None,) * width))
    for upper in (best - 1, best):
        if upper >= 0 and upper + 1 < len(rows) and _is_two_row(rows[upper], rows[upper + 1]):
            return Layout((upper, upper + 1), _named(_joined(rows[upper], rows[upper + 1])))
    return Layout((best,), _named(rows[best]))


def heading_score(row: Cells) -> float:
    """How much a row looks like headings: known words count most, data-like cells count against it."""
    texts = {cell for cell in row if _is_text(cell)}
    return 3 * _known_count(row) + len(texts) - 4 * sum(1 for cell in row if cell is not None and _is_data_like(cell))


def _best_heading(rows: Sequence[Cells], width: int) -> int | None:
    usual = _usual_fill(rows[:300])
    best: tuple[float, int] | None = None
    for index, row in enumerate(rows[:_SEARCH_ROWS]):
        filled = sum(cell is not None for cell in row)
        if filled < max(1, 0.5 * usual) and _known_count(row) < 3:
            continue
        score = heading_score(row)
        if best is None or score > best[0]:
            best = (score, index)
    if best is None or _is_data_row(rows[best[1]]):
        return None
    return best[1]


def _usual_fill(rows: Sequence[Cells]) -> int:
    """How many cells the ordinary (upper-quartile) row has filled."""
    counts = sorted(width for row in rows if (width := sum(cell is not None for cell in row)))
    return counts[len(counts) * 3 // 4] if counts else 0


def _is_data_row(row: Cells) -> bool:
    """A row without any known word and with data in a third of its cells cannot be a heading."""
    cells = [cell for cell in row if cell is not None]
    return _known_count(row) == 0 and 3 * sum(map(_is_data_like, cells)) >= len(cells)


def _known_count(row: Cells) -> float:
    """How many different cells are headings that we know: data repeats words, headings do not."""
    return sum(_known(cell) for cell in {cell for cell in row if isinstance(cell, str)})


def _known(cell: str) -> float:
    """1 for a heading that we know, 0.5 for one that contains a word we know, else 0."""
    key = heading_key(cell)
    words = field_words()
    if key in words:
        return 1.0
    parts = key.split()
    return 0.5 if 1 < len(parts) <= 6 and any(len(part) > 3 and part in words for part in parts) else 0.0


def _is_data_like(cell: Cell) -> bool:
    """Numbers, dates, long texts and codes with several digits are data, not headings.

    A bare year can head a column.
    """
    if not isinstance(cell, str):
        return isinstance(cell, float | dt.date | dt.time) or (isinstance(cell, int) and not 1990 <= cell <= 2100)
    digits = len(_DIGITS.findall(cell))
    return len(cell) > 80 or digits >= 4 or (digits > 0 and not _LETTERS.search(cell))


def _is_text(cell: Cell) -> bool:
    return isinstance(cell, str) and not _is_data_like(cell)


def _is_two_row(upper: Cells, lower: Cells) -> bool:
    """Group titles above single headings: the lower row fills gaps of the upper one, or names the same roles again
    and again.
    """
    if not all(_is_text(cell) for cell in (*upper, *lower) if cell is not None):
        return False
    if sum(cell is not None for cell in upper) < 2:
        return False
    fills = [upper[i] is None and lower[i] is not None for i in range(len(upper))]
    clash = any(
        upper[i] is not None and lower[i] not in (None, upper[i]) and not (i + 1 < len(upper) and fills[i + 1])
        for i in range(len(upper))
    )
    return (any(fills[1:]) and not clash) or _repeats_roles(upper, lower)


def _repeats_roles(upper: Cells, lower: Cells) -> bool:
    """Both rows full, the lower one with repeated words that become distinct together with the upper one."""
    lower_keys = [heading_key(str(cell)) for cell in lower if cell is not None]
    pairs = [(a, b) for a, b in zip(upper, lower, strict=True) if a is not None and b is not None]
    repeated = Counter(lower_keys).most_common(1)
    known = sum(_known(str(cell)) for cell in lower if cell is not None)
    return bool(
        repeated
        and repeated[0][1] >= 2
        and len(pairs) >= 4
        and len(set(pairs)) == len(pairs)
        and len({a for a, _ in pairs}) < len(pairs)
        and known >= len(lower_keys) / 2
    )


def _joined(upper: Cells, lower: Cells) -> Cells:
    joined: list[Cell] = []
    group: Cell = None
    for above, below in zip(upper, lower, strict=True):
        group = above if above is not None else (group if below is not None else None)
        parts = [str(group)] if group is not None else []
        if below is not None and below != group:
            parts.append(str(below))
        joined.append(" ".join(parts) or None)
    return tuple(joined)


def _named(cells: Sequence[Cell]) -> tuple[str, ...]:
    """Headings as text; an empty one is named after its column, a repeated one is numbered."""
    seen: Counter[str] = Counter()
    names = []
    for index, cell in enumerate(cells):
        name = (
            " ".join(str(cell).split()) if cell is not None else say("Column {letters}", letters=column_letters(index))
        )
        seen[name] += 1
        names.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return tuple(names)


def column_letters(index: int) -> str:
    """0 → A, 26 → AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


@dataclass(frozen=True)
class RowSorter:
    """Tells data from the rest, for rows below the headings."""

    headings: Cells
    width: int

    @cached_property
    def _first(self) -> tuple[int, str] | None:
        """The first named column and its name."""
        return next(((i, _folded(cell)) for i, cell in enumerate(self.headings) if isinstance(cell, str)), None)

    def aside(self, row_number: int, row: Cells) -> SetAside | None:
        """The row as set aside, or None when it is data. Cheap for ordinary rows."""
        filled = self.width - row.count(None)
        if filled == 0:
            return SetAside(row_number, "blank", say("The row is empty."), row)
        if self._repeats_heading(row, filled):
            return SetAside(row_number, "repeated heading", say("The row repeats the headings."), row)
        if filled > max(3, self.width // 2) or filled == self.width:
            return None
        return self._sparse_aside(row_number, row, filled)

    def _repeats_heading(self, row: Cells, filled: int) -> bool:
        if self._first is None or filled < 2:
            return False
        cell = row[self._first[0]]
        if not isinstance(cell, str) or len(cell) > 200 or _folded(cell) != self._first[1]:
            return False
        named = [(row[i], name) for i, name in enumerate(self.headings) if name is not None]
        return sum(_same(mine, name) for mine, name in named) >= 0.8 * len(named)

    def _sparse_aside(self, row_number: int, row: Cells, filled: int) -> SetAside | None:
        texts = [cell for cell in row if isinstance(cell, str)]
        worded = [text for text in texts if _LETTERS.search(text) and parse_money(text) is None]
        if any(is_total(text) and (len(worded) == 1 or _is_bare_total(text)) for text in worded):
            return SetAside(row_number, "sub-total", say("The row is a total, not a device."), row)
        if filled <= max(3, self.width // 3) and any(map(is_signature, texts)):
            return SetAside(row_number, "signature", say("The row is a line for signatures, not a device."), row)
        if filled == 2 and self.width >= 4 and _is_numbered_title(row):
            return SetAside(row_number, "section", say("The row has a single text: a title between the rows."), row)
        if filled > 1 or self.width < 4:
            return None
        if not texts or not _LETTERS.search(texts[0]):
            return SetAside(row_number, "blank", say("The row has a number and nothing else."), row)
        return SetAside(row_number, "section", say("The row has a single text: a title between the rows."), row)


def _is_numbered_title(row: Cells) -> bool:
    """ "II" or "B." and a text behind it: the devices below have numbers, their titles have none."""
    first, second = (cell for cell in row if cell is not None)
    return isinstance(first, str) and isinstance(second, str) and bool(_TITLE_MARK.match(first.strip()))


def _folded(text: str) -> str:
    return text.strip().casefold()


def _same(cell: Cell, heading: Cell) -> bool:
    return cell == heading or (isinstance(cell, str) and isinstance(heading, str) and _folded(cell) == _folded(heading))


def is_total(text: str) -> bool:
    """ "Subtotal: 100 items", "Tổng cộng", "合计" …"""
    if len(text) > 60:
        return False
    parts = heading_key(text).split()
    return any(" ".join(parts[:n]) in total_words() for n in range(1, min(3, len(parts)) + 1))


def is_signature(text: str) -> bool:
    """ "Prepared by: …", "Fait à Lyon, le …", "Signature ________"."""
    key = heading_key(text)
    return bool(_DOTTED.search(text)) or any(key == word or key.startswith(word + " ") for word in signature_words())


def _is_bare_total(text: str) -> bool:
    """A total word with nothing but a number or a colon behind it; "TotalCare" beside other words is a bed."""
    key = heading_key(text)
    return key in total_words() or ":" in text or any(char.isdigit() for char in key)
