"""The desk: what came in, how much time is left, who should go, and one tap that sends them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db.models import Count, Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from wardwright.apps.directory.models import Person
from wardwright.apps.helpdesk import operations, permissions, queries
from wardwright.apps.helpdesk.forms import (
    AskForm,
    AttachForm,
    ChangeForm,
    CloseForm,
    MatchForm,
    MergeForm,
    PhoneForm,
)
from wardwright.apps.helpdesk.models import Request, RequestNote
from wardwright.apps.helpdesk.states import STAGE_MEANING, WAITING, Answer, RequestState, Source
from wardwright.apps.helpdesk.tables import REQUESTS, STATE_MEANING, clock_of
from wardwright.apps.maintenance.permissions import PERFORM
from wardwright.apps.maintenance.queries import reason_words
from wardwright.apps.maintenance.states import UNFINISHED, Priority
from wardwright.platform.access.scope import allowed
from wardwright.platform.core.values import as_id
from wardwright.web.tables import list_page
from wardwright.web.views import OnceForm, asks_for, form_page, go, page, visible_or_404

MOST = 100
PRIORITY_MEANING = {Priority.EMERGENT: "late", Priority.URGENT: "due"}


@page(permissions.VIEW)
def desk(request: HttpRequest) -> HttpResponse:
    """What has to be decided now. Asked again every few seconds, it answers only when something changed."""
    now = timezone.now()
    rows = Request.objects.visible_to(request.user).waiting()
    seen = _seen(rows, now)
    is_part = asks_for(request, "desk")
    if is_part and request.GET.get("seen") == seen:
        return HttpResponse(status=204)
    lines = _lines(request.user, rows, now)
    context = {
        "title": _title(lines),
        "lines": lines,
        "seen": seen,
        "on_call": _on_call(request.user, now),
        "may_desk": allowed(request.user, permissions.DESK),
        "new_count": sum(line["row"].state == RequestState.NEW for line in lines),
    }
    return render(request, "helpdesk/_desk.html" if is_part else "helpdesk/desk.html", context)


def _seen(rows: Any, now: datetime) -> str:
    """Differs whenever the desk would look different; time alone changes it each minute, for the clocks."""
    at = rows.aggregate(n=Count("pk"), own=Max("updated_at"), order=Max("work_order__updated_at"))
    moments = [str(moment.timestamp()) if moment else "" for moment in (at["own"], at["order"])]
    return "-".join([str(at["n"]), *moments, str(int(now.timestamp() // 60))])


def _lines(by: Any, rows: Any, now: datetime) -> list[dict[str, Any]]:
    """The most urgent and oldest first; those asked back wait at the end."""
    found = list(rows.with_names().order_by("priority", "received_at")[:MOST])
    found.sort(key=lambda row: row.state == RequestState.ASKED)
    best = queries.suggestions(by, found, now)
    devices = Counter(row.asset_id for row in found if row.asset_id is not None)
    return [{**_line(by, row, best.get(row.pk), now), "twice": devices[row.asset_id] > 1} for row in found]


def _line(by: Any, row: Request, choice: queries.Choice | None, now: datetime) -> dict[str, Any]:
    return {
        "row": row,
        "where": where_words(row),
        "clock": clock_of(row, now),
        "choice": choice if allowed(by, permissions.DESK, row) else None,
        "may_take": allowed(by, PERFORM, row),
        "priority_meaning": PRIORITY_MEANING.get(Priority(row.priority), "info"),
        "harmed": row.harm == Answer.YES,
        "unsure": row.harm == Answer.UNSURE,
    }


def where_words(row: Request) -> str:
    """Where the device is, from the department to the room and building."""
    room = row.asset.room if row.asset is not None else None
    floor = room.floor if room is not None else None
    parts = [row.department or row.site, room, floor, floor and floor.building]
    return ", ".join(str(part) for part in parts if part)


def _title(lines: list[dict[str, Any]]) -> str:
    if not lines:
        return _("Nobody is waiting for an answer")
    late = sum(1 for line in lines if line["clock"] and line["clock"]["meaning"] == "late")
    waiting = ngettext("%(n)s request is waiting", "%(n)s requests are waiting", len(lines)) % {"n": len(lines)}
    tail = ngettext("%(n)s is late", "%(n)s are late", late) % {"n": late} if late else _("none is late")
    return _("%(waiting)s, %(tail)s") % {"waiting": waiting, "tail": tail}


def _on_call(by: Any, now: datetime) -> list[dict[str, Any]]:
    found = queries.current_shifts(by, now)
    notes = queries.handover_for([one.shift for one in found if one.shift])
    return [{"rota": one.rota, "shift": one.shift, "note": notes.get(one.shift.pk) if one.shift else None}
            for one in found]  # fmt: skip


@page(permissions.VIEW)
def request_list(request: HttpRequest) -> HttpResponse:
    """Every request there was."""
    return list_page(request, REQUESTS)


# One request ------------------------------------------------------------------------------------------------------


def request_or_404(request: HttpRequest, request_id: int) -> Request:
    return visible_or_404(Request.objects.visible_to(request.user).with_names(), request_id)


@page(permissions.VIEW)
def request_page(request: HttpRequest, request_id: int) -> HttpResponse:
    row, now = request_or_404(request, request_id), timezone.now()
    stage = queries.stage_of(row)
    may_desk = allowed(request.user, permissions.DESK, row)
    order = row.work_order
    open_order = order is None or (order.state in UNFINISHED and order.assigned_to_id is None)
    may_give = row.asset is not None and (row.state in WAITING or (row.state == RequestState.ORDERED and open_order))
    return render(
        request,
        "helpdesk/request.html",
        {
            "row": row,
            "line": _line(request.user, row, None, now),
            "stage": stage,
            "stage_meaning": STAGE_MEANING[stage],
            "state_meaning": STATE_MEANING[RequestState(row.state)],
            "why": [reason_words(reason) for reason in row.why],
            "notes": RequestNote.objects.visible_to(request.user).filter(request=row).order_by("id"),
            "files": queries.photos_of(row),
            "merged": list(Request.objects.visible_to(request.user).filter(merged_into=row).order_by("id")),
            "earlier": row.follows,
            "choices": queries.choices_for(request.user, [row], now).get(row.pk, []) if may_give and may_desk else [],
            "may_desk": may_desk,
            "may_give": may_give,
            "is_waiting": row.state in WAITING,
            "may_take": may_give and allowed(request.user, PERFORM, row) and _is_person(request),
        },
    )


def _is_person(request: HttpRequest) -> bool:
    people = Person.objects.visible_to(request.user).filter(user=request.user.pk, is_active=True)
    return people.exclude(tier=Person.Tier.NONE).exists()


@require_POST
@page(permissions.VIEW)
def take_request(request: HttpRequest, request_id: int) -> HttpResponse:
    """One tap: the work is ordered and given to whoever was suggested, or to whoever taps."""
    row = request_or_404(request, request_id)
    operations.take_request(by=request.user, request_id=row.pk, person_id=as_id(request.POST.get("person_id", "")))
    return go(request, reverse("requests"))


@require_POST
@page(permissions.DESK)
def order_request(request: HttpRequest, request_id: int) -> HttpResponse:
    row = request_or_404(request, request_id)
    made = operations.order_request(by=request.user, request_id=row.pk)
    return go(request, reverse("work-order", args=[made.work_order_id]))


@require_POST
@page(permissions.DESK)
def reopen_request(request: HttpRequest, request_id: int) -> HttpResponse:
    row = request_or_404(request, request_id)
    operations.reopen_request(by=request.user, request_id=row.pk)
    return go(request, reverse("request", args=[row.pk]))


def _form(
    request: HttpRequest, row: Request, form: OnceForm, act: Callable[[dict[str, Any]], Any], title: str, submit: str,
    **context: Any,
) -> HttpResponse:  # fmt: skip
    """A form about one request that leads back to its page."""
    back = reverse("request", args=[row.pk])

    def run(cleaned: dict[str, Any]) -> str:
        act(cleaned)
        return back

    return form_page(request, form, run, title=title, submit=submit, cancel_url=back, **context)


@page(permissions.DESK)
def ask_requester(request: HttpRequest, request_id: int) -> HttpResponse:
    row = request_or_404(request, request_id)
    form = AskForm(request.POST or None)

    def act(cleaned: dict[str, Any]) -> None:
        operations.ask_requester(by=request.user, request_id=row.pk, text=cleaned["text"])

    return _form(request, row, form, act, _("Ask back about %(ticket)s") % {"ticket": row.ticket}, _("Ask"),
                 intro=row.title)  # fmt: skip


@page(permissions.DESK)
def change_request(request: HttpRequest, request_id: int) -> HttpResponse:
    row = request_or_404(request, request_id)
    initial = {"title": row.title, "priority": row.priority, "expected_version": row.version}
    form = ChangeForm(request.POST or None, initial=initial)

    def act(cleaned: dict[str, Any]) -> None:
        operations.change_request(by=request.user, request_id=row.pk, **cleaned)

    return _form(request, row, form, act, _("What is it, and how soon?"), _("Save"))


@page(permissions.DESK)
def match_request(request: HttpRequest, request_id: int) -> HttpResponse:
    row = request_or_404(request, request_id)
    form = MatchForm(request.user, request.POST or None, initial={"asset": row.asset.tag if row.asset else ""})

    def act(cleaned: dict[str, Any]) -> None:
        operations.match_request(by=request.user, request_id=row.pk, asset_id=cleaned["asset"].pk)

    return _form(request, row, form, act, _("Which device is it?"), _("This one"), intro=row.title)


@page(permissions.DESK)
def merge_request(request: HttpRequest, request_id: int) -> HttpResponse:
    row = request_or_404(request, request_id)
    form = MergeForm(request.user, row, request.POST or None)

    def act(cleaned: dict[str, Any]) -> None:
        operations.merge_request(by=request.user, request_id=row.pk, into_id=cleaned["into"].pk)

    return _form(request, row, form, act, _("Is it the same as another one?"), _("Make them one"),
                 intro=_("Both senders keep their tickets and read how far it is."))  # fmt: skip


@page(permissions.DESK)
def attach_request(request: HttpRequest, request_id: int) -> HttpResponse:
    row = request_or_404(request, request_id)
    form = AttachForm(request.user, row, request.POST or None)

    def act(cleaned: dict[str, Any]) -> None:
        operations.attach_request(by=request.user, request_id=row.pk, work_order_id=cleaned["work_order"].pk)

    return _form(request, row, form, act, _("Which work is it about?"), _("Put it there"))


@page(permissions.DESK)
def close_request(request: HttpRequest, request_id: int) -> HttpResponse:
    row = request_or_404(request, request_id)
    form = CloseForm(request.POST or None)

    def act(cleaned: dict[str, Any]) -> None:
        operations.close_request(by=request.user, request_id=row.pk, reason=cleaned["reason"])

    return _form(request, row, form, act, _("Close %(ticket)s without work?") % {"ticket": row.ticket}, _("Close it"),
                 dangerous=True, intro=row.title)  # fmt: skip


@page(permissions.DESK)
def new_request(request: HttpRequest) -> HttpResponse:
    """Somebody calls: the desk types what they say."""
    form = PhoneForm(request.user, request.POST or None, initial={"asset": request.GET.get("tag", "")[:60]})

    def run(cleaned: dict[str, Any]) -> str:
        asset = cleaned.pop("asset")
        person = Person.objects.visible_to(request.user).filter(user=request.user.pk).first()
        made = operations.receive_request(
            by=request.user,
            asset_id=asset and asset.pk,
            site_id=None if asset or person is None else person.site_id,
            source=Source.PHONE,
            **cleaned,
        )
        return reverse("request", args=[made.pk])

    return form_page(
        request, form, run, title=_("Somebody calls"), submit=_("Take it down"), cancel_url=reverse("requests"),
        intro=_("Without a number it goes to the desk unmatched; the device can be named later."),
    )  # fmt: skip
