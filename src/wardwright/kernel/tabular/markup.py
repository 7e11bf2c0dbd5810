"""Web pages with a table, as reporting tools save them under the name of a workbook, to rows of cells."""

from __future__ import annotations

from html.parser import HTMLParser

from wardwright.kernel.said import say

from .errors import TableError

_ROW, _CELLS, _BREAKS = "tr", ("td", "th"), ("br", "p", "div")


def page_rows(text: str, filename: str, max_rows: int) -> list[list[str]]:
    """The rows of the page's largest table; a cell over several columns leaves the others empty.

    Raises TableError when there is no table.
    """
    reader = _Tables(max_rows)
    reader.feed(text)
    reader.close()
    rows = max(reader.tables, key=len, default=[])
    if len(rows) < 2:
        raise TableError(
            "markup",
            say("This is a web page or an XML file without a table, saved under another name."),
            filename,
            say("Open it in a spreadsheet program and save it as XLSX or CSV."),
        )
    if len(rows) > max_rows:
        raise TableError(
            "too-many-rows",
            say("The page has more than {max_rows:,} rows.", max_rows=max_rows),
            filename,
            say("Split it into several files."),
        )
    return rows


class _Tables(HTMLParser):
    """Collects the tables of a page; a table inside a cell counts for itself."""

    def __init__(self, max_rows: int) -> None:
        super().__init__(convert_charrefs=True)
        self.max_rows = max_rows
        self.tables: list[list[list[str]]] = []
        self.open: list[list[list[str]]] = []
        self.cell: list[str] | None = None
        self.span = 1

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.open.append([])
            self.tables.append(self.open[-1])
            self.cell = None
        elif not self.open or len(self.open[-1]) > self.max_rows:
            self.cell = None
        elif tag == _ROW:
            self.open[-1].append([])
        elif tag in _CELLS:
            self._close_cell()
            self.cell = []
            span = dict(attrs).get("colspan") or ""
            self.span = min(int(span), 200) if span.isascii() and span.isdecimal() and len(span) < 9 else 1
        elif tag in _BREAKS and self.cell:
            self.cell.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in _CELLS or tag == _ROW:
            self._close_cell()
        elif tag == "table" and self.open:
            self._close_cell()
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if self.cell is not None:
            self.cell.append(data)

    def _close_cell(self) -> None:
        if self.cell is None or not self.open:
            return
        if not self.open[-1]:
            self.open[-1].append([])
        self.open[-1][-1] += [" ".join("".join(self.cell).split()), *[""] * (self.span - 1)]
        self.cell = None
