"""Planned maintenance: done on schedule and done at all, visits in vain, steps that fail, time against plan."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.db.models import Count as Rows
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from wardwright.apps.maintenance import permissions
from wardwright.apps.maintenance.models import Attempt, StepResult
from wardwright.apps.maintenance.queries.compliance import end_of_job
from wardwright.apps.maintenance.states import AttemptKind, Kind, WorkState
from wardwright.apps.testing.states import Outcome
from wardwright.kernel.due import ON_SCHEDULE, DueDates, NotDone, Scheduled, judge_job
from wardwright.platform.reports.declaration import (
    Asked,
    Audience,
    Case,
    Chart,
    Column,
    Count,
    Figure,
    Frequency,
    Limit,
    Report,
    report,
)
from wardwright.platform.reports.declaration import Kind as Holds

from .common import (
    ORDER_COLUMNS,
    ORDER_VALUES,
    OWN,
    PROVIDER_COLUMN,
    WORK,
    day_of,
    order_cells,
    orders,
    within,
)

LEFT_OUT = {
    "window_open": _("not done yet, the window is still open"),
    "cancelled": _("cancelled with a reason"),
    "not_done": _("closed as not done"),
}
DUE = Column("due", _("Due"), Holds.DATE)
_DATES = (
    "on", "window_opens_on", "window_end_on", "out_of_compliance_on", "state", "verdict", "done_at", "parent__done_at",
)  # fmt: skip


def _due_jobs(by: Any, asked: Asked) -> Any:
    """Every planned order due in the period, by the plan's own date, also where it was moved."""
    rows = orders(by, asked, kind=Kind.PLANNED).annotate(on=Coalesce("moved_from_on", "due_on"))
    return rows.filter(on__range=(asked.first, asked.last))


def _on_time(by: Any, asked: Asked) -> Iterator[Case]:
    values = _due_jobs(by, asked).order_by("on", "pk").values(*ORDER_VALUES, *_DATES, "plan__name", "provider__name")
    own = str(OWN)
    for row in values.iterator():
        on, ends = row["on"], row["window_end_on"] or row["on"]
        due = DueDates(on, row["window_opens_on"] or on, ends, row["out_of_compliance_on"] or ends + timedelta(days=1))
        done_on, exception = end_of_job(row["state"], row["verdict"], row["done_at"], row["parent__done_at"])
        standing = judge_job(Scheduled(due, done_on, exception), asked.today)
        on_time: Count = (float(standing in ON_SCHEDULE), 1)
        done: Count = (float(done_on is not None), 1)
        if standing is NotDone.EXCEPTED:
            on_time = done = str(exception)
        elif standing is NotDone.STILL_OPEN:
            on_time = done = "window_open"
        yield Case(
            (*order_cells(row), row["plan__name"], row["provider__name"] or own, on, ends, done_on),
            {"on_time": on_time, "done": done},
            on,
        )


report(
    Report(
        key="maintenance-on-time",
        title=_("Is planned maintenance done on time?"),
        goal=_("Every device looked after when it is due; read it beside the devices actually inspected."),
        audience=Audience.QUALITY,
        frequency=Frequency.MONTHLY,
        permission=permissions.REPORTS,
        period="this-year",
        parameters=WORK,
        columns=(
            *ORDER_COLUMNS,
            Column("plan", _("Plan"), group=True),
            PROVIDER_COLUMN,
            DUE,
            Column("window", _("Window ended"), Holds.DATE),
            Column("done", _("Done"), Holds.DATE),
        ),
        cases=_on_time,
        figures=(
            Figure(
                "on_time",
                _("done on schedule"),
                _(
                    "Planned jobs due in the period and done by the end of their window, of all those due in the"
                    " period. Jobs whose window is still open, and jobs ended by a documented exception, are left out."
                ),
                "%",
                _("done on schedule"),
                _("jobs due"),
                LEFT_OUT,
            ),
            Figure(
                "done",
                _("completed, early or late"),
                _("Planned jobs due in the period that were done by now, of all those due in the period."),
                "%",
                _("completed"),
                _("jobs due"),
                LEFT_OUT,
            ),
        ),
        chart=Chart("on_time", _("What share of planned jobs was done on schedule, by month?"), "control"),
        source=_("WHO 2025, annex 2 (PM compliance); the rule is in kernel.due"),
    )
)


