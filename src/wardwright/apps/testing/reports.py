"""The ready-made reports about test instruments and readings."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from wardwright.apps.assets.queries import types_in_use
from wardwright.apps.directory.queries import site_choices
from wardwright.apps.testing import permissions
from wardwright.apps.testing.models import Calibration, Instrument, Measurement
from wardwright.apps.testing.queries import fitness, readings
from wardwright.apps.testing.states import CalibrationResult, Fitness
from wardwright.platform.core.words import exact_words
from wardwright.platform.reports.declaration import (
    Asked,
    Audience,
    Case,
    Chart,
    Column,
    Figure,
    Frequency,
    Kind,
    Link,
    Parameter,
    Report,
    report,
)
from wardwright.platform.reports.words import labels

from .statement import limit_words

SITE = Parameter("site", _("Site"), site_choices)
TYPE = Parameter("type", _("Device type"), lambda by: types_in_use(by).values_list("pk", "name"))


def _instruments(by: Any, asked: Asked) -> Iterator[Case]:
    rows = asked.narrow(Instrument.objects.visible_to(by).filter(is_active=True), site="site")
    rows = rows.annotate(fitness=fitness(asked.today))
    values = ("pk", "name", "serial", "site__name", "calibrated_on", "calibration_due_on", "fitness")
    words = labels(Fitness)
    for row in rows.order_by("calibration_due_on", "name", "pk").values(*values).iterator():
        due, found = row["calibration_due_on"], row["fitness"]
        yield Case(
            (
                Link(row["name"], "instrument", row["pk"]),
                row["serial"],
                row["site__name"],
                words[found],
                row["calibrated_on"],
                due,
                (due - asked.today).days if due else None,
            ),
            {"in_date": (float(found == Fitness.USABLE), 1)},
        )


report(
    Report(
        key="instruments-in-date",
        title=_("Which test instruments may be used, and which are due for calibration?"),
        goal=_("No reading is taken with an instrument past its date or out of tolerance."),
        audience=Audience.QUALITY,
        frequency=Frequency.MONTHLY,
        permission=permissions.VIEW,
        parameters=(SITE,),
        columns=(
            Column("instrument", _("Instrument"), Kind.LINK),
            Column("serial", _("Serial number")),
            Column("site", _("Site"), group=True),
            Column("state", _("State"), group=True),
            Column("calibrated", _("Calibrated"), Kind.DATE),
            Column("due", _("Calibration due"), Kind.DATE),
            Column("days", _("From now"), Kind.NUMBER, _("days")),
        ),
        cases=_instruments,
        figures=(
            Figure(
                "in_date",
                _("may be used"),
                _(
                    "Instruments calibrated, not past their due date and not left out of tolerance, of all in use: as"
                    " for readings."
                ),
                "%",
                _("may be used"),
                _("instruments"),
            ),
        ),
    )
)


# As found -------------------------------------------------------------------------------------------------------


def _calibrations(by: Any, asked: Asked) -> Iterator[Case]:
    rows = Calibration.objects.visible_to(by).standing().filter(calibrated_on__range=(asked.first, asked.last))
    rows = asked.narrow(rows, site="instrument__site")
    names = (
        "pk", "calibrated_on", "as_found", "as_left", "adjusted", "instrument__pk", "instrument__name",
        "instrument__serial", "instrument__asset__device_type__name", "instrument__site__name",
    )  # fmt: skip
    words, unknown = labels(CalibrationResult), CalibrationResult.UNKNOWN
    for row in rows.order_by("-as_found", "-calibrated_on", "pk").values(*names).iterator():
        found, name = row["as_found"], row["instrument__name"]
        yield Case(
            (
                Link(f"{name} {row['instrument__serial']}".strip(), "instrument", row["instrument__pk"]),
                row["instrument__asset__device_type__name"] or name,
                row["instrument__site__name"],
                row["calibrated_on"],
                words[found],
                words[row["as_left"]],
            ),
            {"in": "unknown" if found == unknown else (float(found == CalibrationResult.IN_TOLERANCE), 1)},
            row["calibrated_on"],
        )


report(
    Report(
        key="as-found",
        title=_("How often are test instruments still right when they go for calibration?"),
        goal=_("Intervals fit the instruments: neither so long that readings are in doubt, nor shorter than needed."),
        audience=Audience.QUALITY,
        frequency=Frequency.YEARLY,
        permission=permissions.VIEW,
        period="last-12-months",
        parameters=(SITE,),
        columns=(
            Column("instrument", _("Instrument"), Kind.LINK),
            Column("kind", _("Kind"), group=True),
            Column("site", _("Site"), group=True),
            Column("calibrated", _("Calibrated"), Kind.DATE),
            Column("found", _("As found")),
            Column("left", _("As left")),
        ),
        cases=_calibrations,
        figures=(
            Figure(
                "in",
                _("found in tolerance"),
                _("Calibrations in the period that found it in tolerance, of all that say how it was found."),
                "%",
                _("in tolerance"),
                _("calibrations"),
                {"unknown": _("not recorded how it was found")},
            ),
        ),
        group="kind",
        chart=Chart("in", _("Which kinds of instruments are found in tolerance?")),
        source=_("ILAC-G24, OIML D 10: intervals follow from how calibrations find instruments"),
    )
)


# Near the limit -------------------------------------------------------------------------------------------------


def _start(day: date) -> datetime:
    return datetime.combine(day, time.min, timezone.get_current_timezone())


def _near(by: Any, asked: Asked) -> Iterator[Case]:
    first, end = (_start(day) for day in (asked.first, asked.last + timedelta(days=1)))
    rows = Measurement.objects.visible_to(by).filter(taken_at__gte=first, taken_at__lt=end, asset__retired_on=None)
    rows = asked.narrow(rows, site="site", type="asset__device_type")
    extra = ("asset__tag", "asset__device_type__name", "site__name")
    found = []
    for row, series in readings.near_limit(by, rows, *extra):
        going = series.trend
        if going is not None and going.percent_used is not None:
            found.append((not going.worsening, -going.percent_used, row["asset__tag"], row, series, going))
    for _steady, _used, tag, row, series, going in sorted(found, key=lambda one: (*one[:3], one[4].quantity)):
        newest = series.newest
        yield Case(
            (
                Link(tag, "asset-readings", row["asset_id"]),
                row["asset__device_type__name"],
                series.name,
                row["site__name"],
                f"{exact_words(newest.value)} {series.unit}".strip(),
                limit_words(newest),
                float(going.percent_used or 0),
                newest.day,
            ),
            {"worse": (float(going.worsening), 1)},
            newest.day,
        )


report(
    Report(
        key="near-limit",
        title=_("Which readings are in the last tenth before their limit?"),
        goal=_("Look at a device before it fails: readings near their limit that get worse come first."),
        audience=Audience.TEAM,
        frequency=Frequency.MONTHLY,
        permission=permissions.VIEW,
        period="last-12-months",
        parameters=(SITE, TYPE),
        columns=(
            Column("asset", _("Device"), Kind.LINK),
            Column("type", _("Device type"), group=True),
            Column("reading", _("Reading"), group=True),
            Column("site", _("Site"), group=True),
            Column("value", _("Last")),
            Column("limit", _("Limit")),
            Column("used", _("Limit used"), Kind.NUMBER, "%"),
            Column("taken", _("Taken"), Kind.DATE),
        ),
        cases=_near,
        figures=(
            Figure(
                "worse",
                _("of those near their limit get worse"),
                _(
                    "Newest readings of a quantity on a device, taken in the period, that passed and use more than 90 %"
                    " of their limit; of these, those worse than the one before and than the first of the last dozen."
                ),
                "%",
                _("get worse"),
                _("near their limit"),
            ),
        ),
        source=_("IEC 62353, reference values; 90 % from domain memory"),
    )
)
