"""Recording the answers to the steps, each judged by the limits that were frozen into the order."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from wardwright.apps.directory.models import Site
from wardwright.apps.maintenance.models import StepResult, WorkOrder
from wardwright.apps.maintenance.permissions import INSTRUMENT_IN_DATE, PERFORM, SKIP_NEEDS_REASON
from wardwright.apps.maintenance.states import WorkState
from wardwright.apps.testing.models import Instrument
from wardwright.apps.testing.states import Outcome, StepKind
from wardwright.kernel.limits import Bound, Limits, NumberError, Reading, convert, explain, judge, parse_reading
from wardwright.kernel.limits import Outcome as Judged
from wardwright.platform.access.guardrails import enforce
from wardwright.platform.access.scope import scope_q
from wardwright.platform.attachments.models import Attachment
from wardwright.platform.audit.operation import operation
from wardwright.platform.core.errors import Invalid
from wardwright.platform.core.values import as_pk
from wardwright.platform.core.words import error_words, said_words

from .common import check_unfinished, save, take_order
from .progress import begin

PASSED_OVER = (Outcome.NOT_APPLICABLE, Outcome.SKIPPED)


@operation()
def record_results(
    *,
    by: Any,
    work_order_id: int,
    results: list[dict[str, Any]],
    expected_version: int | None = None,
    override_reason: str = "",
) -> list[StepResult]:
    """Record answers (``key`` with ``outcome``, ``value``, ``text``, ``reason``, ``instrument_id``, ``attachment_id``).

    A reading is judged here, whatever outcome is given. An answer without outcome, value, text and photo takes an
    earlier one back. An order not begun yet is begun. Returns the judged results in the order they were given.

    Raises:
        Invalid: unknown step, unreadable value, choice that is not offered; ``fields`` names the steps.
        Guarded: skipped without a reason, or an instrument out of calibration.
    """
    order = take_order(by, work_order_id, PERFORM, expected_version)
    check_unfinished(order)
    if order.state != WorkState.IN_PROGRESS:
        begin(by, order)
    judged = judge_results(by, order, results, override_reason)
    stored = {result.key: result for result in StepResult.objects.filter(work_order=order)}
    _forget(order, [item["key"] for item in results if _is_empty(item)], stored)
    written = [_store(by, order, values, stored) for values in judged]
    StepResult.objects.bulk_create([result for result in written if result.pk is None])
    save(order)
    return written


def _is_empty(item: dict[str, Any]) -> bool:
    return not any(item.get(name) not in (None, "") for name in ("outcome", "value", "text", "attachment_id"))


def _forget(order: WorkOrder, keys: list[str], stored: dict[str, StepResult]) -> None:
    taken_back = [key for key in keys if key in stored]
    if taken_back:
        StepResult.objects.filter(work_order=order, key__in=taken_back).delete()
        for key in taken_back:
            del stored[key]


def _store(by: Any, order: WorkOrder, values: dict[str, Any], stored: dict[str, StepResult]) -> StepResult:
    """The stored result of a step, changed and saved if it differs; or a new one to be inserted."""
    result = stored.get(values["key"]) or StepResult(work_order=order, asset_id=order.asset_id)
    changed = [name for name, value in values.items() if getattr(result, name) != value]
    if changed:
        for name in changed:
            setattr(result, name, values[name])
        result.recorded_at, result.recorded_by_name = timezone.now(), str(by)[:120]
        if result.pk is not None:
            result.save()
    stored[values["key"]] = result
    return result


def judge_results(
    by: Any, order: WorkOrder, results: list[dict[str, Any]], override_reason: str = ""
) -> list[dict[str, Any]]:
    """The columns of each result; all wrong entries are told at once."""
    steps = {step["key"]: (position, step) for position, step in enumerate(order.steps, 1)}
    results = [_with_numbers(item) for item in results]
    asked = {item["instrument_id"] for item in results if item.get("instrument_id")}
    instruments = _instruments(by, order, asked) if asked else {}
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
    return judged


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
    limits = Limits(_number(step.get("low")), _number(step.get("high")), step.get("unit") or "")
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
        return values | _reading(item.get("value"), limits, values["text"])
    if kind is StepKind.CHOICE:
        return values | {"outcome": _chosen(step, values["text"])}
    if kind is StepKind.PHOTO and not item.get("attachment_id"):
        raise ValueError(_("Add the photo, or say why there is none."))
    if kind is StepKind.SIGNATURE:
        raise ValueError(_("This step is signed with your password when the work is closed."))
    return values | {"outcome": values["outcome"] or Outcome.PASS.value}


def _number(value: Any) -> Decimal | None:
    return None if value in (None, "") else Decimal(str(value))


def _reading(given: Any, limits: Limits, text: str) -> dict[str, Any]:
    """Judge a reading as it was entered; what the analyser could only bound ("< 5") keeps its sign in the text."""
    if given in (None, ""):
        raise ValueError(_("Enter the value, or say why there is none."))
    try:
        reading = Reading(given) if isinstance(given, Decimal) else parse_reading(str(given))
    except NumberError as error:
        raise ValueError(error_words(error)) from error
    judgement = judge(reading, limits)
    if judgement.outcome is Judged.UNDETERMINED:
        raise ValueError(said_words(explain(judgement)))
    value = convert(reading.value, reading.unit, limits.unit) if limits.unit else reading.value
    if abs(value) >= Decimal(10) ** 10:
        raise ValueError(_("The value is too large to be a reading; check the unit."))
    words = f"{reading.bound} {value.normalize():f} {limits.unit}".strip() if reading.bound is not Bound.EXACT else text
    outcome = Outcome.FAIL if judgement.outcome is Judged.FAIL else Outcome.PASS
    return {"outcome": outcome.value, "value": value, "text": words[:300]}


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
    """An instrument past its calibration date, or without one, must not judge a device."""
    if instrument is None:
        return
    due_on = instrument.calibration_due_on
    if instrument.is_active and due_on is not None and due_on >= timezone.localdate():
        return
    since = _("its calibration was due on %(on)s") % {"on": due_on} if due_on else _("no calibration is on record")
    if not instrument.is_active:
        since = _("it was taken out of use")
    enforce(
        by,
        INSTRUMENT_IN_DATE,
        _("%(instrument)s must not be used for “%(step)s”: %(since)s.")
        % {"instrument": instrument, "step": step["text"], "since": since},
        _("Take another instrument and repeat the reading."),
        override_reason=override_reason,
    )
