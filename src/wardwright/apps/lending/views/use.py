"""Is the library large enough? Use by type over the last weeks, and the need of one type over time."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wardwright.apps.lending import permissions, queries
from wardwright.platform.access.scope import allowed
from wardwright.platform.core.values import as_id
from wardwright.platform.reports.permissions import VIEW as SEE_REPORTS
from wardwright.web.site import begun_with, first_look
from wardwright.web.views import page

from .narrowing import nothing_words, place, tabs
from .need_chart import need_chart

SPANS = (30, 90, 365)


@page(permissions.VIEW)
def library_use(request: HttpRequest) -> HttpResponse:
    if begun := begun_with(request, first_look(request)):
        return begun
    where = place(request)
    wanted = as_id(request.GET.get("days", "")) or 0
    days = wanted if wanted in SPANS else 90
    now = timezone.now()
    lines = queries.library_use(request.user, now - timedelta(days=days), now, site_id=where["site_id"])
    chosen = as_id(request.GET.get("type", ""))
    shown = next((line for line in lines if line.type_id == chosen), None)
    shown = shown or max(lines, key=lambda line: (line.too_few, line.fleet_hours), default=None)
    few = sum(line.too_few > 0 for line in lines)
    title = nothing_words(where["site"])
    if few:
        title = ngettext("%(n)s type has fewer devices than needed", "%(n)s types have fewer devices than needed", few)
        title %= {"n": few}
    elif lines:
        title = _("The library is large enough")
    return render(
        request,
        "lending/use.html",
        {
            "tabs": tabs(request, "library-use"),
            **where,
            "kept": [("days", days)],
            "lines": lines,
            "shown": shown,
            "chart": need_chart(shown) if shown else None,
            "days": days,
            "spans": SPANS,
            "title": title,
            "may_report": allowed(request.user, SEE_REPORTS),
        },
    )
