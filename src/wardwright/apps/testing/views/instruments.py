"""Test instruments: their list, their page, what they measure, and a device becoming one."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wardwright.apps.assets.models import Asset
from wardwright.apps.testing import operations, permissions, queries
from wardwright.apps.testing.forms import FunctionsForm, InstrumentForm
from wardwright.apps.testing.models import (
    Calibration,
    CalibrationPoint,
    CalibrationStandard,
    Instrument,
    InstrumentConnection,
    InstrumentFunction,
)
from wardwright.apps.testing.states import RESULT_MEANING, CalibrationResult
from wardwright.apps.testing.tables import INSTRUMENTS, calibration_state
from wardwright.kernel.metrology import MetrologyError
from wardwright.platform.access.scope import allowed
from wardwright.platform.core.errors import NotNow
from wardwright.platform.core.words import error_words
from wardwright.web.tables import list_page
from wardwright.web.views import OnceForm, form_page, go, page, subject_or_404, visible_or_404

SHOWN = 30  # calibrations: more than a working life of them


@page(permissions.VIEW)
def instrument_list(request: HttpRequest) -> HttpResponse:
    return list_page(request, INSTRUMENTS)


def instrument_or_404(request: HttpRequest, instrument_id: int) -> Instrument:
    return visible_or_404(Instrument.objects.visible_to(request.user).select_related("site", "asset"), instrument_id)


@page(permissions.VIEW)
def instrument_page(request: HttpRequest, instrument_id: int) -> HttpResponse:
    """Whether it may be used, what it measures, how its calibrations found it, and what hangs on it."""
    by, row = request.user, instrument_or_404(request, instrument_id)
    calibrations = list(Calibration.objects.visible_to(by).filter(instrument=row)[:SHOWN])
    standing = [made for made in calibrations if made.withdrawn_at is None]
    proposal = queries.proposed_interval(row, standing)
    meaning, words = calibration_state(row, timezone.localdate())
    ids = [made.pk for made in standing]
    standards = CalibrationStandard.objects.visible_to(by).filter(calibration__in=ids).select_related("instrument")
    made_with = (
        Calibration.objects.visible_to(by)
        .standing()
        .filter(pk__in=CalibrationStandard.objects.visible_to(by).filter(instrument=row).values("calibration"))
    )
    since = row.calibrated_on
    return render(
        request,
        "testing/instrument.html",
        {
            "instrument": row,
            "meaning": meaning,
            "state_words": words,
            "title": _("%(name)s: %(state)s") % {"name": row, "state": words[:1].lower() + words[1:]},
            "may_keep": allowed(by, permissions.INSTRUMENTS, row),
            "functions": [_function_line(one) for one in _functions(request, row)],
            "calibrations": _lines(request, calibrations),
            "interval_days": queries.usual_interval_days(row, standing[0] if standing else None),
            "proposal": proposal,
            "takes_over": proposal is not None and proposal.days not in (None, row.interval_days),
            "readings": queries.readings_since(by, row).count(),
            "readings_query": f"instrument={row.pk}" + (f"&since={since.isoformat()}" if since else ""),
            "standards": list({one.instrument_id: one.instrument for one in standards}.values()),
            "made_with": list(made_with.select_related("instrument")[:SHOWN]),
        },
    )


def _functions(request: HttpRequest, row: Instrument) -> list[InstrumentFunction]:
    return list(InstrumentFunction.objects.visible_to(request.user).filter(instrument=row))


def _function_line(function: InstrumentFunction) -> dict[str, Any]:
    """A function, with the accuracy in its one usual form, or why it is not understood."""
    try:
        spec = queries.accuracy_of(function)
    except MetrologyError as error:
        return {"row": function, "accuracy": function.accuracy, "fault": error_words(error)}
    return {"row": function, "accuracy": str(spec) if spec else ""}


def _lines(request: HttpRequest, calibrations: list[Calibration]) -> list[dict[str, Any]]:
    """Each with its points, how many of them were out, and its looks; one query."""
    of_id: dict[int, list[CalibrationPoint]] = {}
    ids = [made.pk for made in calibrations]
    for point in CalibrationPoint.objects.visible_to(request.user).filter(calibration__in=ids):
        of_id.setdefault(point.calibration_id, []).append(point)
    return [
        {
            "made": made,
            "points": (points := of_id.get(made.pk, [])),
            "out": sum(point.found_out for point in points),
            "found_meaning": RESULT_MEANING[CalibrationResult(made.as_found)],
            "left_meaning": RESULT_MEANING[CalibrationResult(made.as_left)],
        }
        for made in calibrations
    ]


@page(permissions.INSTRUMENTS)
def new_instrument(request: HttpRequest) -> HttpResponse:
    form = InstrumentForm(request.user, request.POST or None)

    def run(cleaned: dict[str, Any]) -> str:
        instrument = operations.keep_instrument(by=request.user, **form.values())
        return reverse("instrument", args=[instrument.pk])

    return form_page(
        request, form, run, title=_("Add a test instrument"), submit=_("Add"), cancel_url=reverse("instruments")
    )


@page(permissions.INSTRUMENTS)
def edit_instrument(request: HttpRequest, instrument_id: int) -> HttpResponse:
    row = instrument_or_404(request, instrument_id)
    form = InstrumentForm(request.user, request.POST or None, row=row)
    back = reverse("instrument", args=[row.pk])

    def run(cleaned: dict[str, Any]) -> str:
        expected = cleaned["expected_version"]
        operations.keep_instrument(by=request.user, instrument_id=row.pk, expected_version=expected, **form.values())
        return back

    return form_page(request, form, run, title=_("Change %(name)s") % {"name": row}, cancel_url=back)


@page(permissions.INSTRUMENTS)
def edit_functions(request: HttpRequest, instrument_id: int) -> HttpResponse:
    """What it measures, row by row."""
    row = instrument_or_404(request, instrument_id)
    asked = InstrumentConnection.objects.visible_to(request.user).filter(instrument=row).exists()
    form = FunctionsForm(row, _functions(request, row), request.POST or None, asked=asked)
    if "press" in request.POST:
        form.pressed(request.POST["press"])
    back = reverse("instrument", args=[row.pk])

    def run(cleaned: dict[str, Any]) -> str:
        operations.set_functions(
            by=request.user, instrument_id=row.pk, functions=form.grid.data(),
            expected_version=cleaned["expected_version"],
        )  # fmt: skip
        return back

    return form_page(
        request, form, run, title=_("What does %(name)s measure?") % {"name": row}, cancel_url=back,
        template="testing/functions.html", asked=asked, quantities=queries.known_quantities(request.user),
        intro=_("A reading beyond these ranges is refused. Without any row, its readings are not checked."),
    )  # fmt: skip


@require_POST
@page(permissions.INSTRUMENTS)
def take_interval(request: HttpRequest, instrument_id: int) -> HttpResponse:
    """Take over the interval that its calibrations speak for."""
    row = instrument_or_404(request, instrument_id)
    calibrations = list(Calibration.objects.visible_to(request.user).standing().filter(instrument=row)[:SHOWN])
    proposal = queries.proposed_interval(row, calibrations)
    if proposal is None or proposal.days is None:
        raise NotNow(_("Its calibrations say too little for an interval."), _("Enter one by “Change it”."))
    operations.keep_instrument(by=request.user, instrument_id=row.pk, interval_days=proposal.days)
    return go(request, reverse("instrument", args=[row.pk]))


# Devices --------------------------------------------------------------------------------------------------------


@page(permissions.INSTRUMENTS)
def use_as_instrument(request: HttpRequest, asset_id: int) -> HttpResponse:
    """From a device's page: it is also a test instrument."""
    asset = visible_or_404(Asset.objects.visible_to(request.user).with_names(), asset_id)
    there = Instrument.objects.visible_to(request.user).filter(asset=asset).first()
    if there is not None:
        return go(request, reverse("instrument", args=[there.pk]))

    def run(cleaned: dict[str, Any]) -> str:
        return reverse("instrument", args=[operations.use_as_instrument(by=request.user, asset_id=asset.pk).pk])

    return form_page(
        request, OnceForm(request.POST or None), run, title=_("Use %(tag)s as a test instrument?") % {"tag": asset.tag},
        submit=_("Use as a test instrument"), cancel_url=reverse("asset", args=[asset.pk]),
        intro=_("Its name, serial number and site are taken over. Readings can be taken with it once a calibration is"
                " recorded."),
    )  # fmt: skip


@page(permissions.VIEW)
def asset_instrument(request: HttpRequest, asset_id: int) -> HttpResponse:
    """The box on a device's page: its calibration, where it is a test instrument."""
    asset = subject_or_404(request, Asset, asset_id)
    row = Instrument.objects.visible_to(request.user).filter(asset=asset).first()
    if row is None:
        return HttpResponse()
    meaning, words = calibration_state(row, timezone.localdate())
    return render(request, "testing/asset_panel.html", {"instrument": row, "meaning": meaning, "state_words": words})
