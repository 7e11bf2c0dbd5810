"""Work by person and department, hours, and how completely work is recorded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Count as Rows
from django.db.models import Q, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from wardwright.apps.directory.models import Person
from wardwright.apps.maintenance import permissions
from wardwright.apps.maintenance.models import Labour
from wardwright.apps.maintenance.states import UNFINISHED, Kind, Verdict, WorkState
from wardwright.platform.reports.declaration import (
    Asked,
    Audience,
    Case,
    Chart,
    Column,
    Count,
    Figure,
    Frequency,
    Report,
    report,
)
from wardwright.platform.reports.declaration import Kind as Holds
from wardwright.platform.reports.words import labels

from .common import (
    ORDER_COLUMNS,
    ORDER_VALUES,
    OWN,
    PROVIDER_COLUMN,
    WORK,
    day_of,
    hours,
    order_cells,
    orders,
    within,
)

KIND = Column("kind", _("Kind"), group=True)
PERSON = Column("person", _("Person"), group=True)
CLOSED = Column("closed", _("Closed"), Holds.DATE)


# Opened and closed ----------------------------------------------------------------------------------------------


def _turnover(by: Any, asked: Asked) -> Iterator[Case]:
    opened, closed = Q(**within(asked, "opened_at")), Q(**within(asked, "closed_at"))
    rows = orders(by, asked).annotate(opened_at=Coalesce("reported_at", "created_at"))
    rows = rows.filter(opened | closed).order_by("-opened_at")
    names = (
        "kind",
        "state",
        "opened_at",
        "reported_at",
        "closed_at",
        "provider__name",
        "done_by__name",
        "assigned_to__name",
    )
    kind_words, own = labels(Kind), str(OWN)
    for row in rows.values(*ORDER_VALUES, *names).iterator():
        made, ended = day_of(row["opened_at"]), day_of(row["closed_at"])
        was_opened = made is not None and asked.first <= made <= asked.last
        was_closed = ended is not None and asked.first <= ended <= asked.last
        spent = hours(row["reported_at"], row["closed_at"])
        counted: dict[str, Count] = {"opened": (float(was_opened), 1), "closed": (float(was_closed), 1)}
        if was_closed:
            counted["days"] = "not_reported" if spent is None else (spent / 24, 1)
        if was_opened:
            counted["open"] = (float(row["state"] in UNFINISHED), 1)
        yield Case(
            (
                *order_cells(row),
                kind_words[row["kind"]],
                row["done_by__name"] or row["assigned_to__name"],
                row["provider__name"] or own,
                made,
                ended,
            ),
            counted,
            ended if was_closed else made,
        )


report(
    Report(
        key="opened-and-closed",
        title=_("Is as much work closed as is opened?"),
        goal=_("See who does what, and whether work piles up."),
        audience=Audience.HEAD,
        frequency=Frequency.MONTHLY,
        permission=permissions.REPORTS,
        period="last-month",
        parameters=WORK,
        columns=(*ORDER_COLUMNS, KIND, PERSON, PROVIDER_COLUMN, Column("made", _("Opened"), Holds.DATE), CLOSED),
        cases=_turnover,
        figures=(
            Figure(
                "opened", _("work orders opened"), _("Work orders reported, or else made, in the period."), decimals=0
            ),
            Figure("closed", _("work orders closed"), _("Work orders closed in the period."), decimals=0),
            Figure(
                "days",
                _("mean time to close"),
                _("From the report until the work order was closed, for those closed in the period."),
                _("days"),
                _("days"),
                _("reported and closed"),
                {"not_reported": _("not reported by anybody: planned work")},
            ),
            Figure(
                "open",
                _("of those opened are still open"),
                _("Work orders made in the period that are not finished today, of all made in it."),
                "%",
                _("still open"),
                _("opened"),
            ),
        ),
        group="department",
        chart=Chart("closed", _("Where was work closed?")),
        source=_("WHO 2011, table 2 (work orders by person); WHO 2025, annex 2"),
    )
)


# Hours ----------------------------------------------------------------------------------------------------------


def _hours(by: Any, asked: Asked) -> Iterator[Case]:
    rows = Labour.objects.visible_to(by).filter(on__range=(asked.first, asked.last))
    rows = asked.narrow(rows, site="work_order__site", department="work_order__department", type="asset__device_type")
    found = rows.order_by().values("person_name", "work_order__kind").annotate(minutes=Sum("minutes"), jobs=Rows("pk"))
    kind_words = labels(Kind)
    for row in sorted(found, key=lambda one: (-one["minutes"], one["person_name"])):
        spent, is_planned = row["minutes"] / 60, row["work_order__kind"] == Kind.PLANNED
        yield Case(
            (row["person_name"], kind_words[row["work_order__kind"]], row["jobs"], spent),
            {"hours": (spent, 1), "planned": (spent if is_planned else 0, spent), "used": (spent, 1)},
        )


def _hours_there(by: Any, asked: Asked) -> float:
    """The hours that those who service devices had for it in the period."""
    people = Person.objects.visible_to(by).filter(is_active=True).exclude(tier=Person.Tier.NONE)
    weekly = asked.narrow(people, site="site").aggregate(hours=Sum("hours_per_week", default=0))["hours"]
    return weekly * asked.days / 7


report(
    Report(
        key="hours",
        title=_("Where do our hours go?"),
        goal=_("See how much time goes to planned work, repairs and inspections, and how much of it is recorded."),
        audience=Audience.HEAD,
        frequency=Frequency.MONTHLY,
        permission=permissions.REPORTS,
        period="last-month",
        parameters=WORK[:3],
        columns=(
            PERSON,
            KIND,
            Column("jobs", _("Entries"), Holds.NUMBER),
            Column("hours", _("Hours"), Holds.NUMBER, _("h")),
        ),
        cases=_hours,
        figures=(
            Figure("hours", _("recorded"), _("Hours recorded on work orders in the period."), _("h")),
            Figure(
                "planned",
                _("went to planned maintenance"),
                _("Hours recorded on planned maintenance, of all hours recorded in the period."),
                "%",
                _("hours of planned maintenance"),
                _("hours"),
            ),
            Figure(
                "used",
                _("of the hours there were are recorded"),
                _(
                    "Hours recorded in the period, of the hours a week that are entered with the people who service"
                    " devices, for the weeks of the period. It says how complete the record is, not how busy we are."
                ),
                "%",
                _("hours recorded"),
                _("hours there were"),
                total=_hours_there,
            ),
        ),
        chart=Chart("hours", _("Who recorded how many hours?")),
        source=_("WHO 2011, table 2 (hours); WHO 2025, annex 2 (labour)"),
    )
)


# How completely work is recorded --------------------------------------------------------------------------------


def _recorded(by: Any, asked: Asked) -> Iterator[Case]:
    rows = orders(by, asked, state=WorkState.CLOSED, **within(asked, "closed_at")).order_by("-closed_at")
    names = ("kind", "verdict", "problem_id", "cause_id", "action_id", "labour_minutes", "closed_at", "done_by__name")
    kind_words = labels(Kind)
    for row in rows.values(*ORDER_VALUES, *names).iterator():
        is_repair = row["kind"] == Kind.CORRECTIVE
        codes = [row[name] is not None for name in ("problem_id", "cause_id", "action_id")]
        not_done = row["verdict"] == Verdict.NOT_DONE
        yield Case(
            (
                *order_cells(row),
                kind_words[row["kind"]],
                row["done_by__name"],
                day_of(row["closed_at"]),
                sum(codes) if is_repair else None,
                row["labour_minutes"] or None,
            ),
            {
                "coded": "not_done" if not_done else (float(all(codes)), 1) if is_repair else "no_repair",
                "labour": "not_done" if not_done else (float(row["labour_minutes"] > 0), 1),
            },
            day_of(row["closed_at"]),
        )


_NOT_DONE = _("closed as not done")
report(
    Report(
        key="record-quality",
        title=_("How completely is work recorded?"),
        goal=_("Figures are worth what is entered: codes for every repair, time for every job."),
        audience=Audience.TEAM,
        frequency=Frequency.MONTHLY,
        permission=permissions.REPORTS,
        period="last-12-months",
        parameters=WORK,
        columns=(
            *ORDER_COLUMNS,
            KIND,
            PERSON,
            CLOSED,
            Column("codes", _("Codes of 3"), Holds.NUMBER),
            Column("labour", _("Time"), Holds.NUMBER, _("min")),
        ),
        cases=_recorded,
        figures=(
            Figure(
                "coded",
                _("of the repairs are coded"),
                _("Repairs closed in the period with problem, cause and action, of all repairs closed in it."),
                "%",
                _("with all three codes"),
                _("repairs"),
                {"no_repair": _("not a repair"), "not_done": _NOT_DONE},
            ),
            Figure(
                "labour",
                _("of the jobs have their time"),
                _("Work orders closed in the period with recorded time, of all closed in it."),
                "%",
                _("with recorded time"),
                _("jobs"),
                {"not_done": _NOT_DONE},
            ),
        ),
        group="kind",
        chart=Chart("labour", _("What share of jobs has its time recorded, by month?"), "control"),
    )
)
