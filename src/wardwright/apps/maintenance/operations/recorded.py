"""What a record of an analyser's file means for work: steps answered, planned work closed, a repair opened once."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from wardwright.apps.assets.models import Asset
from wardwright.apps.maintenance.events import WorkOrderOpened
from wardwright.apps.maintenance.models import Schedule, StepResult, WorkOrder
from wardwright.apps.maintenance.permissions import CLOSE
from wardwright.apps.maintenance.queries import steps_of
from wardwright.apps.maintenance.states import UNFINISHED, Kind, PlanState, Priority, Verdict, WorkState
from wardwright.apps.testing.models import Measurement, ProcedureVersion, TestReading, TestRecord
from wardwright.apps.testing.operations import (
    Gears,
    failed_unjudged,
    fails_as_a_whole,
    measured,
    method_of,
    told_of,
    width_in,
)
from wardwright.apps.testing.queries import Taken, graded, steps_for, take_reading
from wardwright.apps.testing.states import BEYOND, Graded, Outcome, RecordState, Section, StepKind, VersionState
from wardwright.kernel.analyser import Check
from wardwright.kernel.analyser import TestRecord as Told
from wardwright.kernel.limits import Bound
from wardwright.kernel.tabular.vocabulary import heading_key
from wardwright.platform.access.scope import authorize
from wardwright.platform.audit.operation import operation
from wardwright.platform.core.edits import lock
from wardwright.platform.core.errors import NotNow, Refused
from wardwright.platform.events.registry import publish

from .closing import close_work
from .common import CLOCK_REASONS, save
from .failures import repair_of_same
from .generate import make_due_orders, ready_plans
from .opening import build_corrective
from .progress import begin

log = logging.getLogger("wardwright.maintenance")
_SECTION = {"visual": Section.VISUAL, "functional": Section.FUNCTION}
_OUTCOME = {"pass": Outcome.PASS, "fail": Outcome.FAIL}
_GRAVITY = [Graded.NO_LIMIT, Graded.PASS, Graded.MARGINAL_PASS, Graded.MARGINAL_FAIL, Graded.FAIL]


@dataclass
class Settled:
    """What a record came to: the order it answers (closed, or still open with steps left), and a failure's repair."""

    order: WorkOrder | None = None
    repair: WorkOrder | None = None


@dataclass
class _Sitting:
    """A record taken in, with its device and its measurements by the reading's position."""

    row: TestRecord
    told: Told
    asset: Asset
    measurements: dict[int, Measurement]


@operation()
def settle_record(*, by: Any, test_record_id: int) -> Settled:
    """Answer the steps of open planned work that a record covers, and close it when nothing is left; open the repair of
    a failure once. A record is settled once only.

    Without an open order the next one of a plan whose required steps the record covers is made, if the test lies in its
    window; else the measurements just stand.

    Raises:
        NotNow: the record is not taken in. NotFound.
    """
    row = lock(TestRecord.objects.select_related("file"), test_record_id)
    if row.state != RecordState.TAKEN:
        raise NotNow(_("This record is not taken in."), _("Take it in first."))
    sitting = _sitting(row)
    authorize(by, CLOSE, sitting.asset)
    if row.settled_at is not None:
        return Settled()
    order = _order_for(by, sitting)
    if order is not None:
        _answer(by, order, sitting)  # which judges the readings by the limits of the order
    failures = _failures(sitting)
    if order is not None and not _left(order):
        _close(by, order, sitting, failures)
    repair = _repair(by, order, sitting, failures) if failures else None
    row.settled_at = timezone.now()
    if failures or row.verdict in BEYOND:
        row.verdict = Graded.FAIL if failures else Graded.PASS
    row.save()
    return Settled(order, repair)


def _sitting(row: TestRecord) -> _Sitting:
    found = TestReading.objects.filter(test_record=row).select_related("measurement__instrument")
    assert row.asset_id is not None
    asset = Asset.objects.select_related("device_model", "device_type", "site").get(pk=row.asset_id)
    return _Sitting(row, told_of(row), asset, {one.position: one.measurement for one in found})


def _failures(sitting: _Sitting) -> dict[str, str]:
    """What failed, by quantity or the key of its name, with what it is called; the whole where no part is told."""
    found = {one.quantity: one.name for one in sitting.measurements.values() if one.verdict in BEYOND}
    found |= {heading_key(name): name for name in failed_unjudged(sitting.told)}
    if not found and fails_as_a_whole(sitting.told):
        return {"whole": _("the test as a whole")}
    return found


def _close(by: Any, order: WorkOrder, sitting: _Sitting, failures: dict[str, str]) -> None:
    """Close the order; one that must not be closed like this stays open, answered, for a person to close."""
    failed = bool(failures) or StepResult.objects.filter(work_order=order, outcome=Outcome.FAIL).exists()
    try:
        with transaction.atomic():
            close_work(
                by=by, work_order_id=order.pk, verdict=Verdict.FAIL_SAFE if failed else Verdict.PASS,
                work_done=_("Tested with an analyser: %(file)s, record %(number)s.")
                % {"file": sitting.row.file.name, "number": sitting.row.number},
                done_at=min(sitting.row.at or timezone.now(), timezone.now()),
            )  # fmt: skip
    except Refused as error:
        log.info("an order answered by a file stays open", extra={"work_order": order.pk, "why": str(error)})
    order.refresh_from_db()


