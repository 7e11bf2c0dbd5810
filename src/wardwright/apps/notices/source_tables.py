"""The lists of sources: feeds with how they are, the runs of one, and what a run could not take in."""

from __future__ import annotations

from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from wardwright.platform.core.words import number_words, said_words
from wardwright.web.tables import Action, Column, Filter, Table, one_of
from wardwright.web.templatetags import ui

from . import permissions
from .models import Refusal, Run, Source
from .operations.fetching import KEEPER
from .states import RUN_MEANING, RunState, SourceKind

BY_HAND = (SourceKind.FILES, SourceKind.LETTERS)


def source_pill(row: Source) -> SafeString:
    """How a source is: failing counts before whether it is asked by itself."""
    if row.failures:
        words = ngettext("failed once", "failed %(n)s times", row.failures) % {"n": number_words(row.failures)}
        return ui.pill("late", words)
    if row.kind in BY_HAND:
        return ui.pill("info", _("by hand"))
    return ui.pill("ok", pgettext("switch", "on")) if row.is_on else ui.pill("out", _("off"))


def run_pill(row: Run) -> SafeString:
    if row.state == RunState.DONE and row.refused:
        return ui.pill("due", refused_words(row.refused))
    return ui.pill(RUN_MEANING[RunState(row.state)], str(row.get_state_display()))


def refused_words(count: int) -> str:
    return _("%(n)s refused") % {"n": number_words(count)}


def asked_by(row: Run) -> str:
    """Who asked for a run; "by itself" where its time had come."""
    return _("by itself") if row.asked_by_name == str(KEEPER) else row.asked_by_name


def size_words(count: int) -> str:
    """Bytes as people read them."""
    if count >= 1_000_000:
        return _("%(n)s MB") % {"n": number_words(count / 1_000_000)}
    return _("%(n)s kB") % {"n": number_words(round(count / 1000))}


def brought_words(row: Run) -> str:
    """What a run brought: "12 new, 3 changed"."""
    parts = []
    if row.new:
        parts.append(_("%(n)s new") % {"n": number_words(row.new)})
    if row.changed:
        parts.append(_("%(n)s changed") % {"n": number_words(row.changed)})
    if row.refused:
        parts.append(refused_words(row.refused))
    return ", ".join(parts) or _("nothing new")


def _sources(by: Any) -> QuerySet:
    newest = Run.objects.visible_to(by).filter(source=OuterRef("pk")).order_by("-pk")
    return Source.objects.visible_to(by).annotate(
        newest_new=Subquery(newest.values("new")[:1]), newest_changed=Subquery(newest.values("changed")[:1]),
        newest_refused=Subquery(newest.values("refused")[:1]), newest_state=Subquery(newest.values("state")[:1]),
        newest_at=Subquery(newest.values("began_at")[:1]),
    )  # fmt: skip


def _newest(row: Any) -> Any:
    if row.newest_at is None:
        return _("never")
    run = Run(new=row.newest_new, changed=row.newest_changed, refused=row.newest_refused)
    words = said_words(row.last_words) if row.failures else brought_words(run)
    if row.newest_state == RunState.RUNNING:
        words = _("running")
    return ui.two_lines(ui.date(row.newest_at), words[:90])


def _next(row: Source) -> Any:
    return ui.date(row.next_run_at) if row.is_on else "–"


