"""From rows to the kernel's due-date rules and back: the one place that knows both."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any

from wardwright.apps.maintenance.models import Plan
from wardwright.apps.maintenance.states import IntervalKind, Strategy
from wardwright.kernel.due import (
    Basis,
    DueRule,
    DueState,
    Every,
    MeterInterval,
    MeterState,
    Season,
    Unit,
    Window,
)
from wardwright.kernel.reason import Reason

METER_UNIT = "h"
_UNIT_DAYS = {Unit.DAYS: 1.0, Unit.WEEKS: 7.0, Unit.MONTHS: 30.4375}


def due_rule(plan: Plan) -> DueRule:
    """The rule of a plan. Raises ValueError (in words) for values that make no rule."""
    window = Window(plan.window_before_days, plan.window_after_days, plan.grace_days)
    if plan.interval_kind == IntervalKind.SEASONAL:
        months = tuple(sorted({int(month) for month in plan.season_months}))
        return DueRule(season=Season(months, plan.season_day), window=window)
    if plan.interval_kind == IntervalKind.METER:
        return DueRule(meter=MeterInterval(Decimal(plan.interval), METER_UNIT), basis=Basis(plan.basis), window=window)
    every = Every(plan.interval, Unit(plan.interval_kind))
    meter = None if plan.meter_interval is None else MeterInterval(Decimal(plan.meter_interval), METER_UNIT)
    return DueRule(every=every, meter=meter, basis=Basis(plan.basis), window=window)


def meter_state(
    usage_hours: Decimal | None, meter_from: Decimal | None, used_since: date | None, today: date
) -> MeterState | None:
    """The meter as known today; daily use is the average since the device was taken into use, where that is known."""
    if usage_hours is None:
        return None
    days = (today - used_since).days if used_since else 0
    per_day = (usage_hours / days).quantize(Decimal("0.001")) if days > 0 else None
    return MeterState(usage_hours, today, meter_from or Decimal(0), per_day)


def due_state(schedule: Any, today: date, rule: DueRule) -> DueState:
    """The state of a schedule whose ``asset`` is loaded."""
    meter = None
    if rule.meter is not None:
        asset = schedule.asset
        meter = meter_state(asset.usage_hours, schedule.meter_from, asset.accepted_on or asset.installed_on, today)
    return state_from(rule, schedule.anchor_on, schedule.last_due_on, schedule.last_done_on, meter)


def state_from(
    rule: DueRule, anchor_on: date, last_due_on: date | None, last_done_on: date | None, meter: MeterState | None = None
) -> DueState:
    """What has happened so far. On the floating basis a due date that was given up (after the last completion) starts
    the count anew, since there is no completion to count from."""
    if was_given_up(rule, last_due_on, last_done_on):
        assert last_due_on is not None
        return DueState(last_due_on, None, None, meter)
    return DueState(anchor_on, last_due_on, last_done_on, meter)


def was_given_up(rule: DueRule, last_due_on: date | None, last_done_on: date | None) -> bool:
    """Whether the latest settled due date passed without the work: it is more than half an interval after it."""
    if rule.every is None or rule.basis is not Basis.FLOATING or last_due_on is None:
        return False
    half = rule.every.count * _UNIT_DAYS[rule.every.unit] / 2
    return last_done_on is None or (last_due_on - last_done_on).days > half


def is_planned_one_by_one(plan: Plan) -> bool:
    """Whether the next date depends on when the work is done (or on a meter), so that one job is made at a time."""
    return plan.interval_kind == IntervalKind.METER or (
        plan.basis == Basis.FLOATING.value and plan.interval_kind != IntervalKind.SEASONAL
    )


def has_schedules(plan: Plan) -> bool:
    """A plan without planned maintenance (run to failure) claims its devices but schedules nothing."""
    return plan.strategy != Strategy.NONE


def interval_days(plan: Plan) -> int:
    """About how many days lie between two jobs; a meter's interval alone counts as a year."""
    if plan.interval_kind == IntervalKind.SEASONAL:
        return 365 // max(1, len(plan.season_months))
    if plan.interval_kind == IntervalKind.METER:
        return 365
    return max(1, round(plan.interval * _UNIT_DAYS[Unit(plan.interval_kind)]))


def as_data(reason: Reason) -> dict[str, Any]:
    """A kernel reason as JSON: its code beside its values."""
    return {"code": reason.code, **{name: plain(value) for name, value in reason.params}}


def plain(value: object) -> Any:
    """A value of a reason as JSON has it."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return list(value) if isinstance(value, tuple) else value
