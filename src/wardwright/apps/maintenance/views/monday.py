"""The Monday page of the head of department: what happened, what is late, whether the hands suffice, what waits."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wardwright.apps.directory.models import Site
from wardwright.apps.maintenance import queries
from wardwright.web.lines import in_parts, lines_for

from .forecast import besides, forecast_title, week_url
from .narrowing import place, within


def monday_page(
    request: HttpRequest, *, performs: bool, closed: dict[str, Any] | None, site: Site | None
) -> HttpResponse:
    """Every line opens its list; ``closed`` is what was just finished, ``site`` the one the page is about, if any."""
    by, today = request.user, timezone.localdate()
    lines = lines_for(by, within(site).get("site", ""))
    found = queries.forecast(by, today, site_id=site.pk if site else None)
    counts = {line["key"]: line["count"] for line in lines}
    return render(
        request,
        "maintenance/day_head.html",
        {
            "title": _title(counts.get("life-support", 0), counts.get("late", 0)),
            "lines": lines,
            "parts": in_parts([line for line in lines if line["count"] or not line["quiet"]]),
            "forecast": found,
            "fits": forecast_title(found),
            "weeks": [(week, week_url(n, site)) for n, week in enumerate(found.weeks)],
            **besides(found, site),
            **place(request, site),
            "performs": performs,
            "closed": closed,
        },
    )


def _title(life: int, late: int) -> str:
    if life:
        return ngettext(
            "%(n)s life-support device is past its date", "%(n)s life-support devices are past their date", life
        ) % {"n": life}
    if late:
        return ngettext(
            "No life-support device is late, %(n)s other job is",
            "No life-support device is late, %(n)s other jobs are",
            late,
        ) % {"n": late}
    return _("Nothing is late")
