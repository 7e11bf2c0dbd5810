"""What board, calendar and forecast have in common: the work list's filters, and an address of their own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict
from django.urls import reverse

from wardwright.apps.directory.models import Site
from wardwright.apps.maintenance.models import WorkOrder
from wardwright.apps.maintenance.tables import WORK
from wardwright.platform.core.values import as_id
from wardwright.web.site import everything, first_look, working_site
from wardwright.web.table_rows import options_html
from wardwright.web.tables import Filter, entry


def site_of(request: HttpRequest) -> Site | None:
    """The site that the address names, if the reader may see it."""
    number = as_id(request.GET.get("site", ""))
    return Site.objects.visible_to(request.user).filter(pk=number).first() if number else None


def within(site: Site | None) -> dict[str, str]:
    """The work list's entry for it."""
    return {"site": str(site.pk)} if site else {}


def place(request: HttpRequest, site: Site | None) -> dict[str, Any]:
    """What ``maintenance/_at_site.html`` and the tabs of My day read: the site it is about, and the ways from there."""
    address, own = Address("home", request.GET, without=("closed",)), working_site(request)
    return {
        "site": site,
        "every_site_url": address.but(site="") if site else "",
        "own_site_url": address.but(site=str(own[0])) if own and not site else "",
        "department_url": address.but(view=""),
        "own_day_url": address.but(view="mine"),
        "forecast_url": Address("work-forecast", request.GET, without=("view", "closed")).but(),
    }


class FilterBar:
    """The bar of filters above the page, as ``web/_filters.html`` reads it; ``kept`` entries survive a change."""

    searchable = True

    def __init__(self, request: HttpRequest, url_name: str, filters: Iterable[Filter], kept: Iterable[str]):
        self._request, self._filters = request, list(filters)
        self.query = entry(request, "q")
        self.kept = [(key, request.GET[key]) for key in kept if request.GET.get(key)]
        self.clear_url = everything(reverse(url_name), first_look(request))
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
    """The page's own address with some of it changed. That every site is shown stays said: see ``web.site``."""

    def __init__(self, url_name: str, given: QueryDict, without: Iterable[str] = ()):
        self._url, left_out = reverse(url_name), set(without)
        self._given = {key: given[key] for key in given if key not in left_out}

    @property
    def query(self) -> str:
        return self.but().partition("?")[2]

    def but(self, **changes: str) -> str:
        kept = {key: value for key, value in {**self._given, **changes}.items() if value or key == "site"}
        return f"{self._url}?{urlencode(kept)}" if kept else self._url
