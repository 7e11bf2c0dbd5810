"""Readings beside each other: the devices of a model, the people and instruments of a type, one instrument's drift."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from wardwright.apps.assets.models import Asset, DeviceModel, DeviceType
from wardwright.apps.testing import permissions
from wardwright.apps.testing.models import Instrument, Measurement
from wardwright.apps.testing.queries import comparing
from wardwright.apps.testing.queries.comparing import ModelReadings
from wardwright.platform.access.scope import allowed, reach
from wardwright.platform.core.values import as_id
from wardwright.platform.reports.declaration import Column, Kind
from wardwright.platform.reports.plots import spark_svg
from wardwright.platform.reports.sheet import Sheet
from wardwright.web.pages.reports import file_answer
from wardwright.web.views import page, subject_or_404, visible_or_404

from .comparison_chart import Comparison, error_plots, model_chart
from .reading_words import as_read, figure, limit_words
from .readings import chart_url

ROWS_SHOWN = 50
PANEL_LINES = 6
SPANS = (12, 24, 60)
USUAL_SPAN = 12


# The devices of a model -----------------------------------------------------------------------------------------


@page(permissions.VIEW)
def model_readings(request: HttpRequest, device_model_id: int) -> HttpResponse:
    """All devices of a model for one quantity: each with its latest reading, those far from the others named."""
    by = request.user
    models = DeviceModel.objects.visible_to(by).select_related("maker", "device_type")
    model = visible_or_404(models, device_model_id)
    known = comparing.quantities_of(Measurement.objects.visible_to(by).filter(asset__device_model=model))
    quantity = _chosen(request.GET.get("quantity", ""), known)
    found = comparing.readings_of_model(by, model.pk, quantity) if quantity else None
    if request.GET.get("format") == "csv":
        return file_answer(_model_sheet(request, model, quantity, found), "csv")
    context: dict[str, Any] = {"model": model, "known": known, "quantity": quantity, "title": _model_title(found)}
    if found:
        context |= {
            "found": found,
            "chart": model_chart(found),
            "lines": [_device_line(one) for one in found.devices[:ROWS_SHOWN]],
            "limit": limit_words(found.newest),
            "middle": f"{figure(found.spread.median)} {found.unit}".strip(),
            "csv_url": f"?{urlencode({'quantity': quantity, 'format': 'csv'})}",
        }
    return render(request, "testing/model_readings.html", context)


def _chosen(wanted: str, known: list[tuple[str, str]]) -> str:
    return wanted if wanted in dict(known) else known[0][0] if known else ""


def _model_title(found: ModelReadings | None) -> str:
    if found is None:
        return _("Nothing has been measured on devices of this model yet")
    far = len(found.far_out)
    if not far:
        return _("%(reading)s: no device lies far from the others") % {"reading": found.name}
    return _("%(reading)s: far from the others: %(n)s of %(all)s devices") % {
        "reading": found.name, "n": far, "all": len(found.devices),
    }  # fmt: skip


def _device_line(one: comparing.DeviceLine) -> dict[str, Any]:
    series = one.series
    values = [float(reading.value) for reading in series.readings]
    low, high = (None if limit is None else float(limit) for limit in (series.newest.low, series.newest.high))
    failed = series.newest.verdict.endswith("fail")
    return {
        "tag": one.tag,
        "series": series,
        "value": as_read(series.newest.value, "", series.unit),
        "range": f"{figure(min(values), 4)} – {figure(max(values), 4)}",
        "failed": failed,
        "is_far_out": one.is_far_out,
        "spark": spark_svg(values, one.tag, low=low, high=high, bad=failed) if len(values) > 1 else "",
        "url": chart_url(series.newest.asset_id, series.quantity),
    }


def _model_sheet(request: HttpRequest, model: DeviceModel, quantity: str, found: ModelReadings | None) -> Sheet:
    columns = (
        Column("asset", _("Device")),
        Column("taken", _("Taken"), Kind.DATE),
        Column("value", _("Value"), Kind.NUMBER),
        Column("unit", _("Unit")),
        Column("lowest", _("Lowest"), Kind.NUMBER),
        Column("highest", _("Highest"), Kind.NUMBER),
        Column("n", _("Readings"), Kind.NUMBER),
        Column("far", _("Far from the others")),
    )

    def rows() -> Any:
        for one in found.devices if found else ():
            values = [reading.value.normalize() for reading in one.series.readings]
            yield (
                one.tag, one.series.newest.at, values[-1], one.series.unit, min(values), max(values), len(values),
                _("yes") if one.is_far_out else _("no"),
            )  # fmt: skip

    return Sheet(f"model-{model.pk}-{quantity}", str(model), "", columns, rows, request.build_absolute_uri())


@page(permissions.VIEW)
def model_panel(request: HttpRequest, device_model_id: int) -> HttpResponse:
    """The box on a model's page: the quantities there are charts for."""
    model = subject_or_404(request, DeviceModel, device_model_id)
    rows = Measurement.objects.visible_to(request.user).filter(asset__device_model=model)
    known = comparing.quantities_of(rows)
    return render(request, "testing/model_panel.html", {"model": model, "known": known})


