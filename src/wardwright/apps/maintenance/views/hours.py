"""When the service is open, and what is promised: service hours, holidays, service levels."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wardwright.apps.maintenance import operations, permissions, queries
from wardwright.apps.maintenance.forms.hours import HolidayForm, HoursForm, LevelForm
from wardwright.apps.maintenance.models import Holiday, ServiceHours, ServiceLevel
from wardwright.platform.access.scope import Scope, allowed
from wardwright.web.views import form_page, go, page, visible_or_404


@page(permissions.VIEW)
def service_hours(request: HttpRequest) -> HttpResponse:
    """The hours of every place, the holidays to come, and the promises."""
    by = request.user
    rows = ServiceHours.objects.visible_to(by).select_related("site", "department").order_by("pk")
    holidays = Holiday.objects.visible_to(by).filter(on__gte=timezone.localdate()).select_related("site")
    return render(
        request,
        "maintenance/hours.html",
        {
            "title": _("When do our promises count?"),
            "places": [{"row": row, "words": queries.week_words(row.week), "may": _may(by, row)} for row in rows],
            "holidays": [{"row": row, "may": _may(by, row)} for row in holidays[:100]],
            "levels": ServiceLevel.objects.visible_to(by).order_by("kind", "priority"),
            "may_plan": allowed(by, permissions.PLAN),
            "may_levels": allowed(by, permissions.PLAN, Scope()),
        },
    )


def _may(by: Any, row: Any) -> bool:
    return allowed(by, permissions.PLAN, row)


def _back() -> str:
    return reverse("service-hours")


@page(permissions.PLAN)
def new_hours(request: HttpRequest) -> HttpResponse:
    form = HoursForm(request.user, request.POST or None)

    def run(cleaned: dict[str, Any]) -> str:
        site, department = cleaned["site"], cleaned["department"]
        operations.set_service_hours(
            by=request.user,
            week=form.week(),
            site_id=site and site.pk,
            department_id=department and department.pk,
            open_on_holidays=cleaned["open_on_holidays"],
        )
        return _back()

    return form_page(request, form, run, title=_("Service hours of a place"), cancel_url=_back())


@page(permissions.PLAN)
def edit_hours(request: HttpRequest, service_hours_id: int) -> HttpResponse:
    rows = ServiceHours.objects.visible_to(request.user).select_related("site", "department")
    row = visible_or_404(rows, service_hours_id)
    form = HoursForm(request.user, request.POST or None, row=row)

    def run(cleaned: dict[str, Any]) -> str:
        operations.set_service_hours(
            by=request.user,
            week=form.week(),
            site_id=row.site_id,
            department_id=row.department_id,
            open_on_holidays=cleaned["open_on_holidays"],
            expected_version=cleaned["expected_version"],
        )
        return _back()

    return form_page(request, form, run, title=_("Service hours: %(place)s") % {"place": row}, cancel_url=_back(),
                     intro=_("Work that is there keeps the promise it was given."))  # fmt: skip


@require_POST
@page(permissions.PLAN)
def remove_hours(request: HttpRequest, service_hours_id: int) -> HttpResponse:
    row = visible_or_404(ServiceHours.objects.visible_to(request.user), service_hours_id)
    operations.remove_service_hours(by=request.user, service_hours_id=row.pk)
    return go(request, _back())


@page(permissions.PLAN)
def new_holiday(request: HttpRequest) -> HttpResponse:
    form = HolidayForm(request.user, request.POST or None)

    def run(cleaned: dict[str, Any]) -> str:
        operations.add_holiday(by=request.user, **form.values())
        return _back()

    return form_page(request, form, run, title=_("A day on which the service is closed"), cancel_url=_back())


@require_POST
@page(permissions.PLAN)
def remove_holiday(request: HttpRequest, holiday_id: int) -> HttpResponse:
    row = visible_or_404(Holiday.objects.visible_to(request.user), holiday_id)
    operations.remove_holiday(by=request.user, holiday_id=row.pk)
    return go(request, _back())


@page(permissions.PLAN)
def edit_level(request: HttpRequest, service_level_id: int) -> HttpResponse:
    row = visible_or_404(ServiceLevel.objects.visible_to(request.user), service_level_id)
    form = LevelForm(request.user, request.POST or None, row=row)

    def run(cleaned: dict[str, Any]) -> str:
        operations.change_level(
            by=request.user, service_level_id=row.pk, expected_version=cleaned["expected_version"], **form.values()
        )
        return _back()

    return form_page(request, form, run, title=_("What is promised: %(level)s") % {"level": row}, cancel_url=_back(),
                     intro=_("Work that is there keeps the promise it was given."))  # fmt: skip
