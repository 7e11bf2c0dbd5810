"""Devices in the programme: which were really inspected, which never, and which life support is overdue."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from wardwright.apps.assets.models import Asset
from wardwright.apps.maintenance import permissions
from wardwright.apps.maintenance.queries import Narrow
from wardwright.apps.maintenance.queries.compliance import Programme, programme_of
from wardwright.apps.maintenance.states import UNFINISHED, Kind, WorkState
from wardwright.platform.reports.declaration import (
    Asked,
    Audience,
    Case,
    Chart,
    Column,
    Figure,
    Frequency,
    Report,
    report,
)
from wardwright.platform.reports.declaration import Kind as Holds
from wardwright.platform.reports.words import labels

from .common import DEVICE_COLUMNS, DEVICE_VALUES, ORDER_COLUMNS, ORDER_VALUES, WORK, device_cells, order_cells, orders

CHUNK = 900
MAKER = Column("maker", _("Maker"), group=True)
SEEN = Column("seen", _("Last inspected"), Holds.DATE)
ACCEPTED = Column("accepted", _("Accepted"), Holds.DATE)


def _programme(by: Any, asked: Asked) -> Programme:
    narrow = Narrow(*(asked[key] for key in ("site", "department", "type", "provider")))
    return programme_of(by, min(asked.last, asked.today), narrow, "site")


def _devices(by: Any, ids: list[int]) -> Iterator[dict[str, Any]]:
    """The devices of ``ids`` in their order."""
    for at in range(0, len(ids), CHUNK):
        some = ids[at : at + CHUNK]
        rows = Asset.objects.visible_to(by).filter(pk__in=some)
        found = {row["pk"]: row for row in rows.values(*DEVICE_VALUES, "device_model__maker__name")}
        yield from (found[pk] for pk in some if pk in found)


def _inspected(by: Any, asked: Asked) -> Iterator[Case]:
    programme = _programme(by, asked)
    standing = {pk: programme.standing(pk, days) for pk, days in programme.days.items()}
    order = ("never", "late", "new", "inspected")
    ids = sorted(standing, key=lambda pk: (order.index(standing[pk]), programme.seen_on.get(pk, date.min), pk))
    for row in _devices(by, ids):
        pk, state = row["pk"], standing[row["pk"]]
        yield Case(
            (
                *device_cells(row),
                row["device_model__maker__name"],
                programme.seen_on.get(pk),
                programme.accepted_on[pk],
                programme.days[pk],
            ),
            {
                "inspected": "new" if state == "new" else (float(state == "inspected"), 1),
                "never": (float(state == "never"), 1),
            },
        )


NEW = {"new": _("accepted lately, first maintenance not due yet")}
report(
    Report(
        key="devices-inspected",
        title=_("Which devices were actually inspected?"),
        goal=_("No device hides behind a good figure for jobs."),
        audience=Audience.QUALITY,
        frequency=Frequency.MONTHLY,
        permission=permissions.REPORTS,
        parameters=WORK,
        columns=(
            *DEVICE_COLUMNS,
            MAKER,
            SEEN,
            ACCEPTED,
            Column("days", _("At least every"), Holds.NUMBER, _("days")),
        ),
        cases=_inspected,
        figures=(
            Figure(
                "inspected",
                _("of the devices were inspected"),
                _(
                    "Devices in the programme whose last real maintenance or inspection is not older than their"
                    " shortest interval and its window, of all devices in the programme."
                ),
                "%",
                _("inspected"),
                _("devices"),
                NEW,
            ),
            Figure(
                "never",
                _("never seen"),
                _("Devices in the programme that no maintenance or inspection ever reached, of all in the programme."),
                "%",
                _("never seen"),
                _("devices"),
            ),
        ),
        group="department",
        chart=Chart("inspected", _("What share of devices was inspected, by department?")),
        source=_("the rule is in apps.maintenance.queries.compliance"),
    )
)


def _never(by: Any, asked: Asked) -> Iterator[Case]:
    programme = _programme(by, asked)
    never = [pk for pk, days in programme.days.items() if programme.standing(pk, days) == "never"]
    for row in _devices(by, sorted(never, key=lambda pk: (programme.accepted_on[pk] or date.min, pk))):
        accepted = programme.accepted_on[row["pk"]]
        waited = (asked.today - accepted).days if accepted else None
        yield Case(
            (*device_cells(row), row["device_model__maker__name"], accepted, waited),
            {"never": (1, 1)},
        )


report(
    Report(
        key="never-seen",
        title=_("Which devices has nobody ever seen?"),
        goal=_("Find them, or take them off the register."),
        audience=Audience.TEAM,
        frequency=Frequency.MONTHLY,
        permission=permissions.REPORTS,
        parameters=WORK,
        columns=(*DEVICE_COLUMNS, MAKER, ACCEPTED, Column("waited", _("Since then"), Holds.NUMBER, _("days"))),
        cases=_never,
        figures=(
            Figure(
                "never",
                _("devices never seen"),
                _("Devices in the programme reached by no maintenance or inspection ever; new ones are not counted."),
                decimals=0,
            ),
        ),
        group="department",
        chart=Chart("never", _("Where are the devices that nobody has seen?")),
        nothing=_("Every device in the programme has been reached at least once."),
    )
)


def _overdue(by: Any, asked: Asked) -> Iterator[Case]:
    rows = orders(by, asked, kind=Kind.PLANNED, asset__device_type__life_support=True, due_on__lt=asked.today)
    rows = rows.filter(state__in=UNFINISHED).order_by("due_on", "pk")
    state_words = labels(WorkState)
    for row in rows.values(*ORDER_VALUES, "due_on", "state", "assigned_to__name").iterator():
        late = (asked.today - row["due_on"]).days
        state = state_words[row["state"]]
        yield Case((*order_cells(row), row["due_on"], late, row["assigned_to__name"], state), {"late": (1, 1)})


report(
    Report(
        key="overdue-life-support",
        title=_("Which life support is overdue?"),
        goal=_("Must be zero."),
        audience=Audience.HEAD,
        frequency=Frequency.DAILY,
        permission=permissions.VIEW,
        parameters=WORK,
        columns=(
            *ORDER_COLUMNS,
            Column("due", _("Due"), Holds.DATE),
            Column("late", _("Late"), Holds.NUMBER, _("days")),
            Column("person", _("Assigned to"), group=True),
            Column("state", _("State"), group=True),
        ),
        cases=_overdue,
        figures=(
            Figure(
                "late",
                _("overdue jobs on life support"),
                _("Unfinished planned jobs past their due date on devices whose type is marked as life support."),
                decimals=0,
            ),
        ),
        group="department",
        nothing=_("No planned maintenance of life support is overdue."),
    )
)
