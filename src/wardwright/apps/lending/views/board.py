"""Where are my pumps now, and what is to be done."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wardwright.apps.lending import permissions, queries
from wardwright.apps.lending.models import Pool
from wardwright.apps.lending.tables import LOANS, REQUESTS
from wardwright.platform.access.scope import allowed, reach
from wardwright.web.tables import as_id, list_page
from wardwright.web.views import page


def tabs(by: Any, here: str) -> list[dict[str, Any]]:
    """The pages of the library that ``by`` may open."""
    some = (
        ("library", _("Where they are"), permissions.VIEW),
        ("library-round", _("My round"), permissions.HANDLE),
        ("ward-equipment", _("On my ward"), permissions.ASK),
        ("loan-requests", _("Requests"), permissions.VIEW),
        ("loans", _("Loans"), permissions.VIEW),
        ("kits", _("Kits"), permissions.VIEW),
        ("rentals", _("Rented"), permissions.VIEW),
        ("patient-devices", _("Patients' own"), permissions.VIEW),
        ("library-use", _("Use"), permissions.VIEW),
        ("pools", _("Stores"), permissions.VIEW),
    )
    found = reach(by, permissions.VIEW)
    on_a_ward = found is not None and not (found.everything or found.sites)
    hidden = ("library", "library-use", "rentals", "pools") if on_a_ward else ()
    return [
        {"url": reverse(name), "label": label, "here": name == here}
        for name, label, p in some
        if allowed(by, p) and name not in hidden
    ]


@page(permissions.VIEW)
def board(request: HttpRequest) -> HttpResponse:
    """Each type: how many are ready, where the others are. A ward that sees no library is sent to its own page."""
    by = request.user
    pools = list(Pool.objects.visible_to(by).filter(is_active=True).select_related("site"))
    if pools and not any(allowed(by, permissions.VIEW, pool) for pool in pools) and allowed(by, permissions.ASK):
        return redirect("ward-equipment")
    wanted = as_id(request.GET.get("pool", ""))
    lines = queries.stock_board(by, wanted if wanted in {pool.pk for pool in pools} else None)
    figures = queries.library_figures(by)
    ready, total = sum(line.ready for line in lines), sum(line.total for line in lines)
    return render(
        request,
        "lending/board.html",
        {
            "tabs": tabs(by, "library"),
            "pools": pools if len(pools) > 1 else [],
            "pool_id": wanted,
            "lines": lines,
            "title": _title(ready, total, sum(line.is_short for line in lines)),
            "todo": _todo(figures),
            "may_handle": allowed(by, permissions.HANDLE),
            "may_keep": allowed(by, permissions.KEEP),
        },
    )


def _title(ready: int, total: int, short: int) -> str:
    if not total:
        return _("The equipment library is empty")
    words = _("%(ready)s of %(total)s devices are clean and ready") % {"ready": ready, "total": total}
    if not short:
        return words
    return f"{words}, " + ngettext("%(n)s type runs short", "%(n)s types run short", short) % {"n": short}


def _todo(figures: dict[str, int]) -> list[dict[str, Any]]:
    """What waits, each opening its list; what there is none of is left out."""
    loans, requests = reverse("loans"), reverse("loan-requests")
    lines = (
        ("requests", _("requests wait"), f"{requests}?state=unmet", "due"),
        ("to_deliver", _("picked, not delivered yet"), f"{loans}?state=picked", "info"),
        ("to_collect", _("to be collected"), f"{loans}?state=ready", "due"),
        ("to_clean", _("to be cleaned"), reverse("library-round"), "due"),
        ("overdue", _("overdue with a ward"), f"{loans}?state=overdue", "late"),
        ("rentals", _("to be given back to the renter within 3 days"), f"{reverse('rentals')}?state=running", "due"),
    )
    return [
        {"n": figures[key], "words": words, "url": url, "meaning": meaning}
        for key, words, url, meaning in lines
        if figures[key]
    ]


@page(permissions.VIEW)
def request_list(request: HttpRequest) -> HttpResponse:
    return list_page(request, REQUESTS, template="lending/list.html", tabs=tabs(request.user, "loan-requests"))


@page(permissions.VIEW)
def loan_list(request: HttpRequest) -> HttpResponse:
    return list_page(request, LOANS, template="lending/list.html", tabs=tabs(request.user, "loans"))
