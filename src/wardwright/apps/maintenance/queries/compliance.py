"""Both numbers: planned work done on schedule, and devices actually inspected; every exclusion is listed beside them.

The first counts jobs, the second devices, because a high first number can hide devices that nobody has seen for years.
Rates are computed from sums, never averaged. The orders are judged by ``kernel.due``; here they are only read.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Max, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from wardwright.apps.assets.states import MAINTAINED
from wardwright.apps.maintenance.models import Attempt, Plan, Schedule, WorkOrder
from wardwright.apps.maintenance.states import Kind, PlanState, Strategy, Verdict, WorkState
from wardwright.kernel.due import ON_SCHEDULE, DueDates, NotDone, Scheduled, Timeliness, judge_job

from .rules import interval_days

GROUPS = {
    "site": "site_id", "department": "department_id", "type": "asset__device_type_id", "provider": "provider_id",
    "plan": "plan_id",
}  # fmt: skip
DEVICE_GROUPS = {
    "site": "asset__site_id", "department": "asset__department_id", "type": "asset__device_type_id",
    "provider": "asset__provider_id", "plan": "plan_id",
}  # fmt: skip
OUR_OWN = 0  # who does the work, where no company does


@dataclass(frozen=True)
class Narrow:
    """What the report is narrowed to, by ids; ``provider_id`` is the company that does the work, or OUR_OWN."""

    site_id: int | None = None
    department_id: int | None = None
    type_id: int | None = None
    provider_id: int | None = None

    def of(self, rows: Any, columns: dict[str, str], before: str = "") -> Any:
        """The rows within it; ``columns`` are those of GROUPS, ``before`` the path to them."""
        for name in ("site", "department", "type", "provider"):
            wanted = getattr(self, f"{name}_id")
            if wanted is not None:
                own = name == "provider" and wanted == OUR_OWN
                rows = rows.filter(**{before + columns[name]: None if own else wanted})
        return rows


@dataclass
class Figure:
    """A share with all that is needed to check it: its formula in words, its rows by id, and what was left out and why.

    ``excluded`` maps a reason to the ids it left out; ``rows`` are those counted, ``missing`` those that were not.
    """

    name: str
    formula: str
    rows: list[int] = field(default_factory=list)
    missing: list[int] = field(default_factory=list)
    excluded: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))

    @property
    def count(self) -> int:
        return len(self.rows)

    @property
    def of(self) -> int:
        return len(self.rows) + len(self.missing)

    @property
    def percent(self) -> float | None:
        """Rounded to one decimal; None when there was nothing to count."""
        return round(100 * self.count / self.of, 1) if self.of else None


@dataclass
class Compliance:
    """One group's figures; ``scheduled`` is every job of the period: the first figure with its exclusions."""

    on_schedule: Figure
    inspected: Figure
    scheduled: int = 0
    never_seen: list[int] = field(default_factory=list)


@dataclass
class Report:
    """The whole period, and by group key (an id, or None); ``attempts`` counts visits in vain by kind."""

    whole: Compliance
    groups: dict[int | None, Compliance]
    attempts: Counter[str]


def compliance(
    by: Any,
    date_from: date,
    date_to: date,
    *,
    narrow: Narrow = Narrow(),
    group: str = "site",
    today: date | None = None,
) -> Report:
    """The report of a period, for what the reader may see.

    Args:
        group: "site", "department", "type", "provider" or "plan". A ValueError for anything else.
    """
    if group not in GROUPS:
        raise ValueError(f"no grouping by {group!r}; known are: {', '.join(GROUPS)}")
    as_of = today or timezone.localdate()
    whole = _empty()
    groups: dict[Any, Compliance] = defaultdict(_empty)
    for key, order_id, job in _jobs(by, date_from, date_to, narrow, group):
        standing = judge_job(job, as_of)
        for part in (whole, groups[key]):
            _count_job(part, order_id, job, standing)
    programme = programme_of(by, min(date_to, as_of), narrow, group)
    for asset_id, days in programme.days.items():
        _count_device(whole, asset_id, programme.standing(asset_id, days))
    for (key, asset_id), days in programme.days_by_group.items():
        _count_device(groups[key], asset_id, programme.standing(asset_id, days))
    return Report(whole, dict(groups), _attempts(by, date_from, date_to, narrow))


def _empty() -> Compliance:
    return Compliance(Figure(_("done on schedule"), _(JOBS)), Figure(_("devices actually inspected"), _(DEVICES)))


JOBS = gettext_noop(
    "Planned jobs due in the period and done by the end of their window, of all those due in the period. "
    "Jobs whose window is still open, and jobs ended by a documented exception, are left out and listed."
)
DEVICES = gettext_noop(
    "Devices in the programme whose last real maintenance or inspection is not older than their shortest "
    "interval and its window, of all devices in the programme. Devices accepted within that time are left "
    "out and listed."
)


# Jobs -----------------------------------------------------------------------------------------------------------


def _jobs(by: Any, first: date, last: date, narrow: Narrow, group: str) -> Any:
    """(group key, order id, job) of every planned order due in the period, by the plan's own date."""
    orders = WorkOrder.objects.visible_to(by).filter(kind=Kind.PLANNED)
    orders = orders.annotate(on=Coalesce("moved_from_on", "due_on")).filter(on__range=(first, last))
    orders = narrow.of(orders, GROUPS)
    columns = (
        GROUPS[group], "pk", "on", "window_opens_on", "window_end_on", "out_of_compliance_on", "state", "verdict",
        "done_at", "parent__done_at",
    )  # fmt: skip
    for key, pk, on, opens, ends, out, state, verdict, done_at, covered_at in orders.values_list(*columns).iterator():
        due = DueDates(on, opens or on, ends or on, out or (ends or on) + timedelta(days=1))
        yield key, pk, Scheduled(due, *end_of_job(state, verdict, done_at, covered_at))