# One instrument -------------------------------------------------------------------------------------------------


@page(permissions.VIEW)
def instrument_course(request: HttpRequest, instrument_id: int) -> HttpResponse:
    """How an instrument was found at its calibrations, and how what it reads compares with the others."""
    by = request.user
    instrument = visible_or_404(Instrument.objects.visible_to(by).select_related("site"), instrument_id)
    errors = comparing.found_errors(by, instrument.pk)
    if request.GET.get("format") == "csv":
        return file_answer(_errors_sheet(request, instrument, errors), "csv")
    months = _months(request)
    shares = comparing.failed_shares(by, instrument.pk, timezone.now() - timedelta(days=30.44 * months))
    drawn, lines = error_plots(errors)
    context = {
        "instrument": instrument,
        "chart": drawn,
        "lines": lines,
        "shares": shares,
        "months": months,
        "spans": SPANS,
        "csv_url": "?format=csv" if errors else "",
        "title": _instrument_title(instrument, lines),
    }
    return render(request, "testing/instrument_course.html", context)


def _instrument_title(instrument: Instrument, lines: list[Any]) -> str:
    if not lines:
        return _("%(name)s: no calibration with points yet") % {"name": instrument}
    if any(line.is_out for line in lines):
        return _("%(name)s was last found out of tolerance") % {"name": instrument}
    if any(line.leaves_on for line in lines):
        return _("%(name)s drifts towards the end of its tolerance") % {"name": instrument}
    return _("%(name)s was last found within its tolerance") % {"name": instrument}


@page(permissions.VIEW)
def instrument_panel(request: HttpRequest, instrument_id: int) -> HttpResponse:
    """The box on an instrument's page: how far off it was found, and the way to the charts."""
    instrument = subject_or_404(request, Instrument, instrument_id)
    _drawn, lines = error_plots(comparing.found_errors(request.user, instrument.pk))
    return render(request, "testing/instrument_panel.html", {"instrument": instrument, "lines": lines[:PANEL_LINES]})


def _errors_sheet(request: HttpRequest, instrument: Instrument, errors: list[comparing.FoundError]) -> Sheet:
    columns = (
        Column("calibrated", _("Calibrated"), Kind.DATE),
        Column("quantity", _("Quantity")),
        Column("reference", _("Reference value"), Kind.NUMBER),
        Column("error", _("Error as found"), Kind.NUMBER),
        Column("unit", _("Unit")),
        Column("uncertainty", _("Uncertainty U"), Kind.NUMBER),
        Column("share", _("Of the tolerance (%)"), Kind.NUMBER),
    )

    def rows() -> Any:
        for one in errors:
            uncertainty = one.uncertainty and one.uncertainty.normalize()
            yield (
                one.at,
                one.quantity,
                one.reference.normalize(),
                one.error.normalize(),
                one.unit,
                uncertainty,
                one.share,
            )

    key = f"instrument-{instrument.pk}-errors"
    return Sheet(key, str(instrument), "", columns, rows, request.build_absolute_uri())


def _months(request: HttpRequest) -> int:
    wanted = as_id(request.GET.get("months", ""))
    return wanted if wanted in SPANS else USUAL_SPAN


