"""Counting a room or department, and looking for what was not located."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from wardwright.platform.access.scope import allowed
from wardwright.platform.core.errors import Invalid, NotFound, Refused
from wardwright.platform.core.values import as_id
from wardwright.platform.core.words import number_words
from wardwright.web.tables import list_page
from wardwright.web.views import asks_for, form_page, page, visible_or_404

from .. import operations, permissions
from ..count_forms import CloseCountForm, LookForm, NewCountForm
from ..count_tables import COUNTS, NOT_LOCATED, count_lines, percent, registered_place
from ..models import Asset, CountLine, CycleCount, NotLocated
from ..queries import progress_of, resolve
from ..states import HERE, CountState, LineState
from .scanning import with_scanner

LONGEST = 500


@page(permissions.VIEW)
def counts(request: HttpRequest) -> HttpResponse:
    return list_page(request, COUNTS)


@page(permissions.MOVE)
def new_count(request: HttpRequest) -> HttpResponse:
    """Choose the place; ``?room=`` or ``?department=`` says it already."""
    given = {name: as_id(request.GET.get(name, "")) for name in ("room", "department")}
    form = NewCountForm(request.user, request.POST or None, initial=given)

    def run(cleaned: dict[str, Any]) -> str:
        made = operations.start_count(by=request.user, **form.place(), note=cleaned["note"])
        return reverse("count", args=[made.pk])

    return form_page(
        request, form, run, title=_("Which place do you count?"), submit=_("Begin"), cancel_url=reverse("counts"),
        intro=_("The devices that the register has there are listed. Scan what you see; the rest is missing."),
    )  # fmt: skip


@with_scanner
@page(permissions.VIEW)
def count(request: HttpRequest, count_id: int) -> HttpResponse:
    """The count while it is open; its result afterwards."""
    row = _count(request, count_id)
    if row.state == CountState.CLOSED:
        return _result(request, row)
    return _board(request, row)


def _count(request: HttpRequest, count_id: int) -> CycleCount:
    return visible_or_404(CycleCount.objects.visible_to(request.user).with_names(), count_id)


def _board(request: HttpRequest, row: CycleCount, **told: Any) -> HttpResponse:
    progress = progress_of(request.user, row)
    template = "assets/_count_board.html" if asks_for(request, "board") else "assets/count.html"
    left = progress.figures["expected"] - progress.figures["seen"]
    context = {
        "count": row,
        "title": _("Counting %(place)s: %(seen)s of %(expected)s seen")
        % {"place": row.place, **{name: number_words(n) for name, n in progress.figures.items()}},
        "progress": progress,
        "left": left,
        "elsewhere": [(line, registered_place(line)) for line in progress.unexpected if line.state == LineState.FOUND],
        "may_count": allowed(request.user, permissions.MOVE, row),
        **told,
    }
    return render(request, template, context)


def _result(request: HttpRequest, row: CycleCount) -> HttpResponse:
    def sentence(words: str, shown: HttpRequest) -> str:
        if row.missing:
            return ngettext(
                "%(place)s: %(n)s device was not located", "%(place)s: %(n)s devices were not located", row.missing
            ) % {"place": row.place, "n": number_words(row.missing)}
        return _("%(place)s: every expected device is located") % {"place": row.place}

    return list_page(
        request, count_lines(row, sentence), template="assets/count_result.html", count=row, rate=percent(row)
    )


@require_POST
@with_scanner
@page(permissions.MOVE)
def scan_counted(request: HttpRequest, count_id: int) -> HttpResponse:
    """What was scanned or typed: the device is marked, or the page says why not."""
    row = _count(request, count_id)
    text = request.POST.get("q", "")[:LONGEST]
    found = resolve(request.user, text)
    if found.asset is not None:
        return _seen(request, row, found.asset)
    if found.candidates:
        return _board(request, row, several=found.candidates, scanned=found.text)
    return _board(
        request,
        row,
        unknown=found.text or _("nothing"),
        udi_error=found.udi_error,
        register_url=_register(request, found),
    )


def _register(request: HttpRequest, found: Any) -> str:
    if not found.text or not allowed(request.user, permissions.REGISTER):
        return ""
    name = "udi" if found.udi is not None else "tag"
    return f"{reverse('register-asset')}?{urlencode({name: found.text[: 500 if name == 'udi' else 60]})}"


def _seen(request: HttpRequest, row: CycleCount, asset: Asset) -> HttpResponse:
    before = CountLine.objects.visible_to(request.user).filter(count=row, asset=asset, state__in=HERE).first()
    try:
        line = operations.count_asset(by=request.user, count_id=row.pk, asset_id=asset.pk)
    except Refused as error:
        return _board(request, row, refused=str(error))
    return _board(request, row, line=line, told=asset, again=before)


@require_POST
@with_scanner
@page(permissions.MOVE)
def count_step(request: HttpRequest, count_id: int, asset_id: int) -> HttpResponse:
    """One tap on a line: seen, taken back, moved here, or left where it belongs."""
    row = _count(request, count_id)
    asset = visible_or_404(Asset.objects.visible_to(request.user), asset_id)
    steps = {
        "seen": operations.count_asset,
        "back": operations.uncount_asset,
        "move": operations.move_counted,
        "note": operations.note_counted,
    }
    step = steps.get(request.POST.get("step", ""))
    if step is None:
        raise Invalid(_("This step is not known."), _("Reload the page."))
    try:
        step(by=request.user, count_id=row.pk, asset_id=asset.pk)
    except Refused as error:
        return _board(request, row, refused=str(error))
    if not getattr(request, "htmx", False):
        return HttpResponseRedirect(reverse("count", args=[row.pk]))
    return _board(request, row)


@page(permissions.MOVE)
def close_count(request: HttpRequest, count_id: int) -> HttpResponse:
    row = _count(request, count_id)
    progress = progress_of(request.user, row)
    left = progress.figures["expected"] - progress.figures["seen"]

    def run(cleaned: dict[str, Any]) -> str:
        operations.close_count(by=request.user, count_id=row.pk, note=cleaned["note"])
        return reverse("count", args=[row.pk])

    title = ngettext(
        "%(n)s device was not seen in %(place)s. Close the count?",
        "%(n)s devices were not seen in %(place)s. Close the count?",
        left,
    )
    return form_page(
        request, CloseCountForm(request.POST or None), run, title=title % {"n": left, "place": row.place},
        submit=_("Close the count"), cancel_url=reverse("count", args=[row.pk]), cancel_label=_("Go on counting"),
        template="assets/close_count.html", count=row, progress=progress, left=left,
    )  # fmt: skip


# Not located ----------------------------------------------------------------------------------------------------


@page(permissions.VIEW)
def not_located(request: HttpRequest) -> HttpResponse:
    return list_page(request, NOT_LOCATED)


@require_POST
@page(permissions.MOVE)
def look_again(request: HttpRequest) -> HttpResponse:
    """Record one more look, in vain, for the devices chosen in the list."""
    rows = _searches(request)
    form = LookForm(
        request.POST if "once" in request.POST else None, initial={"selected": ",".join(str(r.pk) for r in rows)}
    )
    back = reverse("not-located")
    if not rows:
        return HttpResponseRedirect(back)

    def run(cleaned: dict[str, Any]) -> str:
        operations.look_again(by=request.user, asset_ids=[row.asset_id for row in rows], note=cleaned["note"])
        return back

    title = ngettext("%(tag)s was not found again", "%(n)s devices were not found again", len(rows))
    return form_page(
        request, form, run, title=title % {"tag": rows[0].asset.tag, "n": len(rows)}, submit=_("Record"),
        cancel_url=back, intro=_("The next look is planned by the protocol. Nothing else changes."),
    )  # fmt: skip


def _searches(request: HttpRequest) -> list[NotLocated]:
    given = [part for value in request.POST.getlist("selected") for part in value.split(",")]
    ids = {pk for part in given[:1000] if (pk := as_id(part)) is not None}
    found = list(NotLocated.objects.visible_to(request.user).filter(pk__in=ids).select_related("asset").order_by("pk"))
    if len(found) != len(ids):
        raise NotFound(_("Some of these devices do not exist, or you may not see them."), _("Reload the list."))
    return found
