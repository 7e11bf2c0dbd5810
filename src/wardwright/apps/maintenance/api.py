"""Plans, schedules and work orders over the API."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from ninja import Router
from pydantic import AliasPath, BaseModel, Field

from wardwright.api.lists import Out
from wardwright.api.operating import operate
from wardwright.api.registers import register, rows_of
from wardwright.api.rows import row_of
from wardwright.platform.jobs.models import Job

from . import operations, permissions
from .models import (
    Attempt,
    FailureCode,
    Holiday,
    Labour,
    Part,
    Plan,
    Rule,
    Schedule,
    ServiceHours,
    ServiceLevel,
    StepResult,
    WorkOrder,
)
from .tables import CODES, PLANS, RULES, WORK

router = Router(tags=["maintenance"])


class WorkOrderRow(Out):
    """A line of the work list."""

    id: int
    version: int
    number: str
    kind: str
    title: str
    state: str
    priority: int
    asset_id: int
    asset: str | None = Field(None, validation_alias=AliasPath("asset", "tag"))
    device_type: str | None = Field(None, validation_alias=AliasPath("asset", "device_type", "name"))
    site_id: int
    department_id: int | None
    due_on: date | None
    planned_on: date | None
    window_end_on: date | None
    out_of_compliance_on: date | None
    assigned_to_id: int | None
    verdict: str
    certificate: str
    closed_at: datetime | None


class WorkOrderOut(WorkOrderRow):
    """Everything about one job."""

    description: str
    hold_reason: str
    schedule_id: int | None
    plan_id: int | None
    procedure_version_id: int | None
    steps: list[dict[str, Any]]
    why: list[Any]
    window_opens_on: date | None
    reported_at: datetime | None
    reported_by_name: str
    respond_by_at: datetime | None
    finish_by_at: datetime | None
    started_at: datetime | None
    done_at: datetime | None
    problem_id: int | None
    cause_id: int | None
    action_id: int | None
    work_done: str
    parent_id: int | None
    needs_verification: bool
    verified_at: datetime | None
    labour_minutes: int
    labour_cost_cents: int
    parts_cost_cents: int
    currency: str


class WorkOrderFilter(BaseModel):
    certificate: str | None = None
    asset_id: int | None = None
    site_id: int | None = None
    department_id: int | None = None
    assigned_to_id: int | None = None
    plan_id: int | None = None
    due_before: date | None = None
    due_from: date | None = None
    planned_from: date | None = Field(None, description="To be done on this day or later: planned for it, or else due")
    planned_to: date | None = Field(None, description="To be done until this day")


class PlanValues(BaseModel):
    """The entries of a plan."""

    name: str | None = None
    site_id: int | None = None
    applies_to: str | None = None
    asset_id: int | None = None
    device_model_id: int | None = None
    device_type_id: int | None = None
    filter: dict[str, Any] | None = None
    procedure_id: int | None = None
    strategy: str | None = None
    interval_kind: str | None = None
    interval: int | None = None
    meter_interval: int | None = None
    season_months: list[int] | None = None
    season_day: int | None = None
    basis: str | None = None
    window_before_days: int | None = None
    window_after_days: int | None = None
    grace_days: int | None = None
    minutes: int | None = None
    required_tier: str | None = None
    priority: int | None = None
    why: str | None = None


class PlanOut(Out):
    """What is done how often, and why."""

    id: int
    version: int
    name: str
    state: str
    site_id: int | None
    applies_to: str
    asset_id: int | None
    device_model_id: int | None
    device_type_id: int | None
    procedure_id: int | None
    strategy: str
    interval_kind: str
    interval: int
    meter_interval: int | None
    filter: dict[str, Any]
    basis: str
    window_before_days: int
    window_after_days: int
    grace_days: int
    minutes: int
    priority: int
    risk_score: int | None
    judged: dict[str, Any]
    why: str


class RuleValues(BaseModel):
    """The entries of an inclusion rule; each of ``bands`` has a measure, low (points) and months."""

    name: str | None = None
    formula: str | None = None
    included_from: Decimal | None = None
    bands: list[dict[str, Any]] | None = None
    source: str | None = None


class RuleOut(Out):
    """Which device types belong in the programme, and how often they are looked at."""

    id: int
    version: int
    name: str
    number: int
    state: str
    preset: str
    formula: str
    included_from: Decimal
    bands: list[dict[str, Any]]
    source: str
    approved_at: datetime | None
    approved_by_name: str
    approval_reason: str


class ScheduleOut(Out):
    """One plan on one device."""

    id: int
    plan_id: int
    asset_id: int
    label: str
    anchor_on: date
    last_due_on: date | None
    last_done_on: date | None
    is_active: bool


class CodeOut(Out):
    """A problem, cause or action code."""

    id: int
    kind: str
    code: str
    label: str
    source: str
    verified: bool
    is_active: bool


class ResultOut(Out):
    """The answer to one step."""

    id: int
    work_order_id: int
    asset_id: int
    position: int
    key: str
    kind: str
    outcome: str
    value: Decimal | None
    text: str
    unit: str
    low: Decimal | None
    high: Decimal | None
    reason: str
    instrument_id: int | None
    recorded_at: datetime
    recorded_by_name: str


class AttemptOut(Out):
    """A visit that could not be done."""

    id: int
    work_order_id: int
    asset_id: int
    kind: str
    at: datetime
    by_name: str
    note: str
    next_try_on: date | None


class LabourOut(Out):
    """Time that was spent."""

    id: int
    work_order_id: int
    person_name: str
    on: date
    minutes: int
    rate_cents: int
    cost_cents: int


class PartOut(Out):
    """A part that was used."""

    id: int
    work_order_id: int
    name: str
    part_no: str
    quantity: int
    unit_cost_cents: int
    cost_cents: int
    used_again: bool


class OfWork(BaseModel):
    work_order_id: int | None = None


class OfDevice(BaseModel):
    asset_id: int | None = None
    plan_id: int | None = None


def _work(by: Any) -> Any:
    return WorkOrder.objects.visible_to(by)


def _plans(by: Any) -> Any:
    return Plan.objects.visible_to(by)


def _with_day(rows: Any) -> Any:
    return rows.with_day()


def _rules(by: Any) -> Any:
    return Rule.objects.visible_to(by)


def _codes(by: Any) -> Any:
    return FailureCode.objects.visible_to(by)


VIEW = permissions.VIEW
operation: Callable[..., Any]
register(
    router,
    "/work-orders",
    "work_order",
    row=WorkOrderRow,
    full=WorkOrderOut,
    permission=VIEW,
    narrow=WorkOrderFilter,
    paths={
        "due_before": "due_on__lt",
        "due_from": "due_on__gte",
        "planned_from": lambda rows, day: _with_day(rows).filter(day__gte=day),
        "planned_to": lambda rows, day: _with_day(rows).filter(day__lte=day),
    },
    rows=_work,
    sortable={"id": "id", "due_on": "due_on"},
    table=WORK,
)
register(router, "/plans", "plan", row=PlanOut, permission=VIEW, rows=_plans, table=PLANS)
register(
    router,
    "/schedules",
    "schedule",
    row=ScheduleOut,
    permission=VIEW,
    narrow=OfDevice,
    rows=lambda by: Schedule.objects.visible_to(by),
)
register(
    router,
    "/failure-codes",
    "code",
    plural="failure_codes",
    row=CodeOut,
    permission=VIEW,
    rows=_codes,
    table=CODES,
)
register(router, "/inclusion-rules", "rule", row=RuleOut, permission=VIEW, rows=_rules, table=RULES)
register(
    router,
    "/service-levels",
    "service_level",
    row=row_of(ServiceLevel),
    permission=VIEW,
    rows=rows_of(ServiceLevel),
)
for path, name, model, row in (
    ("/step-results", "result", StepResult, ResultOut),
    ("/attempts", "attempt", Attempt, AttemptOut),
    ("/labour", "labour", Labour, LabourOut),
    ("/parts", "part", Part, PartOut),
):
    register(
        router,
        path,
        name,
        plural=path.strip("/").replace("-", "_"),
        row=row,
        permission=VIEW,
        narrow=OfWork,
        rows=rows_of(model),
    )

JobOut = row_of(Job, without=("args", "kwargs", "worker", "key", "result", "error"), name="GenerationOut")


class OrdersOut(BaseModel):
    """The work orders that were opened."""

    work_order_ids: list[int]


HoursOut, HolidayOut, LevelOut = row_of(ServiceHours), row_of(Holiday), row_of(ServiceLevel)


class LevelValues(BaseModel):
    """What is promised; ``…_in_hours``: counted in service hours only."""

    respond_hours: int | None = None
    finish_hours: int | None = None
    respond_in_hours: bool | None = None
    finish_in_hours: bool | None = None
    source: str | None = None


register(
    router, "/service-hours", "service_hours", plural="service_hours", row=HoursOut, permission=VIEW,
    rows=rows_of(ServiceHours),
)  # fmt: skip
register(router, "/holidays", "holiday", row=HolidayOut, permission=VIEW, rows=rows_of(Holiday))
operate(router, "/service-hours", operations.set_service_hours, rows=rows_of(ServiceHours), out=HoursOut)
operate(
    router, "/service-hours/{service_hours_id}/remove", operations.remove_service_hours, key="service_hours_id",
    rows=rows_of(ServiceHours), out=HoursOut,
)  # fmt: skip
operate(router, "/holidays", operations.add_holiday, rows=rows_of(Holiday), out=HolidayOut)
operate(
    router, "/holidays/{holiday_id}/remove", operations.remove_holiday, key="holiday_id", rows=rows_of(Holiday),
    out=HolidayOut,
)  # fmt: skip
operate(
    router, "/service-levels/{service_level_id}", operations.change_level, key="service_level_id",
    rows=rows_of(ServiceLevel), out=LevelOut, values=LevelValues, method="PATCH",
)  # fmt: skip


class PlansOut(Out):
    """The plans that were proposed."""

    plan_ids: list[int]


for path, ordering in (
    ("/retests", operations.order_retests),
    ("/work-orders/corrections", operations.order_corrections),
):
    operate(
        router,
        path,
        ordering,
        rows=rows_of(WorkOrder),
        out=OrdersOut,
        answer=lambda orders: {"work_order_ids": [order.pk for order in orders]},
    )
operate(router, "/due-work", operations.ask_generation, rows=rows_of(Job), out=JobOut)
operate(
    router,
    "/plans/proposals",
    operations.propose_plans,
    rows=_plans,
    out=PlansOut,
    answer=lambda plans: {"plan_ids": [plan.pk for plan in plans]},
)
operate(router, "/plans", operations.create_plan, rows=_plans, out=PlanOut, values=PlanValues)
operate(
    router,
    "/plans/{plan_id}",
    operations.change_plan,
    key="plan_id",
    rows=_plans,
    out=PlanOut,
    values=PlanValues,
    method="PATCH",
)
for path, operation in (
    ("activate", operations.activate_plan),
    ("pause", operations.pause_plan),
    ("retire", operations.retire_plan),
):
    operate(router, f"/plans/{{plan_id}}/{path}", operation, key="plan_id", rows=_plans, out=PlanOut)
operate(router, "/inclusion-rules", operations.draft_rule, rows=_rules, out=RuleOut, values=RuleValues)
operate(
    router,
    "/inclusion-rules/{rule_id}",
    operations.change_rule,
    key="rule_id",
    rows=_rules,
    out=RuleOut,
    values=RuleValues,
    method="PATCH",
)
operate(
    router, "/inclusion-rules/{rule_id}/activate", operations.activate_rule, key="rule_id", rows=_rules, out=RuleOut
)
operate(router, "/failure-codes", operations.add_code, rows=_codes, out=CodeOut)
for path, operation in (
    ("rename", operations.rename_code),
    ("retire", operations.retire_code),
    ("restore", operations.restore_code),
):
    operate(router, f"/failure-codes/{{code_id}}/{path}", operation, key="code_id", rows=_codes, out=CodeOut)
operate(router, "/work-orders/problem", operations.report_problem, rows=_work, out=WorkOrderOut)
operate(router, "/work-orders/inspection", operations.order_inspection, rows=_work, out=WorkOrderOut)
for path, operation in (
    ("assign", operations.assign_work),
    ("start", operations.start_work),
    ("results", operations.record_results),
    ("attempt", operations.record_attempt),
    ("hold", operations.hold_work),
    ("resume", operations.resume_work),
    ("labour", operations.add_labour),
    ("part", operations.add_part),
    ("close", operations.close_work),
    ("verify", operations.verify_repair),
    ("cancel", operations.cancel_work),
    ("reschedule", operations.reschedule_work),
    ("certificate-waiver", operations.waive_certificate),
):
    operate(
        router, f"/work-orders/{{work_order_id}}/{path}", operation, key="work_order_id", rows=_work, out=WorkOrderOut
    )
