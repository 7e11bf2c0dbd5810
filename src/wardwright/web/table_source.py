"""A register list as something that can be kept as a saved view, sent, and written as a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.conf import settings
from django.http import HttpRequest, QueryDict
from django.urls import resolve, reverse
from django.utils.html import strip_tags
from django.utils.safestring import SafeString

from wardwright.platform.access.scope import allowed
from wardwright.platform.reports.declaration import Column as PlainColumn
from wardwright.platform.reports.declaration import Kind
from wardwright.platform.reports.sheet import Sheet
from wardwright.platform.reports.sources import Source, address_of

LIMIT = 100_000


def source_of(table: Any) -> Source:
    """``table`` is a ``web.tables.Table`` that names its page; whoever may open the page may have its list."""

    def may(by: Any) -> bool:
        permission = getattr(resolve(reverse(table.url_name)).func, "permission", None)
        return permission is None or allowed(by, permission)

    def address(query: str) -> str:
        return address_of(reverse(table.url_name), query)

    def columns() -> list[tuple[str, Any]]:
        return [(column.key, column.label) for column in table.columns]

    def sheet(by: Any, query: str) -> Sheet:
        request = _as_asked(by, query, reverse(table.url_name))
        shown = table.shown_columns(request)

        def rows() -> Iterator[Sequence[Any]]:
            found = table.filtered(request).order_by(table.order_of(request))[:LIMIT]
            for row in found.iterator(chunk_size=1000):
                yield [_plain((column.text or column.html)(row)) for column in shown]

        return Sheet(
            key=table.key,
            title=str(table.sentence(table.count_words(request), request)),
            subtitle="",
            columns=[_column(column) for column in shown],
            rows=rows,
            url=f"{settings.BASE_URL}{address(query)}",
        )

    return Source(f"list:{table.key}", table.name_words, may, address, sheet, columns)


def _column(column: Any) -> PlainColumn:
    return PlainColumn(column.key, column.label, Kind.NUMBER if column.numeric else Kind.TEXT)


def _plain(value: Any) -> Any:
    return strip_tags(value) if isinstance(value, SafeString) else value


def _as_asked(by: Any, query: str, path: str) -> HttpRequest:
    """The request that the list's page would get."""
    request = HttpRequest()
    request.method, request.path, request.user = "GET", path, by
    request.GET = QueryDict(query)
    return request
