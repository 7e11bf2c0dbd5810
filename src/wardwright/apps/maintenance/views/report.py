"""Reporting a problem: find the device, say what is wrong, done."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from wardwright.apps.assets.models import Asset
from wardwright.apps.assets.queries import newest_found
from wardwright.apps.maintenance import operations, permissions
from wardwright.apps.maintenance.forms import ReportForm
from wardwright.apps.maintenance.models import WorkOrder
from wardwright.apps.maintenance.states import Kind
from wardwright.platform.access.scope import allowed
from wardwright.web.views import form_page, page, visible_or_404

FOUND = 12


@page(permissions.REPORT)
def find_device(request: HttpRequest) -> HttpResponse:
    """Which device? A scan or the first letters of its number, type or place."""
    query = request.GET.get("q", "").strip()[:200]
    rows = Asset.objects.visible_to(request.user).with_names()
    found = []
    if query:
        exact = rows.filter(tag__iexact=query).first()
        if exact is not None:
            return HttpResponseRedirect(reverse("report-asset-problem", args=[exact.pk]))
        found = newest_found(rows, query, FOUND).rows
    return render(request, "maintenance/find_device.html", {"query": query, "found": found})


@page(permissions.REPORT)
def report_problem(request: HttpRequest, asset_id: int) -> HttpResponse:
    asset = visible_or_404(Asset.objects.visible_to(request.user).with_names(), asset_id)
    form = ReportForm(request.user, request.POST or None)

    def run(cleaned: dict[str, Any]) -> str:
        problem = cleaned.get("problem")
        order = operations.report_problem(
            by=request.user,
            asset_id=asset.pk,
            title=cleaned["title"],
            description=cleaned["description"],
            priority=cleaned["priority"],
            problem_id=problem and problem.pk,
            unsafe=cleaned["unsafe"],
        )
        if allowed(request.user, permissions.VIEW, order):
            return reverse("work-order", args=[order.pk])
        return reverse("problem-reported", args=[asset.pk])

    return form_page(
        request,
        form,
        run,
        title=_("What is wrong with %(tag)s?") % {"tag": asset.tag},
        submit=_("Report it"),
        template="maintenance/report.html",
        asset=asset,
        open_reports=_open_reports(request, asset),
    )


def _open_reports(request: HttpRequest, asset: Asset) -> list[WorkOrder]:
    """Repairs of this device that are already known, so that nobody reports twice."""
    rows = WorkOrder.objects.visible_to(request.user).unfinished().filter(asset=asset, kind=Kind.CORRECTIVE)
    return list(rows.select_related("asset")[:5])


@page(permissions.REPORT)
def problem_reported(request: HttpRequest, asset_id: int) -> HttpResponse:
    """Thanks, for those who may report but not see work orders."""
    asset = visible_or_404(Asset.objects.visible_to(request.user).with_names(), asset_id)
    return render(request, "maintenance/reported.html", {"asset": asset, "today": timezone.localdate()})