SOURCES = Table(
    key="notice-sources",
    rows=_sources,
    columns=[
        Column("name", gettext_lazy("Source"), lambda r: ui.two_lines(r.name, r.get_kind_display()), order="name",
               text=lambda r: r.name),
        Column("state", gettext_lazy("State"), source_pill),
        Column("newest", gettext_lazy("Last run"), _newest, text=lambda r: r.newest_at or ""),
        Column("good", gettext_lazy("Last read to its end"), lambda r: ui.date(r.last_good_at),
               text=lambda r: r.last_good_at or ""),
        Column("next", gettext_lazy("Next run"), _next, text=lambda r: r.next_run_at or ""),
    ],
    row_url=lambda r: reverse("notice-source", args=[r.pk]),
    sentence=lambda count, request: _("Notices come from %(count)s") % {"count": count},
    order="name",
    filters=[
        one_of("kind", gettext_lazy("Kind"), SourceKind),
        Filter("on", gettext_lazy("State"), lambda rows, value: _by_state(rows, value),
               choices=lambda by: [("on", pgettext("switch", "on")), ("off", _("off")), ("failing", _("failing"))]),
    ],
    search=lambda rows, text: rows.filter(Q(name__icontains=text) | Q(url__icontains=text)),
    empty=(gettext_lazy("There is no source yet"), gettext_lazy("Add one, or bring files by hand.")),
    noun=("source", "sources"),
    actions=lambda by: [
        Action(_("Bring files"), reverse("bring-notices"), permissions.SOURCES, icon="upload", primary=True),
        Action(_("Add a source"), reverse("new-notice-source"), permissions.SOURCES, icon="plus"),
    ],
)  # fmt: skip


def _by_state(rows: QuerySet, value: str) -> QuerySet:
    if value == "failing":
        return rows.filter(failures__gt=0)
    return rows.filter(is_on=value == "on") if value in ("on", "off") else rows


def runs_of(source: Source) -> Table:
    """The runs of one source, newest first."""
    return Table(
        key="notice-source",
        rows=lambda by: Run.objects.visible_to(by).filter(source=source),
        columns=[
            Column("began", gettext_lazy("Began"), lambda r: ui.two_lines(ui.date(r.began_at), asked_by(r)),
                   order="id", text=lambda r: r.began_at),
            Column("state", gettext_lazy("State"), run_pill),
            Column("brought", gettext_lazy("Brought"), lambda r: _brought(r), text=brought_words),
            Column("unchanged", gettext_lazy("Unchanged"), lambda r: number_words(r.unchanged), numeric=True,
                   text=lambda r: r.unchanged),
            Column("requests", gettext_lazy("Requests"), lambda r: number_words(r.requests), numeric=True,
                   text=lambda r: r.requests),
            Column("bytes", gettext_lazy("Fetched"), lambda r: size_words(r.bytes_read) if r.bytes_read else "–",
                   numeric=True, text=lambda r: r.bytes_read),
        ],
        row_url=lambda r: reverse("notice-run", args=[r.pk]),
        sentence=lambda count, request: str(source),
        order="-id",
        filters=[one_of("state", gettext_lazy("State"), RunState)],
        empty=(gettext_lazy("It was never read"), gettext_lazy("Fetch it, switch it on, or bring its files by hand.")),
        noun=("run", "runs"),
    )  # fmt: skip


def _brought(row: Run) -> Any:
    words = said_words(row.words)[:160]
    counted = row.new or row.changed or row.refused
    return ui.two_lines(brought_words(row), words) if counted or not words else words


def refusals_of(run: Run, sentence: str) -> Table:
    """What a run could not take in, with why and what to do."""
    return Table(
        key="notice-run",
        rows=lambda by: Refusal.objects.visible_to(by).filter(run=run),
        columns=[
            Column("where", gettext_lazy("Where"), lambda r: r.where, order="id"),
            Column(
                "words",
                gettext_lazy("What is wrong, and what to do"),
                lambda r: _wrong(r),
                text=lambda r: said_words(r.words),
            ),
        ],
        row_url=lambda r: "",
        sentence=lambda count, request: sentence,
        order="id",
        search=lambda rows, text: rows.filter(Q(where__icontains=text) | Q(record__icontains=text)),
        empty=(gettext_lazy("Nothing was refused"), ""),
        noun=("refused record", "refused records"),
    )


def _wrong(row: Refusal) -> Any:
    """The words, and how the record begins that they are about."""
    words = said_words(row.words)
    return format_html('{}<span class="cell-2 code">{}</span>', words, row.record[:160]) if row.record else words
