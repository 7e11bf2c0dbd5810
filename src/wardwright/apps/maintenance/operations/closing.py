"""Closing work: one call for a clean job, and every guardrail that stands before it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from wardwright.apps.assets.models import Asset
from wardwright.apps.assets.operations import change_asset
from wardwright.apps.assets.states import OutReason, Status
from wardwright.apps.maintenance.events import DeviceAccepted, DeviceFailedInspection, WorkOrderClosed, WorkOrderOpened
from wardwright.apps.maintenance.models import StepResult, WorkOrder
from wardwright.apps.maintenance.permissions import (
    CLOSE,
    FAILED_TEST_RETURN,
    INSTRUMENT_IN_DATE,
    READINGS_REQUIRED,
    VERIFY_REPAIR,
)
from wardwright.apps.maintenance.queries import safety_of
from wardwright.apps.maintenance.states import CodeKind, Kind, Priority, Verdict, WorkState
from wardwright.apps.testing.queries import is_unsettled
from wardwright.apps.testing.states import Outcome, StepKind
from wardwright.kernel.said import to_plain
from wardwright.platform.access.guardrails import enforce, level
from wardwright.platform.access.models import GuardrailLevel
from wardwright.platform.audit.operation import operation
from wardwright.platform.core.change import System
from wardwright.platform.core.errors import Invalid
from wardwright.platform.events.registry import publish
from wardwright.platform.signatures.models import Meaning
from wardwright.platform.signatures.signing import sign

from .certificates import certificate_of
from .common import (
    CLOCK_REASONS,
    check_unfinished,
    local_date,
    move,
    person_of,
    run_clock,
    save,
    take_order,
    take_out_of_service,
)
from .costs import add_labour
from .failures import failed_by_file, repair_of_same
from .opening import build_corrective, check_code
from .progress import begin
from .results import PASSED_OVER, record_results
from .returning import return_to_service
from .settling import give_up, settle

INSPECTED = (Verdict.PASS, Verdict.PASS_MINOR_FIX, Verdict.FAIL_SAFE, Verdict.FAIL_UNSAFE, Verdict.NOT_DONE)
REPAIR = (Verdict.REPAIRED, Verdict.NOT_REPAIRED, Verdict.PASS, Verdict.NOT_DONE)
FAILED = (Verdict.FAIL_SAFE, Verdict.FAIL_UNSAFE)
GOOD = (Verdict.PASS, Verdict.PASS_MINOR_FIX, Verdict.REPAIRED)
WAITED_FOR_THIS = (OutReason.MAINTENANCE_DUE, OutReason.CALIBRATION_DUE)


@operation()
def close_work(
    *,
    by: Any,
    work_order_id: int,
    verdict: str,
    work_done: str = "",
    problem_id: int | None = None,
    cause_id: int | None = None,
    action_id: int | None = None,
    minutes: int | None = None,
    password: str | None = None,
    override_reason: str = "",
    results: list[dict[str, Any]] | None = None,
    expected_version: int | None = None,
    done_at: datetime | None = None,
) -> WorkOrder:
    """Close an order with its verdict; one call does for a clean job: results, time, signature and closing.

    A failed device gets one linked repair order, and is taken out of service when it is unsafe. A repair waits to be
    verified before the device returns to service. Planned work moves its schedule on. ``done_at`` is for work entered
    later; it is now by default.

    Raises:
        Invalid: verdict, codes, missing words or signature. Guarded: a guardrail (named by ``rule``), which
        ``override_reason`` passes for those who may. NotNow: closed meanwhile. StaleEdit: changed meanwhile.
    """
    order = take_order(by, work_order_id, CLOSE, expected_version)
    check_unfinished(order)
    chosen = _checked_verdict(order, verdict, work_done)
    for code_id, kind, field in (
        (problem_id, CodeKind.PROBLEM, "problem_id"),
        (cause_id, CodeKind.CAUSE, "cause_id"),
        (action_id, CodeKind.ACTION, "action_id"),
    ):
        check_code(code_id, kind, field)
    at = _checked_moment(order, done_at)
    if results or is_unsettled(order.steps):
        record_results(by=by, work_order_id=order.pk, results=results or [], override_reason=override_reason)
    if minutes:
        add_labour(by=by, work_order_id=order.pk, minutes=minutes, on=local_date(at))
    order.refresh_from_db()
    if order.state not in (WorkState.IN_PROGRESS, WorkState.TO_VERIFY):
        begin(by, order)
    _check_steps(by, order, chosen, password, override_reason)
    _judge_safety(order, chosen)
    order.verdict = chosen
    order.work_done = work_done.strip() or order.work_done
    order.problem_id, order.cause_id, order.action_id = problem_id or order.problem_id, cause_id, action_id
    order.done_at, order.done_by = at, person_of(by)
    _finish(by, order, at)
    _sign(by, order, password)
    return order


def _checked_verdict(order: WorkOrder, verdict: str, work_done: str) -> Verdict:
    possible = REPAIR if order.kind == Kind.CORRECTIVE else INSPECTED
    if verdict not in possible:
        names = ", ".join(str(one.label) for one in possible)
        raise Invalid(
            _("This result does not fit this kind of work."),
            _("Choose one of: %(names)s.") % {"names": names},
            fields={"verdict": _("Choose the result.")},
        )
    if verdict in (Verdict.NOT_DONE, Verdict.NOT_REPAIRED) and not work_done.strip():
        raise Invalid(_("Say why it was not done."), fields={"work_done": _("Enter why.")})
    return Verdict(verdict)


def _checked_moment(order: WorkOrder, done_at: datetime | None) -> datetime:
    now = timezone.now()
    if done_at is not None and done_at > now:
        raise Invalid(_("This moment has not come yet."), fields={"done_at": _("Enter when the work was done.")})
    return done_at or now


# Guardrails -----------------------------------------------------------------------------------------------------


def _check_steps(by: Any, order: WorkOrder, verdict: Verdict, password: str | None, override_reason: str) -> None:
    """Every required step is answered, readings have their instrument, and a pass has no failed step."""
    if verdict == Verdict.NOT_DONE or not order.steps:
        return
    answers = {result.key: result for result in StepResult.objects.filter(work_order=order)}
    required = [step for step in order.steps if step.get("required")]
    if not password and any(step["kind"] == StepKind.SIGNATURE and step["key"] not in answers for step in required):
        raise Invalid(
            _("This work is closed with a signature."), fields={"password": _("Enter your password to sign.")}
        )
    missing = [step["text"] for step in required if step["key"] not in answers and step["kind"] != StepKind.SIGNATURE]
    if missing:
        enforce(
            by,
            READINGS_REQUIRED,
            _("Required steps have no answer: %(steps)s.") % {"steps": "; ".join(missing)},
            _("Do them, or record why they were passed over."),
            override_reason=override_reason,
        )
    _check_instruments(by, order, answers, override_reason)
    failed = [step["text"] for step in order.steps if (a := answers.get(step["key"])) and a.outcome == Outcome.FAIL]
    if failed and verdict in GOOD:
        enforce(
            by,
            FAILED_TEST_RETURN,
            _("The result cannot be “%(verdict)s” while steps failed: %(steps)s.")
            % {"verdict": verdict.label, "steps": "; ".join(failed)},
            _("Put it right and answer the step again, or choose a failed result."),
            override_reason=override_reason,
        )


def _judge_safety(order: WorkOrder, verdict: Verdict) -> None:
    """What the safety test within the order came to, with the reasons as sentences that any reader is told."""
    if verdict == Verdict.NOT_DONE:
        return
    results = {row.key: row for row in StepResult.objects.filter(work_order=order).select_related("measurement")}
    found = safety_of(order, results)
    if found is not None:
        order.safety, order.safety_reasons = found.verdict, [to_plain(words) for words in found.reasons]


def _check_instruments(by: Any, order: WorkOrder, answers: dict[str, StepResult], override_reason: str) -> None:
    bare = [
        step["text"]
        for step in order.steps
        if step.get("needs_instrument")
        and (answer := answers.get(step["key"])) is not None
        and answer.outcome not in PASSED_OVER
        and answer.instrument_id is None
    ]
    if bare:
        enforce(
            by,
            INSTRUMENT_IN_DATE,
            _("No test instrument is named for: %(steps)s.") % {"steps": "; ".join(bare)},
            _("Choose the instrument that was used."),
            override_reason=override_reason,
        )


# What closing does ----------------------------------------------------------------------------------------------


def _finish(by: Any, order: WorkOrder, at: datetime) -> None:
    asset = Asset.objects.select_related("site").get(pk=order.asset_id)
    if (
        order.kind == Kind.CORRECTIVE
        and order.verdict in (Verdict.REPAIRED, Verdict.PASS)
        and _wants_verification(order)
    ):
        move(order, WorkState.TO_VERIFY)
        save(order)
        return
    _close(order, at)
    if order.verdict in FAILED:
        _fail(by, order, asset, at)
    if order.kind == Kind.PLANNED and order.schedule_id:
        _settle(order, local_date(at))
    if order.kind == Kind.INCOMING and order.verdict in GOOD:
        _accept(by, order, asset, at)
    elif order.verdict in GOOD and (order.kind == Kind.CORRECTIVE or asset.out_reason in WAITED_FOR_THIS):
        return_to_service(by, order, asset, at)
    publish(WorkOrderClosed(work_order_id=order.pk, asset_id=order.asset_id, kind=order.kind, verdict=order.verdict))


def _wants_verification(order: WorkOrder) -> bool:
    return order.needs_verification and level(VERIFY_REPAIR) != GuardrailLevel.OFF


def _close(order: WorkOrder, at: datetime) -> None:
    now = timezone.now()
    run_clock(order, now)
    move(order, WorkState.CLOSED)
    order.closed_at, order.certificate = now, certificate_of(order)
    save(order)


def _settle(order: WorkOrder, done_on: date) -> None:
    if order.verdict == Verdict.NOT_DONE:
        give_up(order)
    else:
        settle(order, done_on)


def _fail(by: Any, order: WorkOrder, asset: Asset, at: datetime) -> WorkOrder:
    """The linked repair order, made exactly once; an unsafe device is taken out of service."""
    unsafe = order.verdict == Verdict.FAIL_UNSAFE
    repair = repair_of_same(asset.pk, failed_by_file(order), order)
    if repair is None:
        texts = {step["key"]: step["text"] for step in order.steps}
        failed = StepResult.objects.filter(work_order=order, outcome=Outcome.FAIL).order_by("position")
        words = "; ".join(texts.get(result.key, result.key) for result in failed) or order.work_done or order.title
        title = _("Failed: %(what)s") % {"what": words}
        repair = build_corrective(asset, title[:200], str(by), Priority.URGENT if unsafe else Priority.ROUTINE)
        repair.parent = order
        repair.description = order.work_done
        clocks = [reason for reason in repair.why if reason["code"] in CLOCK_REASONS]
        repair.why = [{"code": "failed", "order": order.number, "on": local_date(at).isoformat()}, *clocks]
        repair.down_from_at = at if unsafe else None
        repair.save()
        publish(WorkOrderOpened(work_order_id=repair.pk, asset_id=asset.pk, kind=repair.kind))
    if unsafe:
        reason = _("Failed and unsafe in %(number)s; repair order %(repair)s") % {
            "number": order.number,
            "repair": repair.number,
        }
        take_out_of_service(by, asset, reason)
    publish(DeviceFailedInspection(asset_id=asset.pk, work_order_id=order.pk, corrective_id=repair.pk, unsafe=unsafe))
    return repair


def _accept(by: Any, order: WorkOrder, asset: Asset, at: datetime) -> None:
    """The device passed the gate: it is accepted and may be used."""
    change_asset(by=System(str(by)), asset_id=asset.pk, values={"accepted_on": local_date(at)})
    asset.refresh_from_db()
    if asset.status != Status.IN_SERVICE:
        return_to_service(by, order, asset, at)
    publish(DeviceAccepted(asset_id=asset.pk, work_order_id=order.pk))


def _sign(by: Any, order: WorkOrder, password: str | None) -> None:
    """The performer's signature over the finished content, which also answers the signature steps."""
    if not password:
        return
    wanted = [(n, step) for n, step in enumerate(order.steps, 1) if step["kind"] == StepKind.SIGNATURE]
    there = set(StepResult.objects.filter(work_order=order).values_list("key", flat=True))
    StepResult.objects.bulk_create(
        StepResult(
            work_order=order,
            asset_id=order.asset_id,
            position=position,
            key=step["key"],
            kind=step["kind"],
            outcome=Outcome.PASS,
            text=str(by)[:300],
            recorded_at=timezone.now(),
            recorded_by_name=str(by)[:120],
        )
        for position, step in wanted
        if step["key"] not in there
    )
    sign(order, by=by, meaning=Meaning.PERFORMED, password=password, subject_id=order.asset_id)
