"""Workbooks (XLSX, XLS, ODS) to rows of Python values, by way of calamine."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from typing import TypeVar

from python_calamine import CalamineWorkbook, PasswordError

from wardwright.kernel.said import say

from .container import inspect_archive
from .errors import TableError
from .table import Cell, ReadOptions

_Result = TypeVar("_Result")


def open_workbook(data: bytes, filename: str, kind: str, options: ReadOptions) -> CalamineWorkbook:
    """Open after inspection. Raises TableError for bombs, damage and passwords."""
    if kind != "xls":
        inspect_archive(data, filename, options)
    workbook = _guarded(lambda: CalamineWorkbook.from_filelike(io.BytesIO(data)), filename)
    if not workbook.sheet_names:
        raise TableError("no-sheet", say("The workbook has no sheet."), filename, say("Export the register again."))
    return workbook


def sheet_names(workbook: CalamineWorkbook) -> list[str]:
    """Sheets that can hold a table (no charts, macros or dialogs)."""
    return [sheet.name for sheet in workbook.sheets_metadata if "WorkSheet" in str(sheet.typ)] or list(
        workbook.sheet_names
    )


def sheet_rows(workbook: CalamineWorkbook, name: str, filename: str, options: ReadOptions) -> list[list[Cell]]:
    """All rows of a sheet from row 1 on, empty cells None, merged columns of cells filled downwards.

    Raises TableError when the sheet does not exist, is too large or cannot be read.
    """
    if name not in workbook.sheet_names:
        known = ", ".join(workbook.sheet_names)
        raise TableError(
            "sheet-unknown",
            say("There is no sheet “{name}”.", name=name),
            filename,
            say("Choose one of: {known}.", known=known),
        )
    sheet = _guarded(lambda: workbook.get_sheet_by_name(name), filename)
    if sheet.total_height > options.max_rows or sheet.total_width > options.max_columns:
        raise TableError(
            "too-many-rows",
            say(
                "The sheet has {total_height:,} rows and {total_width:,} columns.",
                total_height=sheet.total_height,
                total_width=sheet.total_width,
            ),
            filename,
            say(
                "Up to {max_rows:,} rows and {max_columns:,} columns can be read: split it.",
                max_rows=options.max_rows,
                max_columns=options.max_columns,
            ),
        )
    raw = _guarded(lambda: sheet.to_python(skip_empty_area=False), filename)
    rows = [[_plain(cell) for cell in row] for row in raw]
    _fill_merged(rows, getattr(sheet, "merged_cell_ranges", None) or [])
    return rows


def _plain(cell: Cell) -> Cell:
    """Empty text is None, 2067.0 is 2067, a moment at midnight is a date."""
    if type(cell) is str:
        return cell or None
    if type(cell) is float and cell.is_integer() and abs(cell) < 1e15:
        return int(cell)
    if type(cell) is dt.datetime and cell.time() == dt.time(0):
        return cell.date()
    return cell


def _fill_merged(rows: list[list[Cell]], ranges: list) -> None:
    """A value merged over several rows counts for each of them; over columns it stays in the first."""
    for (top, left), (bottom, _right) in ranges:
        if top >= len(rows) or left >= len(rows[top]) or rows[top][left] is None:
            continue
        for row in rows[top + 1 : bottom + 1]:
            if left < len(row) and row[left] is None:
                row[left] = rows[top][left]


def _guarded(action: Callable[[], _Result], filename: str) -> _Result:
    """Run a parser call; whatever it throws (also a panic, which is no Exception) becomes a TableError."""
    try:
        return action()
    except (KeyboardInterrupt, SystemExit, TableError):
        raise
    except PasswordError:
        raise TableError(
            "encrypted",
            say("The workbook is protected by a password."),
            filename,
            say("Save a copy without the password and try again."),
        ) from None
    except BaseException as error:  # a Rust panic derives from BaseException
        raise TableError(
            "workbook",
            say(
                "The workbook cannot be read ({name}): it is damaged or not quite what it says.",
                name=type(error).__name__,
            ),
            filename,
            say("Open it in a spreadsheet program, save it as XLSX and try again."),
        ) from None
