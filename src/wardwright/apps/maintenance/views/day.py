"""My day: for each role the one page to begin with. Every line opens the list it counted."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Case, F, OuterRef, Q, QuerySet, Subquery, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wardwright.apps.directory.models import Person, Site
from wardwright.apps.maintenance import permissions, queries
from wardwright.apps.maintenance.models import Attempt, WorkOrder
from wardwright.apps.maintenance.states import UNFINISHED, AttemptKind, HoldReason, Kind, WorkState
from wardwright.apps.maintenance.tables import model_words, state_meaning, state_words, week_end, work_rows, work_url
from wardwright.apps.testing import permissions as testing_permissions
from wardwright.apps.testing.models import Instrument
from wardwright.apps.testing.queries import unfit, unfit_q
from wardwright.platform.access.scope import allowed
from wardwright.platform.core.values import as_id
from wardwright.web.lines import in_parts, lines_for
from wardwright.web.site import begun_with, first_look
from wardwright.web.views import page

from .monday import monday_page
from .narrowing import place, site_of, within
from .orders import me

MOST_JOBS = 150
GEAR_SHOWN = 8


@page(None)
def home(request: HttpRequest) -> HttpResponse:
    """The first page after the log-in."""
    if begun := begun_with(request, first_look(request), beside=("view", "closed")):
        return begun
    by, site = request.user, site_of(request)
    leads = allowed(by, permissions.REPORTS) and allowed(by, permissions.DISPATCH)
    performs = allowed(by, permissions.PERFORM)
    if leads and request.GET.get("view") != "mine":
        return monday_page(request, performs=performs, closed=closed_words(request), site=site)
    if performs:
        return _technician_page(request, leads, site)
    if allowed(by, permissions.VIEW):
        return _reader_page(request, site)
    if lines := lines_for(by, within(site).get("site", "")):
        return _lines_page(request, lines, site)
    return render(request, "maintenance/day_requester.html", {"may_report": allowed(by, permissions.REPORT)})


def closed_words(request: HttpRequest) -> dict[str, Any] | None:
    """What to say after closing an order: how it ended, when the device is due again, and what was opened."""
    number = as_id(request.GET.get("closed", ""))
    if number is None:
        return None
    order = (
        WorkOrder.objects.visible_to(request.user)
        .select_related("asset")
        .filter(pk=number, state__in=(WorkState.CLOSED, WorkState.TO_VERIFY))
        .first()
    )
    if order is None:
        return None
    waiting = WorkOrder.objects.visible_to(request.user).unfinished()
    repair = waiting.filter(parent=order).first()
    return {
        "order": order,
        "next_on": _next_on(request.user, order),
        "repair": repair,
        "verdict": order.get_verdict_display(),
        "meaning": "late" if repair else "ok",
    }


def _next_on(by: Any, order: WorkOrder) -> date | None:
    """When the closed order's schedule is due again, whether its next order is made already or not: for the label."""
    if order.schedule_id is None:
        return None
    following = WorkOrder.objects.visible_to(by).unfinished().filter(schedule=order.schedule_id).order_by("due_on")
    made = following.values_list("due_on", flat=True).first()
    if made is not None:
        return made
    lines = queries.schedules_of_asset(by, order.asset_id, timezone.localdate())
    return next((line.due.due_on for line in lines if line.schedule.pk == order.schedule_id and line.due), None)


# The technician -------------------------------------------------------------------------------------------------


@dataclass
class Stop:
    """One ward on the way, with its devices; ``planned_on`` is a day to come, none for today."""

    place: str
    ward: Any
    use_window: str
    planned_on: date | None
    order_key: tuple[Any, ...]
    jobs: list[dict[str, Any]] = field(default_factory=list)


def _technician_page(request: HttpRequest, leads: bool, site: Site | None) -> HttpResponse:
    today, person = timezone.localdate(), me(request)
    orders, is_mine = _jobs(request, person, today, site)
    groups = grouped(orders, today)
    late = sum(1 for order in orders if order.due_on and order.due_on < today)
    week = sum(1 for order in orders if order.due_on and today <= order.due_on and order.day <= week_end(today))
    return render(
        request,
        "maintenance/day_technician.html",
        {
            "title": _technician_title(week, late, len(orders)),
            "groups": groups,
            "is_mine": is_mine,
            "leads": leads,
            "closed": closed_words(request),
            "gear": _gear(request, today),
            "more": len(orders) >= MOST_JOBS,
            "lines": _technician_lines(request, is_mine, within(site)),
            "mine_url": work_url(state="unfinished", person=str(person.pk), **within(site)) if person else "",
            **place(request, site),
            "may_report": allowed(request.user, permissions.REPORT),
        },
    )


