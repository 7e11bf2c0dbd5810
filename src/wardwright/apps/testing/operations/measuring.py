"""Keeping what was read on a device, with the instrument that read it. Within an open and authorized change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from wardwright.apps.testing.models import (
    Calibration,
    CalibrationPoint,
    Instrument,
    InstrumentFunction,
    Measurement,
)
from wardwright.kernel.limits import Bound, convert
from wardwright.kernel.metrology import MetrologyError, parse_accuracy


class Gear:
    """The instruments of one sitting with their functions and the calibration that was in force on a day.

    Two queries, however many readings there are.
    """

    def __init__(self, instruments: Mapping[int, Instrument], on: date):
        self.instruments = instruments
        self._functions: dict[int, list[InstrumentFunction]] = {}
        self._calibrations: dict[int, int] = {}
        self._points: dict[int, list[CalibrationPoint]] | None = None
        if not instruments:
            return
        for function in InstrumentFunction.objects.filter(instrument__in=instruments):
            self._functions.setdefault(function.instrument_id, []).append(function)
        held = Calibration.objects.standing().filter(instrument__in=instruments, calibrated_on__lte=on)
        for pk, instrument_id in held.order_by("calibrated_on", "pk").values_list("pk", "instrument_id"):
            self._calibrations[instrument_id] = pk

    def as_of(self, calibrations: dict[int, int], points: dict[int, list[CalibrationPoint]]) -> Gear:
        """The same instruments with other calibrations in force; no query."""
        other = Gear({}, date.min)
        other.instruments, other._functions = self.instruments, self._functions
        other._calibrations, other._points = calibrations, points
        return other

    def calibration_id(self, instrument_id: int | None) -> int | None:
        """The calibration the instrument's readings of that day rest on."""
        return self._calibrations.get(instrument_id) if instrument_id else None

    def function(
        self, instrument_id: int | None, quantity: str, value: Decimal, unit: str
    ) -> InstrumentFunction | None:
        """The function that read ``value`` ``unit``; None where the instrument's functions are not written down.

        Raises:
            ValueError: in words, when the instrument does not measure this, or not so far.
        """
        ranges = self._functions.get(instrument_id or 0)
        if not ranges:
            return None
        fitting = [(f, there) for f in ranges if (there := _in_unit(value, unit, f.unit)) is not None]
        kind = quantity.partition(".")[0]  # "patient_leakage.sfc" is measured as patient leakage is
        named = [one for one in fitting if kind and one[0].quantity in (quantity, kind)] or fitting
        instrument = self.instruments[instrument_id or 0]
        if not named:
            raise ValueError(
                _("%(instrument)s does not measure in %(unit)s. Take another instrument, or enter the unit it shows.")
                % {"instrument": instrument, "unit": unit or _("this unit")}
            )
        for function, there in named:
            if function.holds(there):
                return function
        spans = "; ".join(_span(function) for function, _there in named)
        raise ValueError(
            _(
                "%(instrument)s measures %(spans)s: %(value)s lies beyond. Enter what it shows, for example > %(most)s,"
                " or take another instrument."
            )
            % {
                "instrument": instrument,
                "spans": spans,
                "value": f"{value.normalize():f} {unit}".strip(),
                "most": _plain(named[-1][0].high) or _plain(named[-1][0].low),
            }
        )

    def uncertainty(self, instrument_id: int | None, quantity: str, value: Decimal, unit: str) -> Decimal | None:
        """The expanded uncertainty (k = 2) of a reading, in its ``unit``: from the accuracy of the instrument and the
        uncertainty of its calibration, as far as either is known; None where neither is.

        Raises:
            ValueError: in words, for a reading its instrument cannot have taken.
        """
        function = self.function(instrument_id, quantity, value, unit)
        parts = [] if function is None else [*_of_accuracy(function, convert(value, unit, function.unit), unit)]
        point = self._point(instrument_id, quantity, value, unit)
        if point is not None and point.uncertainty:
            k, there = point.calibration.coverage_factor, convert(value, unit, point.unit)
            parts.append(width_in(there, point.uncertainty, point.unit, unit) / k)
        return 2 * sum((part**2 for part in parts), Decimal(0)).sqrt() if parts else None

    def _point(self, instrument_id: int | None, quantity: str, value: Decimal, unit: str) -> CalibrationPoint | None:
        """The point of the calibration in force that lies nearest to the reading."""
        if self._points is None:
            self._points = {}
            rows = CalibrationPoint.objects.filter(calibration__in=self._calibrations.values())
            for point in rows.select_related("calibration"):
                self._points.setdefault(point.calibration.instrument_id, []).append(point)
        kind = quantity.partition(".")[0]
        fitting = [
            (abs(there - point.reference), point)
            for point in self._points.get(instrument_id or 0, ())
            if point.quantity in (quantity, kind) and (there := _in_unit(value, unit, point.unit)) is not None
        ]
        return min(fitting, key=lambda one: one[0])[1] if fitting else None


def _of_accuracy(function: InstrumentFunction, value: Decimal, unit: str) -> Iterator[Decimal]:
    """The standard uncertainty of a reading by the maker's accuracy; nothing where it cannot be read."""
    if not function.accuracy:
        return
    try:
        spec = parse_accuracy(function.accuracy)
        line = spec.contribution_at(value, range_=function.high, resolution=function.resolution)
    except MetrologyError:
        return
    yield width_in(value, Decimal(repr(line.standard_uncertainty)), function.unit, unit)


def width_in(at: Decimal, width: Decimal, unit: str, to_unit: str) -> Decimal:
    """A difference in another unit: also where the two scales do not begin at the same zero."""
    return abs(convert(at + width, unit, to_unit) - convert(at, unit, to_unit))


def _in_unit(value: Decimal, unit: str, to_unit: str) -> Decimal | None:
    try:
        return convert(value, unit, to_unit)
    except ValueError:
        return None


def _plain(value: Decimal | None) -> str:
    return "" if value is None else f"{value.normalize():f}"


def _span(function: InstrumentFunction) -> str:
    low, high = _plain(function.low), _plain(function.high)
    if low and high:
        return _("%(low)s to %(high)s %(unit)s") % {"low": low, "high": high, "unit": function.unit}
    return f"{function.unit}"


def measured(gear: Gear, row: Measurement | None = None, /, **columns: Any) -> Measurement:
    """``row``, or a new one, with these columns and the calibration its reading rests on; not saved yet.

    Raises:
        ValueError: in words, for a reading its instrument cannot have taken.
    """
    row = row or Measurement()
    told = {name: columns.get(name, getattr(row, name)) for name in ("instrument_id", "quantity", "value", "unit")}
    as_read = columns.get("as_read", row.as_read)
    if columns.get("bound", row.bound) == Bound.EXACT:  # before anything is changed
        gear.function(**told | ({} if as_read is None else {"value": as_read}))
    for name, value in columns.items():
        setattr(row, name, value)
    row.calibration_id = gear.calibration_id(row.instrument_id)
    return row


def keep_measurements(rows: Iterable[Measurement]) -> None:
    """Insert those that are new, in one statement, and save those that are not."""
    rows = list(rows)
    there = [row for row in rows if row.pk is not None]
    Measurement.objects.bulk_create([row for row in rows if row.pk is None])
    for row in there:
        row.save()
