"""What board, calendar and forecast have in common: the work list's filters, and an address of their own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict
from django.urls import reverse

from wardwright.apps.maintenance.models import WorkOrder
from wardwright.apps.maintenance.tables import WORK
from wardwright.web.table_rows import options_html
from wardwright.web.tables import Filter, entry


class FilterBar:
    """The bar of filters above the page, as ``web/_filters.html`` reads it; ``kept`` entries survive a change."""

    searchable = True

    def __init__(self, request: HttpRequest, url_name: str, filters: Iterable[Filter], kept: Iterable[str]):
        self._request, self._filters = request, list(filters)
        self.query = entry(request, "q")
        self.kept = [(key, request.GET[key]) for key in kept if request.GET.get(key)]
        self.clear_url = reverse(url_name)
        self.filters = [
            {
                "key": item.key,
                "label": item.label,
                "value": entry(request, item.key),
                "options": options_html(
                    [(str(value), str(label)) for value, label in item.choices(request.user)] if item.choices else [],
                    entry(request, item.key),
                ),
            }
            for item in self._filters
        ]
        self.chosen = {item["key"]: item["value"] for item in self.filters if item["value"]}
        if self.query:
            self.chosen["q"] = self.query

    @property
    def is_filtered(self) -> bool:
        return bool(self.chosen)

    def rows(self) -> Any:
        """The unfinished orders that the reader may see under these filters."""
        rows: Any = WorkOrder.objects.visible_to(self._request.user).unfinished()
        if self.query and WORK.search:
            rows = WORK.search(rows, self.query)
        for item in self._filters:
            if value := entry(self._request, item.key):
                rows = item.apply(rows, value)
        return rows

    def list_url(self, **more: str) -> str:
        """The work list under these filters and some more."""
        return f"{reverse('work')}?{urlencode({**self.chosen, **more})}"


class Address:
    """The page's own address with some of it changed."""

    def __init__(self, url_name: str, given: QueryDict, without: Iterable[str] = ()):
        self._url, left_out = reverse(url_name), set(without)
        self._given = {key: given[key] for key in given if given[key] and key not in left_out}

    @property
    def query(self) -> str:
        return urlencode(self._given)

    def but(self, **changes: str) -> str:
        kept = {key: value for key, value in {**self._given, **changes}.items() if value}
        return f"{self._url}?{urlencode(kept)}" if kept else self._url
