"""One declaration of a list: its columns, filters and order give the page, the HTMX rows, and the CSV."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.contrib.humanize.templatetags.humanize import intcomma
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.functional import cached_property
from django.utils.html import conditional_escape, escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, ngettext_lazy

from wardwright.platform.access.scope import allowed
from wardwright.platform.core.cells import safe_cell
from wardwright.platform.core.keyset import capped_count, in_order, keyset_page
from wardwright.platform.core.values import as_id
from wardwright.platform.reports.permissions import SAVE
from wardwright.platform.reports.sources import add_source, kept_query

from .site import begun_with, everything, first_look
from .table_rows import cell_head, options_html, row_html
from .table_source import source_of
from .views import asks_for

PAGE_SIZE = 50
COUNT_CAP = 10_000
CSV_LIMIT = 100_000
#: Every list there is, by its key: a list made anew for each request, as that of a count, takes its own place.
TABLES: dict[str, Table] = {}


@dataclass(frozen=True)
class Column:
    """One column. ``html`` gives the cell, ``text`` its plain form for CSV; ``order`` is the sortable field, if any."""

    key: str
    label: Any
    html: Callable[[Any], Any]
    order: str = ""
    numeric: bool = False
    text: Callable[[Any], Any] | None = None


@dataclass(frozen=True)
class Filter:
    """One filter in the address. ``choices(by)`` makes it a select; without choices it is a text or date box."""

    key: str
    label: Any
    apply: Callable[[QuerySet, str], QuerySet]
    choices: Callable[[Any], Iterable[tuple[Any, Any]]] | None = None
    kind: str = "text"


@dataclass(frozen=True)
class Action:
    """A button of the page or of the selection bar. Who has its permission nowhere does not see it."""

    label: Any
    url: str
    permission: Any = None
    icon: str = ""
    primary: bool = False


def offered(actions: Callable[[Any], list[Action]], by: Any) -> list[Action]:
    """Those of a list's buttons that ``by`` may press."""
    return [action for action in actions(by) if action.permission is None or allowed(by, action.permission)]


@dataclass
class Table:
    """A list. ``rows(by)`` gives the scoped queryset; ``sentence(count words, request)`` answers its question.

    ``url_name`` names its page where that is not the key: it is how a saved view of the list is opened.
    """

    key: str
    rows: Callable[[Any], QuerySet]
    columns: list[Column]
    row_url: Callable[[Any], str]
    sentence: Callable[[str, HttpRequest], Any]
    order: str = "-id"
    nulls_last: bool = False
    filters: list[Filter] = field(default_factory=list)
    search: Callable[[QuerySet, str], QuerySet] | None = None
    empty: tuple[Any, Any] = ("", "")
    noun: tuple[Any, Any] = ("row", "rows")
    actions: Callable[[Any], list[Action]] = lambda by: []
    bulk_actions: Callable[[Any], list[Action]] = lambda by: []
    found_actions: Callable[[Any], list[Action]] = lambda by: []  # for all that the filters find: they get its address
    url_name: str = ""
    first_look: str = ""  # the filters it is opened with, as an address has them

    def __post_init__(self) -> None:
        self.url_name = self.url_name or self.key
        add_source(source_of(self))
        TABLES[self.key] = self

    @property
    def name_words(self) -> Any:
        return ngettext_lazy(*self.noun, 2)

    def first(self, request: HttpRequest) -> dict[str, str]:
        """What the list shows to whoever opens it without saying what, as entries of its address."""
        has_sites = any(item.key == "site" for item in self.filters)
        return dict(parse_qsl(self.first_look)) | (first_look(request) if has_sites else {})

    def shown_columns(self, request: HttpRequest) -> list[Column]:
        """The columns chosen in the address; all of them where none is. The first says what a row is and stays."""
        chosen = set(request.GET.getlist("columns"))
        found = [column for column in self.columns if column.key in chosen]
        first = self.columns[0]
        return [first, *(column for column in found if column is not first)] if found else self.columns

    def count_words(self, request: HttpRequest) -> str:
        """How many rows the address finds, in words."""
        return _count_words(self, self.filtered(request))

    def filtered(self, request: HttpRequest) -> QuerySet:
        """The rows the reader may see, with the address's search and filters applied."""
        rows = self.rows(request.user)
        query = entry(request, "q")
        if query and self.search:
            rows = self.search(rows, query)
        for item in self.filters:
            value = entry(request, item.key)
            if value:
                rows = item.apply(rows, value)
        return rows

    def order_of(self, request: HttpRequest) -> str:
        wanted = request.GET.get("sort", "")
        sortable = {column.order for column in self.columns if column.order}
        return wanted if wanted.lstrip("-") in sortable else self.order