# People and instruments -----------------------------------------------------------------------------------------


@page(permissions.VIEW)
def compare_readings(request: HttpRequest) -> HttpResponse:
    """For a type or model and a quantity, instruments side by side; people too, for those who may see that."""
    by, months = request.user, _months(request)
    measured = Measurement.objects.visible_to(by).filter(asset=OuterRef("pk")).values("pk")
    used = DeviceType.objects.visible_to(by).filter(
        Exists(Asset.objects.visible_to(by).filter(Exists(measured), device_type=OuterRef("pk")).values("pk"))
    )
    types = list(used.order_by("name").values_list("pk", "name"))
    type_id = as_id(request.GET.get("type", ""))
    chosen = {"asset__device_type": type_id} if type_id in dict(types) else None
    model_id = as_id(request.GET.get("model", ""))
    models = (
        list(DeviceModel.objects.visible_to(by).filter(device_type=type_id).values_list("pk", "name")) if chosen else []
    )
    if chosen and model_id in dict(models):
        chosen = {"asset__device_model": model_id}
    rows = Measurement.objects.visible_to(by).filter(**chosen) if chosen else None
    known = comparing.quantities_of(rows) if rows is not None else []
    quantity = _chosen(request.GET.get("quantity", ""), known)
    since = timezone.now() - timedelta(days=30.44 * months)
    context: dict[str, Any] = {
        "types": types, "type_id": type_id, "models": models, "model_id": model_id, "known": known,
        "quantity": quantity, "months": months, "spans": SPANS, "title": _("Do people and instruments read alike?"),
    }  # fmt: skip
    parts: list[Comparison] = []
    if rows is not None and quantity:
        parts = _comparisons(by, rows, quantity, since)
        context["parts"] = parts
        context["csv_url"] = f"{request.get_full_path()}&format=csv" if parts else ""
        context["title"] = _comparison_title(parts)
    if request.GET.get("format") == "csv":
        return file_answer(_comparison_sheet(request, parts), "csv")
    return render(request, "testing/compare_readings.html", context)


def _comparisons(by: Any, rows: Any, quantity: str, since: Any) -> list[Comparison]:
    found = []
    whole = comparing.compared(rows, quantity, since)
    if whole:
        found.append(Comparison.of(whole, "instrument"))
    if allowed(by, permissions.REPORTS):
        theirs = whole
        if reach(by, permissions.REPORTS) != reach(by, permissions.VIEW):
            theirs = comparing.compared(rows.compared_by_person_for(by), quantity, since)
        if theirs:
            found.append(Comparison.of(theirs, "by"))
    return found


def _comparison_title(parts: list[Comparison]) -> str:
    if not parts:
        return _("No readings in this time")
    if all(len(part.lines) < 2 for part in parts):
        return _("There is nothing to compare these readings with")
    if any(line.matters for part in parts for line in part.lines):
        return _("Some readings differ by more than chance, and enough to look at")
    return _("No difference that is more than chance and large enough to look at")


def _comparison_sheet(request: HttpRequest, parts: list[Comparison]) -> Sheet:
    columns = (
        Column("kind", _("Compared")),
        Column("name", _("Name")),
        Column("n", _("Readings"), Kind.NUMBER),
        Column("mean", _("Mean"), Kind.NUMBER),
        Column("spread", _("Standard deviation"), Kind.NUMBER),
        Column("shared", _("Devices others measured too"), Kind.NUMBER),
        Column("difference", _("Difference"), Kind.NUMBER),
        Column("from", _("From"), Kind.NUMBER),
        Column("to", _("To"), Kind.NUMBER),
        Column("unit", _("Unit")),
        Column("words", _("In words")),
    )

    def rows() -> Any:
        for part in parts:
            for line in part.lines:
                basis = line.basis
                yield (
                    part.heading, line.name, line.whole.count, line.whole.mean, line.whole.deviation, line.shared,
                    basis.difference, basis.low, basis.high, part.compared.unit, line.words,
                )  # fmt: skip

    return Sheet("comparison", str(_("Comparison")), "", columns, rows, reverse("compare-readings"))
