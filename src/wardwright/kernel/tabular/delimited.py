"""Delimited text to records: which delimiter, and what a quotation mark means."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice

from wardwright.kernel.said import say

from .errors import TableError

DELIMITERS = (",", ";", "\t", "|")
_SEP_LINE = re.compile(r"\A\"?sep=(.)\"?\r?\n", re.IGNORECASE)
_MAX_CELL_CHARS = 131_072


def detect_delimiter(text: str) -> str:
    """The delimiter that cuts most of the first lines into the same, largest number of cells (comma when nothing
    cuts).
    """
    named = _SEP_LINE.match(text)
    if named:
        return named.group(1)
    sample = text[:65_536]
    scores = {delimiter: _consistency(sample, delimiter) for delimiter in DELIMITERS}
    return max(DELIMITERS, key=lambda d: scores[d])


def _consistency(sample: str, delimiter: str) -> float:
    widths: Counter[int] = Counter()
    try:
        for number, record in enumerate(csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)):
            if any(cell.strip() for cell in record):
                widths[len(record)] += 1
            if number >= 300:
                break
    except csv.Error:
        return 0.0
    total = sum(widths.values())
    return max(((width - 1) * count / total for width, count in widths.items()), default=0.0)


def records(text: str, delimiter: str, filename: str, max_rows: int) -> tuple[list[list[str]], list[str]]:
    """All records and warnings. The line ``sep=;`` stays a record (every row of the file is accounted for).

    Raises TableError for an unclosed quotation mark, an over-long cell, or too many rows.
    """
    try:
        return _parse(text, delimiter, filename, max_rows, strict=True), []
    except _LooseQuote as loose:
        parsed = _parse(text, delimiter, filename, max_rows, strict=False)
        _refuse_swallowed(parsed, filename)
        return parsed, [
            say("Row {row}: a quotation mark inside a cell was not doubled; it was kept as it stands.", row=loose.row)
        ]


class _LooseQuote(Exception):
    def __init__(self, row: int) -> None:
        self.row = row


def _parse(text: str, delimiter: str, filename: str, max_rows: int, *, strict: bool) -> list[list[str]]:
    try:
        found = list(islice(_reader(text, delimiter, strict), max_rows + 1))
    except csv.Error as error:
        raise _explain(error, _failing_row(text, delimiter, strict), filename) from None
    if len(found) > max_rows:
        raise TableError(
            "too-many-rows",
            say("The file has more than {max_rows:,} rows.", max_rows=max_rows),
            filename,
            say("Split it into several files, or ask the administrator to raise the limit."),
        )
    return found


def _failing_row(text: str, delimiter: str, strict: bool) -> int:
    row = 1
    try:
        for row, _record in enumerate(_reader(text, delimiter, strict), 2):  # noqa: B007
            pass
    except csv.Error:
        pass
    return row


def _reader(text: str, delimiter: str, strict: bool) -> Iterator[list[str]]:
    if len(delimiter) != 1 or delimiter in '"\r\n':
        raise TableError(
            "delimiter",
            say("“{delimiter}” cannot be a delimiter.", delimiter=delimiter),
            "",
            say("Choose one character, for example , or ;"),
        )
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=strict)


def _explain(error: csv.Error, row: int, filename: str) -> Exception:
    message = str(error)
    if "expected after" in message:
        return _LooseQuote(row)
    if "field larger" in message or "unexpected end" in message:
        return TableError(
            "open-quote",
            say("A quotation mark opened in row {row} is never closed: the file may be cut off there.", row=row),
            filename,
            say("Correct that row or export the file again."),
        )
    return TableError(
        "csv",
        say("Row {row} cannot be read ({message}).", row=row, message=message),
        filename,
        say("Correct that row or export the file again."),
    )


def _refuse_swallowed(parsed: list[list[str]], filename: str) -> None:
    """Without strict quoting an unclosed mark swallows the rest of the file into one cell: never accept that
    silently.
    """
    for number, record in enumerate(parsed, 1):
        if any(cell.count("\n") > 60 for cell in record):
            raise _explain(csv.Error("unexpected end"), number, filename)
