"""Which service hours hold at a place, and what they make of a promise."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _

from wardwright.apps.directory.models import Department
from wardwright.apps.maintenance.models import Holiday, ServiceHours, ServiceLevel
from wardwright.kernel.hours import DAY_MINUTES, Hours, after, alike, between, clock, is_open, spans_of

MOST_PARENTS = 10


@dataclass(frozen=True)
class Place:
    """The hours that hold at a place, and whose they are."""

    hours: Hours
    name: str


def hours_at(site_id: int | None, department_id: int | None) -> Place | None:
    """The hours of the department, of what it is part of, of the site, or of the house; None: round the clock."""
    rows = list(
        ServiceHours.objects.filter(Q(site=None) | Q(site=site_id)).select_related("site", "department").order_by("pk")
    )
    if not rows:
        return None
    found = _nearest(rows, department_id)
    if found is None:
        return None
    holidays: frozenset = frozenset()
    if not found.open_on_holidays:
        days = Holiday.objects.filter(Q(site=None) | Q(site=site_id))
        holidays = frozenset(days.values_list("on", flat=True))
    week = tuple(spans_of(text) for text in found.week)
    return Place(Hours(week, settings.TIME_ZONE, holidays), str(found))


def _nearest(rows: list[ServiceHours], department_id: int | None) -> ServiceHours | None:
    of_department = {row.department_id: row for row in rows if row.department_id is not None}
    wanted, steps = department_id, 0
    while of_department and wanted is not None and steps < MOST_PARENTS:
        if wanted in of_department:
            return of_department[wanted]
        wanted = Department.objects.filter(pk=wanted).values_list("parent_id", flat=True).first()
        steps += 1
    whole = [row for row in rows if row.department_id is None]
    return next((row for row in whole if row.site_id is not None), None) or next(iter(whole), None)


def is_service_time(site_id: int | None, department_id: int | None, moment: datetime) -> bool:
    """Whether the service is open at this place."""
    place = hours_at(site_id, department_id)
    return place is None or is_open(place.hours, moment)


@dataclass(frozen=True)
class Promise:
    """By when to answer and to finish; ``why`` are reasons as an order keeps them."""

    respond_by_at: datetime | None = None
    finish_by_at: datetime | None = None
    why: tuple[dict[str, Any], ...] = ()


def promise(kind: str, priority: int, site_id: int | None, department_id: int | None, since: datetime) -> Promise:
    """What the service level promises to work of this kind and priority that was asked for at ``since``."""
    level = ServiceLevel.objects.filter(kind=kind, priority=priority).first()
    if level is None:
        return Promise()
    place = hours_at(site_id, department_id) if level.respond_in_hours or level.finish_in_hours else None
    moments, why = [], []
    for code, hours, in_hours in (
        ("respond_in_hours", level.respond_hours, level.respond_in_hours),
        ("finish_in_hours", level.finish_hours, level.finish_in_hours),
    ):
        counted = place if in_hours else None
        moments.append(_later(counted, since, timedelta(hours=hours)))
        if counted is not None:
            why.append({"code": code, "hours": hours, "week": stored_week(counted.hours), "place": counted.name})
    return Promise(moments[0], moments[1], tuple(why))


def moved_on(kind: str, priority: int, scope: Any, name: str, by_at: datetime, held_at: datetime, now: datetime) -> Any:
    """The promise ``by_at`` after a wait from ``held_at`` to ``now``: what was left of it then is left of it now."""
    level = ServiceLevel.objects.filter(kind=kind, priority=priority).first()
    in_hours = level is not None and getattr(level, f"{name}_in_hours")
    place = hours_at(scope.site_id, scope.department_id) if in_hours else None
    if place is None:
        return by_at + (now - held_at)
    return by_at if by_at <= held_at else _later(place, now, between(place.hours, held_at, by_at))


def _later(place: Place | None, since: datetime, needed: timedelta) -> datetime:
    if place is None:
        return since + needed
    try:
        return after(place.hours, since, needed)
    except ValueError:  # hours that are closed for ten years say nothing about a promise
        return since + needed


def stored_week(hours: Hours) -> list[str]:
    """The week as an order keeps it in its reasons."""
    return [", ".join(f"{clock(start)}-{clock(end)}" for start, end in spans) for spans in hours.week]


def week_words(week: list[str]) -> str:
    """A week in words: "Mon–Fri 07:00–17:00"."""
    runs = alike([spans_of(text) for text in week])
    if len(runs) == 1 and runs[0] == (0, 6, ((0, DAY_MINUTES),)):
        return _("round the clock")
    return "; ".join(_run_words(first, last, spans) for first, last, spans in runs)


def _run_words(first: int, last: int, spans: Any) -> str:
    days = str(WEEKDAYS_ABBR[first]) if first == last else f"{WEEKDAYS_ABBR[first]}–{WEEKDAYS_ABBR[last]}"
    return f"{days} " + ", ".join(f"{clock(start)}–{clock(end)}" for start, end in spans)
