"""Repairs: how long they take, how often they come back, what was found, and which devices fail most."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from wardwright.apps.assets.queries.uptime import device_hours
from wardwright.apps.directory.queries import house_currency
from wardwright.apps.maintenance import permissions
from wardwright.apps.maintenance.states import Kind, WorkState
from wardwright.kernel.figures import comes_back
from wardwright.platform.reports.declaration import (
    Asked,
    Audience,
    Case,
    Chart,
    Column,
    Count,
    Figure,
    Frequency,
    Link,
    Money,
    Report,
    report,
)
from wardwright.platform.reports.declaration import Kind as Holds

from .common import (
    DEVICE_COLUMNS,
    ORDER_COLUMNS,
    ORDER_VALUES,
    OWN,
    PLACE,
    PROVIDER_COLUMN,
    WORK,
    day_of,
    hours,
    known_day,
    order_cells,
    orders,
    repairs,
    start_of,
)

NO_PROBLEM = ("NPF", "CND")
USE_ERROR = "USE"
REPORTED = Column("reported", _("Reported"), Holds.DATE)
DONE = Column("done", _("Repaired"), Holds.DATE)
NOT_RECORDED = {"not_recorded": _("not recorded")}


# How long repairs take ------------------------------------------------------------------------------------------


def _times(by: Any, asked: Asked) -> Iterator[Case]:
    rows = repairs(by, asked, "done_at").order_by("-done_at")
    moments = ("reported_at", "responded_at", "done_at", "returned_to_service_at", "held_seconds", "labour_minutes")
    own = str(OWN)
    for row in rows.values(*ORDER_VALUES, *moments, "provider__name").iterator():
        start, end = row["reported_at"], row["done_at"]
        response, elapsed = hours(start, row["responded_at"]), hours(start, end)
        back, waited = hours(start, row["returned_to_service_at"]), row["held_seconds"] / 3600
        hands_on = row["labour_minutes"] / 60 or None
        spent = max(elapsed, waited) if elapsed is not None else None
        yield Case(
            (*order_cells(row), row["provider__name"] or own, day_of(start), response, hands_on, elapsed, waited, back),
            {
                "response": _once(response),
                "hands_on": _once(hands_on),
                "elapsed": _once(elapsed),
                "waiting": (waited, spent) if spent else "not_recorded",
                "turnaround": _once(back),
            },
            day_of(end),
        )


def _once(value: float | None) -> Count:
    return "not_recorded" if value is None else (value, 1)


report(
    Report(
        key="repair-times",
        title=_("How long do repairs take?"),
        goal=_("Devices back on the ward sooner; see whether work or waiting takes the time."),
        audience=Audience.HEAD,
        frequency=Frequency.MONTHLY,
        permission=permissions.VIEW,
        period="last-12-months",
        parameters=WORK,
        columns=(
            *ORDER_COLUMNS,
            PROVIDER_COLUMN,
            REPORTED,
            Column("response", _("Answered after"), Holds.NUMBER, _("h")),
            Column("hands_on", _("Hands-on"), Holds.NUMBER, _("h")),
            Column("elapsed", _("Repaired after"), Holds.NUMBER, _("h")),
            Column("waited", _("Waited"), Holds.NUMBER, _("h")),
            Column("back", _("In service after"), Holds.NUMBER, _("h")),
        ),
        cases=_times,
        figures=(
            Figure(
                "response",
                _("mean time to answer"),
                _("From the report of a fault until somebody took it up, for repairs done in the period."),
                _("h"),
                _("hours until answered"),
                _("repairs"),
                NOT_RECORDED,
            ),
            Figure(
                "hands_on",
                _("mean time to repair, hands-on"),
                _("Time that people recorded on the repair (MTTR: active repair only, without waiting)."),
                _("h"),
                _("hours of work"),
                _("repairs"),
                NOT_RECORDED,
            ),
            Figure(
                "elapsed",
                _("mean time to repair, elapsed"),
                _("From the report until the repair was done, nights and waiting included."),
                _("h"),
                _("hours until repaired"),
                _("repairs"),
                NOT_RECORDED,
            ),
            Figure(
                "waiting",
                _("of the elapsed time was waiting"),
                _("Hours on hold (parts, vendor, device in use and others) of the hours from report to repair."),
                "%",
                _("hours on hold"),
                _("hours until repaired"),
                NOT_RECORDED,
            ),
            Figure(
                "turnaround",
                _("mean time until back in service"),
                _("From the report until the device was returned to service. Devices that stayed in use are left out."),
                _("h"),
                _("hours until back"),
                _("repairs"),
                {"not_recorded": _("device stayed in use, or not noted")},
            ),
        ),
        chart=Chart("elapsed", _("How long did repairs take, by month?"), "line"),
        source=_("WHO, computerized maintenance management system 2011, table 2; MTTR as in kernel.reliability"),
    )
)


# How often they come back ---------------------------------------------------------------------------------------

LATER = {"too_recent": _("done too recently to tell")}


def _repeats(by: Any, asked: Asked) -> Iterator[Case]:
    """Repairs of the period, each beside the reports of the same device up to ninety days after."""
    rows = orders(by, asked, kind=Kind.CORRECTIVE).exclude(state=WorkState.CANCELLED)
    rows = rows.filter(reported_at__lt=start_of(asked.last + timedelta(days=92)))
    rows = rows.filter(reported_at__isnull=False).order_by("asset_id", "reported_at")
    found = []
    values = rows.values(*ORDER_VALUES, "reported_at", "done_at", "cause__label").iterator()
    for _asset_id, of_device in groupby(values, itemgetter("asset_id")):
        jobs = list(of_device)
        reported = [known_day(job["reported_at"]) for job in jobs]
        done = sorted(
            (job for job in jobs if job["done_at"] and asked.first <= known_day(job["done_at"]) <= asked.last),
            key=itemgetter("done_at"),
        )
        days = [known_day(job["done_at"]) for job in done]
        again = {span: comes_back(days, reported, span) for span in (30, 90)}
        found += [(job, {span: again[span][at] for span in again}) for at, job in enumerate(done)]
    for job, came in sorted(found, key=lambda one: (not one[1][30], not one[1][90], -one[0]["done_at"].timestamp())):
        on = known_day(job["done_at"])
        yield Case(
            (*order_cells(job), on, job["cause__label"] or ""),
            {f"within_{span}": _came(came[span], on + timedelta(days=span) <= asked.today) for span in (30, 90)},
            on,
        )


def _came(came: bool, is_over: bool) -> Count:
    return (1, 1) if came else (0, 1) if is_over else "too_recent"


report(
    Report(
        key="repeat-repairs",
        title=_("How many repairs come back?"),
        goal=_("Repair once; find devices and causes that were not really mended."),
        audience=Audience.QUALITY,
        frequency=Frequency.MONTHLY,
        permission=permissions.VIEW,
        period="last-12-months",
        parameters=WORK,
        columns=(*ORDER_COLUMNS, DONE, Column("cause", _("Cause"), group=True)),
        cases=_repeats,
        figures=tuple(
            Figure(
                f"within_{days}",
                label,
                formula,
                "%",
                _("reported again"),
                _("repairs"),
                LATER,
            )
            for days, label, formula in (
                (
                    30,
                    _("came back within 30 days"),
                    _(
                        "Repairs done in the period after which the same device was reported faulty again within"
                        " 30 days, of all repairs done in the period. Repairs done less than 30 days ago that"
                        " have not come back are left out."
                    ),
                ),
                (90, _("came back within 90 days"), _("As before, within 90 days.")),
            )
        ),
        chart=Chart("within_30", _("Which types come back within 30 days?")),
    )
)


# What was found -------------------------------------------------------------------------------------------------


def _found(by: Any, asked: Asked) -> Iterator[Case]:
    rows = repairs(by, asked, "done_at").order_by("-done_at")
    codes = ("problem__label", "cause__code", "cause__label", "action__label")
    for row in rows.values(*ORDER_VALUES, *codes, "done_at", "work_done").iterator():
        cause = row["cause__code"]
        yield Case(
            (
                *order_cells(row),
                row["problem__label"],
                row["cause__label"],
                row["action__label"],
                day_of(row["done_at"]),
            ),
            {
                "repairs": (1, 1),
                "no_problem": (float(cause in NO_PROBLEM), 1) if cause else "no_cause",
                "use_error": (float(cause == USE_ERROR), 1) if cause else "no_cause",
            },
            day_of(row["done_at"]),
        )


FOUND_COLUMNS = (
    *ORDER_COLUMNS,
    Column("problem", _("Problem"), group=True),
    Column("cause", _("Cause"), group=True),
    Column("action", _("Action"), group=True),
    DONE,
)
REPAIRS = Figure("repairs", _("repairs"), _("Repairs done in the period."), counted=_("repairs"), decimals=0)
NO_CAUSE = {"no_cause": _("no cause recorded")}
NO_PROBLEM_FOUND = Figure(
    "no_problem",
    _("no problem found"),
    _("Repairs whose cause is “no problem found” or “could not be reproduced”, of all repairs with a cause."),
    "%",
    _("without a fault"),
    _("repairs with a cause"),
    NO_CAUSE,
)
USE_ERRORS = Figure(
    "use_error",
    _("use errors"),
    _(
        "Repairs whose cause is a use error, of all repairs with a cause. Abuse and damage are"
        " not counted as use error."
    ),
    "%",
    _("with a use error"),
    _("repairs with a cause"),
    NO_CAUSE,
)


def _about_findings(
    key: str, title: Any, goal: Any, audience: Audience, group: str, *figures: Figure, chart: Chart
) -> None:
    report(
        Report(
            key=key,
            title=title,
            goal=goal,
            audience=audience,
            frequency=Frequency.QUARTERLY,
            permission=permissions.VIEW,
            period="last-12-months",
            parameters=WORK,
            columns=FOUND_COLUMNS,
            cases=_found,
            figures=figures,
            group=group,
            chart=chart,
            source=_("WHO 2011, table 2 (operator-caused faults); WHO 2025, annex 2 (failure codes)"),
        )
    )


_about_findings(
    "failures",
    _("What fails, and why?"),
    _("See which causes to attack: wear, use, accessories, software."),
    Audience.HEAD,
    "cause",
    REPAIRS,
    NO_PROBLEM_FOUND,
    USE_ERRORS,
    chart=Chart("repairs", _("Which causes are behind the repairs?")),
)
_about_findings(
    "no-problem-found",
    _("How often is no problem found?"),
    _("Fewer needless visits: training, accessories, unclear alarms."),
    Audience.QUALITY,
    "type",
    NO_PROBLEM_FOUND,
    REPAIRS,
    chart=Chart("no_problem", _("For which types is no problem found?")),
)
_about_findings(
    "use-errors",
    _("On which wards do use errors happen?"),
    _("Train where it helps; buy what is easier to use."),
    Audience.WARDS,
    "department",
    USE_ERRORS,
    REPAIRS,
    chart=Chart("use_error", _("What share of repairs is a use error, by department?")),
)


# Which devices fail most ----------------------------------------------------------------------------------------


def _worst(by: Any, asked: Asked) -> Iterator[Case]:
    rows = repairs(by, asked, "done_at").order_by("asset_id")
    values = rows.values(
        *ORDER_VALUES,
        "down_from_at",
        "down_until_at",
        "cause__label",
        "currency",
        cost=F("labour_cost_cents") + F("parts_cost_cents"),
    )
    currency, found = house_currency(by, asked["site"]), []
    for _asset_id, of_device in groupby(values.iterator(), itemgetter("asset_id")):
        jobs = list(of_device)
        down = sum(hours(job["down_from_at"], job["down_until_at"]) or 0 for job in jobs)
        cost = sum(job["cost"] for job in jobs if job["currency"] in ("", currency))
        causes = Counter(job["cause__label"] for job in jobs if job["cause__label"])
        found.append((jobs[0], len(jobs), down, cost, causes.most_common(1)[0][0] if causes else ""))
    for job, count, down, cost, cause in sorted(found, key=lambda one: (-one[1], -one[2], one[0]["asset__tag"])):
        yield Case(
            (*order_cells(job)[1:], count, down, Money(cost, currency), cause),
            {"repairs": (count, 1), "often": (float(count >= 3), 1), "down": (down, 1)},
        )


report(
    Report(
        key="worst-devices",
        title=_("Which devices fail most?"),
        goal=_("Find the devices to replace, overhaul or look into."),
        audience=Audience.HEAD,
        frequency=Frequency.QUARTERLY,
        permission=permissions.VIEW,
        period="last-12-months",
        parameters=WORK,
        columns=(
            *DEVICE_COLUMNS,
            Column("repairs", _("Repairs"), Holds.NUMBER),
            Column("down", _("Out of use"), Holds.NUMBER, _("h")),
            Column("cost", _("Cost"), Holds.MONEY),
            Column("cause", _("Most frequent cause"), group=True),
        ),
        cases=_worst,
        figures=(
            Figure(
                "repairs",
                _("repairs"),
                _("Repairs done in the period, on all devices listed."),
                counted=_("repairs"),
                decimals=0,
            ),
            Figure(
                "often",
                _("of the repaired devices failed three times or more"),
                _("Devices with three or more repairs in the period, of all devices repaired in it."),
                "%",
                _("repaired three times or more"),
                _("devices repaired"),
            ),
            Figure(
                "down",
                _("hours out of use"),
                _("Hours between down and up again, as recorded on the repairs."),
                _("h"),
                decimals=0,
            ),
        ),
        chart=Chart("repairs", _("Which types need most repairs?")),
        source=_("WHO 2025, annex 2: worst assets by failure code"),
    )
)


# How long they run ----------------------------------------------------------------------------------------------


def _between_failures(by: Any, asked: Asked) -> Iterator[Case]:
    rows = repairs(by, asked, "reported_at").exclude(cause__code__in=(*NO_PROBLEM, USE_ERROR))
    failures = Counter(rows.order_by().values_list("asset_id", flat=True))
    for device in device_hours(by, asked):
        count, days = failures[device.asset_id], device.in_service / 24
        cells = (Link(device.tag, "asset", device.asset_id), device.type, device.site, device.department)
        counted: Count = "no_history" if not device.is_known else (days, count) if days or count else "not_in_service"
        yield Case((*cells, device.model, days, count), {"mtbf": counted})


report(
    Report(
        key="time-between-failures",
        title=_("How long do devices run between failures?"),
        goal=_("Compare types and models; see wear begin."),
        audience=Audience.HEAD,
        frequency=Frequency.QUARTERLY,
        permission=permissions.VIEW,
        period="last-12-months",
        parameters=PLACE,
        columns=(
            *DEVICE_COLUMNS,
            Column("model", _("Model"), group=True),
            Column("days", _("Days in service"), Holds.NUMBER),
            Column("failures", _("Failures"), Holds.NUMBER),
        ),
        cases=_between_failures,
        figures=(
            Figure(
                "mtbf",
                _("mean time between failures"),
                _(
                    "Days that devices were in service in the period, divided by the failures reported in it"
                    " (MTBF). Repairs without a fault and use errors are no failures."
                ),
                _("days"),
                _("days in service"),
                _("failures"),
                {"no_history": _("no history of states"), "not_in_service": _("not in service in the period")},
                decimals=0,
            ),
        ),
        chart=Chart("mtbf", _("How many days do types run between failures?")),
        source=_(
            "MTBF = operating time ÷ failures, as in kernel.reliability; operating time is calendar time in service"
        ),
    )
)
