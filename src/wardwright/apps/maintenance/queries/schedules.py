"""When a device is due next, and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from wardwright.apps.maintenance.models import Schedule
from wardwright.apps.maintenance.states import AnchorFrom, PlanState
from wardwright.kernel.due import DueResult, NoDueDate, next_due

from .rules import as_data, due_rule, due_state, was_given_up
from .words import reason_words


@dataclass(frozen=True)
class ScheduleLine:
    """A schedule with its next due date (None while a meter gives none) and the reasons in words."""

    schedule: Schedule
    due: DueResult | None
    words: list[str]


def next_of_schedule(schedule: Schedule, today: date) -> DueResult | NoDueDate:
    """What the kernel says about a schedule whose plan and asset are loaded."""
    rule = due_rule(schedule.plan)
    return next_due(rule, due_state(schedule, today, rule), today)


def due_reasons(schedule: Schedule, result: DueResult | NoDueDate) -> list[dict[str, Any]]:
    """The kernel's reasons and the schedule's own, as data."""
    reasons = [as_data(reason) for reason in result.because]
    if was_given_up(due_rule(schedule.plan), schedule.last_due_on, schedule.last_done_on):
        reasons = [
            {**reason, "code": "after_skipped"} if reason["code"] == "never_done" else reason for reason in reasons
        ]
    if schedule.anchor_from == AnchorFrom.SPREAD and schedule.last_done_on is None:
        reasons.append({"code": "anchor_spread"})
    return reasons


def explain_schedule(schedule: Schedule, today: date) -> list[str]:
    """Why the next date of a schedule is what it is, in sentences."""
    return [reason_words(reason) for reason in due_reasons(schedule, next_of_schedule(schedule, today))]


def schedules_of_asset(by: Any, asset_id: int, today: date) -> list[ScheduleLine]:
    """The active schedules of a device, the next due first."""
    found = Schedule.objects.visible_to(by).filter(asset_id=asset_id, is_active=True, plan__state=PlanState.ACTIVE)
    lines = []
    for schedule in found.select_related("plan", "asset"):
        result = next_of_schedule(schedule, today)
        due = result if isinstance(result, DueResult) else None
        lines.append(ScheduleLine(schedule, due, [reason_words(reason) for reason in due_reasons(schedule, result)]))
    return sorted(lines, key=lambda line: (line.due is None, line.due.due_on if line.due else today))


def due_dates(by: Any, asset_ids: Iterable[int], today: date) -> dict[int, date]:
    """The first due date of each device that has one: asset id → day."""
    found = Schedule.objects.visible_to(by).filter(asset_id__in=list(asset_ids), is_active=True)
    first: dict[int, date] = {}
    for schedule in found.filter(plan__state=PlanState.ACTIVE).select_related("plan", "asset"):
        result = next_of_schedule(schedule, today)
        if isinstance(result, DueResult):
            first[schedule.asset_id] = min(result.due_on, first.get(schedule.asset_id, result.due_on))
    return first
