"""What reading a file yields: plain frozen data."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

Cell = str | int | float | bool | dt.date | dt.datetime | dt.time | dt.timedelta | None
Cells = tuple[Cell, ...]
RowNumber = int | str
"""As a spreadsheet shows it: 12, or "ICU!12" where several sheets make one table."""

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True)
class ReadOptions:
    """What the user may set instead of what we would guess, and the limits.

    ``heading_row`` is 1-based as a spreadsheet shows it; 0 says "there is no heading row".
    """

    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    heading_row: int | None = None
    max_bytes: int = 200 * MEBIBYTE
    max_unpacked_bytes: int = 1024 * MEBIBYTE
    max_rows: int = 500_000
    max_columns: int = 1_000


@dataclass(frozen=True)
class SetAside:
    """A row that is not data. ``kind``: title, blank, sub-total, repeated heading, section, signature. ``above``: it
    stands above the headings."""

    row_number: RowNumber
    kind: str
    reason: str
    cells: Cells
    above: bool = False


@dataclass(frozen=True)
class SheetInfo:
    """A sheet of a workbook; ``used`` says that its rows are in the table."""

    name: str
    row_count: int
    used: bool


@dataclass(frozen=True)
class Table:
    """A rectangular table. ``rows[i]`` stands in row ``row_numbers[i]`` of the file (1-based, as a spreadsheet
    shows it).

    Every row of the file is in exactly one of ``rows``, ``set_aside`` and ``heading_rows``: ``total_rows`` is their
    sum.
    """

    filename: str
    kind: str
    headings: tuple[str, ...]
    heading_rows: tuple[int, ...]
    rows: list[Cells]
    row_numbers: Sequence[RowNumber]
    set_aside: tuple[SetAside, ...]
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    sheets: tuple[SheetInfo, ...] = ()
    warnings: tuple[str, ...] = ()
    section_of: tuple[str | None, ...] | None = None

    @property
    def heading_row(self) -> int | None:
        """The (last) heading row, 1-based, or None when the file has none."""
        return self.heading_rows[-1] if self.heading_rows else None

    @property
    def total_rows(self) -> int:
        return len(self.rows) + len(self.set_aside) + len(self.heading_rows)

    @property
    def set_aside_counts(self) -> dict[str, int]:
        """How many rows were set aside, by kind."""
        return dict(Counter(row.kind for row in self.set_aside))

    def column(self, index: int) -> list[Cell]:
        """The values of one column, in row order (0-based index)."""
        return [row[index] for row in self.rows]

    def sections(self) -> list[str | None]:
        """For every data row the text of the section line above it ("ICU" on a line of its own, or the name of its
        sheet), else None."""
        if self.section_of is not None:
            return list(self.section_of)
        marks: list[tuple[Any, str]] = [
            (s.row_number, str(max((c for c in s.cells if c is not None), key=lambda c: len(str(c)))))
            for s in self.set_aside
            if s.kind == "section"
        ]
        found: list[str | None] = []
        current, next_mark = None, 0
        number: Any
        for number in self.row_numbers:
            while next_mark < len(marks) and marks[next_mark][0] < number:
                current, next_mark = marks[next_mark][1], next_mark + 1
            found.append(current)
        return found