def _technician_title(week: int, late: int, total: int) -> str:
    if not total:
        return _("Nothing is due for you this week")
    if not week and not late:
        return ngettext("%(n)s job waits, none is late", "%(n)s jobs wait, none is late", total) % {"n": total}
    planned = ngettext("%(n)s device is planned for this week", "%(n)s devices are planned for this week", week)
    due = planned % {"n": week}
    tail = ngettext("%(n)s is late", "%(n)s are late", late) % {"n": late} if late else _("none is late")
    return _("%(due)s, %(tail)s") % {"due": due, "tail": tail}


def _jobs(request: HttpRequest, person: Person | None, today: date, site: Site | None) -> tuple[list[Any], bool]:
    """This week's work of the person; where nothing is assigned to them, what nobody has taken yet."""
    rows = this_week(request.user, today).filter(**({"site": site} if site else {}))
    mine = list(rows.filter(assigned_to=person)[:MOST_JOBS]) if person else []
    if mine:
        return mine, True
    return list(rows.filter(assigned_to__isnull=True)[:MOST_JOBS]), False


def this_week(by: Any, today: date) -> QuerySet:
    """Unfinished work planned until Sunday, late work, repairs, begun work and what was put off until tomorrow, each
    with its last attempt.
    """
    attempts = Attempt.objects.visible_to(by).filter(work_order=OuterRef("pk")).order_by("-id")
    rows = (
        WorkOrder.objects.visible_to(by)
        .with_day()
        .annotate(tried=Subquery(attempts.values("kind")[:1]), try_on=Subquery(attempts.values("next_try_on")[:1]))
    )
    to_do = [state for state in UNFINISHED if state != WorkState.TO_VERIFY]
    rows = rows.filter(state__in=to_do).filter(
        Q(day__lte=week_end(today))
        | Q(due_on__lt=today)
        | Q(kind=Kind.CORRECTIVE)
        | Q(state=WorkState.IN_PROGRESS)
        | Q(state=WorkState.ON_HOLD, day=today + timedelta(days=1))
    )
    return rows.select_related(
        "asset__device_type",
        "asset__device_model__maker",
        "asset__room__floor__building",
        "department",
        "site",
    ).order_by(F("day").asc(nulls_first=True), F("due_on").asc(nulls_first=True), "priority", "id")


def grouped(orders: list[WorkOrder], today: date) -> list[dict[str, Any]]:
    """Late, today, this week, repairs: each by the day it is planned for, and as a route of wards on that day."""
    titles = {
        "late": (_("Late"), "late"),
        "today": (_("Today"), "due"),
        "week": (_("This week"), "info"),
        "repair": (_("Repairs and other work"), "info"),
        "later": (_("To try again later"), "out"),
        "hold": (_("Waiting"), "out"),
    }
    gathered: dict[str, list[WorkOrder]] = {key: [] for key in titles}
    for order in orders:
        gathered[_bucket(order, today)].append(order)
    return [
        {
            "key": key,
            "title": titles[key][0],
            "meaning": titles[key][1],
            "stops": _stops(found, today),
            "count": len(found),
        }
        for key, found in gathered.items()
        if found
    ]


def _bucket(order: Any, today: date) -> str:
    if order.state == WorkState.ON_HOLD:
        if order.hold_reason not in (HoldReason.IN_USE, HoldReason.NOT_LOCATED):
            return "hold"
        if order.try_on and order.try_on > today:
            return "later"
    if order.kind == Kind.CORRECTIVE or order.due_on is None:
        return "repair"
    return "late" if order.due_on < today else "today" if order.day <= today else "week"


