"""A table whose columns have been given their meaning: every cell read once, column by column."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from wardwright.kernel.said import say
from wardwright.kernel.tabular.dates import parse_date
from wardwright.kernel.tabular.groups import Group
from wardwright.kernel.tabular.table import Cell, RowNumber, Table
from wardwright.kernel.tabular.values import (
    clean_serial,
    clean_text,
    decide_decimal,
    heading_currency,
    is_blank,
    parse_bool,
    parse_int,
    parse_interval,
    parse_money,
    parse_quantity,
    parse_year,
)

from .plan import Warned

Read = tuple[Any, str]
"""A value, and what is wrong with the cell ("" when nothing)."""


@dataclass(frozen=True)
class SheetGroup:
    """One repetition of a repeated group: role → values, one for each row."""

    label: str
    order: int
    is_month: bool
    values: Mapping[str, list[Any]]


@dataclass
class Sheet:
    """``values[field][i]`` is what row ``i`` says, None when it says nothing. ``extras[label][i]``: identifiers found
    in notes."""

    table: Table
    columns: dict[str, int]
    values: dict[str, list[Any]]
    groups: list[SheetGroup] = field(default_factory=list)
    extras: dict[str, list[str | None]] = field(default_factory=dict)
    warned: list[Warned] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.table.rows)

    def column(self, name: str) -> list[Any]:
        """The values of a field; a field without a column says nothing in every row."""
        return self.values.get(name) or [None] * len(self)

    def heading(self, name: str) -> str:
        index = self.columns.get(name)
        return self.table.headings[index] if index is not None else ""

    def row_number(self, index: int) -> RowNumber:
        return self.table.row_numbers[index]


def read_column(
    table: Table, index: int, kind: str, *, order: str = "day-first", max_length: int = 0
) -> tuple[list[Any], list[Warned]]:
    """The values of one column and the cells that could not be used."""
    cells = table.column(index)
    read = _reader(kind, cells, order, max_length, table.headings[index])
    values, problems = _read_all(cells, read)
    heading = table.headings[index]
    warned = [Warned(table.row_numbers[i], heading, str(cells[i])[:120], problem) for i, problem in problems]
    return values, warned


def _read_all(cells: Sequence[Cell], read: Callable[[Cell], Read]) -> tuple[list[Any], list[tuple[int, str]]]:
    """Equal texts are read once: registers say the same things again and again."""
    known: dict[str, Read] = {}
    values: list[Any] = []
    problems: list[tuple[int, str]] = []
    for i, cell in enumerate(cells):
        if type(cell) is str:
            found = known.get(cell)
            if found is None:
                found = known[cell] = read(cell)
        else:
            found = (None, "") if cell is None else read(cell)
        values.append(found[0])
        if found[1]:
            problems.append((i, found[1]))
    return values, problems


def _reader(kind: str, cells: Sequence[Cell], order: str, max_length: int, heading: str) -> Callable[[Cell], Read]:
    if kind == "date":
        return lambda cell: _date(cell, order)
    if kind == "money":
        mark, currency = decide_decimal(cells), heading_currency(heading)
        return lambda cell: _money(cell, mark, currency)
    if kind == "serial":
        return lambda cell: _serial(cell, max_length)
    if kind in _SIMPLE:
        parse, wrong = _SIMPLE[kind]
        return lambda cell: _simple(cell, parse, wrong)
    return lambda cell: _text(cell, max_length)


def _text(cell: Cell, max_length: int) -> Read:
    text = clean_text(cell)
    if max_length and len(text) > max_length:
        return text[:max_length].rstrip(), say("Shortened to {count} characters.", count=max_length)
    return text or None, ""


def _serial(cell: Cell, max_length: int) -> Read:
    found = clean_serial(cell)
    if "digits are lost" in found.note:
        return None, say("A spreadsheet has rounded this number: digits are lost, it was left out.")
    return _text(found.text, max_length)


def _date(cell: Cell, order: str) -> Read:
    found = parse_date(cell, order)  # type: ignore[arg-type]
    if found.on is None:
        return None, found.problem
    return found.on, ""


def _money(cell: Cell, mark: str | None, currency: str | None) -> Read:
    if is_blank(cell):
        return None, ""
    found = parse_money(cell, decimal=mark)
    if found is None or abs(found.amount) > 10**13:
        return None, say("This is not an amount.")
    return (int((found.amount * 100).to_integral_value()), found.currency or currency), ""


def _simple(cell: Cell, parse: Callable[[Cell], Any], wrong: str) -> Read:
    if is_blank(cell):
        return None, ""
    found = parse(cell)
    return (None, wrong) if found is None else (found, "")


_SIMPLE: dict[str, tuple[Callable[[Any], Any], str]] = {
    "integer": (parse_int, say("This is not a whole number.")),
    "quantity": (parse_quantity, say("This is not a quantity.")),
    "year": (parse_year, say("This is not a year.")),
    "interval": (parse_interval, say("This is not an interval.")),
    "flag": (parse_bool, say("This is neither yes nor no.")),
}


def read_groups(
    table: Table, groups: Sequence[Group], orders: Mapping[str, str]
) -> tuple[list[SheetGroup], list[Warned]]:
    """The repeated groups with their dates read; other roles as clean text."""
    found: list[SheetGroup] = []
    warned: list[Warned] = []
    for group in groups:
        values: dict[str, list[Any]] = {}
        for role, index in group.columns.items():
            kind = "date" if role in ("date", "due", "done") else "text"
            values[role], problems = read_column(table, index, kind, order=orders.get(str(index), "day-first"))
            warned += problems
        found.append(SheetGroup(group.label, group.order, group.is_month, values))
    return found, warned
