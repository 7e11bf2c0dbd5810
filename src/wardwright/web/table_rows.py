"""How a list writes its rows: plain text work, because fifty rows are most of what a page of a list costs."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

_NUMBER = ' class="num"'
_MARKUP = re.compile(r"<[^>]*>")  # of a cell that is escaped, so that a "<" always begins markup


def cell_head(label: Any, numeric: bool = False) -> str:
    """How each cell of a column begins."""
    return f'<td data-label="{escape(str(label))}"{_NUMBER if numeric else ""}>'


def row_html(pk: int, url: str, heads: list[str], cells: list[str], select: str) -> str:
    """One ``<tr>`` from cells that are escaped already; ``select`` is the word of its check box, empty for none."""
    check = (
        f'<td class="cell-check"><input type="checkbox" form="bulk" name="selected" value="{pk}"'
        f' aria-label="{select} {" ".join(_MARKUP.sub(" ", cells[0]).split())}"></td>'
        if select
        else ""
    )
    first, *rest = cells
    if url:
        first = f'<a class="row-link" href="{url}">{first}</a>'
    cells_html = "".join(f"{head}{cell}</td>" for head, cell in zip(heads, [first, *rest], strict=True))
    opens = f' data-href="{url}"' if url else ""
    return f"<tr data-row{opens}>{check}{cells_html}</tr>\n"


def options_html(choices: Iterable[tuple[str, str]], chosen: str) -> SafeString:
    """The ``<option>`` elements of a filter: a hospital has hundreds of types and makers."""
    written = [
        f'<option value="{escape(value)}"{" selected" if value == chosen else ""}>{escape(label)}</option>'
        for value, label in choices
        if value
    ]
    return mark_safe("".join(written))  # noqa: S308 - parts are escaped