# Which work -----------------------------------------------------------------------------------------------------


def _order_for(by: Any, sitting: _Sitting) -> WorkOrder | None:
    """The open order that the record covers most of, the earliest due first; else one made of a plan that it covers."""
    return _open_order(sitting) or (_open_order(sitting) if _make_due(by, sitting) else None)


def _open_order(sitting: _Sitting) -> WorkOrder | None:
    waiting = WorkOrder.objects.filter(
        asset=sitting.asset, state__in=UNFINISHED, kind__in=(Kind.PLANNED, Kind.INSPECTION)
    )
    rows = waiting.select_related("asset__device_model", "procedure_version", "plan", "schedule")
    best: tuple[int, WorkOrder] | None = None
    series: set[int] = set()
    for order in rows.order_by("due_on", "pk"):
        if order.schedule_id in series or not _in_its_time(order, sitting.row.day):
            continue
        if order.schedule_id:
            series.add(order.schedule_id)  # the earliest date of a series: one visit settles the others
        steps = steps_of(order)
        covered = {step["key"] for step in steps if _covers(step, sitting)}
        left = sum(bool(step.get("required")) and step["key"] not in covered for step in steps)
        if covered and (best is None or left < best[0]):
            best = (left, order)
    return best[1] if best else None


def _in_its_time(order: WorkOrder, day: date) -> bool:
    """Whether work done on ``day`` is the work that the order asks for."""
    if order.schedule is not None and order.schedule.last_done_on is not None and order.schedule.last_done_on >= day:
        return False  # it was done since
    opens = order.window_opens_on if order.kind == Kind.PLANNED else None
    begun = opens or (timezone.localdate(order.reported_at) if order.reported_at else None)
    return begun is None or begun <= day


def _make_due(by: Any, sitting: _Sitting) -> int:
    """Make the next order of each plan whose required steps the record covers, when its window is open that day."""
    active = Schedule.objects.filter(asset=sitting.asset, is_active=True, plan__state=PlanState.ACTIVE)
    covered, until = [], sitting.row.day
    for schedule in active.filter(plan__procedure__isnull=False).select_related("plan"):
        if schedule.last_done_on is not None and schedule.last_done_on >= sitting.row.day:
            continue
        version = ProcedureVersion.objects.filter(
            procedure=schedule.plan.procedure_id, state=VersionState.APPROVED
        ).first()
        steps = steps_for(version.frozen_steps(), sitting.asset.device_model, sitting.row.day) if version else []
        required = [step for step in steps if step.get("required")]
        if required and all(_covers(step, sitting) for step in required):
            covered.append(schedule.pk)
            until = max(until, sitting.row.day + timedelta(days=schedule.plan.window_before_days))
    plans = ready_plans() if covered else {}
    if not plans:
        return 0
    made = make_due_orders(
        by=by, plans=plans, schedules=Schedule.objects.filter(pk__in=covered, plan_id__in=list(plans)).order_by("pk"),
        after=0, until=until, today=timezone.localdate(),
    )  # fmt: skip
    return made.result.created


# Which steps ----------------------------------------------------------------------------------------------------


def _covers(step: dict[str, Any], sitting: _Sitting) -> bool:
    return _reading_for(step, sitting) is not None or _check_for(step, sitting) is not None


def _reading_for(step: dict[str, Any], sitting: _Sitting) -> Measurement | None:
    """The measurement that answers a step: of its quantity, and measured as it asks; of several the worst."""
    if step["kind"] != StepKind.READING or step.get("not_applicable"):
        return None
    method = (step.get("limit") or {}).get("method", "")
    fitting = [
        one
        for position, one in sitting.measurements.items()
        if one.quantity == (step.get("quantity") or step["key"])
        and (not method or method_of(sitting.told, sitting.told.readings[position]) == method)
    ]
    return max(fitting, key=lambda one: _badness(step, one)) if fitting else None


def _badness(step: dict[str, Any], row: Measurement) -> tuple[int, Any]:
    """How a measurement stands by the limits of the step; one that the step cannot take counts least."""
    try:
        taken = _as_asked(step, row)
    except ValueError:
        return -1, row.value
    lower_is_worse = taken.limits.low is not None and taken.limits.high is None
    return _GRAVITY.index(taken.grade), -taken.exact if lower_is_worse else taken.exact


