"""Lots in stock and with patients at home, and how long we give ourselves."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from wardwright.apps.notices import operations, permissions
from wardwright.apps.notices.forms import LotListForm, NewSupplyForm, SupplyForm, TimesForm
from wardwright.apps.notices.lot_lists import read_list
from wardwright.apps.notices.models import Exposure, ResponseTime, Supply
from wardwright.apps.notices.tables import SUPPLIES, TIMES, severity_pill, standing_pill
from wardwright.platform.access.scope import allowed
from wardwright.platform.core.words import number_words
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


@page(permissions.HANDLE)
def bring_list(request: HttpRequest) -> HttpResponse:
    form = LotListForm(request.user, request.POST or None, request.FILES or None)

    def run(cleaned: dict[str, Any]) -> str:
        file = cleaned["file"]
        rows = read_list(file.read(), file.name or "")
        brought = operations.bring_supplies(by=request.user, site_id=cleaned["site_id"].pk, rows=rows)
        messages.success(
            request,
            _("Lots entered: %(new)s. Changed: %(changed)s. As they were: %(same)s.")
            % {name: number_words(len(getattr(brought, name))) for name in ("new", "changed", "same")},
        )
        return reverse("supplies")

    return form_page(
        request, form, run, title=_("Bring a list of lots"), submit=_("Enter them"), cancel_url=reverse("supplies"),
        intro=_(
            "One row for each lot, with headings such as Product, Manufacturer, REF, UDI-DI, Lot, Expiry, Quantity and"
            " Department; a scanned UDI fills several of them. Rows of one lot are added up. What is here already is"
            " changed only where it differs, and what the list does not have stays."
        ),
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
