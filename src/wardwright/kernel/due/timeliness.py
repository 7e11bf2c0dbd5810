"""Was the work in time, and what may a hospital say about a period: both numbers, and every exception in sight."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from .rules import DueDates
from .schedule import DueResult


class Timeliness(StrEnum):
    """Done work: against its window."""

    EARLY = "early"
    ON_TIME = "on_time"
    IN_WINDOW = "in_window"
    LATE = "late"
    OUT_OF_COMPLIANCE = "out_of_compliance"


class Pending(StrEnum):
    """Work not done yet: where the day stands against its window."""

    NOT_YET = "not_yet"
    OPEN = "open"
    IN_GRACE = "in_grace"
    OVERDUE = "overdue"
    OUT_OF_COMPLIANCE = "out_of_compliance"


class NotDone(StrEnum):
    """A scheduled job that was not done: an exception ended it, its window is open still, or has passed."""

    EXCEPTED = "excepted"
    STILL_OPEN = "still_open"
    MISSED = "missed"


#: Done in time: up to the due date, or in the window.
ON_SCHEDULE = frozenset({Timeliness.ON_TIME, Timeliness.IN_WINDOW})
_TIMELINESS, _PENDING = tuple(Timeliness), tuple(Pending)


def _place(due: DueDates | DueResult, day: date) -> int:
    late = (day > due.due_on) + (day > due.window_end_on) + (day >= due.out_of_compliance_on)
    return (due.window_opens_on <= day) + late


def judge_timeliness(due: DueDates | DueResult, completed_on: date) -> Timeliness:
    """Judge completed work: before the window, up to the due date, in the grace, after it, out of compliance."""
    return _TIMELINESS[_place(due, completed_on)]


def judge_pending(due: DueDates | DueResult, today: date) -> Pending:
    """Judge work that is not done yet, on the same edges as `judge_timeliness`."""
    return _PENDING[_place(due, today)]


@dataclass(frozen=True, slots=True)
class Scheduled:
    """One scheduled job: its dates, when it was really done, and the documented exception that closed it, if any.

    `exception` is the hospital's own code (not located, in use, refused …). Work done counts as done even if an
    exception was noted before.
    """

    due: DueDates
    completed_on: date | None = None
    exception: str | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """A count out of a count; `percent` is None when there was nothing to count."""

    count: int
    of: int

    @property
    def percent(self) -> Decimal | None:
        """Return 0 to 100, not rounded."""
        return Decimal(self.count * 100) / self.of if self.of else None


@dataclass(frozen=True, slots=True)
class Compliance:
    """The answer for a period: nothing scheduled is left out, `scheduled` is the sum of all other counts."""

    scheduled: int
    done: tuple[tuple[Timeliness, int], ...]
    exceptions: tuple[tuple[str, int], ...]
    still_open: int
    missed: int

    def _done(self, *kinds: Timeliness) -> int:
        return sum(number for kind, number in self.done if kind in kinds)

    @property
    def on_schedule(self) -> Share:
        """Done on time or in the window, of what was to be judged less documented exceptions (STANDARDS 1.4)."""
        excepted = sum(number for _, number in self.exceptions)
        count = self._done(*ON_SCHEDULE)
        return Share(count, self.scheduled - self.still_open - excepted)

    @property
    def actually_inspected(self) -> Share:
        """Really done, whenever, of all that was to be judged: exceptions stay in, so both numbers must be shown."""
        return Share(self._done(*Timeliness), self.scheduled - self.still_open)


def judge_job(job: Scheduled, as_of: date) -> Timeliness | NotDone:
    """Judge one scheduled job as known on `as_of`: what was done against its window, else why it was not.

    A job not done whose window has not ended is `STILL_OPEN` and judged later; one whose window has ended is `MISSED`.
    """
    if job.completed_on is not None:
        return judge_timeliness(job.due, job.completed_on)
    if job.exception is not None:
        return NotDone.EXCEPTED
    return NotDone.STILL_OPEN if as_of <= job.due.window_end_on else NotDone.MISSED


def count_compliance(work: Iterable[Scheduled], as_of: date) -> Compliance:
    """Count a period's scheduled jobs as known on `as_of`, each by `judge_job`."""
    judged, exceptions = Counter[Timeliness | NotDone](), Counter[str]()
    for job in work:
        found = judge_job(job, as_of)
        judged[found] += 1
        if found is NotDone.EXCEPTED:
            exceptions[str(job.exception)] += 1
    return Compliance(
        judged.total(),
        tuple((kind, judged[kind]) for kind in Timeliness),
        tuple(sorted(exceptions.items())),
        judged[NotDone.STILL_OPEN],
        judged[NotDone.MISSED],
    )
