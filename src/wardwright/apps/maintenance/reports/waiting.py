"""Promises and waiting: requests, answers in time, work on hold, the backlog against the hands there are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from wardwright.apps.directory.models import Person
from wardwright.apps.maintenance import permissions
from wardwright.apps.maintenance.states import UNFINISHED, HoldReason, Kind, Priority, WorkState
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
    repairs,
)

LONG_DAYS = 7
PRIORITY = Column("priority", _("Priority"), group=True)
STATE = Column("state", _("State"), group=True)
REPORTED = Column("reported", _("Reported"), Holds.DATE)


# Requests and promises ------------------------------------------------------------------------------------------


def _requests(by: Any, asked: Asked) -> Iterator[Case]:
    rows = repairs(by, asked, "reported_at").order_by("-reported_at")
    moments = ("priority", "state", "reported_at", "responded_at", "done_at")
    priority_words, state_words = labels(Priority), labels(WorkState)
    for row in rows.values(*ORDER_VALUES, *moments).iterator():
        response = hours(row["reported_at"], row["responded_at"])
        is_open = row["state"] in UNFINISHED
        yield Case(
            (
                *order_cells(row),
                priority_words[row["priority"]],
                state_words[row["state"]],
                day_of(row["reported_at"]),
                response,
                day_of(row["done_at"]),
            ),
            {
                "requests": (1, 1),
                "open": (float(is_open), 1),
                "response": "not_recorded" if response is None else (response, 1),
            },
            day_of(row["reported_at"]),
        )


report(
    Report(
        key="requests",
        title=_("Who asks for help, and how often?"),
        goal=_("See which departments need most, and whether requests pile up."),
        audience=Audience.WARDS,
        frequency=Frequency.MONTHLY,
        permission=permissions.VIEW,
        period="last-12-months",
        parameters=WORK,
        columns=(
            *ORDER_COLUMNS,
            PRIORITY,
            STATE,
            REPORTED,
            Column("response", _("Answered after"), Holds.NUMBER, _("h")),
            Column("done", _("Repaired"), Holds.DATE),
        ),
        cases=_requests,
        figures=(
            Figure("requests", _("requests"), _("Faults reported in the period, cancelled ones left out."), decimals=0),
            Figure(
                "open",
                _("are still open"),
                _("Faults reported in the period whose work is not finished, of all reported in it."),
                "%",
                _("still open"),
                _("requests"),
            ),
            Figure(
                "response",
                _("mean time to answer"),
                _("From the report until somebody took it up. Those that nobody took up yet are left out."),
                _("h"),
                _("hours until answered"),
                _("requests"),
                {"not_recorded": _("not answered yet")},
            ),
        ),
        group="department",
        chart=Chart("requests", _("Which departments ask most?")),
        source=_("WHO 2025, annex 2: requests open and closed, response, top departments"),
    )
)


def _promises(by: Any, asked: Asked) -> Iterator[Case]:
    rows = repairs(by, asked, "reported_at").exclude(finish_by_at=None, respond_by_at=None).order_by("-reported_at")
    moments = ("reported_at", "respond_by_at", "responded_at", "finish_by_at", "done_at", "priority")
    priority_words, own = labels(Priority), str(OWN)
    for row in rows.values(*ORDER_VALUES, *moments, "provider__name").iterator():
        answered = _kept(row["respond_by_at"], row["responded_at"], asked.now)
        finished = _kept(row["finish_by_at"], row["done_at"], asked.now)
        yield Case(
            (
                *order_cells(row),
                row["provider__name"] or own,
                priority_words[row["priority"]],
                day_of(row["reported_at"]),
                row["respond_by_at"],
                row["responded_at"],
                row["finish_by_at"],
                row["done_at"],
            ),
            {"answered": answered, "finished": finished},
            day_of(row["reported_at"]),
        )


def _kept(promised: Any, done: Any, now: Any) -> Count:
    if promised is None:
        return "no_promise"
    if done is None:
        return "running" if now <= promised else (0, 1)
    return (float(done <= promised), 1)


_NOT_JUDGED = {"running": _("not done yet, still in time"), "no_promise": _("no time was promised")}
report(
    Report(
        key="promises",
        title=_("Do we and our providers keep promised times?"),
        goal=_("See which provider misses the times of the contract, and where our own hands are short."),
        audience=Audience.HEAD,
        frequency=Frequency.MONTHLY,
        permission=permissions.VIEW,
        period="last-12-months",
        parameters=WORK,
        columns=(
            *ORDER_COLUMNS,
            PROVIDER_COLUMN,
            PRIORITY,
            REPORTED,
            Column("respond_by", _("Answer by"), Holds.DATE),
            Column("responded", _("Answered"), Holds.DATE),
            Column("finish_by", _("Finish by"), Holds.DATE),
            Column("done", _("Repaired"), Holds.DATE),
        ),
        cases=_promises,
        figures=(
            Figure(
                "finished",
                _("finished in time"),
                _("Repairs reported in the period and finished in the promised time, of all whose time has passed."),
                "%",
                _("finished in time"),
                _("promises"),
                _NOT_JUDGED,
            ),
            Figure(
                "answered",
                _("answered in time"),
                _("Repairs reported in the period and taken up in the promised time, of all whose time has passed."),
                "%",
                _("answered in time"),
                _("promises"),
                _NOT_JUDGED,
            ),
        ),
        group="provider",
        chart=Chart("finished", _("Who finishes in time?")),
        source=_("Promised times are those of the service levels, in the hours of the service, without time on hold"),
    )
)


# Waiting --------------------------------------------------------------------------------------------------------


def _on_hold(by: Any, asked: Asked) -> Iterator[Case]:
    rows = orders(by, asked, state=WorkState.ON_HOLD).order_by("held_since_at", "pk")
    names = ("title", "hold_reason", "held_since_at", "provider__name", "assigned_to__name")
    reason_words, own = labels(HoldReason), str(OWN)
    for row in rows.values(*ORDER_VALUES, *names).iterator():
        since = day_of(row["held_since_at"])
        days = (asked.today - since).days if since else None
        reason = row["hold_reason"]
        counted: dict[str, Count] = {"waiting": (1, 1), "days": "not_noted" if days is None else (days, 1)}
        if reason == HoldReason.PARTS:
            counted["parts"] = "not_noted" if days is None else (float(days > LONG_DAYS), 1)
        yield Case(
            (
                *order_cells(row),
                reason_words[reason] if reason else "",
                row["provider__name"] or own,
                row["assigned_to__name"],
                since,
                days,
            ),
            counted,
        )


NOT_NOTED = {"not_noted": _("the beginning was not noted")}
report(
    Report(
        key="waiting",
        title=_("What is waiting, for what and for how long?"),
        goal=_("Chase parts and vendors; nothing waits because it was forgotten."),
        audience=Audience.TEAM,
        frequency=Frequency.WEEKLY,
        permission=permissions.VIEW,
        parameters=WORK,
        columns=(
            *ORDER_COLUMNS,
            Column("reason", _("Waiting for"), group=True),
            PROVIDER_COLUMN,
            Column("person", _("Assigned to"), group=True),
            Column("since", _("Since"), Holds.DATE),
            Column("days", _("Waiting"), Holds.NUMBER, _("days")),
        ),
        cases=_on_hold,
        figures=(
            Figure("waiting", _("jobs are waiting"), _("Work orders on hold today."), decimals=0),
            Figure(
                "parts",
                _("of those waiting for parts do so for more than 7 days"),
                _("Work orders on hold for parts for more than 7 days, of all on hold for parts."),
                "%",
                _("longer than 7 days"),
                _("jobs waiting for parts"),
                NOT_NOTED,
            ),
            Figure(
                "days",
                _("mean time on hold so far"),
                _("Days since the jobs were put on hold, over all that are on hold today."),
                _("days"),
                _("days"),
                _("jobs"),
                NOT_NOTED,
            ),
        ),
        group="reason",
        chart=Chart("waiting", _("What are jobs waiting for?")),
        nothing=_("Nothing is waiting."),
    )
)


# Backlog --------------------------------------------------------------------------------------------------------


def _hours_per_week(by: Any, asked: Asked) -> float:
    """The hours a week of those who service devices, as entered with the people."""
    people = Person.objects.visible_to(by).filter(is_active=True).exclude(tier=Person.Tier.NONE)
    return asked.narrow(people, site="site").aggregate(hours=Sum("hours_per_week", default=0))["hours"]


def _backlog(by: Any, asked: Asked) -> Iterator[Case]:
    rows = orders(by, asked, state__in=UNFINISHED, due_on__lt=asked.today, provider=None).order_by("due_on", "pk")
    kind_words = labels(Kind)
    for row in rows.values(*ORDER_VALUES, "kind", "due_on", "minutes_planned", "assigned_to__name").iterator():
        late, planned = (asked.today - row["due_on"]).days, row["minutes_planned"] / 60
        yield Case(
            (*order_cells(row), kind_words[row["kind"]], row["assigned_to__name"], row["due_on"], late, planned),
            {"hours": (planned, 1), "weeks": (planned, 1)},
        )


report(
    Report(
        key="backlog",
        title=_("How many weeks of work are late?"),
        goal=_("See in time that the work does not fit the hands."),
        audience=Audience.HEAD,
        frequency=Frequency.WEEKLY,
        permission=permissions.VIEW,
        parameters=WORK[:3],
        columns=(
            *ORDER_COLUMNS,
            Column("kind", _("Kind"), group=True),
            Column("person", _("Assigned to"), group=True),
            Column("due", _("Due"), Holds.DATE),
            Column("late", _("Late"), Holds.NUMBER, _("days")),
            Column("planned", _("Planned"), Holds.NUMBER, _("h")),
        ),
        cases=_backlog,
        figures=(
            Figure(
                "weeks",
                _("backlog"),
                _(
                    "Planned hours of unfinished work of our own that is past its due date, divided by the hours a week"
                    " of everybody who services devices, as entered with the people."
                ),
                _("weeks"),
                _("hours late"),
                _("hours a week"),
                total=_hours_per_week,
            ),
            Figure("hours", _("of late work"), _("Planned hours of unfinished work past its due date."), _("h")),
        ),
        group="kind",
        chart=Chart("hours", _("Which work is late?")),
        nothing=_("No work is late."),
    )
)
