"""Everything that can be kept as a saved view and sent: each report, and each register list of the pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.conf import settings
from django.urls import get_resolver, reverse
from django.utils.translation import gettext as _

from wardwright.platform.core.errors import NotFound

from .asking import as_given, asked_of
from .declaration import REPORTS, Asked, Report
from .sheet import Sheet, sheet_of

#: Entries of an address that are no part of a view: where in the list one stood, and in which form it was asked for.
PASSING = ("after", "format", "page", "figure", "which", "group")


@dataclass(frozen=True)
class Source:
    """``may(by)``: who can open it; ``address(query)``: its page; ``sheet(by, query)``: its rows for that reader;
    ``columns()``: (key, label) of those that may be chosen, None where none may."""

    key: str
    title: Any
    may: Callable[[Any], bool]
    address: Callable[[str], str]
    sheet: Callable[[Any, str], Sheet]
    columns: Callable[[], list[tuple[str, Any]]] | None = None


_OTHERS: dict[str, Source] = {}


def add_source(source: Source) -> None:
    """Register a list; the shell of the pages does so for each table that has an address of its own."""
    _OTHERS[source.key] = source


def sources() -> Mapping[str, Source]:
    """Every source by its key, "report:…" or "list:…"."""
    return {**{f"report:{key}": _of_report(one) for key, one in REPORTS.items()}, **_OTHERS}


def source_for(key: str) -> Source:
    """The source ``key``. Raises NotFound for one that is not there (any more)."""
    kind, _colon, name = key.partition(":")
    if kind == "list" and key not in _OTHERS:
        get_resolver().url_patterns  # noqa: B018 - a list is known once its page is imported
    found = _of_report(REPORTS[name]) if kind == "report" and name in REPORTS else _OTHERS.get(key)
    if found is None:
        raise NotFound(_("There is no such list or report."), _("Open a list and save its view from there."))
    return found


def kept_query(query: str) -> str:
    """A query string without what is passing, in a stable order, NULs or empty values."""
    pairs = [
        (name, value)
        for name, value in parse_qsl(query, max_num_fields=200)
        if name not in PASSING and value and "\x00" not in name + value
    ]
    return urlencode(sorted(pairs))


def address_of(path: str, query: str) -> str:
    """A page as it was asked for. Where that is everything it says so too: without a word, pages begin with the site
    that their reader works at."""
    return f"{path}?{query or 'site='}"


def url_of(report: Report, asked: Asked) -> str:
    """The whole address of a report as it was asked, for files and mails."""
    path = reverse("report", args=[report.key])
    return settings.BASE_URL + address_of(path, urlencode(as_given(report, asked)))


def _of_report(report: Report) -> Source:
    def address(query: str) -> str:
        return address_of(reverse("report", args=[report.key]), query)

    def sheet(by: Any, query: str) -> Sheet:
        asked = asked_of(report, dict(parse_qsl(query)))
        return sheet_of(report, by, asked, url=url_of(report, asked))

    return Source(f"report:{report.key}", report.title, report.may, address, sheet)
