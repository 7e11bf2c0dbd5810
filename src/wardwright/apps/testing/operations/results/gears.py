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
        return self._around(instrument_id, day)[0]

    def _around(self, instrument_id: int, day: date) -> tuple[Calibration | None, Calibration | None]:
        """The calibration in force on ``day`` and the one after it."""
        known = self._calibrations.get(instrument_id, [])
        before = bisect_right(known, day, key=lambda made: made.calibrated_on)
        return known[before - 1] if before else None, known[before] if before < len(known) else None

    def unfit(self, instrument: Instrument, day: date) -> str:
        """Why the instrument must not have judged a device on ``day``, in words; "" when it might."""
        made, following = self._around(instrument.pk, day)
        if made is None:
            return _("no calibration before this day is on record")
        if made.as_left == CalibrationResult.OUT:
            return _("its calibration left it out of tolerance")
        if made.due_on < day:
            return _("its calibration was due on %(on)s") % {"on": date_format(made.due_on)}
        if following is not None and following.as_found == CalibrationResult.OUT:
            # A search for its readings may have been made before the file came, and would not know of them.
            return _("its calibration of %(on)s found it out of tolerance") % {
                "on": date_format(following.calibrated_on)
            }
        return ""
