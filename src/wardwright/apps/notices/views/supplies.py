"""Lots in stock and with patients at home, and how long we give ourselves."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from wardwright.apps.notices import operations, permissions
from wardwright.apps.notices.forms import NewSupplyForm, SupplyForm, TimesForm
from wardwright.apps.notices.models import Exposure, ResponseTime, Supply
from wardwright.apps.notices.tables import SUPPLIES, TIMES, severity_pill, standing_pill
from wardwright.platform.access.scope import allowed
from wardwright.web.tables import list_page
from wardwright.web.views import form_page, page, visible_or_404


@page(permissions.VIEW)
def supply_list(request: HttpRequest) -> HttpResponse:
    return list_page(request, SUPPLIES)


@page(permissions.HANDLE)
def new_supply(request: HttpRequest) -> HttpResponse:
    form = NewSupplyForm(request.user, request.POST or None)

    def run(cleaned: dict[str, Any]) -> str:
        return reverse("supply", args=[operations.add_supply(by=request.user, **form.values()).pk])

    return form_page(
        request, form, run, title=_("A lot that is here, or with a patient"), submit=_("Enter it"),
        cancel_url=reverse("supplies"),
    )  # fmt: skip


def _supply(request: HttpRequest, supply_id: int) -> Supply:
    return visible_or_404(Supply.objects.visible_to(request.user).select_related("site", "department"), supply_id)


@page(permissions.VIEW)
def supply_page(request: HttpRequest, supply_id: int) -> HttpResponse:
    row = _supply(request, supply_id)
    exposures = Exposure.objects.visible_to(request.user).filter(supply=row).select_related("case").order_by("-pk")
    return render(
        request,
        "notices/supply.html",
        {
            "row": row,
            "lines": [
                {"row": one, "standing": standing_pill(one), "severity": severity_pill(one.case)}
                for one in exposures[:50]
            ],
            "may_change": allowed(request.user, permissions.HANDLE, row),
        },
    )


@page(permissions.HANDLE)
def edit_supply(request: HttpRequest, supply_id: int) -> HttpResponse:
    row = _supply(request, supply_id)
    form = SupplyForm(request.user, request.POST or None, row=row)
    back = reverse("supply", args=[row.pk])

    def run(cleaned: dict[str, Any]) -> str:
        operations.change_supply(
            by=request.user, supply_id=row.pk, expected_version=cleaned["expected_version"], **form.values()
        )
        return back

    return form_page(request, form, run, title=_("Change %(name)s") % {"name": row}, cancel_url=back)


@page(permissions.VIEW)
def time_list(request: HttpRequest) -> HttpResponse:
    return list_page(request, TIMES)


@page(permissions.RESPOND)
def edit_times(request: HttpRequest, response_time_id: int) -> HttpResponse:
    row: ResponseTime = visible_or_404(ResponseTime.objects.visible_to(request.user), response_time_id)
    form = TimesForm(request.user, request.POST or None, row=row)
    back = reverse("response-times")

    def run(cleaned: dict[str, Any]) -> str:
        operations.change_response_time(
            by=request.user, response_time_id=row.pk, expected_version=cleaned["expected_version"], **form.values()
        )
        return back

    return form_page(
        request, form, run, title=_("How fast we answer: %(name)s") % {"name": row}, cancel_url=back,
        intro=_("Cases that run already keep their times. The shipped figures are a proposal; no standard sets them."),
    )  # fmt: skip
