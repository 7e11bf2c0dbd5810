"""A calibration that was entered by mistake: struck through with a reason, and nothing rests on it any more."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from wardwright.apps.testing.events import CalibrationWithdrawn
from wardwright.apps.testing.models import Calibration, Measurement
from wardwright.apps.testing.permissions import INSTRUMENTS
from wardwright.apps.testing.queries import start_of
from wardwright.platform.access.scope import authorize
from wardwright.platform.audit.operation import operation
from wardwright.platform.core.edits import lock
from wardwright.platform.core.errors import NotFound, NotNow
from wardwright.platform.events.registry import publish

from .calibrations import in_force, lock_instrument, stand_by_newest


@operation(needs_reason=True)
def withdraw_calibration(*, by: Any, calibration_id: int, reason: str) -> Calibration:
    """Withdraw a calibration: it stays readable, and counts for nothing.

    The instrument stands by the newest that is left, or counts as never calibrated; the readings that rested on it
    rest on the one in force on their day, or on none. Their verdicts stay as they were given. A look back that began
    with it stays, and says so.

    Raises:
        Invalid: without a reason. NotFound. NotNow: withdrawn already.
    """
    found = Calibration.objects.filter(pk=calibration_id).first()
    if found is None:
        raise NotFound(_("There is no such calibration."), _("Go back to the instrument."))
    row = lock_instrument(found.instrument_id)
    authorize(by, INSTRUMENTS, row)
    made = lock(Calibration.objects.select_related("instrument"), calibration_id)
    if made.withdrawn_at is not None:
        raise NotNow(_("This calibration was withdrawn already."), _("Reload the page to see by whom and why."))
    was_in_force = in_force(row) == made
    made.withdrawn_at, made.withdrawn_by_name = timezone.now(), str(by)[:120]
    made.withdrawn_reason = reason.strip()[:300]
    made.save(update_fields=["withdrawn_at", "withdrawn_by_name", "withdrawn_reason"])
    _rest_on_others(made)
    if was_in_force:
        stand_by_newest(row)
    row.version += 1  # in the history of the device, and for a form that was opened before
    row.save(update_fields=["version", "updated_at"])
    publish(CalibrationWithdrawn(instrument_id=row.pk, calibration_id=made.pk))
    return made


def _rest_on_others(made: Calibration) -> None:
    """Point the readings of ``made`` at the calibration that was in force on the day of each, or at none."""
    others = Calibration.objects.standing().filter(instrument=made.instrument_id).order_by("calibrated_on", "pk")
    days = dict(others.values_list("calibrated_on", "pk"))  # of two on one day the later entered
    resting = Measurement.objects.filter(calibration=made)
    for (day, pk), next_day in zip(days.items(), [*days, None][1:], strict=True):
        held = resting.filter(taken_at__gte=start_of(day))
        if next_day is not None:
            held = held.filter(taken_at__lt=start_of(next_day))
        held.update(calibration=pk)
    Measurement.objects.filter(calibration=made).update(calibration=None)
