"""Turning plans into work orders: idempotent, in bulk, each order with its reasons.

Plans on the fixed basis get every job up to the day asked for. Where the next date depends on when the work is done
(floating basis, meters) only the next job is made, because the dates after it are not known yet.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Any, NamedTuple

import orjson
from django.db.models import Max, QuerySet

from wardwright.apps.assets.states import MAINTAINED, Status
from wardwright.apps.maintenance.events import WorkGenerated
from wardwright.apps.maintenance.models import Plan, Schedule, WorkOrder
from wardwright.apps.maintenance.permissions import GENERATE
from wardwright.apps.maintenance.queries.rules import (
    due_rule,
    has_schedules,
    is_planned_one_by_one,
    meter_state,
    plain,
    state_from,
    was_given_up,
)
from wardwright.apps.maintenance.states import UNFINISHED, AnchorFrom, Kind, PlanState, WorkState
from wardwright.apps.testing.models import ProcedureVersion
from wardwright.apps.testing.states import VersionState
from wardwright.kernel.due import DueRule, NoDueDate, next_due, upcoming
from wardwright.platform.access.scope import authorize, scope_q
from wardwright.platform.audit.operation import operation
from wardwright.platform.core.bulk import insert_rows
from wardwright.platform.events.registry import publish
from wardwright.platform.numbering.numbers import take_numbers

CHUNK_ORDERS = 5000
CHUNK_SCHEDULES = 10_000
READ_ROWS = 1000
COLUMNS = (
    "number",
    "kind",
    "title",
    "asset_id",
    "site_id",
    "department_id",
    "provider_id",
    "schedule_id",
    "plan_id",
    "procedure_version_id",
    "priority",
    "due_on",
    "window_opens_on",
    "window_end_on",
    "out_of_compliance_on",
    "why",
    "minutes_planned",
    "required_tier",
    "currency",
)


@dataclass
class Generated:
    """What a run did: orders ``created``, orders that were there already, those of them ``brought_forward`` because a
    meter runs faster than was known, ``schedules`` looked at, orders by plan id, devices that were passed over by their
    status, and schedules for which no date can be given yet."""

    created: int = 0
    existing: int = 0
    brought_forward: int = 0
    schedules: int = 0
    by_plan: Counter[int] = field(default_factory=Counter)
    skipped_by_status: Counter[str] = field(default_factory=Counter)
    without_date: int = 0

    def add(self, other: Generated) -> None:
        self.created += other.created
        self.existing += other.existing
        self.brought_forward += other.brought_forward
        self.schedules += other.schedules
        self.by_plan += other.by_plan
        self.skipped_by_status += other.skipped_by_status
        self.without_date += other.without_date


class Line(NamedTuple):
    """A schedule with what its orders need of the device."""

    id: int
    plan_id: int
    label: str
    anchor_on: date
    anchor_from: str
    last_due_on: date | None
    last_done_on: date | None
    meter_from: Any
    asset_id: int
    status: str
    site_id: int
    department_id: int | None
    provider_id: int | None
    usage_hours: Any
    accepted_on: date | None
    installed_on: date | None
    currency: str


_LINE = (
    "id",
    "plan_id",
    "label",
    "anchor_on",
    "anchor_from",
    "last_due_on",
    "last_done_on",
    "meter_from",
    "asset_id",
    "asset__status",
    "asset__site_id",
    "asset__department_id",
    "asset__provider_id",
    "asset__usage_hours",
    "asset__accepted_on",
    "asset__installed_on",
    "asset__site__currency",
)


@dataclass(frozen=True)
class Ready:
    """A plan made ready for many devices: its rule, the version in force, and its reasons as JSON."""

    plan: Plan
    rule: DueRule
    version_id: int | None
    head: str
    one_by_one: bool


class Known(NamedTuple):
    """What there is of a schedule already: the due dates it has orders for, whether one is unfinished, and the order
    not begun yet that a meter may bring forward."""

    dates: set[date]
    unfinished: bool
    movable: tuple[int, date] | None = None


def generate_due_work(
    *, by: Any, until: date, today: date, site_id: int | None = None, progress: Callable[[int, int], None] | None = None
) -> Generated:
    """Make the planned work due up to and including ``until``; a second run makes nothing new.

    One change for every ~5,000 orders, so that a large run can be stopped and started again. Devices that are retired,
    disposed of or not accepted yet are passed over and counted. ``progress(done, total)`` counts schedules.

    Raises:
        Denied: without the permission to generate work. Devices out of the actor's reach are left out.
    """
    authorize(by, GENERATE)
    plans = ready_plans()
    schedules = _schedules(by, plans, site_id)
    total, done = schedules.count(), Generated()
    after = 0
    while True:
        chunk = make_due_orders(by=by, plans=plans, schedules=schedules, after=after, until=until, today=today)
        done.add(chunk.result)
        if progress:
            progress(done.schedules, total)
        if chunk.finished:
            return done
        after = chunk.last_id


def count_schedules(*, by: Any, site_id: int | None = None) -> int:
    """How many schedules a run would look at."""
    return _schedules(by, ready_plans(), site_id).count()


@dataclass
class Chunk:
    result: Generated = field(default_factory=Generated)
    rows: list[tuple[Any, ...]] = field(default_factory=list)
    forward: dict[int, tuple[Any, str]] = field(default_factory=dict)  # order id → its new date and its reasons
    last_id: int = 0
    finished: bool = False


@operation()
def make_due_orders(
    *, by: Any, plans: dict[int, Ready], schedules: QuerySet, after: int, until: date, today: date
) -> Chunk:
    """One change of a run: read schedules until about 5,000 orders are due, and insert them; others may write in
    between."""
    authorize(by, GENERATE)
    sequence = f"work-order-{today.year}"
    take_numbers(sequence, 0)  # A second run waits here, and then finds these orders.
    chunk = Chunk(last_id=after)
    while len(chunk.rows) < CHUNK_ORDERS and chunk.result.schedules < CHUNK_SCHEDULES and not chunk.finished:
        lines = [Line(*values) for values in schedules.filter(pk__gt=chunk.last_id).values_list(*_LINE)[:READ_ROWS]]
        chunk.finished = len(lines) < READ_ROWS
        if lines:
            known = _known(lines[0].id, lines[-1].id)
            for line in lines:
                _plan_line(chunk, plans[line.plan_id], line, known.get(line.id), until, today)
            chunk.last_id = lines[-1].id
    if chunk.rows:
        numbers = take_numbers(sequence, len(chunk.rows))
        rows = [(f"WO-{today.year}-{n:06d}", *row) for n, row in zip(numbers, chunk.rows, strict=True)]
        insert_rows(WorkOrder, COLUMNS, rows)
        publish(WorkGenerated(orders=len(rows), until_on=until.isoformat()))
        chunk.result.created = len(rows)
    if chunk.forward:
        _bring_forward(chunk.forward)
        chunk.result.brought_forward = len(chunk.forward)
    chunk.rows, chunk.forward = [], {}
    return chunk


def _bring_forward(forward: dict[int, tuple[Any, str]]) -> None:
    """Give orders that nobody has begun the earlier date of their meter."""
    orders = list(WorkOrder.objects.filter(pk__in=forward))
    for order in orders:
        due, why = forward[order.pk]
        order.due_on, order.window_opens_on = due.due_on, due.window_opens_on
        order.window_end_on, order.out_of_compliance_on = due.window_end_on, due.out_of_compliance_on
        order.why, order.version = orjson.loads(why), order.version + 1
    columns = ["due_on", "window_opens_on", "window_end_on", "out_of_compliance_on", "why", "version"]
    WorkOrder.objects.bulk_update(orders, columns, batch_size=500)


def ready_plans() -> dict[int, Ready]:
    """The active plans that schedule work, made ready."""
    approved = dict(
        ProcedureVersion.objects.filter(state=VersionState.APPROVED)
        .values_list("procedure_id")
        .annotate(newest=Max("id"))
    )
    ready = {}
    for plan in Plan.objects.filter(state=PlanState.ACTIVE).select_related("procedure", "device_type", "device_model"):
        if has_schedules(plan):
            version = approved.get(plan.procedure_id)
            head = orjson.dumps(plan_reasons(plan, version)).decode()[1:-1]
            ready[plan.pk] = Ready(plan, due_rule(plan), version, head, is_planned_one_by_one(plan))
    return ready


def plan_reasons(plan: Plan, version_id: int | None) -> list[dict[str, Any]]:
    """Why the plan concerns the device, as data."""
    what = plan.device_type or plan.device_model
    reasons: list[dict[str, Any]] = [{"code": "plan", "name": plan.name, "strategy": plan.strategy}]
    reasons.append({"code": f"applies_{plan.applies_to}", "what": str(what) if what else ""})
    if plan.judged.get("score") is not None:
        told = {name: plan.judged.get(name) for name in ("rule", "version", "score")}
        reasons.append({"code": "rule_score", **told})
    elif plan.risk_score is not None:
        reasons.append({"code": "risk_score", "score": plan.risk_score})
    if plan.procedure_id and version_id is None:
        reasons.append({"code": "procedure_unapproved", "procedure": str(plan.procedure)})
    return reasons


def _schedules(by: Any, plans: dict[int, Ready], site_id: int | None) -> QuerySet:
    reach = scope_q(by, GENERATE, site="asset__site_id", department="asset__department_id", vendor="asset__provider_id")
    found = Schedule.objects.filter(reach, is_active=True, plan_id__in=list(plans)).order_by("pk")
    return found.filter(asset__site_id=site_id) if site_id else found


def _known(first: int, last: int) -> dict[int, Known]:
    """Schedule id → the orders it has already (a rescheduled order keeps the place of its first due date)."""
    orders = WorkOrder.objects.filter(schedule_id__gte=first, schedule_id__lte=last)
    known: dict[int, Known] = defaultdict(lambda: Known(set(), False))
    for schedule_id, due_on, moved_from_on, state, order_id in orders.values_list(
        "schedule_id", "due_on", "moved_from_on", "state", "pk"
    ):
        before = known[schedule_id]
        due = moved_from_on or due_on
        if due is not None:
            before.dates.add(due)
        if state in UNFINISHED and not before.unfinished:
            free = state in (WorkState.OPEN, WorkState.ASSIGNED) and moved_from_on is None
            movable = (order_id, due_on) if free and due_on is not None else None
            known[schedule_id] = before._replace(unfinished=True, movable=movable)
    return known


def _plan_line(chunk: Chunk, ready: Ready, line: Line, known: Known | None, until: date, today: date) -> None:
    """Add the orders of one schedule to the chunk."""
    result = chunk.result
    result.schedules += 1
    if line.status not in MAINTAINED:
        result.skipped_by_status[line.status] += 1
        return
    if ready.one_by_one and known is not None and known.unfinished:
        result.existing += 1
        if ready.rule.meter is not None and known.movable is not None:
            _look_forward(chunk, ready, line, known, known.movable, today)
        return
    due_jobs = _due_jobs(ready, line, until, today)
    if due_jobs is None:
        result.without_date += 1
        return
    for due in due_jobs:
        if known is not None and due.due_on in known.dates:
            result.existing += 1
            continue
        result.by_plan[ready.plan.pk] += 1
        chunk.rows.append(_row(ready, line, due))


def _look_forward(chunk: Chunk, ready: Ready, line: Line, known: Known, movable: tuple[int, date], today: date) -> None:
    """Bring the waiting order forward when the meter is known to reach its point earlier than was thought."""
    order_id, was_due_on = movable
    due = next(_due_jobs(ready, line, was_due_on, today) or iter(()), None)
    if due is not None and due.due_on < was_due_on and due.due_on not in known.dates:
        chunk.forward[order_id] = (due, _why(ready, line, due))


def _due_jobs(ready: Ready, line: Line, until: date, today: date) -> Iterator[Any] | None:
    """The jobs due up to ``until``; None when the rule cannot give a date yet."""
    meter = None
    if ready.rule.meter is not None:
        meter = meter_state(line.usage_hours, line.meter_from, line.accepted_on or line.installed_on, today)
    state = state_from(ready.rule, line.anchor_on, line.last_due_on, line.last_done_on, meter)
    if ready.rule.meter is not None and isinstance(next_due(ready.rule, state, today), NoDueDate):
        return None
    jobs = upcoming(ready.rule, state, today, until)
    return islice(jobs, 1) if ready.one_by_one else jobs


def _row(ready: Ready, line: Line, due: Any) -> tuple[Any, ...]:
    """One order's values, in the order of COLUMNS without the number."""
    plan = ready.plan
    title = f"{plan.name} · {line.label}"[:200] if line.label else plan.name
    return (
        Kind.PLANNED.value,
        title,
        line.asset_id,
        line.site_id,
        line.department_id,
        line.provider_id,
        line.id,
        plan.pk,
        ready.version_id,
        plan.priority,
        due.due_on.isoformat(),
        due.window_opens_on.isoformat(),
        due.window_end_on.isoformat(),
        due.out_of_compliance_on.isoformat(),
        _why(ready, line, due),
        plan.minutes,
        plan.required_tier,
        line.currency,
    )


def _why(ready: Ready, line: Line, due: Any) -> str:
    reasons = [{"code": reason.code, **dict(reason.params)} for reason in due.because]
    if was_given_up(ready.rule, line.last_due_on, line.last_done_on):
        reasons = [
            {**reason, "code": "after_skipped"} if reason["code"] == "never_done" else reason for reason in reasons
        ]
    if line.anchor_from == AnchorFrom.SPREAD and line.last_done_on is None:
        reasons.append({"code": "anchor_spread"})
    if line.status != Status.IN_SERVICE:
        reasons.append({"code": "not_in_service", "status": line.status})
    return f"[{ready.head},{orjson.dumps(reasons, default=plain).decode()[1:]}"
