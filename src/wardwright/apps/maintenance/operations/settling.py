"""What the end of a planned order means for its schedule."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models.functions import Coalesce

from wardwright.apps.maintenance.models import Schedule, WorkOrder
from wardwright.apps.maintenance.queries.rules import due_rule, due_state
from wardwright.apps.maintenance.states import WorkState
from wardwright.kernel.due import settled_through


def planned_on(order: WorkOrder) -> date:
    """The date of the series that the order stands for, also after it was rescheduled."""
    found = order.moved_from_on or order.due_on
    assert found is not None
    return found


def settle(order: WorkOrder, done_on: date) -> list[WorkOrder]:
    """The work was done: the schedule moves on, and open orders that it stands for are closed with it; returns those.

    One visit settles every due date up to it (kernel.due: missed occurrences collapse), so that nobody is sent twice.
    """
    schedule = _schedule(order)
    if schedule is None:
        return []
    rule = due_rule(schedule.plan)
    through = settled_through(rule, due_state(schedule, done_on, rule), done_on)
    # A meter may bring work forward by more than half an interval: that is done early, not given up.
    planned = planned_on(order) if rule.meter is None else min(planned_on(order), done_on)
    dates = [planned, through if through is not None and through <= done_on else None, schedule.last_due_on]
    schedule.last_due_on = max(on for on in dates if on is not None)
    schedule.last_done_on = max(done_on, schedule.last_done_on or done_on)
    schedule.meter_from = schedule.asset.usage_hours if rule.meter is not None else schedule.meter_from
    schedule.save(update_fields=["last_due_on", "last_done_on", "meter_from"])
    return _cover(order, schedule)


def _cover(order: WorkOrder, schedule: Schedule) -> list[WorkOrder]:
    """Cancel the other open orders whose due date is settled now; they name the order that stands for them."""
    waiting = WorkOrder.objects.filter(
        schedule=schedule, state__in=(WorkState.OPEN, WorkState.ASSIGNED, WorkState.ON_HOLD)
    ).exclude(pk=order.pk)
    covered: list[WorkOrder] = list(
        waiting.alias(on=Coalesce("moved_from_on", "due_on")).filter(on__lte=schedule.last_due_on)
    )
    for other in covered:
        other.state, other.parent, other.version = WorkState.CANCELLED, order, other.version + 1
        other.why = [*other.why, {"code": "covered", "by": order.number}]
        other.save(update_fields=["state", "parent", "why", "version", "updated_at"])
    return covered


def give_up(order: WorkOrder) -> None:
    """The order ends without the work: its due date is settled, but nothing counts as done. A meter counts anew from
    its value now, because the point that it reached is settled too."""
    schedule = _schedule(order)
    if schedule is None:
        return
    if schedule.last_due_on is None or schedule.last_due_on < planned_on(order):
        schedule.last_due_on = planned_on(order)
    if due_rule(schedule.plan).meter is not None:
        schedule.meter_from = schedule.asset.usage_hours
    schedule.save(update_fields=["last_due_on", "meter_from"])


def _schedule(order: WorkOrder) -> Any:
    if order.schedule_id is None:
        return None
    return Schedule.objects.select_related("plan", "asset").get(pk=order.schedule_id)