def _stops(orders: list[Any], today: date) -> list[Stop]:
    """The wards of each day from the lowest floor up; what was planned for a day gone by is for today."""
    stops: dict[Any, Stop] = {}
    for order in orders:
        room = order.asset.room
        floor = room.floor if room and room.floor_id else None
        day = max(order.day or today, today)
        key = (day, floor and floor.pk, order.department_id, None if floor else order.site_id)
        if key not in stops:
            place = f"{floor.building}, {floor}" if floor else str(order.site)
            rank = (
                day,
                str(order.site),
                str(floor.building) if floor else "",
                floor.level if floor else -99,
                str(order.department or ""),
            )
            stops[key] = Stop(place, order.department, order.department.use_window if order.department else "",
                              day if day > today else None, rank)  # fmt: skip
        stops[key].jobs.append(
            {
                "order": order,
                "room": room,
                "tried": AttemptKind(order.tried).label if order.tried else "",
                "try_is_past": bool(order.try_on and order.try_on < today),
                "model": model_words(order.asset),
                "state_words": state_words(order),
                "meaning": state_meaning(order),
            }
        )
    return sorted(stops.values(), key=lambda stop: stop.order_key)


def _technician_lines(request: HttpRequest, is_mine: bool, at: dict[str, str]) -> list[dict[str, Any]]:
    """What broke overnight and what nobody has taken; counted only where it can be."""
    by = request.user
    lines = [
        _line(
            by,
            _("Emergent repairs"),
            _("not finished, whoever does them"),
            "late",
            kind="corrective",
            priority="1",
            state="unfinished",
            **at,
        )
    ]
    if is_mine:
        lines.append(_line(by, _("Late work nobody has taken"), "", "late", due="late", person="none", **at))
        lines.append(_line(by, _("Due this week and taken by nobody"), "", "due", due="week", person="none", **at))
    if allowed(by, permissions.VERIFY):
        lines.append(
            _line(
                by, _("Repairs to verify"), _("before the device returns to its ward"), "due", state="to_verify", **at
            )
        )
    return [line for line in lines if line["count"]]


def _gear(request: HttpRequest, today: date) -> list[Instrument]:
    """The instruments to carry, those that must not be used first."""
    if not allowed(request.user, testing_permissions.VIEW):
        return []
    rows = Instrument.objects.visible_to(request.user).filter(is_active=True)
    late_first = Case(When(unfit_q(today), then=0), default=1)
    found = list(rows.order_by(late_first, F("calibration_due_on").asc(nulls_first=True), "name")[:GEAR_SHOWN])
    for row in found:
        row.meaning = (
            "late"
            if row.calibration_due_on is None or unfit(row, today)
            else ("due" if (row.calibration_due_on - today).days <= 30 else "ok")
        )
        row.state_words = {"late": _("Do not use"), "due": _("Due soon"), "ok": _("Calibrated")}[row.meaning]
    return found


# Others ---------------------------------------------------------------------------------------------------------


def _line(by: Any, words: str, detail: str, meaning: str, **chosen: str) -> dict[str, Any]:
    """A count with the list it opens; zero is good."""
    count = work_rows(by, **chosen).count()
    return {
        "count": count,
        "words": words,
        "detail": detail,
        "url": work_url(**chosen),
        "meaning": meaning if count else "ok",
    }


def _reader_page(request: HttpRequest, site: Site | None) -> HttpResponse:
    """Dispatchers, surveyors, coordinators: how the work stands."""
    by, at = request.user, within(site)
    lines = [
        _line(by, _("Late work"), _("past its due date and not finished"), "late", due="late", **at),
        _line(by, _("Due this week"), "", "due", due="week", **at),
        _line(by, _("Repairs taken by nobody"), "", "due", kind="corrective", state="unfinished", person="none", **at),
        _line(by, _("Waiting for parts more than 7 days"), "", "due", state="parts-long", **at),
    ]
    return render(
        request,
        "maintenance/day_reader.html",
        {
            "lines": lines,
            "may_report": allowed(by, permissions.REPORT),
            "late": lines[0]["count"],
            **place(request, site),
        },
    )


def _lines_page(request: HttpRequest, lines: list[dict[str, Any]], site: Site | None) -> HttpResponse:
    """Who sees no work orders but has other things to do, such as the assistants of the equipment library."""
    count = sum(line["count"] for line in lines)
    words = ngettext("%(n)s thing is to be done", "%(n)s things are to be done", count) % {"n": count}
    return render(
        request,
        "maintenance/day_lines.html",
        {
            "title": words if count else _("Nothing is to be done"),
            "parts": in_parts(lines),
            "may_report": allowed(request.user, permissions.REPORT),
            **place(request, site),
        },
    )
