"""Recording the answers to the steps, each judged by the limits that were frozen into the order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from wardwright.apps.directory.models import Site
from wardwright.apps.maintenance.models import StepResult, WorkOrder
from wardwright.apps.maintenance.permissions import INSTRUMENT_IN_DATE, PERFORM, SKIP_NEEDS_REASON
from wardwright.apps.maintenance.queries import steps_of
from wardwright.apps.maintenance.states import WorkState
from wardwright.apps.testing.models import Instrument, Measurement
from wardwright.apps.testing.operations import Gear, keep_measurements, measured, sealed_identity
from wardwright.apps.testing.queries import Taken, graded, is_unsettled, limits_of, take_reading, unfit, why_words
from wardwright.apps.testing.states import MeasurementSource, Outcome, StepKind
from wardwright.kernel.limits import Bound
from wardwright.platform.access.guardrails import enforce
from wardwright.platform.access.scope import scope_q
from wardwright.platform.attachments.models import Attachment
from wardwright.platform.audit.operation import operation
from wardwright.platform.core.errors import Invalid
from wardwright.platform.core.values import as_pk
from wardwright.platform.core.words import error_words

from .common import check_unfinished, save, take_order
from .progress import begin

PASSED_OVER = (Outcome.NOT_APPLICABLE, Outcome.SKIPPED)


@dataclass
class _Written:
    """A result with the columns of its answer: whether they differ from what is stored, and the reading it rests on."""

    result: StepResult
    changed: bool
    taken: Taken | None
    identity: str = ""  # of the instrument that was read over a wire


@operation()
def record_results(
    *,
    by: Any,
    work_order_id: int,
    results: list[dict[str, Any]],
    expected_version: int | None = None,
    override_reason: str = "",
) -> list[StepResult]:
    """Record answers (``key`` with ``outcome``, ``value``, ``text``, ``reason``, ``instrument_id``, ``attachment_id``,
    ``mains_volts``, ``live``).

    ``live`` is the mark of a value that was read from the instrument (``testing.operations.read_value``); without it,
    or where the value was changed since, it was typed. A leakage taken at ``mains_volts`` is normalised to the nominal
    voltage. A reading is judged here, whatever outcome is given. An answer without outcome, value, text and photo takes
    an earlier one back. An order not begun yet is begun. Returns the judged results in the order they were given.

    Raises:
        Invalid: unknown step, unreadable value, choice that is not offered; ``fields`` names the steps.
        Guarded: skipped without a reason, or an instrument out of calibration.
    """
    order = take_order(by, work_order_id, PERFORM, expected_version)
    check_unfinished(order)
    if order.state != WorkState.IN_PROGRESS:
        begin(by, order)
    stored = {r.key: r for r in StepResult.objects.filter(work_order=order).select_related("measurement")}
    results = [{**item, "key": str(item.get("key", ""))} for item in results]
    results += _known_only_now(order, {item["key"] for item in results}, stored)
    judged, gear = judge_results(by, order, results, override_reason)
    _forget(order, [item["key"] for item in results if _is_empty(item)], stored)
    written = [_judged_result(order, values, stored) for values in judged]
    _keep(by, order, written, gear)
    save(order)
    return [one.result for one in written]


def _known_only_now(order: WorkOrder, given: set[Any], stored: dict[str, StepResult]) -> list[dict[str, Any]]:
    """Look up what was missing when work began; readings taken until then are given again, to be judged at last."""
    if not is_unsettled(order.steps):
        return []
    waiting = {step["key"] for step in order.steps if step.get("missing")}
    order.steps = steps_of(order)
    found = waiting & {step["key"] for step in order.steps if not step.get("missing")} - given
    return [_as_given(row) for key, row in stored.items() if key in found and row.value is not None]


def _as_given(result: StepResult) -> dict[str, Any]:
    """A recorded reading as it was entered."""
    bound = result.measurement.bound if result.measurement else ""
    as_read = result.measurement.as_read if result.measurement else None
    return {
        "key": result.key,
        "value": f"{bound}{result.value if as_read is None else as_read:f} {result.unit}".strip(),
        "mains_volts": result.measurement and result.measurement.mains_volts,
        "reason": result.reason,
        "instrument_id": result.instrument_id,
    }


def _is_empty(item: dict[str, Any]) -> bool:
    return not any(item.get(name) not in (None, "") for name in ("outcome", "value", "text", "attachment_id"))


def _forget(order: WorkOrder, keys: list[str], stored: dict[str, StepResult]) -> None:
    taken_back = [stored.pop(key) for key in dict.fromkeys(keys) if key in stored]
    if taken_back:
        StepResult.objects.filter(pk__in=[result.pk for result in taken_back]).delete()
        _drop_measurements(result.measurement_id for result in taken_back)


def _judged_result(order: WorkOrder, values: dict[str, Any], stored: dict[str, StepResult]) -> _Written:
    """The stored result of a step, or a new one, with the columns of its answer."""
    taken: Taken | None = values.get("taken")
    columns = {name: value for name, value in values.items() if name not in ("taken", "identity")}
    result = stored.get(values["key"]) or StepResult(work_order=order, asset_id=order.asset_id)
    changed = [name for name, value in columns.items() if getattr(result, name) != value]
    for name in changed:
        setattr(result, name, columns[name])
    stored[values["key"]] = result
    before = result.measurement
    other_volts = before is not None and taken is not None and before.mains_volts != taken.mains_volts
    identity = values.get("identity", "")
    if before is not None and not other_volts and not {"value", "instrument_id"} & set(changed):
        identity = identity or before.identity  # the same reading, with another note
    other_source = before is not None and taken is not None and before.identity != identity
    return _Written(result, bool(changed) or other_volts or other_source, taken, identity)


def _keep(by: Any, order: WorkOrder, written: list[_Written], gear: Gear) -> None:
    """Write what changed: the measurements first, because results point at them."""
    now, dropped = timezone.now(), []
    for one in written:
        if one.changed:
            one.result.recorded_at, one.result.recorded_by_name = now, str(by)[:120]
    changed = [one for one in written if one.changed]
    readings = [one for one in changed if one.result.value is not None]
    taken = [_measurement(order, one, gear) for one in readings]
    keep_measurements(taken)
    for one, row in zip(readings, taken, strict=True):
        one.result.measurement = row
    for one in changed:
        if one.result.value is None and one.result.measurement_id:
            dropped.append(one.result.measurement_id)
            one.result.measurement = None
        if one.result.pk is not None:
            one.result.save()
    StepResult.objects.bulk_create([one.result for one in changed if one.result.pk is None])
    _drop_measurements(dropped)


def _measurement(order: WorkOrder, one: _Written, gear: Gear) -> Measurement:
    """What a reading says of the device, beside what it answers in the order.

    What a file said stays as it was: an answer in its place is another measurement.
    """
    result, step = one.result, next(step for step in order.steps if step["key"] == one.result.key)
    taken = one.taken
    assert taken is not None
    return measured(
        gear,
        None if result.measurement and result.measurement.source == MeasurementSource.FILE else result.measurement,
        asset_id=order.asset_id,
        site_id=order.site_id,
        instrument_id=result.instrument_id,
        source=MeasurementSource.LIVE if one.identity else MeasurementSource.STEP,
        identity=one.identity,
        quantity=step.get("quantity") or step["key"],
        name=step["text"][:160],
        value=result.value,
        bound=taken.bound.value,
        unit=result.unit,
        low=result.low,
        high=result.high,
        limit_source=step.get("limit_source") or "",
        as_read=taken.as_read,
        mains_volts=taken.mains_volts,
        uncertainty=taken.uncertainty,
        rule=taken.rule,
        verdict=taken.grade.value,
        taken_at=result.recorded_at,
        taken_by_name=result.recorded_by_name,
    )


def _drop_measurements(ids: Iterable[int | None]) -> None:
    gone = [pk for pk in ids if pk]
    if gone:
        Measurement.objects.filter(pk__in=gone).exclude(source=MeasurementSource.FILE).delete()


def judge_results(
    by: Any, order: WorkOrder, results: list[dict[str, Any]], override_reason: str = ""
) -> tuple[list[dict[str, Any]], Gear]:
    """The columns of each result, and the instruments they were taken with; all wrong entries are told at once."""
    steps = {step["key"]: (position, step) for position, step in enumerate(order.steps, 1)}
    results = [_with_numbers(item) for item in results]
    asked = {item["instrument_id"] for item in results if item.get("instrument_id")}
    instruments = _instruments(by, order, asked) if asked else {}
    gear = Gear(instruments, timezone.localdate())
    files = _photos(order, {item["attachment_id"] for item in results if item.get("attachment_id")})
    wrong: dict[str, Any] = {}
    judged = []
    for item in results:
        key = str(item.get("key", ""))
        if key not in steps:
            wrong[key] = _("This order has no such step.")
            continue
        if _is_empty(item):
            continue
        position, step = steps[key]
        try:
            values = _judged(step, item)
            _check_references(item, instruments, files)
            if "taken" in values:
                values |= _graded(step, values["taken"], item.get("instrument_id"), gear)
                values["identity"] = _read_from(order, key, item, values["taken"])
        except ValueError as error:
            wrong[key] = error_words(error)
            continue
        values |= {
            "position": position,
            "key": key,
            "kind": step["kind"],
            "instrument_id": item.get("instrument_id") or None,
            "attachment_id": item.get("attachment_id") or None,
        }
        _check_skip(by, step, values, override_reason)
        _check_instrument(by, step, instruments.get(values["instrument_id"]), override_reason)
        judged.append(values)
    if wrong:
        raise Invalid(
            _("Some answers cannot be recorded."),
            " ".join(f"{key}: {words}" for key, words in wrong.items()),
            fields=wrong,
        )
    return judged, gear


def live_purpose(order: WorkOrder, key: str) -> str:
    """What a value read for a step is good for, and nothing else."""
    return f"work order {order.pk}, step {key}"


def _read_from(order: WorkOrder, key: str, item: dict[str, Any], taken: Taken) -> str:
    """Which instrument said this very value; "" for one that was typed."""
    if not item.get("live") or taken.bound is not Bound.EXACT:
        return ""
    return sealed_identity(
        str(item["live"]),
        instrument_id=item.get("instrument_id"),
        value=taken.exact if taken.as_read is None else taken.as_read,
        unit=taken.limits.unit,
        purpose=live_purpose(order, key),
    )


def _with_numbers(item: dict[str, Any]) -> dict[str, Any]:
    """The answer with its references as numbers; -1 is nobody's number."""
    numbers = {}
    for name in ("instrument_id", "attachment_id"):
        if item.get(name):
            try:
                numbers[name] = as_pk(Attachment, item[name])
            except ValidationError:
                numbers[name] = -1
    return item | numbers


