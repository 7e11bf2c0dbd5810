"""The steps of an order as they hold for its device."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from wardwright.apps.maintenance.models import StepResult, WorkOrder
from wardwright.apps.testing.queries import is_unsettled, settled, steps_for


def steps_of(order: WorkOrder) -> list[dict[str, Any]]:
    """The steps the order keeps, or before work began those of its procedure's version; each with the limit that holds
    for the device. What was missing when work began is looked up again."""
    today = timezone.localdate()
    if not order.steps:
        version = order.procedure_version
        return steps_for(version.frozen_steps(), order.asset.device_model, today) if version else []
    if not is_unsettled(order.steps):
        return list(order.steps)
    answered = set(StepResult.objects.filter(work_order=order).values_list("key", flat=True))
    return settled(order.steps, answered, order.asset.device_model, today)
