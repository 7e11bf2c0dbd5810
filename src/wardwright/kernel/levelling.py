"""Flattening the weeks: which jobs to move to another week, each within its own window.

Every job counts in one or more groups (its site, its person). A move is made only if, in each of them, the week it
goes to is afterwards less full than the week it came from was before. So no group's fullest week ever becomes fuller,
the sorted fullnesses of a group only fall, and the search ends. The job moved is the one that leaves the fuller of the
two weeks least full; this is the greedy rule of list scheduling (Graham, SIAM Journal on Applied Mathematics 17:416,
1969) and not a proof of the best plan.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf

WEEK = 7


@dataclass(frozen=True)
class Job:
    """A job on a day (counted from 0, the first Monday), and the days from ``first`` to ``last`` on which it may be.

    ``groups`` are the names under which its minutes count, the one to flatten first. ``last`` before ``first``: the
    job stays where it is.
    """

    id: int
    minutes: int
    day: int
    first: int
    last: int
    groups: tuple[str, ...]


@dataclass(frozen=True)
class Move:
    """A job goes from one day to another; the fullness of both weeks before the move, None for a week without hands."""

    job: Job
    day: int
    fullness_from: float | None
    fullness_to: float | None


class _Plan:
    """Minutes by group and day, against the minutes there are."""

    def __init__(self, jobs: Sequence[Job], capacity: Mapping[str, Sequence[int]]):
        self.capacity = {group: list(days) for group, days in capacity.items()}
        self.length = min(map(len, self.capacity.values()), default=0)
        self.load = {group: [0] * self.length for group in self.capacity}
        for job in jobs:
            self.put(job, job.day, job.minutes)

    def put(self, job: Job, day: int, minutes: int) -> None:
        for group in job.groups:
            self.load[group][day] += minutes

    def fullness(self, group: str, week: int, more: int = 0) -> float:
        days = slice(week * WEEK, week * WEEK + WEEK)
        load, hands = sum(self.load[group][days]) + more, sum(self.capacity[group][days])
        return load / hands if hands else inf if load else 0.0

    def day_in(self, job: Job, week: int) -> int | None:
        """The least full day of a week on which the job may be and somebody of each of its groups is there."""
        days = range(max(job.first, week * WEEK), min(job.last, week * WEEK + WEEK - 1, self.length - 1) + 1)
        may = [day for day in days if all(self.capacity[group][day] for group in job.groups)]
        group = job.groups[0]
        return min(may, key=lambda day: (self.load[group][day] / self.capacity[group][day], day), default=None)


def level(
    jobs: Sequence[Job], capacity: Mapping[str, Sequence[int]], *, most_moves: int = 100, tolerance: float = 0.1
) -> list[Move]:
    """The moves that flatten the weeks, in the order in which they were found; no job is moved twice.

    ``capacity`` holds each group's minutes by day, whole weeks from the first Monday. A group is left alone once its
    fullest week is within ``tolerance`` of its emptiest.

    Raises ValueError for a job outside the days, or in a group without a capacity.
    """
    plan = _checked(jobs, capacity)
    moves: list[Move] = []
    for group in sorted({job.groups[0] for job in jobs}):
        left = {job.id: job for job in jobs if job.groups[0] == group}
        while len(moves) < most_moves and (move := _best(plan, group, left.values(), tolerance)) is not None:
            plan.put(move.job, move.job.day, -move.job.minutes)
            plan.put(move.job, move.day, move.job.minutes)
            del left[move.job.id]
            moves.append(move)
    return moves


def _checked(jobs: Sequence[Job], capacity: Mapping[str, Sequence[int]]) -> _Plan:
    lengths = {len(days) for days in capacity.values()}
    if len(lengths) > 1 or any(length % WEEK for length in lengths):
        raise ValueError("give every group the same whole weeks of days")
    length = max(lengths, default=0)
    for job in jobs:
        if not 0 <= job.day < length or not job.groups or not capacity.keys() >= set(job.groups) or job.minutes < 0:
            raise ValueError(f"job {job.id} has no place in these days and groups")
    return _Plan(jobs, capacity)


def _best(plan: _Plan, group: str, jobs: object, tolerance: float) -> Move | None:
    """The move out of the fullest week that can be relieved, by the job that evens it out most."""
    weeks = range(plan.length // WEEK)
    full = {week: plan.fullness(group, week) for week in weeks}
    for week in sorted(weeks, key=lambda one: (-full[one], one)):
        if full[week] - min(full.values()) <= tolerance:
            return None
        here = [job for job in jobs if job.day // WEEK == week and job.minutes]  # type: ignore[attr-defined]
        found = [
            (max(plan.fullness(group, week, -job.minutes), plan.fullness(group, to, job.minutes)), job.id, to, job, day)
            for to in weeks
            if full[to] < full[week]
            for job in here
            if _relieves(plan, job, week, to) and (day := plan.day_in(job, to)) is not None
        ]
        if found:
            _fullest, _id, to, job, day = min(found, key=lambda one: one[:3])
            return Move(job, day, _known(full[week]), _known(full[to]))
    return None


def _relieves(plan: _Plan, job: Job, week: int, to: int) -> bool:
    """Whether in each group the week it goes to is then less full than the week it leaves was."""
    return all(plan.fullness(group, to, job.minutes) < plan.fullness(group, week) for group in job.groups)


def _known(fullness: float) -> float | None:
    return None if fullness == inf else fullness
