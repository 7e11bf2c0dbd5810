"""Readings recorded before measurements had a table of their own are measurements too."""

from __future__ import annotations

from typing import Any

from django.db.models import OuterRef, Subquery

from wardwright.apps.maintenance.models import StepResult
from wardwright.apps.maintenance.permissions import PERFORM
from wardwright.apps.testing.models import Calibration, Measurement
from wardwright.apps.testing.operations import keep_measurements
from wardwright.apps.testing.states import Graded, MeasurementSource
from wardwright.platform.access.scope import authorize
from wardwright.platform.audit.operation import operation

AT_ONCE = 5_000


@operation()
def carry_readings(*, by: Any, after_id: int = 0) -> int:
    """Make a measurement of each reading that has none, ``AT_ONCE`` at most, beginning after the result ``after_id``.

    The calibration is the one in force on that day. Returns the last result that was looked at; 0 when all are done.
    """
    authorize(by, PERFORM)
    held = (
        Calibration.objects.standing()
        .filter(instrument=OuterRef("instrument"), calibrated_on__lte=OuterRef("recorded_at__date"))
        .order_by("-calibrated_on", "-pk")
    )
    waiting = (
        StepResult.objects.filter(pk__gt=after_id, value__isnull=False, measurement=None)
        .annotate(calibration=Subquery(held.values("pk")[:1]))
        .select_related("work_order")
        .order_by("pk")
    )
    results = list(waiting[:AT_ONCE])
    made = [_measurement(result) for result in results]
    keep_measurements(made)
    for result, row in zip(results, made, strict=True):
        result.measurement = row
    StepResult.objects.bulk_update(results, ["measurement"], batch_size=500)
    return results[-1].pk if len(results) == AT_ONCE else 0


def _measurement(result: Any) -> Measurement:
    steps = {step["key"]: step for step in result.work_order.steps}
    step = steps.get(result.key, {})
    limited = result.low is not None or result.high is not None
    return Measurement(
        asset_id=result.asset_id,
        site_id=result.work_order.site_id,
        instrument_id=result.instrument_id,
        calibration_id=result.calibration,
        source=MeasurementSource.STEP,
        quantity=step.get("quantity") or result.key,
        name=str(step.get("text") or "")[:160],
        value=result.value,
        bound=result.text[:1] if result.text[:1] in ("<", ">") else "",
        unit=result.unit,
        low=result.low,
        high=result.high,
        limit_source=step.get("limit_source") or "",
        verdict=result.outcome if limited else Graded.NO_LIMIT.value,
        taken_at=result.recorded_at,
        taken_by_name=result.recorded_by_name,
    )
