"""Calibrations: how an instrument was found and left, point by point, and what that rests on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from wardwright.apps.testing.events import InstrumentCalibrated, InstrumentFoundOut
from wardwright.apps.testing.models import Calibration, CalibrationPoint, CalibrationStandard, Instrument
from wardwright.apps.testing.permissions import INSTRUMENTS
from wardwright.apps.testing.queries import has_certificate
from wardwright.apps.testing.states import BEYOND, CalibrationResult, Graded
from wardwright.kernel.limits import Limits, judge
from wardwright.kernel.metrology import FourWay, MetrologyError, Rule, decide, rule_named
from wardwright.platform.access.scope import authorize
from wardwright.platform.attachments.models import DocumentKind
from wardwright.platform.attachments.operations import add_documents
from wardwright.platform.audit.operation import operation
from wardwright.platform.core.edits import apply_edit, lock
from wardwright.platform.core.errors import Invalid
from wardwright.platform.core.values import cleaned
from wardwright.platform.core.words import error_words
from wardwright.platform.events.registry import publish

from .entries import entered_rows

POINT_FIELDS = ("quantity", "unit", "reference", "found", "left", "low", "high", "uncertainty")
MOST_POINTS = 200
GRADES = {
    FourWay.PASS: Graded.PASS, FourWay.CONDITIONAL_PASS: Graded.MARGINAL_PASS,
    FourWay.CONDITIONAL_FAIL: Graded.MARGINAL_FAIL, FourWay.FAIL: Graded.FAIL,
}  # fmt: skip


@operation()
def record_calibration(
    *,
    by: Any,
    instrument_id: int,
    calibrated_on: date,
    due_on: date,
    as_found: str = CalibrationResult.UNKNOWN.value,
    as_left: str = CalibrationResult.UNKNOWN.value,
    adjusted: bool = False,
    laboratory: str = "",
    accreditation: str = "",
    certificate_no: str = "",
    traceability: str = "",
    decision_rule: str = "simple",
    coverage_factor: Decimal = Decimal(2),
    temperature_c: Decimal | None = None,
    humidity_percent: Decimal | None = None,
    note: str = "",
    points: list[dict[str, Any]] | None = None,
    standard_ids: list[int] | None = None,
    certificates: list[dict[str, str]] | None = None,
) -> Instrument:
    """Record that an instrument was calibrated and until when that holds.

    Points (named as in POINT_FIELDS) decide how it was found and left; without them the given words do. An instrument
    left out of tolerance cannot be chosen for readings; one found so calls for a lookback. ``certificates`` are kept
    files (``store.keep``), each with its ``sha256`` and ``name``: they become documents of the instrument.

    Raises:
        Invalid: a day to come, a due date that is not later, a point that makes no sense (``points.NUMBER.NAME``).
    """
    row = lock_instrument(instrument_id)
    authorize(by, INSTRUMENTS, row)
    rule = decision_rule_named(decision_rule)
    if calibrated_on > timezone.localdate():
        raise Invalid(_("This day has not come yet."), fields={"calibrated_on": _("Choose today or an earlier day.")})
    if due_on <= calibrated_on:
        raise Invalid(_("The due date must be later."), fields={"due_on": _("Enter a day after the calibration.")})
    made = Calibration(instrument=row, recorded_at=timezone.now(), recorded_by_name=str(by)[:120])
    given = {
        "calibrated_on": calibrated_on, "due_on": due_on, "as_found": as_found, "as_left": as_left,
        "adjusted": adjusted, "laboratory": laboratory, "accreditation": accreditation,
        "certificate_no": certificate_no, "traceability": traceability, "decision_rule": rule.value,
        "coverage_factor": coverage_factor, "temperature_c": temperature_c, "humidity_percent": humidity_percent,
        "note": note,
    }  # fmt: skip
    for name, value in cleaned(made, given, tuple(given)).items():
        setattr(made, name, value)
    measured = judged_points(points or [], adjusted=adjusted, rule=rule, coverage_factor=made.coverage_factor)
    _conclude(made, measured)
    made.save()
    for position, point in enumerate(measured, 1):
        point.calibration, point.position = made, position
    CalibrationPoint.objects.bulk_create(measured)
    _add_standards(by, made, standard_ids or [])
    _stand_by(row, made)
    if certificates:
        add_documents(
            by=by, owner="instrument", owner_id=row.pk, files=certificates, kind=DocumentKind.CALIBRATION,
            caption=certificate_no, dated_on=made.calibrated_on, valid_until_on=made.due_on,
        )  # fmt: skip
    return row


@operation()
def note_calibrations(*, by: Any) -> int:
    """A calibration for each instrument whose dates were kept before calibrations were: how many were made.

    They say no more than the dates do, and nobody is told: nothing has happened.
    """
    authorize(by, INSTRUMENTS)
    noted = Calibration.objects.filter(instrument=OuterRef("pk"))
    undated = Instrument.objects.filter(~Exists(noted), calibrated_on__isnull=False).select_for_update()
    made = [
        _of_dates(row, row.calibrated_on, row.calibration_due_on)
        for row in undated
        if row.calibrated_on and row.calibration_due_on
    ]
    Calibration.objects.bulk_create(made)
    return len(made)


def note_calibration(row: Instrument, by: Any, calibrated_on: date, due_on: date) -> None:
    """Within an open and authorized change: the dates of ``row`` were entered by hand, which is a calibration too."""
    made = _of_dates(row, calibrated_on, due_on, str(by))
    made.save()
    _stand_by(row, made)


def _of_dates(row: Instrument, calibrated_on: date, due_on: date, by_name: str = "") -> Calibration:
    return Calibration(
        instrument=row, calibrated_on=calibrated_on, due_on=due_on,
        as_found=CalibrationResult.UNKNOWN, as_left=CalibrationResult.UNKNOWN,
        recorded_at=timezone.now(), recorded_by_name=by_name[:120],
    )  # fmt: skip


def lock_instrument(instrument_id: int) -> Instrument:
    """The instrument, locked for this change. Raises NotFound."""
    return lock(Instrument.objects, instrument_id)


def _stand_by(row: Instrument, made: Calibration) -> None:
    """Bring the instrument in line with its newest calibration; one of an earlier day changes nothing."""
    if in_force(row) == made:
        stand_by_newest(row)
    publish(InstrumentCalibrated(instrument_id=row.pk, due_on=made.due_on.isoformat()))
    if made.as_found == CalibrationResult.OUT:
        publish(InstrumentFoundOut(instrument_id=row.pk, calibration_id=made.pk))


def in_force(row: Instrument) -> Calibration | None:
    """The newest calibration of an instrument that counts."""
    return Calibration.objects.standing().filter(instrument=row).order_by("-calibrated_on", "-pk").first()


def stand_by_newest(row: Instrument) -> None:
    """Within an open change: the dates and the state of ``row`` are those of its newest calibration that counts;
    without one it was never calibrated."""
    newest = in_force(row)
    on, due_on = (newest.calibrated_on, newest.due_on) if newest else (None, None)
    apply_edit(row, {"calibrated_on": on, "calibration_due_on": due_on})
    row.certificate_missing = newest is not None and not has_certificate(row)
    row.out_of_tolerance = newest is not None and newest.as_left == CalibrationResult.OUT
    row.save(update_fields=["certificate_missing", "out_of_tolerance"])


def decision_rule_named(name: str) -> Rule:
    """The decision rule of this name. Raises Invalid naming those there are."""
    try:
        return rule_named(name)
    except MetrologyError as error:
        words = error_words(error)
        raise Invalid(words, _("Choose one of the list."), fields={"decision_rule": words}) from None


def judged_points(
    given: Sequence[dict[str, Any]], *, adjusted: bool, rule: Rule, coverage_factor: Decimal
) -> list[CalibrationPoint]:
    """The points as rows (not saved), each judged by the decision rule; every wrong entry is told at once.

    Raises:
        Invalid: naming each ``points.NUMBER.NAME``.
    """
    if len(given) > MOST_POINTS:
        raise Invalid(_("A calibration has at most %(n)d points.") % {"n": MOST_POINTS})

    def judged(point: CalibrationPoint, _others: list[CalibrationPoint]) -> dict[str, Any]:
        return _fault(point, rule) or _judge(point, adjusted, rule, coverage_factor)

    needed = ("quantity", "unit", "reference", "low", "high")
    return entered_rows("points", given, CalibrationPoint, POINT_FIELDS, needed, judged)


def _fault(point: CalibrationPoint, rule: Rule) -> dict[str, Any]:
    if point.low > point.high:
        return {"low": _("The lower limit is above the upper one.")}
    if point.found is None and point.left is None:
        return {"found": _("Enter what the instrument showed, before or after adjustment.")}
    if point.uncertainty is None and rule is not Rule.SIMPLE:
        return {"uncertainty": _("This decision rule needs the uncertainty.")}
    if point.uncertainty is not None and point.uncertainty < 0:
        return {"uncertainty": _("An uncertainty is 0 or more.")}
    return {}


def _judge(point: CalibrationPoint, adjusted: bool, rule: Rule, coverage_factor: Decimal) -> dict[str, Any]:
    """Write down what each reading comes to; what is wrong where the rule cannot decide."""
    if point.left is None and not adjusted:
        point.left = point.found
    limits = Limits(point.low, point.high, point.unit)
    for name in ("found", "left"):
        value = getattr(point, name)
        if value is None:
            continue
        try:
            verdict = _verdict(value, limits, point.uncertainty, rule, coverage_factor)
        except MetrologyError as error:
            return {"uncertainty": error_words(error)}
        setattr(point, f"{name}_verdict", verdict)
    return {}


def _verdict(value: Decimal, limits: Limits, uncertainty: Decimal | None, rule: Rule, k: Decimal) -> str:
    """Four-way under a rule with a guard band; without one there is nothing between pass and fail."""
    if rule is Rule.SIMPLE or uncertainty is None:
        return judge(value, limits).outcome.value
    return GRADES[decide(value, limits, uncertainty, k=k, rule=rule).four_way].value


def _conclude(made: Calibration, points: list[CalibrationPoint]) -> None:
    """How the whole instrument was found and left: what the points say, where there are any."""
    for name in ("found", "left"):
        verdicts = {verdict for point in points if (verdict := getattr(point, f"{name}_verdict"))}
        if verdicts:
            out = not verdicts.isdisjoint(BEYOND)
            setattr(made, f"as_{name}", CalibrationResult.OUT if out else CalibrationResult.IN_TOLERANCE)


def _add_standards(by: Any, made: Calibration, ids: list[int]) -> None:
    """The instruments this one was compared with."""
    there = Instrument.objects.visible_to(by).filter(pk__in=ids).exclude(pk=made.instrument_id)
    known = set(there.values_list("pk", flat=True))
    if len(known) != len(set(ids)):
        raise Invalid(
            _("One of the standards is no test instrument you may see, or is this instrument itself."),
            fields={"standard_ids": _("Choose from the list.")},
        )
    CalibrationStandard.objects.bulk_create(CalibrationStandard(calibration=made, instrument_id=pk) for pk in known)
