"""The box on a device's page: what is due and why, what is being done, and what was done."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from wardwright.apps.assets.models import Asset
from wardwright.apps.assets.states import Status
from wardwright.apps.maintenance import permissions, queries
from wardwright.apps.maintenance.models import WorkOrder
from wardwright.apps.maintenance.states import UNFINISHED
from wardwright.apps.maintenance.tables import interval_words, state_meaning, state_words
from wardwright.apps.testing.models import Lookback, LookbackItem, ResultFile, TestRecord
from wardwright.apps.testing.states import ItemDecision, LookbackState, RecordState
from wardwright.platform.access.scope import allowed
from wardwright.web.views import page, subject_or_404

PAST = 8
OPEN = 20


@page(permissions.VIEW)
def asset_work(request: HttpRequest, asset_id: int) -> HttpResponse:
    asset = subject_or_404(request, Asset, asset_id)
    orders = (
        WorkOrder.objects.visible_to(request.user).filter(asset=asset).select_related("assigned_to", "schedule__plan")
    )
    unfinished = list(orders.filter(state__in=UNFINISHED).order_by("due_on", "id")[:OPEN])
    past = list(orders.exclude(state__in=UNFINISHED).order_by("-id")[:PAST])
    return render(
        request,
        "maintenance/asset_panel.html",
        {
            "asset": asset,
            "unfinished": [_line(order) for order in unfinished],
            "past": [_line(order) for order in past],
            "schedules": _schedules(request, asset, unfinished),
        },
    )


def _line(order: WorkOrder) -> dict[str, Any]:
    return {
        "order": order,
        "meaning": state_meaning(order),
        "state_words": state_words(order),
        "why": queries.why_words(order),
    }


@page(permissions.VIEW)
def lookback_retests(request: HttpRequest, lookback_id: int) -> HttpResponse:
    """The orders that test devices again, and the button that opens them for all that are not decided yet."""
    lookback = subject_or_404(request, Lookback, lookback_id)
    items = LookbackItem.objects.visible_to(request.user).filter(lookback=lookback)
    waiting = items.filter(decision=ItemDecision.OPEN).exclude(asset__status__in=(Status.RETIRED, Status.DISPOSED))
    numbers = items.exclude(order_number="").values("order_number")
    orders = WorkOrder.objects.visible_to(request.user).filter(number__in=numbers)
    return render(
        request,
        "maintenance/lookback_retests.html",
        {
            "lookback": lookback,
            "waiting": waiting.values("asset").distinct().count(),
            "done": orders.exclude(state__in=UNFINISHED).count(),
            "all": orders.count(),
            "may_order": lookback.state == LookbackState.OPEN and allowed(request.user, permissions.DISPATCH),
        },
    )


@page(permissions.VIEW)
def file_work(request: HttpRequest, result_file_id: int) -> HttpResponse:
    """What the records of an analyser's file came to; empty while none is taken in."""
    subject_or_404(request, ResultFile, result_file_id)
    taken = TestRecord.objects.visible_to(request.user).filter(file=result_file_id, state=RecordState.TAKEN)
    return _work_of(request, taken)


@page(permissions.VIEW)
def record_work(request: HttpRequest, test_record_id: int) -> HttpResponse:
    """What one record of an analyser's file came to."""
    subject_or_404(request, TestRecord, test_record_id)
    taken = TestRecord.objects.visible_to(request.user).filter(pk=test_record_id, state=RecordState.TAKEN)
    return _work_of(request, taken)


def _work_of(request: HttpRequest, taken: Any) -> HttpResponse:
    if not taken.exists():
        return HttpResponse("")
    found = queries.work_of_records(request.user, taken)
    lines = [_line(order) | {"left": found.left.get(order.pk, [])} for order in found.orders[:PAST]]
    context = {"lines": lines, "more": max(0, len(found.orders) - PAST), "counts": found.counts}
    return render(request, "maintenance/records_work.html", context)


def _schedules(request: HttpRequest, asset: Asset, unfinished: list[WorkOrder]) -> list[dict[str, Any]]:
    """Each plan on the device: how often, the next date with its reasons, and the order that is already made for it."""
    found = queries.schedules_of_asset(request.user, asset.pk, timezone.localdate())
    made = {order.schedule_id: order for order in reversed(unfinished)}
    return [
        {"row": line.schedule, "interval": interval_words(line.schedule.plan), "due": line.due, "why": line.words,
         "order": made.get(line.schedule.pk)}
        for line in found
    ]  # fmt: skip
