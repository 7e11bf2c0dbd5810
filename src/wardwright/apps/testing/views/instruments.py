"""Test instruments and their calibration."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from wardwright.apps.testing import operations, permissions
from wardwright.apps.testing.forms import CalibrationForm, InstrumentForm
from wardwright.apps.testing.models import Instrument
from wardwright.apps.testing.tables import INSTRUMENTS, calibration_state
from wardwright.platform.access.scope import allowed
from wardwright.web.tables import list_page
from wardwright.web.views import form_page, page, run_form, visible_or_404


@page(permissions.VIEW)
def instrument_list(request: HttpRequest) -> HttpResponse:
    return list_page(request, INSTRUMENTS)


@page(permissions.INSTRUMENTS)
def new_instrument(request: HttpRequest) -> HttpResponse:
    form = InstrumentForm(request.user, request.POST or None)

    def run(cleaned: dict[str, Any]) -> str:
        instrument = operations.keep_instrument(by=request.user, **form.values())
        return reverse("instrument", args=[instrument.pk])

    return form_page(
        request, form, run, title=_("Add a test instrument"), submit=_("Add"), cancel_url=reverse("instruments")
    )


@page(permissions.VIEW)
def edit_instrument(request: HttpRequest, instrument_id: int) -> HttpResponse:
    """The instrument with its calibration state; those who keep instruments may change it here."""
    instrument = visible_or_404(
        Instrument.objects.visible_to(request.user).select_related("site", "asset"), instrument_id
    )
    may_keep = allowed(request.user, permissions.INSTRUMENTS, instrument)
    form = (
        InstrumentForm(request.user, request.POST or None, initial=InstrumentForm.initial_of(instrument))
        if may_keep
        else None
    )
    if form is not None:

        def run(cleaned: dict[str, Any]) -> str:
            expected = cleaned["expected_version"]
            operations.keep_instrument(
                by=request.user, instrument_id=instrument_id, expected_version=expected, **form.values()
            )
            return reverse("instruments")

        answer = run_form(request, form, run)
        if answer is not None:
            return answer
    meaning, words = calibration_state(instrument, timezone.localdate())
    status = getattr(form, "status", 422) if form is not None and form.is_bound and form.errors else 200
    return render(
        request,
        "testing/instrument.html",
        {
            "instrument": instrument,
            "form": form,
            "meaning": meaning,
            "state_words": words,
            "may_keep": may_keep,
            "title": _("%(name)s: %(state)s") % {"name": instrument, "state": words[:1].lower() + words[1:]},
            "submit": _("Save"),
            "cancel_url": reverse("instruments"),
        },
        status=status,
    )


@page(permissions.INSTRUMENTS)
def record_calibration(request: HttpRequest, instrument_id: int) -> HttpResponse:
    instrument = visible_or_404(Instrument.objects.visible_to(request.user), instrument_id)
    form = CalibrationForm(request.POST or None, initial={"calibrated_on": timezone.localdate()})

    def run(cleaned: dict[str, Any]) -> str:
        operations.record_calibration(by=request.user, instrument_id=instrument_id, **cleaned)
        return reverse("instrument", args=[instrument_id])

    return form_page(
        request,
        form,
        run,
        title=_("When was %(name)s calibrated?") % {"name": instrument},
        submit=_("Record the calibration"),
        cancel_url=reverse("instrument", args=[instrument_id]),
    )
