"""Reads of calibrations: what the next one is asked for, what they say of the interval, and readings since."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from itertools import pairwise
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from wardwright.apps.testing.models import (
    Calibration,
    CalibrationPoint,
    Instrument,
    InstrumentFunction,
    Measurement,
)
from wardwright.apps.testing.states import CalibrationResult, SafetyTest
from wardwright.kernel import imaging
from wardwright.kernel.limits import shipped_limits
from wardwright.kernel.metrology import (
    AccuracySpec,
    IntervalMethod,
    MetrologyError,
    Proposal,
    Rule,
    definition,
    parse_accuracy,
    propose_interval,
)
from wardwright.kernel.metrology.intervals import FEWEST_CALIBRATIONS
from wardwright.platform.attachments.models import CERTIFICATES, Attachment
from wardwright.platform.core.words import said_words

USUAL_DAYS = 365
MOST_NAMES = 200
SAME_INTERVAL = 0.1  # calibrations whose interval differed by less than this share tell of the present one
PROPOSED_AT = (Decimal("0.1"), Decimal("0.5"), Decimal("0.9"))  # of a range, where nothing was calibrated before


def decision_rules() -> list[tuple[str, str]]:
    """The decision rules to choose from, in words."""
    return [(rule.value, _(definition(rule).label)) for rule in Rule]


def usual_interval_days(row: Instrument, last: Calibration | None) -> int:
    """How long its next calibration is to hold: as written down, else as the last one did."""
    return row.interval_days or ((last.due_on - last.calibrated_on).days if last else 0) or USUAL_DAYS


def proposed_interval(row: Instrument, calibrations: list[Calibration]) -> Proposal | None:
    """The interval that its calibrations (newest first) speak for; None while none ended an interval like the present.

    By reliability where there are enough of them, else by the last one alone.
    """
    days = usual_interval_days(row, calibrations[0] if calibrations else None)
    history = [
        this.as_found == CalibrationResult.IN_TOLERANCE
        for this, before in pairwise(calibrations)
        if this.as_found != CalibrationResult.UNKNOWN
        and abs((before.due_on - before.calibrated_on).days - days) <= days * SAME_INTERVAL
    ][::-1]
    if not history:
        return None
    enough = len(history) >= FEWEST_CALIBRATIONS
    return propose_interval(history, days, method=IntervalMethod.EXPONENTIAL if enough else IntervalMethod.SIMPLE)


def accuracy_of(function: InstrumentFunction) -> AccuracySpec | None:
    """Its accuracy as a figure; None where nothing is written down.

    Raises:
        MetrologyError: for what is not understood.
    """
    return parse_accuracy(function.accuracy) if function.accuracy else None


def tolerance_at(function: InstrumentFunction, reading: Decimal) -> Decimal | None:
    """How far a reading may be off by the accuracy written down; None where that cannot be said."""
    try:
        spec = accuracy_of(function)
        if spec is None or not {"", function.unit} >= _units(spec):
            return None
        return spec.tolerance_at(reading, range_=function.high, resolution=function.resolution)
    except MetrologyError:
        return None


def _units(spec: AccuracySpec) -> set[str]:
    return {spec.unit} | (_units(spec.or_else) if spec.or_else else set())


def proposed_points(row: Instrument) -> list[dict[str, Any]]:
    """What the next calibration is asked for: the points of the last one, else three in the range of each function."""
    points = CalibrationPoint.objects.filter(calibration__instrument=row, calibration__withdrawn_at=None)
    newest = points.order_by("-calibration__calibrated_on", "-calibration_id").values("calibration_id")[:1]
    before = list(points.filter(calibration_id__in=list(newest.values_list("calibration_id", flat=True))))
    if before:
        names = ("quantity", "unit", "reference", "low", "high")
        return [{name: getattr(point, name) for name in names} for point in before]
    functions = InstrumentFunction.objects.filter(instrument=row)
    return [entry for function in functions for entry in _points_in(function)]


def _points_in(function: InstrumentFunction) -> list[dict[str, Any]]:
    named = {"quantity": function.quantity, "unit": function.unit}
    if function.low is None or function.high is None:
        return [named]
    places = [function.low + (function.high - function.low) * share for share in PROPOSED_AT]
    return [{**named, "reference": at, **_around(function, at)} for at in map(_round, places)]


def _round(value: Decimal) -> Decimal:
    """To two digits that count: 2.045 becomes 2."""
    return round(value, 1 - value.adjusted()) if value else value


def _around(function: InstrumentFunction, at: Decimal) -> dict[str, Decimal]:
    width = tolerance_at(function, at)
    return {} if width is None else {"low": round(at - width, 6), "high": round(at + width, 6)}


def percent_of_tolerance(point: CalibrationPoint, value: Decimal | None) -> int | None:
    """How much of what is allowed an error uses up, on its side of the reference value; None for no width there."""
    if value is None:
        return None
    error = value - point.reference
    room = point.high - point.reference if error >= 0 else point.reference - point.low
    return round(abs(error) / room * 100) if room > 0 else None


def readings_since(by: Any, row: Instrument) -> QuerySet[Measurement]:
    """What an instrument measured since its last calibration; all of it where there was none."""
    taken = Measurement.objects.visible_to(by).filter(instrument=row)
    if row.calibrated_on is None:
        return taken
    return taken.filter(taken_at__gte=start_of(row.calibrated_on))


def start_of(day: date) -> datetime:
    """The first moment of a day in the time zone of the house."""
    return timezone.make_aware(datetime.combine(day, time.min))


def certificates_of(by: Any, made: Calibration) -> QuerySet[Attachment]:
    """The documents that came with a calibration: certificates of its instrument that are dated on its day."""
    found = Attachment.objects.visible_to(by).of(Instrument._meta.db_table, made.instrument_id).in_force()
    return found.filter(kind__in=CERTIFICATES, dated_on=made.calibrated_on).order_by("-id")


def known_quantities(by: Any) -> list[str]:
    """Names of quantities to choose from: those of the limits that come with the house, and its own."""
    shipped = {limit.test for limit in shipped_limits()}
    own = InstrumentFunction.objects.visible_to(by).order_by().values_list("quantity", flat=True).distinct()
    return sorted(shipped | set(own[:MOST_NAMES]), key=str.casefold)


def quantity_words(quantity: str, name: str = "") -> str:
    """What a quantity is called: one that the house knows in the reader's language, else by ``name``, else its code."""
    figure = imaging.quantity(quantity)
    if figure is not None:
        return said_words(figure.words)
    if name:
        return name
    return str(SafetyTest(quantity).label) if quantity in SafetyTest.values else quantity.replace("_", " ")
