"""Rented devices, and those that patients bring."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wardwright.apps.lending import operations, permissions
from wardwright.apps.lending.forms import PATIENT_CHECKS, PatientDeviceForm, RentalForm, ReturnRentalForm
from wardwright.apps.lending.models import PatientDevice, Rental
from wardwright.apps.lending.tables import PATIENT_DEVICES, RENTALS, patient_state
from wardwright.platform.access.scope import allowed
from wardwright.web.tables import list_page
from wardwright.web.views import form_page, page, visible_or_404

from .narrowing import tabs


@page(permissions.VIEW)
def rental_list(request: HttpRequest) -> HttpResponse:
    return list_page(request, RENTALS, template="lending/list.html", tabs=tabs(request, "rentals"))


@page(permissions.KEEP)
def new_rental(request: HttpRequest) -> HttpResponse:
    form = RentalForm(request.user, None, request.POST or None)

    def run(cleaned: dict[str, Any]) -> str:
        return reverse("rental", args=[operations.rent_device(by=request.user, **form.values()).pk])

    return form_page(request, form, run, title=_("Rent a device"), cancel_url=reverse("rentals"))


def _rental_or_404(request: HttpRequest, rental_id: int) -> Rental:
    rows = Rental.objects.visible_to(request.user).select_related("asset__device_type", "asset__site", "company")
    return visible_or_404(rows, rental_id)


@page(permissions.VIEW)
def rental(request: HttpRequest, rental_id: int) -> HttpResponse:
    row = _rental_or_404(request, rental_id)
    may_keep = row.returned_on is None and allowed(request.user, permissions.KEEP, row)
    title = (
        _("%(tag)s is rented from %(company)s") if row.returned_on is None else _("%(tag)s was rented from %(company)s")
    )
    return render(
        request,
        "lending/rental.html",
        {
            "row": row,
            "days": row.days_until(timezone.localdate()),
            "may_keep": may_keep,
            "title": title % {"tag": row.asset.tag, "company": row.company.name},
        },
    )


@page(permissions.KEEP)
def edit_rental(request: HttpRequest, rental_id: int) -> HttpResponse:
    row = _rental_or_404(request, rental_id)
    form = RentalForm(request.user, row, request.POST or None, initial=RentalForm.initial_of(row))
    back = reverse("rental", args=[row.pk])

    def run(cleaned: dict[str, Any]) -> str:
        operations.change_rental(
            by=request.user, rental_id=row.pk, expected_version=cleaned["expected_version"], **form.values()
        )
        return back

    return form_page(request, form, run, title=_("Rental of %(tag)s") % {"tag": row.asset.tag}, cancel_url=back)


@page(permissions.KEEP)
def return_rental(request: HttpRequest, rental_id: int) -> HttpResponse:
    row = _rental_or_404(request, rental_id)
    form = ReturnRentalForm(request.POST or None, initial={"returned_on": timezone.localdate()})
    back = reverse("rental", args=[row.pk])

    def run(cleaned: dict[str, Any]) -> str:
        operations.return_rental(by=request.user, rental_id=row.pk, returned_on=cleaned["returned_on"])
        return back

    return form_page(
        request, form, run, submit=_("It went back"), cancel_url=back,
        intro=_("It leaves the library and is retired in the register."),
        title=_("%(tag)s goes back to %(company)s") % {"tag": row.asset.tag, "company": row.company},
    )  # fmt: skip


@page(permissions.VIEW)
def patient_device_list(request: HttpRequest) -> HttpResponse:
    return list_page(request, PATIENT_DEVICES, template="lending/list.html", tabs=tabs(request, "patient-devices"))


@page(permissions.ASK)
def new_patient_device(request: HttpRequest) -> HttpResponse:
    form = PatientDeviceForm(request.user, request.POST or None)

    def run(cleaned: dict[str, Any]) -> str:
        row = operations.receive_patient_device(by=request.user, **form.values())
        return reverse("patient-device", args=[row.pk])

    return form_page(
        request, form, run, title=_("A patient brings a device"), submit=_("Take it in"),
        cancel_url=reverse("patient-devices"),
    )  # fmt: skip


@page(permissions.VIEW)
def patient_device(request: HttpRequest, patient_device_id: int) -> HttpResponse:
    rows = PatientDevice.objects.visible_to(request.user).select_related("department", "site")
    row = visible_or_404(rows, patient_device_id)
    words = dict(PATIENT_CHECKS)
    meaning, state = patient_state(row)
    return render(
        request,
        "lending/patient_device.html",
        {
            "row": row,
            "failed": [words.get(code, code) for code in row.failed_checks],
            "meaning": meaning,
            "state": state,
            "title": _("%(what)s of a patient: %(state)s") % {"what": row.description, "state": state},
            "may_release": row.left_at is None
            and (allowed(request.user, permissions.ASK, row) or allowed(request.user, permissions.HANDLE, row)),
        },
    )


@require_POST
@page(permissions.ASK)
def release_patient_device(request: HttpRequest, patient_device_id: int) -> HttpResponse:
    row = visible_or_404(PatientDevice.objects.visible_to(request.user), patient_device_id)
    operations.release_patient_device(by=request.user, patient_device_id=row.pk)
    return HttpResponseRedirect(reverse("patient-device", args=[row.pk]))
