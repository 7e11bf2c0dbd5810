"""From open to in progress and back: assigning, starting, waiting, visits in vain, rescheduling, cancelling."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from wardwright.apps.assets.queries import search_days
from wardwright.apps.directory.models import Person
from wardwright.apps.maintenance.models import Attempt, WorkOrder
from wardwright.apps.maintenance.permissions import CANCEL, DISPATCH, PERFORM, TIER_REQUIRED
from wardwright.apps.maintenance.queries import steps_of
from wardwright.apps.maintenance.states import AttemptKind, HoldReason, WorkState
from wardwright.apps.testing.models import ProcedureVersion
from wardwright.apps.testing.states import VersionState
from wardwright.platform.access.guardrails import enforce
from wardwright.platform.audit.operation import operation
from wardwright.platform.core.errors import Invalid

from .common import answered, check_unfinished, move, people_for, person_of, run_clock, save, stop_clock, take_order
from .settling import give_up

TIERS = (Person.Tier.NONE, Person.Tier.JUNIOR, Person.Tier.ENGINEER, Person.Tier.SENIOR, Person.Tier.LEAD)
HOLD_OF = {
    AttemptKind.IN_USE: HoldReason.IN_USE,
    AttemptKind.NOT_LOCATED: HoldReason.NOT_LOCATED,
    AttemptKind.REFUSED: HoldReason.OTHER,
}


@operation()
def assign_work(
    *,
    by: Any,
    work_order_id: int,
    person_id: int | None,
    expected_version: int | None = None,
    override_reason: str = "",
) -> WorkOrder:
    """Give an order to somebody, or with ``person_id`` None to nobody.

    Raises:
        Invalid: for somebody who does not service devices or has left. NotNow: for a closed order.
    """
    order = take_order(by, work_order_id, DISPATCH, expected_version)
    check_unfinished(order)
    if person_id is None:
        order.assigned_to = None
        if order.state == WorkState.ASSIGNED:
            move(order, WorkState.OPEN)
        return save(order)
    found = people_for(by, order).filter(pk=person_id, is_active=True)
    person = found.exclude(tier=Person.Tier.NONE).first()
    if person is None:
        raise Invalid(
            _("Nobody who services devices has this number."), fields={"person_id": _("Choose somebody from the list.")}
        )
    check_tier(by, order, person, override_reason)
    order.assigned_to = person
    if order.state == WorkState.OPEN:
        move(order, WorkState.ASSIGNED)
    answered(order, timezone.now())
    return save(order)


def check_tier(by: Any, order: WorkOrder, person: Person | None, override_reason: str = "") -> None:
    """Say so when the work asks for somebody of a higher tier."""
    if not order.required_tier or person is None:
        return
    if TIERS.index(Person.Tier(person.tier)) < TIERS.index(Person.Tier(order.required_tier)):
        enforce(
            by,
            TIER_REQUIRED,
            _("%(name)s is of tier “%(tier)s”; this work asks for “%(required)s”.")
            % {"name": person.name, "tier": person.get_tier_display(), "required": order.get_required_tier_display()},
            _("Give it to somebody of that tier."),
            override_reason=override_reason,
        )


@operation()
def start_work(*, by: Any, work_order_id: int, expected_version: int | None = None) -> WorkOrder:
    """Begin, or go on after waiting: the procedure's steps are copied into the order the first time. Twice is once."""
    order = take_order(by, work_order_id, PERFORM, expected_version)
    if order.state == WorkState.IN_PROGRESS:
        return order
    begin(by, order)
    return save(order)


def begin(by: Any, order: WorkOrder) -> None:
    """Put an order in progress; not saved yet."""
    now = timezone.now()
    run_clock(order, now)
    move(order, WorkState.IN_PROGRESS)
    answered(order, now)
    order.started_at = order.started_at or now
    person = person_of(by)
    check_tier(by, order, person)
    if order.assigned_to_id is None and person is not None:
        order.assigned_to = person
    freeze_steps(order)


def freeze_steps(order: WorkOrder) -> None:
    """Keep the steps as they are now, with the limits that hold for the device; an order made before its procedure was
    approved takes the approved version."""
    if order.steps:
        return
    if order.procedure_version_id is None and order.plan is not None and order.plan.procedure_id:
        order.procedure_version = ProcedureVersion.objects.filter(
            procedure_id=order.plan.procedure_id, state=VersionState.APPROVED
        ).first()
    order.steps = steps_of(order)


