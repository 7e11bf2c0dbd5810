"""A sheet as CSV, XLSX, PDF and JSON; all hold the same rows. CSV is streamed, XLSX written in constant memory."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from typing import IO, Any

import orjson
import xlsxwriter
from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils import timezone
from django.utils.translation import gettext as _

from wardwright.platform.core.cells import safe_cell
from wardwright.platform.paper.typeset import typeset

from .declaration import Column, Kind, Link, Money
from .sheet import Sheet
from .words import address, cell_words, major, plain

#: Typst needs half a gigabyte for 3,500 rows; a longer list is no reading matter and has CSV and XLSX.
PDF_ROWS = 1000
#: Excel's own limits: rows of a sheet, and links of a file.
XLSX_ROWS = 1_048_000
XLSX_LINKS = 60_000
JSON_ROWS = 1000
MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
    "json": "application/json",
}


class _Echo:
    def write(self, value: str) -> str:
        return value


def csv_lines(sheet: Sheet) -> Iterator[str]:
    """UTF-8 with a mark, so that spreadsheets read accents; line by line."""
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow([safe_cell(column.heading) for column in sheet.columns])
    for row in sheet.rows():
        yield writer.writerow([safe_cell(plain(cell)) for cell in row])


def csv_bytes(sheet: Sheet) -> bytes:
    return "".join(csv_lines(sheet)).encode()


# XLSX -----------------------------------------------------------------------------------------------------------


def xlsx_file(sheet: Sheet) -> IO[bytes]:
    """The workbook in a temporary file that vanishes when it is closed: rows on one sheet, figures on another."""
    file = tempfile.TemporaryFile(prefix="wardwright-report-")  # noqa: SIM115 - the caller reads and closes it
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "remove_timezone": True}
    book = xlsxwriter.Workbook(file, options)
    styles = _Styles(book)
    _write_rows(book.add_worksheet(_("Rows")[:31]), sheet, styles)
    if sheet.figures:
        _write_figures(book.add_worksheet(_("Figures")[:31]), sheet, styles)
    book.close()
    file.seek(0)
    return file


def xlsx_bytes(sheet: Sheet) -> bytes:
    with xlsx_file(sheet) as file:
        return file.read()


class _Styles:
    def __init__(self, book: Any):
        self.head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self.day = book.add_format({"num_format": "yyyy-mm-dd"})
        self.moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        self.money = book.add_format({"num_format": "#,##0.00"})


def _write_rows(page: Any, sheet: Sheet, styles: _Styles) -> None:
    for at, column in enumerate(sheet.columns):
        page.set_column(at, at, 12 if column.right or column.kind == Kind.DATE else 24)
        page.write_string(0, at, column.heading, styles.head)
    page.freeze_panes(1, 0)
    number = 0
    for number, row in enumerate(islice(sheet.rows(), XLSX_ROWS), 1):
        for at, cell in enumerate(row):
            _write_cell(page, number, at, cell, styles)
    if number == XLSX_ROWS:
        page.write_string(number + 1, 0, _("A sheet holds no more rows; the CSV has them all."))


def _write_cell(page: Any, row: int, at: int, cell: Any, styles: _Styles) -> None:
    """Text is written as text: a spreadsheet does not run it."""
    if cell is None or cell == "":
        return
    if isinstance(cell, Money):
        page.write_number(row, at, float(major(cell)), styles.money)
    elif isinstance(cell, Link):
        url = address(cell, whole=True) if row <= XLSX_LINKS and at == 0 else ""
        if url:
            page.write_url(row, at, url, string=str(cell)[:32000])
        else:
            page.write_string(row, at, str(cell)[:32000])
    elif isinstance(cell, datetime):
        page.write_datetime(row, at, timezone.localtime(cell) if timezone.is_aware(cell) else cell, styles.moment)
    elif isinstance(cell, date):
        page.write_datetime(row, at, datetime(cell.year, cell.month, cell.day), styles.day)
    elif isinstance(cell, int | float | Decimal) and not isinstance(cell, bool):
        page.write_number(row, at, cell)
    else:
        page.write_string(row, at, str(cell)[:32000])


def _write_figures(page: Any, sheet: Sheet, styles: _Styles) -> None:
    page.set_column(0, 0, 36)
    page.set_column(1, 2, 40)
    lines: list[Sequence[Any]] = [(sheet.title,), (sheet.subtitle,), ()]
    lines.append((_("Figure"), _("Value"), _("How it is made"), _("Formula")))
    for shown in sheet.figures:
        lines.append((shown.figure.label, shown.words, shown.sums, shown.figure.formula))
        lines += [("", behind.count, behind.words) for behind in shown.behind]
    for number, line in enumerate(lines):
        for at, cell in enumerate(line):
            style = styles.head if number in (0, 3) else None
            if isinstance(cell, int):
                page.write_number(number, at, cell, style)
            else:
                page.write_string(number, at, str(cell), style)


# PDF ------------------------------------------------------------------------------------------------------------


def pdf_bytes(sheet: Sheet) -> bytes:
    """The sheet on paper: figures first, then the chart, then at most PDF_ROWS rows and a word about the others."""
    rows = [
        [cell_words(cell, column) for cell, column in zip(row, sheet.columns, strict=True)]
        for row in islice(sheet.rows(), PDF_ROWS + 1)
    ]
    cut = len(rows) > PDF_ROWS
    words = _("The first %(n)s rows. The whole list is in CSV and XLSX.") % {"n": intcomma(PDF_ROWS)} if cut else ""
    return typeset(
        "platform/reports/report.typ",
        {
            "title": sheet.title,
            "subtitle": sheet.subtitle,
            "figures": [
                {
                    "label": str(shown.figure.label),
                    "words": shown.words,
                    "sums": shown.sums,
                    "formula": str(shown.figure.formula),
                    "left_out": [f"{one.count} {one.words}" for one in shown.behind if one.is_left_out],
                }
                for shown in sheet.figures
            ],
            "left_out_words": _("Left out:"),
            "chart": {"title": sheet.chart.title, "svg": sheet.chart.svg, "note": sheet.chart.note}
            if sheet.chart
            else None,
            "columns": [_paper_column(column) for column in sheet.columns],
            "rows": rows[:PDF_ROWS],
            "cut": words,
            "url": sheet.url,
            "empty": _("No rows."),
        },
    )


def _paper_column(column: Column) -> dict[str, Any]:
    return {
        "heading": column.heading,
        "align": "right" if column.right else "left",
        "width": "auto" if column.right or column.kind in (Kind.DATE, Kind.LINK) else 1,
    }


# JSON -----------------------------------------------------------------------------------------------------------


def as_data(sheet: Sheet, limit: int = JSON_ROWS) -> dict[str, Any]:
    """The sheet as plain data; at most ``limit`` rows, and ``more`` says whether there were others."""
    keys = [column.key for column in sheet.columns]
    rows = [dict(zip(keys, [_data_cell(cell) for cell in row], strict=True)) for row in islice(sheet.rows(), limit + 1)]
    return {
        "key": sheet.key,
        "title": sheet.title,
        "about": sheet.subtitle,
        "columns": [
            {"key": column.key, "label": str(column.label), "kind": str(column.kind), "unit": str(column.unit)}
            for column in sheet.columns
        ],
        "figures": [
            {
                "key": shown.key,
                "label": str(shown.figure.label),
                "value": shown.value,
                "unit": str(shown.figure.unit),
                "words": shown.words,
                "sums": shown.sums,
                "formula": str(shown.figure.formula),
                "cases": shown.cases,
                "behind": [
                    {"which": one.which, "words": one.words, "count": one.count, "is_left_out": one.is_left_out}
                    for one in shown.behind
                ],
            }
            for shown in sheet.figures
        ],
        "rows": rows[:limit],
        "more": len(rows) > limit,
    }


def _data_cell(cell: Any) -> Any:
    if isinstance(cell, Link):
        return {"text": str(cell), "id": cell.pk, "url": address(cell)}
    if isinstance(cell, Money):
        return {"amount": plain(cell), "currency": cell.currency}
    return plain(cell)


def json_bytes(sheet: Sheet) -> bytes:
    return orjson.dumps(as_data(sheet), default=str, option=orjson.OPT_INDENT_2)


WRITERS = {"csv": csv_bytes, "xlsx": xlsx_bytes, "pdf": pdf_bytes, "json": json_bytes}
