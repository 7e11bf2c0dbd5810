"""Who is on call now and next, swaps, and what is handed over."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from wardwright.apps.directory.models import Person
from wardwright.apps.helpdesk import operations, permissions, queries
from wardwright.apps.helpdesk.forms import (
    HandoverForm,
    PlanForm,
    ReasonForm,
    RenameRotaForm,
    RotaForm,
    SwapForm,
)
from wardwright.apps.helpdesk.models import Rota, Shift
from wardwright.platform.access.scope import allowed
from wardwright.web.views import form_page, page, visible_or_404

PAST, NEXT = 6, 30


@page(permissions.VIEW)
def rotas(request: HttpRequest) -> HttpResponse:
    """Who is on call now, for every rota; a gap stands out."""
    now = timezone.now()
    found = queries.current_shifts(request.user, now)
    notes = queries.handover_for([one.shift for one in found if one.shift])
    lines = [{"rota": one.rota, "shift": one.shift, "note": notes.get(one.shift.pk) if one.shift else None}
             for one in found]  # fmt: skip
    gaps = sum(1 for one in found if one.shift is None)
    return render(
        request,
        "helpdesk/rotas.html",
        {
            "lines": lines,
            "title": _title(len(found), gaps),
            "may_plan": allowed(request.user, permissions.ROTA),
            "unused": list(Rota.objects.visible_to(request.user).filter(is_active=False).select_related("site")),
        },
    )


def _title(count: int, gaps: int) -> str:
    if not count:
        return _("Nobody is on call: there is no rota yet")
    return _("Somebody is on call everywhere") if not gaps else _("In %(n)s of %(count)s rotas nobody is on call") % {
        "n": gaps, "count": count,
    }  # fmt: skip


def _rota(request: HttpRequest, rota_id: int) -> Rota:
    rows = Rota.objects.visible_to(request.user).select_related("site", "department")
    return visible_or_404(rows, rota_id)


@page(permissions.VIEW)
def rota_page(request: HttpRequest, rota_id: int) -> HttpResponse:
    row, now = _rota(request, rota_id), timezone.now()
    shifts = Shift.objects.visible_to(request.user).filter(rota=row).select_related("person", "instead_of", "rota")
    coming = list(shifts.filter(until_at__gt=now).order_by("from_at")[:NEXT])
    past = list(shifts.filter(until_at__lte=now).order_by("-until_at")[:PAST])
    me = Person.objects.visible_to(request.user).filter(user=request.user.pk).first()
    may_plan = allowed(request.user, permissions.ROTA, row)
    current = next((shift for shift in coming if shift.from_at <= now), None)
    return render(
        request,
        "helpdesk/rota.html",
        {
            "row": row,
            "title": _("%(name)s is on call") % {"name": current.person} if current else _("Nobody is on call now"),
            "current": current,
            "note": queries.handover_for([current]).get(current.pk) if current else None,
            "coming": [_shift(shift, me, may_plan, now) for shift in coming],
            "past": [_shift(shift, me, may_plan, now) for shift in past],
            "may_plan": may_plan,
        },
    )


def _shift(shift: Shift, me: Person | None, may_plan: bool, now: datetime) -> dict[str, Any]:
    is_own = me is not None and shift.person_id == me.pk
    return {
        "row": shift,
        "is_now": shift.from_at <= now < shift.until_at,
        "may_swap": (is_own or may_plan) and shift.until_at > now,
        "may_drop": may_plan and shift.from_at > now,
        "may_write": (is_own or may_plan) and shift.from_at <= now,
    }


@page(permissions.ROTA)
def new_rota(request: HttpRequest) -> HttpResponse:
    form = RotaForm(request.user, request.POST or None)

    def run(cleaned: dict[str, Any]) -> str:
        return reverse("rota", args=[operations.make_rota(by=request.user, **form.values()).pk])

    return form_page(request, form, run, title=_("A new rota"), submit=_("Make it"), cancel_url=reverse("rotas"))


@page(permissions.ROTA)
def edit_rota(request: HttpRequest, rota_id: int) -> HttpResponse:
    row = _rota(request, rota_id)
    form = RenameRotaForm(request.user, request.POST or None, row=row)
    back = reverse("rota", args=[row.pk])

    def run(cleaned: dict[str, Any]) -> str:
        operations.change_rota(
            by=request.user, rota_id=row.pk, expected_version=cleaned["expected_version"], **form.values()
        )
        return back

    return form_page(request, form, run, title=_("Change %(name)s") % {"name": row.name}, cancel_url=back)


@page(permissions.ROTA)
def plan_shifts(request: HttpRequest, rota_id: int) -> HttpResponse:
    row = _rota(request, rota_id)
    back = reverse("rota", args=[row.pk])
    form = PlanForm(request.user, row.site_id, request.POST or None, initial={"from_at": _next_start(request, row)})

    def run(cleaned: dict[str, Any]) -> str:
        operations.plan_shifts(
            by=request.user, rota_id=row.pk, person_ids=[person.pk for person in cleaned.pop("people")], **cleaned
        )
        return back

    return form_page(
        request, form, run, title=_("Who takes turns in %(name)s?") % {"name": row.name}, submit=_("Plan the shifts"),
        cancel_url=back, intro=_("In the order of the list, one after the other, as many rounds as you say."),
    )  # fmt: skip


def _next_start(request: HttpRequest, row: Rota) -> datetime:
    """When the last planned shift ends; else next Monday at eight."""
    last = Shift.objects.visible_to(request.user).filter(rota=row).order_by("-until_at").first()
    now = timezone.localtime()
    if last is not None and last.until_at > now:
        return timezone.localtime(last.until_at)
    monday = now.date() + timedelta(days=7 - now.weekday())
    return timezone.make_aware(datetime.combine(monday, time(8)))


def _shift_or_404(request: HttpRequest, shift_id: int) -> Shift:
    rows = Shift.objects.visible_to(request.user).select_related("rota", "person")
    return visible_or_404(rows, shift_id)


@page(permissions.VIEW)
def swap_shift(request: HttpRequest, shift_id: int) -> HttpResponse:
    row = _shift_or_404(request, shift_id)
    back = reverse("rota", args=[row.rota_id])
    form = SwapForm(request.user, request.POST or None)

    def run(cleaned: dict[str, Any]) -> str:
        operations.swap_shift(
            by=request.user, shift_id=row.pk, person_id=cleaned["person"].pk, reason=cleaned["reason"]
        )
        return back

    return form_page(
        request, form, run, title=_("Who takes the shift of %(name)s?") % {"name": row.person}, submit=_("Swap"),
        cancel_url=back,
    )  # fmt: skip


@page(permissions.ROTA)
def drop_shift(request: HttpRequest, shift_id: int) -> HttpResponse:
    row = _shift_or_404(request, shift_id)
    back = reverse("rota", args=[row.rota_id])
    form = ReasonForm(request.POST or None)

    def run(cleaned: dict[str, Any]) -> str:
        operations.drop_shift(by=request.user, shift_id=row.pk, reason=cleaned["reason"])
        return back

    return form_page(
        request, form, run, title=_("Take the shift of %(name)s out?") % {"name": row.person},
        submit=_("Take it out"), cancel_url=back, dangerous=True,
        intro=_("Nobody is on call then, until another shift is put in."),
    )  # fmt: skip


@page(permissions.VIEW)
def write_handover(request: HttpRequest, shift_id: int) -> HttpResponse:
    row = _shift_or_404(request, shift_id)
    back = reverse("rota", args=[row.rota_id])
    form = HandoverForm(request.POST or None, initial={"text": row.handover, "expected_version": row.version})

    def run(cleaned: dict[str, Any]) -> str:
        operations.write_handover(by=request.user, shift_id=row.pk, **cleaned)
        return back

    return form_page(request, form, run, title=_("Hand over"), submit=_("Save the note"), cancel_url=back)