def end_of_job(state: str, verdict: str, done_at: Any, covered_at: Any) -> tuple[date | None, str | None]:
    """When the work was really done, or the exception that ended the order. A visit that settled two dates did both."""
    if state == WorkState.CANCELLED:
        return (known_day(covered_at), None) if covered_at else (None, "cancelled")
    if state == WorkState.CLOSED:
        return (None, "not_done") if verdict == Verdict.NOT_DONE or done_at is None else (known_day(done_at), None)
    return None, None


def known_day(moment: datetime) -> date:
    """The day of a moment in the time zone of the house."""
    return moment.astimezone(timezone.get_default_timezone()).date()


def _count_job(part: Compliance, order_id: int, job: Scheduled, standing: Timeliness | NotDone) -> None:
    figure = part.on_schedule
    part.scheduled += 1
    if standing is NotDone.EXCEPTED:
        figure.excluded[str(job.exception)].append(order_id)
    elif standing is NotDone.STILL_OPEN:
        figure.excluded["window_open"].append(order_id)
    else:
        (figure.rows if standing in ON_SCHEDULE else figure.missing).append(order_id)


# Devices --------------------------------------------------------------------------------------------------------


@dataclass
class Programme:
    """The devices with a plan in force: after how many days each counts as not inspected (by its shortest interval),
    and when it was last really inspected and accepted."""

    on: date
    days: dict[int, int] = field(default_factory=dict)
    days_by_group: dict[tuple[Any, int], int] = field(default_factory=dict)
    seen_on: dict[int, date] = field(default_factory=dict)
    accepted_on: dict[int, date | None] = field(default_factory=dict)

    def add(self, key: Any, asset_id: int, days: int) -> None:
        self.days[asset_id] = min(days, self.days.get(asset_id, days))
        self.days_by_group[key, asset_id] = min(days, self.days_by_group.get((key, asset_id), days))

    def see(self, asset_id: int, seen_on: date | None) -> None:
        if asset_id in self.days and seen_on is not None and seen_on <= self.on:
            self.seen_on[asset_id] = max(seen_on, self.seen_on.get(asset_id, seen_on))

    def standing(self, asset_id: int, days: int) -> str:
        """ "inspected", "new" (accepted within the time, first maintenance not due), "late" or "never"."""
        since, seen_on, accepted_on = (
            self.on - timedelta(days=days),
            self.seen_on.get(asset_id),
            self.accepted_on[asset_id],
        )
        if seen_on is not None and seen_on >= since:
            return "inspected"
        if accepted_on is not None and accepted_on >= since:
            return "new"
        return "late" if seen_on else "never"


def programme_of(by: Any, on: date, narrow: Narrow, group: str) -> Programme:
    schedules = Schedule.objects.visible_to(by).filter(
        is_active=True, plan__state=PlanState.ACTIVE, asset__status__in=MAINTAINED
    )
    schedules = schedules.exclude(plan__strategy=Strategy.NONE)
    schedules = narrow.of(schedules, DEVICE_GROUPS)
    programme, days = Programme(on), _days_of_plans(schedules)
    columns = (DEVICE_GROUPS[group], "asset_id", "plan_id", "last_done_on", "asset__accepted_on")
    for key, asset_id, plan_id, done_on, accepted_on in schedules.values_list(*columns).iterator():
        programme.add(key, asset_id, days[plan_id])
        programme.see(asset_id, done_on)
        programme.accepted_on[asset_id] = accepted_on
    for asset_id, at in _inspections(by, on).iterator():
        programme.see(asset_id, known_day(at))
    return programme


def _days_of_plans(schedules: QuerySet) -> dict[int, int]:
    """Plan id → the days after which a device counts as not inspected."""
    plans = Plan.objects.filter(pk__in=schedules.values("plan_id"))
    return {plan.pk: interval_days(plan) + plan.window_after_days for plan in plans}


def _inspections(by: Any, on: date) -> QuerySet:
    """(device, moment) of the last real maintenance, inspection or incoming inspection up to that day."""
    end = datetime.combine(on + timedelta(days=1), time.min, timezone.get_current_timezone())
    done = WorkOrder.objects.visible_to(by).filter(
        kind__in=(Kind.PLANNED, Kind.INSPECTION, Kind.INCOMING), state=WorkState.CLOSED, done_at__lt=end
    )
    return done.exclude(verdict=Verdict.NOT_DONE).order_by().values_list("asset_id").annotate(at=Max("done_at"))


def _count_device(part: Compliance, asset_id: int, state: str) -> None:
    figure = part.inspected
    if state == "new":
        figure.excluded["accepted_lately"].append(asset_id)
        return
    (figure.rows if state == "inspected" else figure.missing).append(asset_id)
    if state == "never":
        part.never_seen.append(asset_id)


def _attempts(by: Any, first: date, last: date, narrow: Narrow) -> Counter[str]:
    """Visits in vain in the period by kind; never dropped, whatever became of the order."""
    zone = timezone.get_current_timezone()
    start, end = (datetime.combine(day, time.min, zone) for day in (first, last + timedelta(days=1)))
    attempts = Attempt.objects.visible_to(by).filter(at__gte=start, at__lt=end)
    attempts = narrow.of(attempts, GROUPS, "work_order__")
    return Counter(attempts.values_list("kind", flat=True))
