"""Readings of a device: the box on its page, and one quantity over time as a control chart, a table and CSV."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from wardwright.apps.assets.models import Asset
from wardwright.apps.testing import permissions
from wardwright.apps.testing.queries import readings
from wardwright.apps.testing.queries.readings import Series
from wardwright.apps.testing.states import Graded, MeasurementSource
from wardwright.platform.reports.declaration import Column, Kind
from wardwright.platform.reports.plots import spark_svg
from wardwright.platform.reports.sheet import Sheet
from wardwright.platform.reports.words import labels
from wardwright.web.pages.reports import file_answer
from wardwright.web.views import page, subject_or_404, visible_or_404

from .reading_chart import Course, chart_of
from .reading_words import SIGNALS, as_read, limit_words, standing, used_words

ROWS_SHOWN = 50
SHOWN_FIRST = 8


@page(permissions.VIEW)
def asset_readings(request: HttpRequest, asset_id: int) -> HttpResponse:
    """The box on a device's page: each quantity with its newest reading and where it is going."""
    asset = subject_or_404(request, Asset, asset_id)
    lines = [_line(asset_id, series) for series in readings.newest_of_asset(request.user, asset_id)]
    context = {"asset": asset, "lines": lines[:SHOWN_FIRST], "more": lines[SHOWN_FIRST:]}
    return render(request, "testing/readings_panel.html", context)


def _line(asset_id: int, series: Series) -> dict[str, Any]:
    meaning, words = standing(series)
    newest, exact = series.newest, series.exact
    spark = ""
    if len(exact) > 1:
        low, high = (None if one is None else float(one) for one in (newest.low, newest.high))
        title = _("%(name)s: the last %(n)s readings") % {"name": series.name, "n": len(exact)}
        spark = spark_svg([float(one.value) for one in exact], title, low=low, high=high, bad=meaning == "late")
    return {
        "series": series,
        "value": as_read(newest.value, newest.bound, newest.unit),
        "limit": limit_words(newest),
        "used": used_words(series),
        "meaning": meaning,
        "words": words,
        "spark": spark,
        "url": chart_url(asset_id, series.quantity),
    }


def chart_url(asset_id: int, quantity: str, **more: str) -> str:
    return f"{reverse('asset-readings', args=[asset_id])}?{urlencode({'quantity': quantity, **more})}"


@page(permissions.VIEW)
def asset_quantity(request: HttpRequest, asset_id: int) -> HttpResponse:
    """One quantity of a device over time."""
    by = request.user
    asset = visible_or_404(Asset.objects.visible_to(by).select_related("device_model__maker", "device_type"), asset_id)
    known = readings.quantities_of_asset(by, asset_id)
    quantity = request.GET.get("quantity", "")
    quantity = quantity if quantity in dict(known) else known[0][0] if known else ""
    if request.GET.get("format") == "csv":
        return file_answer(_sheet(request, asset, quantity), "csv")
    series = readings.series_of_asset(by, asset_id, quantity) if quantity else None
    course, words = Course.of(series) if series else None, ""
    context: dict[str, Any] = {"asset": asset, "quantity": quantity, "known": known}
    if series and course:
        meaning, words = standing(series)
        context |= {
            "series": series,
            "course": course,
            "chart": chart_of(course),
            "meaning": meaning,
            "words": words,
            "used": used_words(series),
            "value": as_read(series.newest.value, series.newest.bound, series.newest.unit),
            "limit": limit_words(series.newest),
            "signals": [(one, [SIGNALS[signal] for signal in signals]) for one, signals in course.signalled()],
            "rows": [_row(one, course) for one in reversed(series.readings[-ROWS_SHOWN:])],
            "csv_url": chart_url(asset_id, quantity, format="csv"),
        }
    title = _("%(tag)s: no readings yet") % {"tag": asset.tag}
    if series:
        title = f"{asset.tag}: {series.name}" + (f": {words}" if words else "")
    return render(request, "testing/readings.html", {**context, "title": title})


def _row(one: readings.Reading, course: Course) -> dict[str, Any]:
    return {
        "reading": one,
        "value": as_read(one.value, one.bound, one.unit),
        "limit": limit_words(one),
        "failed": one.verdict.endswith("fail"),
        "verdict": Graded(one.verdict).label,
        "signals": [SIGNALS[signal] for signal in course.signals.get(one, ())],
    }


def _sheet(request: HttpRequest, asset: Asset, quantity: str) -> Sheet:
    """Every reading of the quantity, the newest first."""
    columns = (
        Column("taken", _("Taken"), Kind.DATE),
        Column("value", _("Value"), Kind.NUMBER),
        Column("bound", _("More or less than")),
        Column("unit", _("Unit")),
        Column("low", _("Not below"), Kind.NUMBER),
        Column("high", _("Not above"), Kind.NUMBER),
        Column("source", _("Limit from")),
        Column("result", _("Result")),
        Column("instrument", _("Instrument")),
        Column("by", _("By")),
        Column("from", _("Taken by")),
    )

    def rows() -> Any:
        graded, sources = labels(Graded), labels(MeasurementSource)
        series = readings.series_of_asset(request.user, asset.pk, quantity, most=None)
        for one in reversed(series.readings if series else []):
            yield (
                one.at, one.value.normalize(), one.bound, one.unit, one.low and one.low.normalize(),
                one.high and one.high.normalize(), one.limit_source, graded[one.verdict], one.instrument, one.by,
                sources[one.source],
            )  # fmt: skip

    return Sheet(f"{asset.tag}-{quantity}", f"{asset.tag} {quantity}", "", columns, rows, request.build_absolute_uri())