def _as_asked(step: dict[str, Any], row: Measurement) -> Taken:
    """A measurement as the step takes it: in its unit, normalised and decided as it asks.

    Raises:
        ValueError: in words, where it is of another kind of unit.
    """
    bare = row.value if row.as_read is None else row.as_read
    taken = take_reading(step, f"{row.bound}{bare.normalize():f} {row.unit}".strip(), row.mains_volts)
    unit, width = taken.limits.unit, row.uncertainty if taken.bound is Bound.EXACT else None
    if width is not None and unit != row.unit:
        width = width_in(row.value, width, row.unit, unit)
    return graded(step, taken, width)


def _check_for(step: dict[str, Any], sitting: _Sitting) -> Check | None:
    """The check that answers a step: one of its name, else one of its part of the work; of several the worst."""
    if step["kind"] != StepKind.CHECK or step.get("not_applicable"):
        return None
    done = [one for one in sitting.told.checks if one.verdict in _OUTCOME]
    named = [one for one in done if heading_key(one.name) == heading_key(step["text"])]
    fitting = named or [one for one in done if _SECTION.get(one.kind) == step["section"]]
    return next((one for one in fitting if one.verdict == "fail"), fitting[0] if fitting else None)


def _left(order: WorkOrder) -> list[str]:
    """The required steps that have no answer yet."""
    answered = set(StepResult.objects.filter(work_order=order).values_list("key", flat=True))
    return [step["text"] for step in order.steps if step.get("required") and step["key"] not in answered]


def _answer(by: Any, order: WorkOrder, sitting: _Sitting) -> None:
    """Answer every step that has no answer yet and that the record covers. The readings are judged by the limits of
    the order, which its procedure froze for this device."""
    if order.state != WorkState.IN_PROGRESS:
        begin(by, order)
    there = set(StepResult.objects.filter(work_order=order).values_list("key", flat=True))
    gear = Gears({one.instrument.pk: one.instrument for one in sitting.measurements.values() if one.instrument})
    who, made = (sitting.row.tester or sitting.row.decided_by_name)[:120], []
    for position, step in enumerate(order.steps, 1):
        if step["key"] in there:
            continue
        answer = _answered(step, sitting, gear)
        if answer:
            made.append(
                StepResult(
                    work_order=order, asset_id=order.asset_id, position=position, key=step["key"], kind=step["kind"],
                    recorded_at=timezone.now(), recorded_by_name=who, **answer,
                )
            )  # fmt: skip
    StepResult.objects.bulk_create(made)
    save(order)


def _answered(step: dict[str, Any], sitting: _Sitting, gears: Gears) -> dict[str, Any]:
    """The columns of the answer to a step; empty where the record has none that the step can take."""
    reading = _reading_for(step, sitting)
    if reading is not None:
        try:
            return _by_the_step(step, reading, gears, sitting.row.day)
        except ValueError:
            return {}  # in another unit than the step asks for: a person answers it
    check = _check_for(step, sitting)
    return {} if check is None else {"outcome": _OUTCOME[check.verdict], "text": (check.note or check.name)[:300]}


def _by_the_step(step: dict[str, Any], row: Measurement, gears: Gears, day: date) -> dict[str, Any]:
    """The columns of a result that rests on a measurement, which takes the limits of the step."""
    taken = _as_asked(step, row)
    if taken.limits.low is not None or taken.limits.high is not None:
        measured(
            gears.on(day), row, value=round(taken.exact, 6), unit=taken.limits.unit, low=taken.limits.low,
            high=taken.limits.high, limit_source=step.get("limit_source") or "", rule=taken.rule,
            uncertainty=taken.uncertainty, as_read=taken.as_read, mains_volts=taken.mains_volts,
            verdict=taken.grade.value,
        ).save()  # fmt: skip
    return {
        "outcome": Outcome.FAIL if row.verdict in BEYOND else Outcome.PASS, "value": taken.value,
        "unit": taken.limits.unit, "low": taken.limits.low, "high": taken.limits.high, "text": taken.words[:300],
        "instrument": row.instrument, "measurement": row,
    }  # fmt: skip


# A failure ------------------------------------------------------------------------------------------------------


def _repair(by: Any, order: WorkOrder | None, sitting: _Sitting, failures: dict[str, str]) -> WorkOrder:
    """The repair order of the failure: the one that closing opened, one that is open from the same cause, or a new."""
    failed = sorted(failures)
    there = repair_of_same(sitting.asset.pk, failed, order)
    if there is not None:
        return there
    title = _("Failed: %(what)s") % {"what": "; ".join(dict.fromkeys(failures.values()))}
    repair = build_corrective(sitting.asset, title[:200], sitting.row.decided_by_name or str(by), Priority.ROUTINE)
    clocks = [reason for reason in repair.why if reason["code"] in CLOCK_REASONS]
    why = {"file": sitting.row.file.name, "record": sitting.row.number, "record_id": sitting.row.pk, "failed": failed}
    repair.parent = order
    repair.why = [{"code": "analyser_failed", "on": sitting.row.day.isoformat(), **why}, *clocks]
    repair.save()
    publish(WorkOrderOpened(work_order_id=repair.pk, asset_id=sitting.asset.pk, kind=repair.kind))
    return repair
