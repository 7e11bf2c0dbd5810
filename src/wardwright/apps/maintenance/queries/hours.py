"""Which service hours hold at a place, and what they make of a promise."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
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


class Timetable:
    """Every place's hours, read once: for pages that ask about many places."""

    def __init__(self) -> None:
        self.rows = list(ServiceHours.objects.select_related("site", "department").order_by("pk"))
        self._holidays: list[tuple[int | None, date]] | None = None
        has_departments = any(row.department_id for row in self.rows)
        self.parents = dict(Department.objects.values_list("pk", "parent_id")) if has_departments else {}

    def at(self, site_id: int | None, department_id: int | None) -> Place | None:
        """The hours of the department, of what it is part of, of the site, or of the house; None: round the clock."""
        found = self._nearest(site_id, department_id)
        if found is None:
            return None
        days = frozenset() if found.open_on_holidays else self.closed_at(site_id)
        week = tuple(spans_of(text) for text in found.week)
        return Place(Hours(week, settings.TIME_ZONE, days), str(found))

    def closed_at(self, site_id: int | None) -> frozenset[date]:
        """The holidays of a site and of the whole house."""
        if self._holidays is None:
            self._holidays = list(Holiday.objects.values_list("site_id", "on"))
        return frozenset(on for site, on in self._holidays if site in (None, site_id))

    def is_open(self, site_id: int | None, department_id: int | None, moment: datetime) -> bool:
        """Whether the service is open at this place."""
        place = self.at(site_id, department_id)
        return place is None or is_open(place.hours, moment)

    def _nearest(self, site_id: int | None, department_id: int | None) -> ServiceHours | None:
        of_department = {row.department_id: row for row in self.rows if row.department_id is not None}
        for _n in range(MOST_PARENTS if of_department else 0):
            if department_id is None or department_id in of_department:
                break
            department_id = self.parents.get(department_id)
        if department_id in of_department:
            return of_department[department_id]
        whole = {row.site_id: row for row in self.rows if row.department_id is None}
        return whole.get(site_id) or whole.get(None)


def hours_at(site_id: int | None, department_id: int | None) -> Place | None:
    """The hours that hold at one place; None: round the clock."""
    return Timetable().at(site_id, department_id)


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
