"""The box on a device's page: which notices mean it, or may mean it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from wardwright.apps.assets.models import Asset
from wardwright.web.views import page, subject_or_404

from . import permissions
from .models import Exposure
from .states import RUNNING, Standing
from .tables import progress_pill, severity_pill, standing_pill, why_words

SHOWN = 8


@page(permissions.VIEW)
def asset_notices(request: HttpRequest, asset_id: int) -> HttpResponse:
    asset = subject_or_404(request, Asset, asset_id)
    rows = Exposure.objects.visible_to(request.user).filter(asset=asset).exclude(standing=Standing.GONE)
    found = list(rows.select_related("case", "notice").order_by("case__gravity", "-pk")[:100])
    running = [row for row in found if row.case.state in RUNNING and row.done_at is None and not _is_out(row)]
    return render(
        request,
        "notices/asset_panel.html",
        {
            "lines": [
                {
                    "row": row,
                    "case": row.case,
                    "severity": severity_pill(row.case),
                    "standing": standing_pill(row),
                    "progress": progress_pill(row) if row.is_affected else "",
                    "why": why_words(row),
                }
                for row in running[:SHOWN]
            ],
            "settled": len(found) - len(running),
        },
    )


def _is_out(row: Exposure) -> bool:
    return not row.is_affected and not row.is_undecided