# Visits in vain -------------------------------------------------------------------------------------------------


def _in_vain(by: Any, asked: Asked) -> Iterator[Case]:
    jobs = _due_jobs(by, asked)
    attempts: dict[int, Counter[str]] = defaultdict(Counter)
    made = Attempt.objects.visible_to(by).filter(work_order__in=jobs.order_by().values("pk"))
    for order_id, kind in made.values_list("work_order_id", "kind"):
        attempts[order_id][kind] += 1
    rows = list(jobs.values(*ORDER_VALUES, "on", "done_at"))
    for row in sorted(rows, key=lambda one: (-attempts[one["pk"]].total(), one["on"])):
        tries = attempts[row["pk"]]
        yield Case(
            (
                *order_cells(row),
                row["on"],
                tries[AttemptKind.IN_USE],
                tries[AttemptKind.NOT_LOCATED],
                tries[AttemptKind.REFUSED],
                day_of(row["done_at"]),
            ),
            {
                "not_located": (float(tries[AttemptKind.NOT_LOCATED] > 0), 1),
                "in_use": (float(tries[AttemptKind.IN_USE] > 0), 1),
                "visits": (tries.total(), 1),
            },
            row["on"],
        )


report(
    Report(
        key="visits-in-vain",
        title=_("How often do we come in vain?"),
        goal=_("Find devices before the visit; agree on times when wards can spare them."),
        audience=Audience.TEAM,
        frequency=Frequency.MONTHLY,
        permission=permissions.VIEW,
        period="this-year",
        parameters=WORK,
        columns=(
            *ORDER_COLUMNS,
            DUE,
            Column("in_use", _("In use"), Holds.NUMBER, _("visits")),
            Column("not_located", _("Not located"), Holds.NUMBER, _("visits")),
            Column("refused", _("Refused"), Holds.NUMBER, _("visits")),
            Column("done", _("Done"), Holds.DATE),
        ),
        cases=_in_vain,
        figures=(
            Figure(
                "not_located",
                _("not located at least once"),
                _(
                    "Planned jobs due in the period for which the device was not found at least once, of all those"
                    " due. WHO calls a share that is read the same way “equipment location rate”; lower is better."
                ),
                "%",
                _("not located"),
                _("jobs due"),
            ),
            Figure(
                "in_use",
                _("in use at least once"),
                _("Planned jobs due in the period for which the device was in use at least once, of all those due."),
                "%",
                _("in use"),
                _("jobs due"),
            ),
            Figure(
                "visits",
                _("visits in vain"),
                _("All recorded attempts at jobs due in the period, whatever became of the jobs."),
                decimals=0,
            ),
        ),
        group="department",
        chart=Chart("visits", _("Where do we come in vain?")),
        source=_("WHO, medical equipment maintenance programme overview 2011, 5.4.2"),
    )
)


# Steps ----------------------------------------------------------------------------------------------------------


def _steps(by: Any, asked: Asked) -> Iterator[Case]:
    rows = StepResult.objects.visible_to(by).filter(**within(asked, "recorded_at"))
    rows = rows.filter(work_order__kind__in=(Kind.PLANNED, Kind.INSPECTION, Kind.INCOMING))
    rows = asked.narrow(rows, site="work_order__site", department="work_order__department", type="asset__device_type")
    found = rows.order_by().values("work_order__procedure_version__procedure__title", "asset__device_type__name", "key")
    outcomes = {kind.value: Rows("pk", filter=Q(outcome=kind)) for kind in Outcome}
    lines = list(found.annotate(**{f"n_{kind}": count for kind, count in outcomes.items()}))
    for line in sorted(lines, key=lambda one: (-one["n_fail"], -one["n_pass"], one["key"])):
        failed, judged = line["n_fail"], line["n_fail"] + line["n_pass"]
        yield Case(
            (
                line["work_order__procedure_version__procedure__title"] or "",
                line["asset__device_type__name"],
                line["key"].replace("-", " ").replace("_", " "),
                judged,
                failed,
                100 * failed / judged if judged else None,
                line["n_skipped"],
                line["n_na"],
            ),
            {
                "yield": (failed, judged) if judged else "never_judged",
                "skipped": (line["n_skipped"], judged + line["n_skipped"]),
            },
        )


