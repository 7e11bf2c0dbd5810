"""The compliance report's counting: planned work of a period, judged one by one by the kernel, never averaged.

A job that a later visit stood for counts as done on the day of that visit. A job that was given up counts as an
exception and is shown beside the figure it is left out of.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from django.db.models import Count, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from wardwright.apps.maintenance.models import Attempt, WorkOrder
from wardwright.apps.maintenance.states import AttemptKind, Kind, Verdict, WorkState
from wardwright.kernel.due import Compliance, DueDates, Scheduled, count_compliance, judge_timeliness

GROUPS = {"site": "site_id", "department": "department_id", "type": "asset__device_type_id"}
EXCEPTIONS = {
    **{kind.value: kind.label for kind in AttemptKind},
    "not_done": _("closed as not done"),
    "cancelled": _("cancelled with a reason"),
}
#: What one job can be, in the order the report tells it.
JUDGEMENTS: dict[str, Any] = {
    "on_time": _("done by the due date"),
    "in_window": _("done within the window"),
    "early": _("done before the window opened"),
    "late": _("done late"),
    "out_of_compliance": _("done out of compliance"),
    "missed": _("not done, window over"),
    "open": _("not done yet, window still open"),
    **{f"exception-{code}": format_lazy("{}: {}", _("given up"), label) for code, label in EXCEPTIONS.items()},
}
ON_SCHEDULE = ("on_time", "in_window")
DONE = ("on_time", "in_window", "early", "late", "out_of_compliance")


class Job(NamedTuple):
    """One planned job of the period as the database has it."""

    id: int
    asset_id: int
    site_id: int
    department_id: int | None
    type_id: int
    planned_on: date
    opens_on: date | None
    window_end_on: date | None
    out_on: date | None
    state: str
    verdict: str
    done_at: datetime | None
    covered_at: datetime | None


_JOB = (
    "id", "asset_id", "site_id", "department_id", "asset__device_type_id", "planned_on", "window_opens_on",
    "window_end_on", "out_of_compliance_on", "state", "verdict", "done_at", "parent__done_at",
)  # fmt: skip


@dataclass
class Period:
    """What the report is about; taken from the address and put back into every link."""

    first: date
    last: date
    filters: dict[str, int] = field(default_factory=dict)

    def orders(self, by: Any) -> QuerySet:
        rows = WorkOrder.objects.visible_to(by).filter(kind=Kind.PLANNED)
        rows = rows.annotate(planned_on=Coalesce("moved_from_on", "due_on"))
        return rows.filter(
            planned_on__range=(self.first, self.last), **{GROUPS[name]: pk for name, pk in self.filters.items()}
        )

    def moments(self) -> tuple[datetime, datetime]:
        """The period in moments of the hospital's time zone."""
        zone = timezone.get_current_timezone()
        start = datetime.combine(self.first, time.min, zone)
        return start, datetime.combine(self.last + timedelta(days=1), time.min, zone)


@dataclass
class Counted:
    """Jobs counted together, with the devices behind them."""

    jobs: list[Scheduled] = field(default_factory=list)
    judged: Counter[str] = field(default_factory=Counter)
    devices: set[int] = field(default_factory=set)
    inspected: set[int] = field(default_factory=set)

    def add(self, job: Job, scheduled: Scheduled, judgement: str) -> None:
        self.jobs.append(scheduled)
        self.judged[judgement] += 1
        self.devices.add(job.asset_id)
        if judgement in DONE:
            self.inspected.add(job.asset_id)

    def compliance(self, as_of: date) -> Compliance:
        return count_compliance(self.jobs, as_of)


def read_jobs(by: Any, period: Period) -> list[Job]:
    """The planned jobs of the period within the reader's reach."""
    return [Job(*values) for values in period.orders(by).values_list(*_JOB)]


