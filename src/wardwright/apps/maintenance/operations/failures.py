"""Whether a failure is being repaired already: one repair order for one cause."""

from __future__ import annotations

from collections.abc import Iterable

from wardwright.apps.maintenance.models import StepResult, WorkOrder
from wardwright.apps.maintenance.states import UNFINISHED, Kind
from wardwright.apps.testing.states import MeasurementSource, Outcome
from wardwright.kernel.tabular.vocabulary import heading_key


def repair_of_same(asset_id: int, failed: Iterable[str], order: WorkOrder | None = None) -> WorkOrder | None:
    """The repair order made of ``order``, else an unfinished one of the device whose cause is one of what ``failed``:
    quantities that were measured, and names of checks."""
    if order is not None:
        own = WorkOrder.objects.filter(parent=order, kind=Kind.CORRECTIVE).first()
        if own is not None:
            return own
    wanted = set(failed)
    if not wanted:
        return None
    waiting = WorkOrder.objects.filter(asset_id=asset_id, kind=Kind.CORRECTIVE, state__in=UNFINISHED)
    return next((repair for repair in waiting.order_by("pk") if wanted & causes_of(repair)), None)


def causes_of(repair: WorkOrder) -> set[str]:
    """What failed, for a repair that a failed test opened."""
    said = {name for reason in repair.why for name in reason.get("failed", ())}
    return said | (failed_in(repair.parent_id) if repair.parent_id else set())


def failed_in(order_id: int) -> set[str]:
    """What failed in an order: the quantities of its readings, the names of its other steps."""
    results = StepResult.objects.filter(work_order=order_id, outcome=Outcome.FAIL).select_related(
        "measurement", "work_order"
    )
    found = set()
    for result in results:
        texts = {step["key"]: step["text"] for step in result.work_order.steps}
        found.add(result.measurement.quantity if result.measurement else heading_key(texts.get(result.key, result.key)))
    return found


def failed_by_file(order: WorkOrder) -> set[str]:
    """As ``failed_in``, where the failure was read in an analyser's file; empty for one that a person entered."""
    by_file = StepResult.objects.filter(
        work_order=order, outcome=Outcome.FAIL, measurement__source=MeasurementSource.FILE
    )
    return failed_in(order.pk) if by_file.exists() else set()
