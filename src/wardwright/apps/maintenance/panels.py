"""The box on a device's page: what is due and why, what is being done, and what was done."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from wardwright.apps.assets.models import Asset
from wardwright.apps.maintenance import permissions, queries
from wardwright.apps.maintenance.models import Schedule, WorkOrder
from wardwright.apps.maintenance.states import UNFINISHED
from wardwright.apps.maintenance.tables import interval_words, state_meaning, state_words
from wardwright.platform.access.scope import allowed
from wardwright.web.views import page, visible_or_404

PAST = 8
OPEN = 20


@page(permissions.VIEW)
def asset_work(request: HttpRequest, asset_id: int) -> HttpResponse:
    asset = visible_or_404(Asset.objects.visible_to(request.user), asset_id)
    orders = (
        WorkOrder.objects.visible_to(request.user).filter(asset=asset).select_related("assigned_to", "schedule__plan")
    )
    unfinished = list(orders.filter(state__in=UNFINISHED).order_by("due_on", "id")[:OPEN])
    past = list(orders.exclude(state__in=UNFINISHED).order_by("-id")[:PAST])
    schedules = Schedule.objects.visible_to(request.user).filter(asset=asset, is_active=True).select_related("plan")
    return render(
        request,
        "maintenance/asset_panel.html",
        {
            "asset": asset,
            "unfinished": [_line(order) for order in unfinished],
            "past": [_line(order) for order in past],
            "schedules": [_schedule(row, unfinished) for row in schedules],
            "may_report": allowed(request.user, permissions.REPORT, asset),
        },
    )


def _line(order: WorkOrder) -> dict[str, Any]:
    return {
        "order": order,
        "meaning": state_meaning(order),
        "state_words": state_words(order),
        "why": queries.why_words(order),
    }


def _schedule(row: Schedule, unfinished: list[WorkOrder]) -> dict[str, Any]:
    waiting = next((order for order in unfinished if order.schedule_id == row.pk), None)
    return {"row": row, "interval": interval_words(row.plan), "order": waiting}
