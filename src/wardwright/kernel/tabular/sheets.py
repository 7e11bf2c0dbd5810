"""Several sheets of one register (one for each ward, the same headings) to one table."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from .table import Cell, Cells, RowNumber, SetAside, Table
from .values import is_blank
from .vocabulary import field_words, heading_key

_UNNAMED = re.compile(r"Column [A-Z]{1,3}\Z")
_PLAIN_NAME = re.compile(
    r"(?:sheet|tabelle|feuil|feuille|hoja|planilha|plan|foglio|blad|arkusz|list|sayfa|лист|ورقة|工作表|trang|table)?"
    r"[\s_]*\d*(?:\s*\(\d+\))?\Z",
    re.IGNORECASE,
)


def belongs(part: Table, so_far: Sequence[Table]) -> bool:
    """Whether a sheet goes on with the register of the others: two thirds of the headings are the same and it does not
    list the same devices again (as last year's copy does)."""
    mine, theirs = _keys(part), _keys(so_far[0])
    shared = len(mine.keys() & theirs.keys())
    if shared < 2 or 3 * shared < 2 * max(len(mine), len(theirs)):
        return False
    there = {identity for table in so_far for identity in _identities(table)}
    own = _identities(part)
    return 3 * sum(identity in there for identity in own) <= len(own)


def stack(parts: Sequence[Table], main: Table) -> Table:
    """One table of all parts, in their order; ``main`` gives the headings, further columns stand behind them.

    Rows are numbered as a spreadsheet names them: "ICU!12".
    """
    keys = _keys(main)
    headings = list(main.headings)
    rows: list[Cells] = []
    numbers: list[RowNumber] = []
    aside: list[SetAside] = []
    sections: list[str | None] = []
    for part in parts:
        places = [_place(heading, keys, headings) for heading in part.headings]
        width = len(headings)
        rows += [_moved(row, places, width) for row in part.rows]
        numbers += [f"{part.sheet}!{number}" for number in part.row_numbers]
        aside += [
            replace(item, row_number=f"{part.sheet}!{item.row_number}", cells=_moved(item.cells, places, width))
            for item in part.set_aside
        ]
        name = part.sheet if part.sheet and not _PLAIN_NAME.match(part.sheet.strip()) else None
        sections += [section or name for section in part.sections()]
    width = len(headings)
    return replace(
        main,
        headings=tuple(headings),
        rows=[row if len(row) == width else row + (None,) * (width - len(row)) for row in rows],
        row_numbers=numbers,
        set_aside=tuple(aside),
        section_of=tuple(sections),
    )


def _keys(table: Table) -> dict[str, int]:
    return {heading_key(h): i for i, h in reversed(list(enumerate(table.headings))) if not _UNNAMED.match(h)}


def _place(heading: str, keys: dict[str, int], headings: list[str]) -> int:
    """The column of the whole for one of a part; a new one where the whole has none."""
    key = heading_key(heading)
    if key in keys and not _UNNAMED.match(heading):
        return keys[key]
    if heading in headings:
        heading = f"{heading} ({len(headings) + 1})"
    headings.append(heading)
    keys.setdefault(key, len(headings) - 1)
    return len(headings) - 1


def _moved(row: Cells, places: list[int], width: int) -> Cells:
    cells: list[Cell] = [None] * width
    for place, cell in zip(places, row, strict=True):
        cells[place] = cell
    return tuple(cells)


def _identities(table: Table) -> list[tuple[str, str]]:
    """What the columns of asset and serial numbers say."""
    words = field_words()
    found: list[tuple[str, str]] = []
    for key, index in _keys(table).items():
        kind = next((field for field in ("tag", "serial") if field in words.get(key, {})), None)
        if kind:
            found += [(kind, str(cell).strip()) for cell in table.column(index) if not is_blank(cell)]
    return found
