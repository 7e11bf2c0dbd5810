"""Which planned jobs to move to another week, within their windows, so that four weeks are evenly full."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from wardwright.apps.maintenance.models import WorkOrder
from wardwright.apps.maintenance.states import Kind, WorkState
from wardwright.kernel.capacity import each_day, minutes_on
from wardwright.kernel.levelling import WEEK, Job, Move, level

from .capacity import hands_of, own_people
from .forecast import UsualTimes, usual_times
from .planning import WEEKS, monday_of

EVERYBODY = "all"
MOST_MOVES = 100
COLUMNS = (
    "id", "day", "kind", "state", "minutes_planned", "procedure_version__procedure_id", "asset__device_type_id",
    "asset__device_type__life_support", "assigned_to_id", "due_on", "window_opens_on", "window_end_on",
    "out_of_compliance_on",
)  # fmt: skip


@dataclass(frozen=True)
class WeekFull:
    """A week with its planned minutes before and after the moves."""

    first_on: date
    minutes: int
    minutes_after: int
    capacity_minutes: int

    @property
    def number(self) -> int:
        return self.first_on.isocalendar().week

    def percent(self, minutes: int) -> int | None:
        return round(100 * minutes / self.capacity_minutes) if self.capacity_minutes else None

    @property
    def percent_before(self) -> int | None:
        return self.percent(self.minutes)

    @property
    def percent_after(self) -> int | None:
        return self.percent(self.minutes_after)


@dataclass(frozen=True)
class Proposed:
    """An order and the day it would go to; how full both weeks were when the move was found, in percent."""

    order: WorkOrder
    from_on: date
    to_on: date
    minutes: int
    percent_from: int | None
    percent_to: int | None


@dataclass(frozen=True)
class Levelling:
    weeks: list[WeekFull]
    moves: list[Proposed]
    movable: int


def levelling(by: Any, today: date, *, site_id: int | None = None) -> Levelling:
    """The moves that even out the weeks for everybody in reach, and fill nobody's week beyond what theirs is now."""
    monday = monday_of(today)
    days = list(each_day(monday, monday + timedelta(WEEKS * WEEK - 1)))
    people = own_people(by)
    rows: Any = WorkOrder.objects.visible_to(by).unfinished().filter(provider=None)
    if site_id is not None:
        people, rows = people.filter(site_id=site_id), rows.filter(site_id=site_id)
    hands = hands_of(people, days[0], days[-1])
    capacity = {f"person:{pk}": _from(minutes_on(one, days), today.weekday()) for pk, one in hands.items()}
    capacity[EVERYBODY] = [sum(found) for found in zip(*capacity.values(), strict=True)] or [0] * len(days)
    times = usual_times(today)
    rows = rows.with_day().filter(day__gte=today, day__lte=days[-1]).order_by("pk").values(*COLUMNS)
    jobs = [_job(row, today, monday, capacity, times) for row in rows]
    moves = level(jobs, capacity, most_moves=MOST_MOVES)
    return Levelling(
        _weeks(jobs, moves, capacity[EVERYBODY], monday),
        _proposed(by, moves, monday),
        sum(job.first <= job.last for job in jobs),
    )


def _from(minutes: list[int], weekday: int) -> list[int]:
    """The days that have gone by hold nothing more."""
    return [0] * weekday + minutes[weekday:]


def _job(row: dict[str, Any], today: date, monday: date, capacity: dict[str, list[int]], times: UsualTimes) -> Job:
    minutes, _known = times.of(
        row["kind"], row["procedure_version__procedure_id"], row["asset__device_type_id"], row["minutes_planned"]
    )
    first, last = _window(row, today)
    person = f"person:{row['assigned_to_id']}"
    groups = (EVERYBODY, person) if person in capacity else (EVERYBODY,)
    return Job(row["id"], minutes, (row["day"] - monday).days, (first - monday).days, (last - monday).days, groups)


def _window(row: dict[str, Any], today: date) -> tuple[date, date]:
    """The days on which a job that has not begun may be done; life support never goes beyond its due date."""
    stays = today, today - timedelta(1)
    is_planned = row["kind"] in (Kind.PLANNED, Kind.INSPECTION)
    if not is_planned or row["state"] not in (WorkState.OPEN, WorkState.ASSIGNED) or not row["window_opens_on"]:
        return stays
    ends = [row["window_end_on"] or row["due_on"]]
    if row["out_of_compliance_on"]:
        ends.append(row["out_of_compliance_on"] - timedelta(1))
    if row["asset__device_type__life_support"]:
        ends.append(row["due_on"])
    known = [end for end in ends if end is not None]
    return (max(today, row["window_opens_on"]), min(known)) if known else stays


def _weeks(jobs: list[Job], moves: list[Move], capacity: list[int], monday: date) -> list[WeekFull]:
    before, after = [0] * WEEKS, [0] * WEEKS
    goes_to = {move.job.id: move.day for move in moves}
    for job in jobs:
        before[job.day // WEEK] += job.minutes
        after[goes_to.get(job.id, job.day) // WEEK] += job.minutes
    return [
        WeekFull(monday + timedelta(WEEK * n), before[n], after[n], sum(capacity[WEEK * n : WEEK * n + WEEK]))
        for n in range(WEEKS)
    ]


def _proposed(by: Any, moves: list[Move], monday: date) -> list[Proposed]:
    known: Any = WorkOrder.objects.visible_to(by)
    orders = known.with_names().in_bulk([move.job.id for move in moves])
    found = [
        Proposed(
            orders[move.job.id],
            monday + timedelta(move.job.day),
            monday + timedelta(move.day),
            move.job.minutes,
            _percent(move.fullness_from),
            _percent(move.fullness_to),
        )
        for move in moves
    ]
    return sorted(found, key=lambda one: (one.from_on, one.to_on, one.order.pk))


def _percent(fullness: float | None) -> int | None:
    return None if fullness is None else round(100 * fullness)