@operation()
def hold_work(
    *, by: Any, work_order_id: int, hold_reason: str, note: str = "", expected_version: int | None = None
) -> WorkOrder:
    """Let an order wait; its clocks stand still. ``note`` goes into the trail and the description."""
    order = take_order(by, work_order_id, PERFORM, expected_version)
    if hold_reason not in HoldReason.values:
        raise Invalid(_("Say what it waits for."), fields={"hold_reason": _("Choose one from the list.")})
    now = timezone.now()
    if order.state != WorkState.ON_HOLD:
        move(order, WorkState.ON_HOLD)
    stop_clock(order, now)
    order.hold_reason = hold_reason
    answered(order, now)
    if note.strip():
        line = f"{timezone.localdate().isoformat()} {HoldReason(hold_reason).label}: {note.strip()}"
        order.description = f"{order.description}\n{line}".strip()
    return save(order)


@operation()
def resume_work(*, by: Any, work_order_id: int, expected_version: int | None = None) -> WorkOrder:
    """The wait is over: back to where it was before (in progress, assigned or open). Its clocks run on."""
    order = take_order(by, work_order_id, PERFORM, expected_version)
    state = (
        WorkState.IN_PROGRESS if order.started_at else WorkState.ASSIGNED if order.assigned_to_id else WorkState.OPEN
    )
    move(order, state)
    run_clock(order, timezone.now())
    return save(order)


@operation()
def record_attempt(
    *,
    by: Any,
    work_order_id: int,
    kind: str,
    note: str = "",
    next_try_on: date | None = None,
    expected_version: int | None = None,
) -> Attempt:
    """Record a visit in vain and let the order wait until the next try, for which it is planned.

    Without ``next_try_on`` a device in use is tried again tomorrow, and one that was not found by the search protocol:
    5 days after the first search, then after the further steps of ``data/reference.json``.

    Raises:
        Invalid: for another kind or a next try in the past.
    """
    order = take_order(by, work_order_id, PERFORM, expected_version)
    check_unfinished(order)
    if kind not in AttemptKind.values:
        raise Invalid(_("Say what happened."), fields={"kind": _("Choose one from the list.")})
    today, now = timezone.localdate(), timezone.now()
    if next_try_on is not None and next_try_on < today:
        raise Invalid(_("The next try lies in the past."), fields={"next_try_on": _("Choose today or a later day.")})
    if order.state != WorkState.ON_HOLD:
        move(order, WorkState.ON_HOLD)
    stop_clock(order, now)
    order.hold_reason = HOLD_OF[AttemptKind(kind)]
    answered(order, now)
    attempt = Attempt.objects.create(
        work_order=order,
        asset_id=order.asset_id,
        kind=kind,
        at=now,
        by_name=str(by)[:120],
        note=note.strip()[:300],
        next_try_on=next_try_on or today + timedelta(days=_days_to_next(order, kind)),
    )
    order.planned_on = attempt.next_try_on
    save(order)
    return attempt


def _days_to_next(order: WorkOrder, kind: str) -> int:
    if kind != AttemptKind.NOT_LOCATED:
        return 1
    steps = search_days()
    searched = Attempt.objects.filter(work_order=order, kind=kind).count()
    return steps[min(searched, len(steps) - 1)]


@operation(needs_reason=True)
def reschedule_work(
    *, by: Any, work_order_id: int, due_on: date, reason: str, expected_version: int | None = None
) -> WorkOrder:
    """Move the day the work is to be done. The window and every figure still count from the plan's own due date."""
    order = take_order(by, work_order_id, DISPATCH, expected_version)
    check_unfinished(order)
    if due_on == order.due_on:
        return order
    order.moved_from_on = order.moved_from_on or order.due_on
    order.due_on = due_on
    if order.moved_from_on == due_on:
        order.moved_from_on = None
    order.why = [*order.why, {"code": "moved", "due_on": due_on.isoformat(), "by": str(by), "reason": reason.strip()}]
    return save(order)


@operation(needs_reason=True)
def cancel_work(*, by: Any, work_order_id: int, reason: str, expected_version: int | None = None) -> WorkOrder:
    """Cancel an order that will not be done. Planned work stays in the figures as an exception with this reason."""
    order = take_order(by, work_order_id, CANCEL, expected_version)
    move(order, WorkState.CANCELLED)
    run_clock(order, timezone.now())
    order.work_done = reason.strip()
    save(order)
    give_up(order)
    return order
