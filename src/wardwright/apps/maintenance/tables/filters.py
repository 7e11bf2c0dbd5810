"""What the work list can be narrowed by; every figure that opens the list counts by the same filters."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wardwright.apps.assets.models import DeviceType
from wardwright.apps.directory.models import Department, Person, Site
from wardwright.apps.maintenance.queries import TIERS, week_spans
from wardwright.apps.maintenance.states import UNFINISHED, HoldReason, Kind, Priority, WorkState
from wardwright.kernel.periods import weekend_began
from wardwright.web.tables import Filter, by_id, one_of

from .cells import week_end

#: The weeks of the forecast as choices of the work list, by the day work is planned for; see ``queries.week_spans``.
PLANNED = {
    "before": gettext_lazy("for a day gone by"),
    "week-0": gettext_lazy("from today to Sunday"),
    "week-1": gettext_lazy("for next week"),
    "week-2": gettext_lazy("for the week after next"),
    "week-3": gettext_lazy("in three weeks"),
    "none": gettext_lazy("for no day yet"),
}


def _by_due(rows: QuerySet, value: str) -> QuerySet:
    today = timezone.localdate()
    unfinished = rows.filter(state__in=UNFINISHED)
    return {
        "late": unfinished.filter(due_on__lt=today),
        "today": unfinished.filter(due_on=today),
        "week": unfinished.filter(due_on__gte=today, due_on__lte=week_end(today)),
        "month": unfinished.filter(due_on__gte=today, due_on__lte=today + timedelta(days=30)),
        "out": unfinished.filter(out_of_compliance_on__lte=today),
        "none": unfinished.filter(due_on__isnull=True),
    }.get(value, rows)


def _by_planned(rows: Any, value: str) -> QuerySet:
    """By the day work is to be done: planned for, or else due."""
    span = week_spans(timezone.localdate()).get(value)
    return rows.with_day().filter(span, state__in=UNFINISHED) if span is not None else rows


def _by_day(rows: Any, value: str) -> QuerySet:
    day = day_of(value)
    return rows.none() if day is None else rows.with_day().filter(day=day, state__in=UNFINISHED)


def day_of(value: str) -> date | None:
    """The day an address names; None for what is none, such as the 31st of June."""
    try:
        return parse_date(value)
    except ValueError:
        return None


def _by_tier(rows: QuerySet, value: str) -> QuerySet:
    """Work that asks for this tier or a higher one."""
    return rows.filter(required_tier__in=TIERS[TIERS.index(Person.Tier(value)) :]) if value in TIERS else rows


def _by_reported(rows: QuerySet, value: str) -> QuerySet:
    if value != "weekend":
        return rows
    return rows.filter(reported_at__gte=weekend_began(timezone.localtime()))


def _by_promise(rows: QuerySet, value: str) -> QuerySet:
    """Past the moment promised: not answered, or not finished. What waits has its clock stopped."""
    if value != "missed":
        return rows
    now = timezone.now()
    late = Q(finish_by_at__lt=now) | Q(respond_by_at__lt=now, responded_at__isnull=True)
    return rows.filter(late, state__in=UNFINISHED).exclude(state=WorkState.ON_HOLD)


def _by_doer(rows: QuerySet, value: str) -> QuerySet:
    return rows.filter(provider__isnull=value == "own") if value in ("own", "company") else rows


def _by_state(rows: QuerySet, value: str) -> QuerySet:
    if value == "unfinished":
        return rows.filter(state__in=UNFINISHED)
    if value == "parts":
        return rows.filter(state=WorkState.ON_HOLD, hold_reason=HoldReason.PARTS)
    if value == "parts-long":
        long_ago = timezone.now() - timedelta(days=7)
        return rows.filter(state=WorkState.ON_HOLD, hold_reason=HoldReason.PARTS, held_since_at__lt=long_ago)
    return rows.filter(state=value) if value in WorkState.values else rows


def _states(by: Any) -> list[tuple[str, Any]]:
    return [
        ("unfinished", _("not finished")),
        *WorkState.choices,
        ("parts", _("waiting for parts")),
        ("parts-long", _("waiting for parts more than 7 days")),
    ]


def _by_person(rows: QuerySet, value: str) -> QuerySet:
    if value == "none":
        return rows.filter(assigned_to__isnull=True)
    return by_id("assigned_to_id")(rows, value)


def _people(by: Any) -> list[tuple[Any, Any]]:
    people = Person.objects.visible_to(by).filter(is_active=True).exclude(tier=Person.Tier.NONE)
    return [("none", _("nobody")), *people.values_list("pk", "name")]


def _departments(by: Any) -> list[tuple[Any, Any]]:
    rows = Department.objects.visible_to(by).select_related("site").order_by("site__name", "name")
    return [("none", _("no department")), *((row.pk, f"{row.name} · {row.site.code}") for row in rows)]


def _by_department(rows: QuerySet, value: str) -> QuerySet:
    return rows.filter(department__isnull=True) if value == "none" else by_id("department_id")(rows, value)


def _types(by: Any) -> Iterable[tuple[Any, Any]]:
    return DeviceType.objects.visible_to(by).filter(merged_into__isnull=True).values_list("pk", "name")


FILTERS = [
    Filter(
        "due",
        gettext_lazy("Due"),
        _by_due,
        lambda by: [
            ("late", _("late")),
            ("today", _("today")),
            ("week", _("this week")),
            ("month", _("next 30 days")),
            ("out", _("out of compliance")),
            ("none", _("no date")),
        ],
    ),
    Filter("planned", gettext_lazy("Planned"), _by_planned, lambda by: PLANNED.items()),
    Filter("day", gettext_lazy("Planned for"), _by_day, kind="date"),
    Filter("state", gettext_lazy("State"), _by_state, _states),
    one_of("kind", gettext_lazy("Kind"), Kind),
    Filter("person", gettext_lazy("Assigned to"), _by_person, _people),
    Filter("department", gettext_lazy("Department"), _by_department, _departments),
    Filter(
        "site",
        gettext_lazy("Site"),
        by_id("site_id"),
        lambda by: Site.objects.visible_to(by).values_list("pk", "name"),
    ),
    Filter("type", gettext_lazy("Device type"), by_id("asset__device_type_id"), _types),
    Filter(
        "tier",
        gettext_lazy("Asks for"),
        _by_tier,
        lambda by: [(tier.value, _("%(tier)s or higher") % {"tier": tier.label}) for tier in TIERS],
    ),
    Filter("priority", gettext_lazy("Priority"), by_id("priority"), lambda by: Priority.choices),
    Filter(
        "life",
        gettext_lazy("Life support"),
        lambda rows, v: rows.filter(asset__device_type__life_support=v == "yes"),
        lambda by: [("yes", _("life support")), ("no", _("other"))],
    ),
    Filter(
        "reported",
        gettext_lazy("Reported"),
        _by_reported,
        lambda by: [("weekend", _("since Friday, 16:00"))],
    ),
    Filter("promise", gettext_lazy("Promise"), _by_promise, lambda by: [("missed", _("not kept so far"))]),
    Filter(
        "doer",
        gettext_lazy("Done by"),
        _by_doer,
        lambda by: [("company", _("a company")), ("own", _("our own department"))],
    ),
]
