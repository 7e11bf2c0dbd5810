"""What records of analysers' files came to: orders they answer, what those still need, and repairs they opened."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from wardwright.apps.maintenance.models import StepResult, WorkOrder
from wardwright.apps.maintenance.states import UNFINISHED, Kind, WorkState
from wardwright.apps.testing.models import TestReading, TestRecord


@dataclass(frozen=True)
class WorkOfRecords:
    """The orders, those to be done first; ``left`` names the required steps without an answer, by order."""

    orders: list[WorkOrder]
    left: dict[int, list[str]]
    counts: dict[str, int]


def work_of_records(by: Any, records: QuerySet[TestRecord]) -> WorkOfRecords:
    """The work that ``by`` may see of these records; a fixed number of queries."""
    measurements = TestReading.objects.filter(test_record__in=records).values("measurement")
    answered = StepResult.objects.filter(measurement__in=measurements).values("work_order")
    seen = WorkOrder.objects.visible_to(by).filter(
        Q(pk__in=answered) | Q(kind=Kind.CORRECTIVE, asset__in=records.values("asset"))
    )
    wanted, orders = set(records.values_list("pk", flat=True)), []
    done = set(answered.values_list("work_order", flat=True))
    for order in seen.select_related("asset", "assigned_to").order_by("pk"):
        from_it = order.parent_id in done or any(reason.get("record_id") in wanted for reason in order.why)
        if order.pk in done or (order.kind == Kind.CORRECTIVE and from_it):
            orders.append(order)
    orders.sort(key=lambda order: (order.kind != Kind.CORRECTIVE, order.state not in UNFINISHED))
    return WorkOfRecords(
        orders,
        _left([order for order in orders if order.state in UNFINISHED and order.steps]),
        {
            "closed": sum(one.state == WorkState.CLOSED and one.kind != Kind.CORRECTIVE for one in orders),
            "open": sum(one.state in UNFINISHED and one.kind != Kind.CORRECTIVE for one in orders),
            "repairs": sum(one.kind == Kind.CORRECTIVE and one.state in UNFINISHED for one in orders),
        },
    )


def _left(orders: list[WorkOrder]) -> dict[int, list[str]]:
    answered: dict[int, set[str]] = defaultdict(set)
    for order_id, key in StepResult.objects.filter(work_order__in=orders).values_list("work_order", "key"):
        answered[order_id].add(key)
    return {
        order.pk: [s["text"] for s in order.steps if s.get("required") and s["key"] not in answered[order.pk]]
        for order in orders
    }
