"""What a label says about maintenance: when the device is due next, and what its last safety test came to."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone

from wardwright.apps.assets.queries import Tested, due_on_label, tested_on_label

from .models import WorkOrder
from .queries.schedules import due_dates
from .states import SafetyVerdict


@due_on_label
def next_due_on(by: Any, asset_ids: list[int]) -> dict[int, date]:
    """The first day on which each device is due by its active plans; those that wait for a meter have none."""
    return due_dates(by, asset_ids, timezone.localdate())


@tested_on_label
def last_test(by: Any, asset_ids: list[int]) -> dict[int, Tested]:
    """What the last finished safety test of each device came to; one that is incomplete counts for nothing."""
    done = WorkOrder.objects.visible_to(by).filter(asset_id__in=asset_ids, done_at__isnull=False)
    good = (SafetyVerdict.PASS, SafetyVerdict.PASS_WITH_OBSERVATION)
    return {
        order.asset_id: Tested(
            order.safety in good,
            str(SafetyVerdict.PASS.label if order.safety in good else SafetyVerdict.FAIL.label).upper(),
            timezone.localtime(order.done_at).date(),
        )
        for order in done.filter(safety__in=(*good, SafetyVerdict.FAIL)).order_by("done_at", "pk")
    }