def _instruments(by: Any, order: WorkOrder, ids: set[int]) -> dict[int, Instrument]:
    """Those of the order's site, and of every site where the actor does work."""
    near = Q(site_id=order.site_id) | Q(site_id__in=Site.objects.filter(scope_q(by, PERFORM, site="pk")))
    return {row.pk: row for row in Instrument.objects.filter(near, pk__in=ids)}


def _photos(order: WorkOrder, ids: set[int]) -> set[int]:
    """Which of these attachments belong to this order or its device."""
    if not ids:
        return set()
    found = Attachment.objects.filter(pk__in=ids)
    own = found.filter(owner_table=WorkOrder._meta.db_table, owner_id=order.pk) | found.filter(
        subject_id=order.asset_id
    )
    return set(own.values_list("pk", flat=True))


def _check_references(item: dict[str, Any], instruments: dict[int, Instrument], files: set[int]) -> None:
    if item.get("instrument_id") and item["instrument_id"] not in instruments:
        raise ValueError(_("There is no such test instrument; choose one from the list."))
    if item.get("attachment_id") and item["attachment_id"] not in files:
        raise ValueError(_("This photo does not belong to this order; add it again."))


def _judged(step: dict[str, Any], item: dict[str, Any]) -> dict[str, Any]:
    """Outcome, value, text and limits of one answer. Raises ValueError in words."""
    if step.get("not_applicable"):
        raise ValueError(_("This does not apply here. %(why)s") % {"why": why_words(step)})
    limits = limits_of(step)
    values: dict[str, Any] = {
        "outcome": str(item.get("outcome") or ""),
        "value": None,
        "text": str(item.get("text") or "").strip()[:300],
        "reason": str(item.get("reason") or "").strip()[:300],
        "unit": limits.unit,
        "low": limits.low,
        "high": limits.high,
    }
    if values["outcome"] and values["outcome"] not in Outcome.values:
        raise ValueError(_("There is no such answer."))
    if values["outcome"] in PASSED_OVER:
        return values
    kind = StepKind(step["kind"])
    if kind is StepKind.READING:
        if item.get("value") in (None, ""):
            raise ValueError(_("Enter the value, or say why there is none."))
        taken = take_reading(step, item["value"], item.get("mains_volts"))
        return values | {"taken": taken, "value": taken.value, "text": (taken.words or values["text"])[:300]}
    if kind is StepKind.CHOICE:
        return values | {"outcome": _chosen(step, values["text"])}
    if kind is StepKind.PHOTO and not item.get("attachment_id"):
        raise ValueError(_("Add the photo, or say why there is none."))
    if kind is StepKind.SIGNATURE:
        raise ValueError(_("This step is signed with your password when the work is closed."))
    return values | {"outcome": values["outcome"] or Outcome.PASS.value}