def judge_jobs(by: Any, jobs: Iterable[Job], as_of: date) -> list[tuple[Job, Scheduled, str]]:
    """Each job as the kernel takes it, and what it comes to (a key of JUDGEMENTS)."""
    jobs = list(jobs)
    given_up = [job.id for job in jobs if job.verdict == Verdict.NOT_DONE]
    reasons = _attempt_reasons(by, given_up)
    return [_judged(job, reasons, as_of) for job in jobs]


def _attempt_reasons(by: Any, order_ids: list[int]) -> dict[int, str]:
    """Order id → the kind of its last attempt."""
    found: dict[int, str] = {}
    for start in range(0, len(order_ids), 500):
        rows = Attempt.objects.visible_to(by).filter(work_order_id__in=order_ids[start : start + 500]).order_by("id")
        found.update(rows.values_list("work_order_id", "kind"))
    return found


def _judged(job: Job, reasons: dict[int, str], as_of: date) -> tuple[Job, Scheduled, str]:
    due = DueDates(
        job.planned_on, job.opens_on or job.planned_on, job.window_end_on or job.planned_on,
        job.out_on or (job.window_end_on or job.planned_on) + timedelta(days=1),
    )  # fmt: skip
    completed_on, exception = _end_of(job, reasons)
    scheduled = Scheduled(due, completed_on, exception)
    if completed_on is not None:
        return job, scheduled, judge_timeliness(due, completed_on).value
    if exception is not None:
        return job, scheduled, f"exception-{exception}"
    return job, scheduled, "open" if as_of <= due.window_end_on else "missed"


def _end_of(job: Job, reasons: dict[int, str]) -> tuple[date | None, str | None]:
    """When the job was really done, or the exception that ended it."""
    if job.state == WorkState.CLOSED:
        if job.verdict == Verdict.NOT_DONE:
            return None, reasons.get(job.id, "not_done")
        return (timezone.localtime(job.done_at).date(), None) if job.done_at else (None, "not_done")
    if job.state == WorkState.CANCELLED:
        return (timezone.localtime(job.covered_at).date(), None) if job.covered_at else (None, "cancelled")
    return None, None


def count_all(judged: Iterable[tuple[Job, Scheduled, str]], group: str) -> tuple[Counted, dict[Any, Counted]]:
    """The whole period, and the same jobs by site, department or device type (its id)."""
    position = {"site": 2, "department": 3, "type": 4}[group]
    whole, groups = Counted(), defaultdict(Counted)
    for job, scheduled, judgement in judged:
        whole.add(job, scheduled, judgement)
        groups[job[position]].add(job, scheduled, judgement)
    return whole, dict(groups)


def never_seen(by: Any, period: Period, whole: Counted) -> set[int]:
    """Devices with planned work in the period that no planned work or inspection has ever reached, up to its end."""
    missing = whole.devices - whole.inspected
    _start, end = period.moments()
    reached: set[int] = set()
    ids = sorted(missing)
    for start in range(0, len(ids), 500):
        done = WorkOrder.objects.visible_to(by).filter(
            asset_id__in=ids[start : start + 500], state=WorkState.CLOSED, done_at__lt=end,
            kind__in=(Kind.PLANNED, Kind.INSPECTION, Kind.INCOMING),
        )  # fmt: skip
        reached.update(done.exclude(verdict=Verdict.NOT_DONE).values_list("asset_id", flat=True))
    return missing - reached


def attempts_in(by: Any, period: Period) -> list[tuple[str, Any, int, int]]:
    """(kind, its words, attempts, jobs) made in the period; never dropped, whatever became of the job."""
    start, end = period.moments()
    rows = Attempt.objects.visible_to(by).filter(at__gte=start, at__lt=end)
    for name, pk in period.filters.items():
        rows = rows.filter(**{f"work_order__{GROUPS[name]}": pk})
    counted = rows.order_by().values("kind").annotate(n=Count("pk"), orders=Count("work_order", distinct=True))
    return [(row["kind"], AttemptKind(row["kind"]).label, row["n"], row["orders"]) for row in counted]