def list_page(request: HttpRequest, table: Table, *, template: str = "web/list.html", **context: Any) -> HttpResponse:
    """Answer a list: the page, only its rows for HTMX, or CSV with ``?format=csv``."""
    if begun := begun_with(request, table.first(request)):
        return begun
    rows = table.filtered(request)
    order = table.order_of(request)
    if request.GET.get("format") == "csv":
        return csv_response(  # type: ignore[return-value]  # streamed
            table, in_order(rows, order, nulls_last=table.nulls_last)[:CSV_LIMIT], table.shown_columns(request)
        )
    page = keyset_page(rows, order, cursor=request.GET.get("after", ""), size=PAGE_SIZE, nulls_last=table.nulls_last)
    shown = _Shown(request, table, order, page.rows, page.next_cursor)
    if not shown.continued:
        shown.count_words = _count_words(table, rows)
    return render(request, "web/_rows.html" if asks_for(request, "rows") else template, {"table": shown, **context})


def _count_words(table: Table, rows: QuerySet) -> str:
    count, more = capped_count(rows, COUNT_CAP)
    if more:
        return _("more than %(count)s %(noun)s") % {"count": intcomma(count), "noun": ngettext(*table.noun, count)}
    return f"{intcomma(count)} {ngettext(*table.noun, count)}"