report(
    Report(
        key="step-yield",
        title=_("Which maintenance steps find something?"),
        goal=_("Keep the steps that find faults, question those that never do, look at those that are skipped."),
        audience=Audience.HEAD,
        frequency=Frequency.YEARLY,
        permission=permissions.VIEW,
        period="last-12-months",
        parameters=WORK[:3],
        columns=(
            Column("procedure", _("Procedure"), group=True),
            Column("type", _("Type"), group=True),
            Column("step", _("Step"), group=True),
            Column("judged", _("Judged"), Holds.NUMBER, _("times")),
            Column("failed", _("Failed"), Holds.NUMBER, _("times")),
            Column("yield", _("Failed"), Holds.PERCENT, "%"),
            Column("skipped", _("Skipped"), Holds.NUMBER, _("times")),
            Column("na", _("Not applicable"), Holds.NUMBER, _("times")),
        ),
        cases=_steps,
        figures=(
            Figure(
                "yield",
                _("of the steps found something (PM yield)"),
                _("Steps that failed, of all steps that were judged pass or fail in the period."),
                "%",
                _("failed"),
                _("judged"),
                {"never_judged": _("never judged")},
            ),
            Figure(
                "skipped",
                _("of the steps were skipped"),
                _("Steps skipped with a reason, of those skipped or judged. Not applicable is not counted."),
                "%",
                _("skipped"),
                _("skipped or judged"),
            ),
        ),
        chart=Chart("yield", _("Which procedures find faults?")),
    )
)


# Time -----------------------------------------------------------------------------------------------------------


def _time(by: Any, asked: Asked) -> Iterator[Case]:
    rows = orders(by, asked, kind=Kind.PLANNED, state=WorkState.CLOSED, **within(asked, "done_at"))
    values = rows.order_by("-done_at").values(
        *ORDER_VALUES, "plan__name", "minutes_planned", "labour_minutes", "done_at"
    )
    for row in values.iterator():
        planned, spent = row["minutes_planned"], row["labour_minutes"]
        yield Case(
            (*order_cells(row), row["plan__name"], day_of(row["done_at"]), planned, spent or None),
            {"time": (spent, planned) if spent and planned else "not_recorded"},
            day_of(row["done_at"]),
        )


report(
    Report(
        key="time-against-plan",
        title=_("Does planned maintenance take as long as planned?"),
        goal=_("Plans with honest times, so that the forecast against capacity can be trusted."),
        audience=Audience.HEAD,
        frequency=Frequency.QUARTERLY,
        permission=permissions.VIEW,
        period="last-12-months",
        parameters=WORK,
        columns=(
            *ORDER_COLUMNS,
            Column("plan", _("Plan"), group=True),
            Column("done", _("Done"), Holds.DATE),
            Column("planned", _("Planned"), Holds.NUMBER, _("min")),
            Column("spent", _("Spent"), Holds.NUMBER, _("min")),
        ),
        cases=_time,
        figures=(
            Figure(
                "time",
                _("of the planned time was needed"),
                _(
                    "Minutes recorded on planned jobs done in the period, of the minutes planned for them. Above 100 %"
                    " they took longer. Jobs without recorded time are left out."
                ),
                "%",
                _("minutes spent"),
                _("minutes planned"),
                {"not_recorded": _("no time recorded")},
            ),
        ),
        group="plan",
        chart=Chart("time", _("Which plans take longer than planned?"), limit=Limit(100, _("the plan"))),
        source=_("WHO 2011, 5.3.6: actual against expected time"),
    )
)
