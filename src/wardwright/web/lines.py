"""The Monday page: lines that count something and open the list they counted, declared by the apps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from wardwright.platform.access.scope import allowed
from wardwright.platform.reports.sources import address_of

from .tables import Table

#: The page from top to bottom; the forecast stands after the first.
PARTS: dict[str, Any] = {
    "first": _("First of all"),
    "work": _("Requests and work"),
    "library": _("Equipment library"),
    "upkeep": _("What keeps the figures right"),
}


@dataclass(frozen=True)
class Opens:
    """What a line counts, ``count(by, site)``, and the address of the list that shows exactly these rows.

    ``site`` is the number of one as an address has it, "" for every site. What has no site is counted whole.
    """

    count: Callable[[Any, str], int]
    url: Callable[[str], str]


def listed(table: Table, **chosen: str) -> Opens:
    """A table under these of its filters: the number is that of the list because both come from its declaration.

    Raises:
        ValueError: for a filter that the table has not.
    """
    filters = {item.key: item for item in table.filters}
    if unknown := sorted(chosen.keys() - filters.keys()):
        raise ValueError(f"The list {table.key} has no filter {', '.join(unknown)}.")

    def at(site: str) -> dict[str, str]:
        return {**chosen, "site": site} if site and "site" in filters else chosen

    def count(by: Any, site: str) -> int:
        rows = table.rows(by)
        for key, value in at(site).items():
            rows = filters[key].apply(rows, value)
        return rows.order_by().count()

    return Opens(count, lambda site: address_of(reverse(table.url_name), urlencode(at(site))))


@dataclass(frozen=True)
class Line:
    """One line; ``meaning`` is how it looks when there is something, ``detail`` says what the number means. A ``quiet``
    one is left out of the head's page while there is nothing: it is the day of others."""

    part: str
    key: str
    words: Any
    opens: Opens
    permission: Any
    order: int
    meaning: str
    detail: Any
    quiet: bool


LINES: dict[str, Line] = {}


def monday_line(
    part: str,
    key: str,
    words: Any,
    opens: Opens,
    *,
    permission: Any,
    order: int,
    meaning: str = "due",
    detail: Any = "",
    quiet: bool = False,
) -> None:
    """Declare a line of the Monday page, shown to those who have ``permission`` somewhere."""
    if part not in PARTS:
        raise ValueError(f"There is no part {part} on the Monday page.")
    LINES[key] = Line(part, key, words, opens, permission, order, meaning, detail, quiet)


def lines_for(by: Any, site: str = "") -> list[dict[str, Any]]:
    """The lines that the reader may see, counted at one site or all, from top to bottom of the page."""
    parts = list(PARTS)
    found = sorted(LINES.values(), key=lambda line: (parts.index(line.part), line.order))
    return [_counted(line, by, site) for line in found if allowed(by, line.permission)]


def in_parts(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The lines under the headings of their parts; a part without lines is not there."""
    found = [
        {"key": key, "title": title, "lines": [one for one in lines if one["part"] == key]}
        for key, title in PARTS.items()
    ]
    return [part for part in found if part["lines"]]


def _counted(line: Line, by: Any, site: str) -> dict[str, Any]:
    count = line.opens.count(by, site)
    return {
        "key": line.key,
        "part": line.part,
        "quiet": line.quiet,
        "count": count,
        "words": line.words,
        "detail": line.detail,
        "url": line.opens.url(site),
        "meaning": line.meaning if count else "ok",
    }