def _graded(step: dict[str, Any], taken: Taken, instrument_id: int | None, gear: Gear) -> dict[str, Any]:
    """The outcome of a reading by the step's decision rule, with the uncertainty of the instrument that took it."""
    if taken.bound is Bound.EXACT:
        shown = taken.exact if taken.as_read is None else taken.as_read
        found = gear.uncertainty(instrument_id, step.get("quantity") or "", shown, taken.limits.unit)
        scale = 1 if taken.as_read in (None, 0) else taken.exact / taken.as_read
        taken = graded(step, taken, None if found is None else found * scale)
    else:
        taken = graded(step, taken, None)
    return {"taken": taken, "outcome": (Outcome.PASS if taken.passes else Outcome.FAIL).value}


def _chosen(step: dict[str, Any], text: str) -> str:
    """Whether the choice passes: offered texts that start with ! fail."""
    offered = {
        str(choice).removeprefix("!").strip(): str(choice).startswith("!") for choice in step.get("choices") or ()
    }
    picked = text.removeprefix("!").strip()
    if picked not in offered:
        raise ValueError(_("Choose one of: %(choices)s.") % {"choices": ", ".join(offered)})
    return Outcome.FAIL.value if offered[picked] else Outcome.PASS.value


def _check_skip(by: Any, step: dict[str, Any], values: dict[str, Any], override_reason: str) -> None:
    if values["outcome"] in PASSED_OVER and step.get("required") and not values["reason"]:
        enforce(
            by,
            SKIP_NEEDS_REASON,
            _("The step “%(step)s” is required and was passed over without a reason.") % {"step": step["text"]},
            _("Say why it was not done."),
            override_reason=override_reason,
        )


def _check_instrument(by: Any, step: dict[str, Any], instrument: Instrument | None, override_reason: str) -> None:
    """An instrument past its calibration date, without one, or left out of tolerance must not judge a device."""
    since = instrument and unfit(instrument, timezone.localdate())
    if not since:
        return
    enforce(
        by,
        INSTRUMENT_IN_DATE,
        _("%(instrument)s must not be used for “%(step)s”: %(since)s.")
        % {"instrument": instrument, "step": step["text"], "since": since},
        _("Take another instrument and repeat the reading."),
        override_reason=override_reason,
    )