class _Shown:
    """What the list templates read; see docs/reference/components.md."""

    def __init__(self, request: HttpRequest, table: Table, order: str, rows: list[Any], next_cursor: str):
        self._request, self._table, self._order = request, table, order
        self._columns = table.shown_columns(request)
        self._rows = rows
        self._next = next_cursor
        self.key = table.key
        self.query = request.GET.get("q", "")
        self.continued = bool(request.GET.get("after"))
        self.count_words = ""
        self.searchable = table.search is not None

    @cached_property
    def title_sentence(self) -> Any:
        return self._table.sentence(self.count_words, self._request)

    @property
    def total_words(self) -> str:
        return self.count_words

    @cached_property
    def columns(self) -> list[dict[str, Any]]:
        shown = []
        for column in self._columns:
            sorted_by = ""
            if column.order and self._order.lstrip("-") == column.order:
                sorted_by = "descending" if self._order.startswith("-") else "ascending"
            target = f"-{column.order}" if sorted_by == "ascending" else column.order
            shown.append(
                {
                    "key": column.key,
                    "label": column.label,
                    "numeric": column.numeric,
                    "sortable": bool(column.order),
                    "sorted": sorted_by,
                    "sort_url": self.url(sort=target, after="") if column.order else "",
                }
            )
        return shown

    @property
    def ids(self) -> list[int]:
        return [row.pk for row in self._rows]

    @cached_property
    def body(self) -> SafeString:
        """All ``<tr>`` of the page. Written here and not in the template: fifty rows are most of what a list costs."""
        heads = [cell_head(column.label, column.numeric) for column in self._columns]
        select = escape(_("Select")) if self.bulk_actions else ""
        return mark_safe("".join(self._row_html(row, heads, select) for row in self._rows))  # noqa: S308 - parts are escaped

    def _row_html(self, row: Any, heads: list[str], select: str) -> str:
        cells: list[str] = [conditional_escape(column.html(row)) for column in self._columns]
        return row_html(row.pk, escape(self._table.row_url(row) or ""), heads, cells, select)

    @cached_property
    def filters(self) -> list[dict[str, Any]]:
        shown = []
        for item in self._table.filters:
            value = self._request.GET.get(item.key, "")
            choices = [(str(v), str(label)) for v, label in item.choices(self._request.user)] if item.choices else None
            shown.append(
                {
                    "key": item.key,
                    "label": item.label,
                    "value": value,
                    "options": None if choices is None else options_html(choices, value),
                    "kind": item.kind,
                }
            )
        return shown

    @property
    def is_filtered(self) -> bool:
        return bool(self.query) or any(item["value"] for item in self.filters)

    @property
    def next_url(self) -> str:
        return self.url(after=self._next) if self._next else ""

    @property
    def first_url(self) -> str:
        return self.url(after="") if self.continued else ""

    prev_url = first_url

    @property
    def clear_url(self) -> str:
        """Everything, also where the list is opened with some filters."""
        return everything(self._request.path, self._table.first(self._request))

    @property
    def csv_url(self) -> str:
        return self.url(format="csv", after="")

    @property
    def chosen_columns(self) -> list[str]:
        return self._request.GET.getlist("columns")

    @cached_property
    def _view_query(self) -> str:
        """The address of saving this view or choosing its columns, "" where the list has no page of its own."""
        try:
            if reverse(self._table.url_name) != self._request.path:
                return ""
        except NoReverseMatch:
            return ""
        return urlencode({"source": f"list:{self.key}", "query": kept_query(self._request.GET.urlencode())})

    @property
    def columns_url(self) -> str:
        return f"{reverse('choose-columns')}?{self._view_query}" if self.save_url else ""

    @property
    def save_url(self) -> str:
        if not self._view_query or not allowed(self._request.user, SAVE):
            return ""
        return f"{reverse('save-view')}?{self._view_query}"

    @cached_property
    def empty(self) -> dict[str, Any]:
        title, words = self._table.empty
        return {"title": title, "words": words}

    @cached_property
    def actions(self) -> list[Action]:
        return self._offered(self._table.actions)

    @cached_property
    def bulk_actions(self) -> list[Action]:
        return self._offered(self._table.bulk_actions)

    @cached_property
    def found_actions(self) -> list[Action]:
        query = self.url(after="").partition("?")[2]
        offered = self._offered(self._table.found_actions)
        return [replace(action, url=f"{action.url}?{query}" if query else action.url) for action in offered]

    def _offered(self, actions: Callable[[Any], list[Action]]) -> list[Action]:
        return offered(actions, self._request.user)

    def url(self, **changes: str) -> str:
        """This list's address with some parameters replaced (an empty value removes one)."""
        parameters: dict[str, Any] = {**dict(self._request.GET.lists()), **changes}
        kept = {name: value for name, value in parameters.items() if value}
        return f"{self._request.path}?{urlencode(kept, doseq=True)}" if kept else self._request.path


# Entries of an address ---------------------------------------------------------------------------------------------


def entry(request: HttpRequest, key: str, longest: int = 200) -> str:
    """What the address says for ``key``; without NUL, which PostgreSQL's text cannot hold."""
    return request.GET.get(key, "").replace("\x00", "").strip()[:longest]


def by_id(column: str) -> Callable[[QuerySet, str], QuerySet]:
    """The filter that keeps the rows whose ``column`` holds the number given."""

    def keep(rows: QuerySet, value: str) -> QuerySet:
        number = as_id(value)
        return rows.none() if number is None else rows.filter(**{column: number})

    return keep


def one_of(key: str, label: Any, choices: Any, column: str = "") -> Filter:
    """The filter by a column that holds one of these ``choices``, the column of the same name unless told."""

    def keep(rows: QuerySet, value: str) -> QuerySet:
        return rows.filter(**{column or key: value}) if value in choices.values else rows.none()

    return Filter(key, label, keep, lambda by: choices.choices)


# CSV ------------------------------------------------------------------------------------------------------------


class _Echo:
    def write(self, value: str) -> str:
        return value


def csv_response(table: Table, rows: Iterable[Any], columns: list[Column]) -> StreamingHttpResponse:
    """The list as CSV (UTF-8 with a mark, so that spreadsheets read accents), streamed."""
    writer = csv.writer(_Echo())

    def lines() -> Iterator[str]:
        yield "\ufeff" + writer.writerow([safe_cell(c.label) for c in columns])
        source = rows.iterator(chunk_size=1000) if isinstance(rows, QuerySet) else iter(rows)
        for row in source:
            yield writer.writerow([safe_cell((c.text or c.html)(row)) for c in columns])

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{table.key}.csv"'
    return response
