"""Sources of notices: how each is, what its runs brought, what was refused, and files brought by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from wardwright.apps.notices import operations, permissions
from wardwright.apps.notices.models import Run, Source
from wardwright.apps.notices.operations.bringing import keep_files
from wardwright.apps.notices.operations.sources import FETCHED
from wardwright.apps.notices.source_forms import BringForm, SourceForm
from wardwright.apps.notices.source_tables import (
    SOURCES,
    asked_by,
    brought_words,
    refusals_of,
    run_pill,
    runs_of,
    size_words,
    source_pill,
)
from wardwright.apps.notices.states import RunState
from wardwright.kernel.bulletins import load_mapping, mapping_to_words
from wardwright.platform.access.scope import allowed
from wardwright.platform.core.words import number_words
from wardwright.web.tables import list_page
from wardwright.web.views import form_page, go, page, visible_or_404


@page(permissions.VIEW)
def source_list(request: HttpRequest) -> HttpResponse:
    return list_page(request, SOURCES)


def _source(request: HttpRequest, source_id: int) -> Source:
    return visible_or_404(Source.objects.visible_to(request.user), source_id)


@page(permissions.VIEW)
def source_page(request: HttpRequest, source_id: int) -> HttpResponse:
    """One source: when it was last read, what it said, and all its runs."""
    row = _source(request, source_id)
    may = allowed(request.user, permissions.SOURCES)
    asked = row.kind in FETCHED and bool(row.url)
    return list_page(
        request,
        runs_of(row),
        template="notices/source.html",
        source=row,
        state=source_pill(row),
        may_ask=may and asked,
        may_edit=may and row.kind in FETCHED,
        may_bring=may and row.kind != "letters",
        columns=mapping_to_words(load_mapping(row.mapping)) if row.mapping else "",
    )


@page(permissions.SOURCES)
def new_source(request: HttpRequest) -> HttpResponse:
    form = SourceForm(request.POST or None)

    def run(cleaned: dict[str, Any]) -> str:
        cleaned.pop("expected_version")
        return reverse("notice-source", args=[operations.add_source(by=request.user, **cleaned).pk])

    return form_page(
        request, form, run, title=_("Add a source"), submit=_("Add it"), cancel_url=reverse("notice-sources"),
        intro=_("It is not asked before you switch it on."),
    )  # fmt: skip


@page(permissions.SOURCES)
def edit_source(request: HttpRequest, source_id: int) -> HttpResponse:
    row = _source(request, source_id)
    form = SourceForm(request.POST or None, row=row)
    back = reverse("notice-source", args=[row.pk])

    def run(cleaned: dict[str, Any]) -> str:
        operations.edit_source(by=request.user, source_id=row.pk, **cleaned)
        return back

    return form_page(request, form, run, title=_("Change %(name)s") % {"name": row}, cancel_url=back)


def _press(name: str, operation: Callable[..., Any]) -> Callable[[HttpRequest, int], HttpResponse]:
    def view(request: HttpRequest, source_id: int) -> HttpResponse:
        row = _source(request, source_id)
        operation(by=request.user, source_id=row.pk)
        return go(request, reverse("notice-source", args=[row.pk]))

    view.__qualname__ = view.__name__ = name  # the register of pages knows a page by its name
    return require_POST(page(permissions.SOURCES)(view))


switch_on = _press("switch_on", operations.resume_source)
switch_off = _press("switch_off", operations.pause_source)
fetch = _press("fetch", operations.ask_source)


@page(permissions.SOURCES)
def bring_files(request: HttpRequest) -> HttpResponse:
    form = BringForm(request.user, request.POST or None, request.FILES or None, initial=_wanted(request))

    def run(cleaned: dict[str, Any]) -> str:
        chosen = cleaned["source"]
        kept = keep_files(cleaned["files"])
        made = operations.bring_files(by=request.user, files=kept, source_id=chosen.pk if chosen else None)
        return reverse("notice-run", args=[made.pk])

    return form_page(
        request, form, run, title=_("Bring files of notices"), submit=_("Take them in"),
        intro=_("They are kept as they are, and read in the background. What was taken in before is not taken twice."),
        cancel_url=reverse("notice-sources"),
    )  # fmt: skip


def _wanted(request: HttpRequest) -> dict[str, Any]:
    chosen = request.GET.get("source", "")
    return {"source": chosen} if chosen.isascii() and chosen.isdigit() and len(chosen) < 18 else {}


@page(permissions.VIEW)
def run_page(request: HttpRequest, run_id: int) -> HttpResponse:
    """One run: its figures, and every record that was refused."""
    row: Run = visible_or_404(Run.objects.visible_to(request.user).select_related("source"), run_id)
    parts = list(Run.objects.visible_to(request.user).filter(part_of=row).select_related("source").order_by("pk"))
    return list_page(
        request,
        refusals_of(row, _sentence(row, parts)),
        template="notices/run.html",
        run=row,
        state=run_pill(row),
        asked_by=asked_by(row),
        parts=[(part, brought_words(part)) for part in parts],
        words="" if parts else row.words,
        size=size_words(row.bytes_read) if row.bytes_read else "",
        files=[one["name"] if isinstance(one, dict) else one for one in row.files],
        figures=[
            (label, number_words(count))
            for label, count in (
                (_("Read"), row.fetched), (_("New"), row.new), (_("Changed"), row.changed),
                (_("Unchanged"), row.unchanged), (_("Refused"), row.refused),
                *([(_("Requests"), row.requests)] if row.requests else []),
            )
            if row.fetched or row.requests
        ],
    )  # fmt: skip


def _sentence(row: Run, parts: list[Run]) -> str:
    if row.state == RunState.RUNNING:
        return _("%(name)s: being read now") % {"name": row.source}
    if row.state == RunState.FAILED:
        return _("%(name)s could not be read to its end") % {"name": row.source}
    came = sum(one.new + one.changed for one in (row, *parts))
    if not came and row.refused:
        words = ngettext("%(name)s: %(n)s record was refused", "%(name)s: %(n)s records were refused", row.refused)
        return words % {"name": row.source, "n": number_words(row.refused)}
    if not came:
        return _("%(name)s brought nothing new") % {"name": row.source}
    words = ngettext(
        "%(name)s brought %(n)s new or changed notice", "%(name)s brought %(n)s new or changed notices", came
    )
    return words % {"name": row.source, "n": number_words(came)}
