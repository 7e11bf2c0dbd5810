"""A file of unknown make to a :class:`Table`: every row accounted for, every refusal a :class:`TableError`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePath

from wardwright.kernel.said import say

from .container import container_kind
from .delimited import detect_delimiter, records
from .errors import TableError
from .layout import Layout, RowSorter, find_layout, heading_score
from .markup import page_rows
from .sheets import belongs, stack
from .table import Cells, ReadOptions, SetAside, SheetInfo, Table
from .text import decode
from .workbook import open_workbook, sheet_names, sheet_rows


def read_table(data: bytes, filename: str, *, options: ReadOptions | None = None) -> Table:
    """Read a CSV, XLSX, XLS or ODS file, or a web page with a table. Its contents tell what it is, not its name.

    Raises TableError, and nothing else, for whatever cannot be read: empty, binary, cut off, encrypted, a bomb, too
    large,
    a wrong option. ``options`` overrides what would be detected.
    """
    options = options or ReadOptions()
    filename = PurePath(filename.replace("\\", "/")).name or "file"
    if len(data) > options.max_bytes:
        raise TableError(
            "too-large",
            say(
                "The file has {size:,} MB; up to {limit:,} MB can be read.",
                size=round(len(data) / 1e6),
                limit=round(options.max_bytes / 1e6),
            ),
            filename,
            say("Split it, or ask the administrator to raise the limit."),
        )
    kind = container_kind(data, filename)
    if kind in ("csv", "html"):
        read = _read_delimited if kind == "csv" else _read_page
        return _assemble(read(data, filename, options), filename, options)
    return _read_workbook(data, filename, kind, options)


@dataclass
class _Source:
    """Raw rows and where they came from."""

    kind: str
    rows: list[Cells]
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    warnings: list[str] = field(default_factory=list)


def _read_delimited(data: bytes, filename: str, options: ReadOptions) -> _Source:
    decoded = decode(data, filename, options.encoding)
    delimiter = options.delimiter or detect_delimiter(decoded.text)
    raw, warnings = records(decoded.text, delimiter, filename, options.max_rows)
    width = max(map(len, raw), default=0)
    _check_width(width, filename, options)
    rows: list[Cells] = [tuple([cell if cell and not cell.isspace() else None for cell in record]) for record in raw]
    if not decoded.proved:
        warnings.append(
            say("The encoding was guessed as {encoding}; check letters with accents.", encoding=decoded.encoding)
        )
    return _Source("csv", _padded(rows), decoded.encoding, delimiter, warnings=warnings)


def _read_page(data: bytes, filename: str, options: ReadOptions) -> _Source:
    decoded = decode(data, filename, options.encoding)
    raw = page_rows(decoded.text, filename, options.max_rows)
    _check_width(max(map(len, raw)), filename, options)
    return _Source("html", _padded([tuple([cell or None for cell in row]) for row in raw]), decoded.encoding)


def _read_workbook(data: bytes, filename: str, kind: str, options: ReadOptions) -> Table:
    workbook = open_workbook(data, filename, kind, options)
    every = sheet_names(workbook)
    names = [options.sheet] if options.sheet else every
    loaded = {name: _padded([tuple(row) for row in sheet_rows(workbook, name, filename, options)]) for name in names}
    chosen = max(loaded, key=lambda name: _sheet_score(loaded[name]))
    main = _assemble(_Source(kind, loaded[chosen], sheet=chosen), filename, options)
    parts = {chosen: main}
    for name, rows in loaded.items():
        part = _other_sheet(name, rows, kind, filename, options) if name != chosen else None
        if part and main.heading_rows and belongs(part, list(parts.values())):
            parts[name] = part
    infos = tuple(SheetInfo(name, len(loaded.get(name, [])), name in parts) for name in every)
    table = stack([parts[name] for name in loaded if name in parts], main) if len(parts) > 1 else main
    return replace(table, sheets=infos, warnings=(*table.warnings, *_about_sheets(infos)))


def _other_sheet(name: str, rows: list[Cells], kind: str, filename: str, options: ReadOptions) -> Table | None:
    """A sheet as a table, None when it is none."""
    try:
        part = _assemble(_Source(kind, rows, sheet=name), filename, replace(options, heading_row=None))
    except TableError:
        return None
    return part if part.heading_rows else None


def _about_sheets(infos: Sequence[SheetInfo]) -> list[str]:
    """Which sheets were read, and which were left out."""
    used, left = [i.name for i in infos if i.used], [i.name for i in infos if not i.used and i.row_count]
    told: list[str] = (
        [say("These sheets were read as one list: {names}.", names=", ".join(used))] if len(used) > 1 else []
    )
    if left:
        told.append(
            say("Not read, because they hold no list of this kind or repeat it: {names}.", names=", ".join(left))
        )
    return told


def _sheet_score(rows: list[Cells]) -> float:
    """The sheet with the most convincing headings over the most rows."""
    best = max((heading_score(row) for row in rows[:40]), default=0.0)
    return max(best, 0.0) * min(len(rows), 200) + min(len(rows), 200) / 1000


def _check_width(width: int, filename: str, options: ReadOptions) -> None:
    if width > options.max_columns:
        raise TableError(
            "too-wide",
            say(
                "A row has {width:,} cells; up to {max_columns:,} can be read.",
                width=width,
                max_columns=options.max_columns,
            ),
            filename,
            say("Check the delimiter, or delete the columns to the right of the register."),
        )


def _padded(rows: list[Cells]) -> list[Cells]:
    """All rows as wide as the widest one that holds something there; trailing columns without any value are dropped."""
    width = max((_used_width(row) for row in rows), default=0)
    return [row if len(row) == width else row[:width] + (None,) * (width - len(row)) for row in rows]


def _used_width(row: Cells) -> int:
    width = len(row)
    while width and row[width - 1] is None:
        width -= 1
    return width


def _assemble(source: _Source, filename: str, options: ReadOptions) -> Table:
    width = len(source.rows[0]) if source.rows else 0
    if width == 0:
        raise TableError(
            "empty",
            say("The file has no filled cell."),
            filename,
            say("Export the register again and check that it has rows."),
        )
    layout = find_layout(source.rows, width, _chosen_heading(source.rows, filename, options))
    rows, numbers, aside = _sort_rows(source.rows, layout, width)
    if not rows:
        raise TableError(
            "no-rows",
            say("There are headings but no rows below them."),
            filename,
            say("Check that the right sheet and heading row are chosen."),
        )
    if not layout.heading_rows:
        source.warnings.append(say("No heading row was found: the columns are named by letters."))
    return Table(
        filename,
        source.kind,
        layout.headings,
        tuple(i + 1 for i in layout.heading_rows),
        rows,
        numbers,
        tuple(aside),
        source.encoding,
        source.delimiter,
        source.sheet,
        (),
        tuple(source.warnings),
    )


def _chosen_heading(rows: Sequence[Cells], filename: str, options: ReadOptions) -> int | None:
    if options.heading_row is None:
        return None
    if not 0 <= options.heading_row <= len(rows):
        raise TableError(
            "heading-row",
            say(
                "There is no row {row}; the file has {count:,} rows.",
                row=options.heading_row,
                count=len(rows),
            ),
            filename,
            say("Choose the row in which the column names stand."),
        )
    return options.heading_row - 1


def _sort_rows(all_rows: list[Cells], layout: Layout, width: int) -> tuple[list[Cells], list[int], list[SetAside]]:
    first_data = layout.heading_rows[-1] + 1 if layout.heading_rows else 0
    aside = [
        _before_heading(number, row)
        for number, row in enumerate(all_rows[:first_data], 1)
        if number - 1 not in layout.heading_rows
    ]
    sorter = RowSorter(all_rows[first_data - 1] if first_data else (None,) * width, width)
    rows: list[Cells] = []
    numbers: list[int] = []
    for number, row in enumerate(all_rows[first_data:], first_data + 1):
        found = sorter.aside(number, row)
        if found:
            aside.append(found)
        else:
            rows.append(row)
            numbers.append(number)
    return rows, numbers, aside


def _before_heading(number: int, row: Cells) -> SetAside:
    if any(cell is not None for cell in row):
        return SetAside(number, "title", say("The row stands above the headings."), row, above=True)
    return SetAside(number, "blank", say("The row is empty."), row, above=True)
