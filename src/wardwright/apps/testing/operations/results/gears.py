"""The instruments of a whole file: what they measure, and which calibration was in force on which day."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from wardwright.apps.testing.models import Calibration, CalibrationPoint, Instrument
from wardwright.apps.testing.operations.measuring import Gear
from wardwright.apps.testing.states import CalibrationResult


class Gears:
    """``Gear`` for every day on which a file has records: three queries, however many days there are."""

    def __init__(self, instruments: Mapping[int, Instrument]):
        self.instruments = instruments
        self._plain = Gear(instruments, date.max)
        self._days: dict[date, Gear] = {}
        self._calibrations: dict[int, list[Calibration]] = {}
        self._points: dict[int, list[CalibrationPoint]] = {}
        if not instruments:
            return
        for made in Calibration.objects.standing().filter(instrument__in=instruments).order_by("calibrated_on", "pk"):
            self._calibrations.setdefault(made.instrument_id, []).append(made)
        rows = CalibrationPoint.objects.filter(calibration__instrument__in=instruments)
        for point in rows.select_related("calibration"):
            self._points.setdefault(point.calibration_id, []).append(point)

    def on(self, day: date) -> Gear:
        """The instruments as they were calibrated on ``day``."""
        if day not in self._days:
            held = {pk: made for pk in self._calibrations if (made := self._in_force(pk, day))}
            self._days[day] = self._plain.as_of(
                {pk: made.pk for pk, made in held.items()}, {pk: self._points.get(m.pk, []) for pk, m in held.items()}
            )
        return self._days[day]

    def _in_force(self, instrument_id: int, day: date) -> Calibration | None:
        known = self._calibrations.get(instrument_id, [])
        before = bisect_right(known, day, key=lambda made: made.calibrated_on)
        return known[before - 1] if before else None

    def unfit(self, instrument: Instrument, day: date) -> str:
        """Why the instrument must not have judged a device on ``day``, in words; "" when it might."""
        made = self._in_force(instrument.pk, day)
        if made is None:
            return _("no calibration before this day is on record")
        if made.as_left == CalibrationResult.OUT:
            return _("its calibration left it out of tolerance")
        return _("its calibration was due on %(on)s") % {"on": date_format(made.due_on)} if made.due_on < day else ""
