"""Where are my pumps now, and what is to be done."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wardwright.apps.directory.models import Site
from wardwright.apps.lending import permissions, queries
from wardwright.apps.lending.models import Pool
from wardwright.apps.lending.tables import LOANS, REQUESTS
from wardwright.platform.access.scope import allowed
from wardwright.platform.core.values import as_id
from wardwright.web.site import begun_with, first_look
from wardwright.web.tables import list_page
from wardwright.web.views import page

from .narrowing import nothing_words, place, tabs


@page(permissions.VIEW)
def board(request: HttpRequest) -> HttpResponse:
    """Each type: how many are ready, where the others are. A ward that sees no library is sent to its own page."""
    by = request.user
    pools = list(Pool.objects.visible_to(by).filter(is_active=True).select_related("site"))
    if pools and not any(allowed(by, permissions.VIEW, pool) for pool in pools) and allowed(by, permissions.ASK):
        return redirect("ward-equipment")
    if begun := begun_with(request, first_look(request)):
        return begun
    where = place(request)
    site_id = where["site_id"]
    pools = [pool for pool in pools if site_id in (None, pool.site_id)]
    wanted = as_id(request.GET.get("pool", ""))
    wanted = wanted if wanted in {pool.pk for pool in pools} else None
    lines = queries.stock_board(by, wanted, site_id)
    figures = queries.library_figures(by, site_id)
    ready, total = sum(line.ready for line in lines), sum(line.total for line in lines)
    return render(
        request,
        "lending/board.html",
        {
            "tabs": tabs(request, "library"),
            **where,
            "pools": pools if len(pools) > 1 else [],
            "pool_id": wanted,
            "lines": lines,
            "title": _title(ready, total, sum(line.is_short for line in lines), where["site"]),
            "todo": _todo(figures, f"site={site_id or ''}"),
            "may_handle": allowed(by, permissions.HANDLE),
            "may_keep": allowed(by, permissions.KEEP),
        },
    )


def _title(ready: int, total: int, short: int, site: Site | None) -> str:
    if not total:
        return nothing_words(site)
    words = _("%(ready)s of %(total)s devices are clean and ready") % {"ready": ready, "total": total}
    if not short:
        return words
    return f"{words}, " + ngettext("%(n)s type runs short", "%(n)s types run short", short) % {"n": short}


def _todo(figures: dict[str, int], at_site: str) -> list[dict[str, Any]]:
    """What waits, each opening its list at the same site; what there is none of is left out."""
    loans, requests, rentals = reverse("loans"), reverse("loan-requests"), reverse("rentals")
    lines = (
        ("requests", _("requests wait"), f"{requests}?state=unmet&{at_site}", "due"),
        ("to_deliver", _("picked, not delivered yet"), f"{loans}?state=picked&{at_site}", "info"),
        ("to_collect", _("to be collected"), f"{loans}?state=ready&{at_site}", "due"),
        ("to_clean", _("to be cleaned"), f"{reverse('library-round')}?{at_site}#clean", "due"),
        ("overdue", _("overdue with a ward"), f"{loans}?state=overdue&{at_site}", "late"),
        ("rentals", _("to be given back to the renter within 3 days"), f"{rentals}?state=running&{at_site}", "due"),
    )
    return [
        {"n": figures[key], "words": words, "url": url, "meaning": meaning}
        for key, words, url, meaning in lines
        if figures[key]
    ]


@page(permissions.VIEW)
def request_list(request: HttpRequest) -> HttpResponse:
    return list_page(request, REQUESTS, template="lending/list.html", tabs=tabs(request, "loan-requests"))


@page(permissions.VIEW)
def loan_list(request: HttpRequest) -> HttpResponse:
    return list_page(request, LOANS, template="lending/list.html", tabs=tabs(request, "loans"))
