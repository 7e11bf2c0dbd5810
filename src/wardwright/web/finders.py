"""What the shell itself lets one find: pages, the steps that lists offer, reports, saved views and documents."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import NoReverseMatch, get_resolver, reverse
from django.utils.translation import gettext_lazy as _

from wardwright.platform.attachments.models import Attachment
from wardwright.platform.attachments.owners import owner_of
from wardwright.platform.core.errors import NotFound
from wardwright.platform.reports.declaration import REPORTS
from wardwright.platform.reports.models import SavedView
from wardwright.platform.reports.sources import source_for
from wardwright.platform.search.names import NamedBy
from wardwright.platform.search.text import normalise, words_of

from .finding import Asked, Hit, finder, named
from .nav import nav_for
from .tables import TABLES, Table, offered


def _says(text: str, *said: Any) -> bool:
    """Whether every word of ``text`` begins a word of what is said."""
    words = normalise(" ".join(str(part) for part in said)).split()
    return all(any(other.startswith(word) for other in words) for word in words_of(text))


def _pages(asked: Asked) -> Iterable[Hit]:
    """Pages of the rail; without words the first of each job."""
    found = []
    for job in nav_for(asked.by, ""):
        for page in job.children or (job,):
            if _says(asked.text, job.label, page.label) if asked.text else page.url == job.url:
                found.append(Hit(page.label, job.label if job.label != page.label else "", page.url))
    return found


def _steps(asked: Asked) -> Iterable[Hit]:
    """What the lists offer as buttons, in the order of the rail; without words the chief one of each list."""
    get_resolver().url_patterns  # noqa: B018 - a list is known once its page is imported
    rail = [page.url for job in nav_for(asked.by, "") for page in job.children or (job,)]
    lists = {_address(table): table for table in TABLES.values()}
    found = {
        action.url: action.label
        for url in rail
        if url in lists
        for action in offered(lists[url].actions, asked.by)
        if action.primary or asked.text
    }
    return [Hit(label, "", url) for url, label in found.items() if _says(asked.text, label)]


def _address(table: Table) -> str:
    try:
        return reverse(table.url_name)
    except NoReverseMatch:
        return ""


def _reports(asked: Asked) -> Iterable[Hit]:
    found = (one for one in REPORTS.values() if _says(asked.text, one.title) and one.may(asked.by))
    return [Hit(one.title, "", reverse("report", args=[one.key])) for one in found]


def _saved_views(asked: Asked) -> Iterable[Hit]:
    rows = SavedView.objects.visible_to(asked.by).filter(is_active=True)
    for view in NamedBy("name").best_first(rows, asked.text)[: asked.most]:
        try:
            source = source_for(view.source)
        except NotFound:
            continue
        if source.may(asked.by):
            yield Hit(view.name, source.title, source.address(view.query))


def _document(row: Attachment) -> Hit:
    owner = owner_of(row.owner_table)
    url = reverse(f"{owner.key}-document", args=[row.pk]) if owner else ""
    return Hit(row.caption or row.name, row.get_kind_display(), url)


finder("steps", _("Steps"), "bolt", _steps, order=10, at_rest=True)
finder("pages", _("Go to"), "arrow-right", _pages, order=12, at_rest=True)
finder("reports", _("Reports"), "chart-bar", _reports, order=80)
finder("saved-views", _("Saved views"), "bookmark", _saved_views, order=82)
named(
    "documents", _("Documents"), "file-text", Attachment, ("caption", "name"),
    lambda by: Attachment.objects.visible_to(by).in_force(), _document, order=78,
)  # fmt: skip
