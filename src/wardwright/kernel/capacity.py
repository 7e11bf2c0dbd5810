"""The minutes somebody has for work on given days: weekly hours over the open days, less holidays and days away.

A week's minutes are spread over its days as the place is open: a day that is open twice as long holds twice as much.
Every week holds exactly its minutes, to the minute. What falls on a holiday or a day away is lost, not moved.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from .hours import Hours

#: Where no opening times are entered: eight hours from Monday to Friday.
OFFICE_WEEK = (480, 480, 480, 480, 480, 0, 0)


@dataclass(frozen=True)
class Days:
    """How long a place is open on each weekday from Monday, in minutes, and the days on which it is closed."""

    open_minutes: tuple[int, ...] = OFFICE_WEEK
    closed: frozenset[date] = frozenset()

    @classmethod
    def of(cls, hours: Hours) -> Days:
        """The days of opening times."""
        return cls(tuple(sum(end - start for start, end in spans) for spans in hours.week), hours.holidays)

    def share(self, minutes_per_week: int) -> tuple[int, ...]:
        """The week's minutes on each weekday; their sum is ``minutes_per_week``."""
        total, before, shares = sum(self.open_minutes), 0, []
        for length in self.open_minutes:
            after = before + length
            shares.append(minutes_per_week * after // total - minutes_per_week * before // total)
            before = after
        return tuple(shares)


@dataclass(frozen=True)
class Hands:
    """One person: weekly minutes, the days of their place, and when they are away (first and last day)."""

    minutes_per_week: int
    days: Days = Days()
    away: tuple[tuple[date, date], ...] = ()

    def is_away(self, day: date) -> bool:
        """Whether ``day`` lies in one of the absences."""
        return any(first <= day <= last for first, last in self.away)


def each_day(first: date, last: date) -> Iterator[date]:
    """The days from ``first`` to ``last``, both included."""
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def minutes_on(hands: Hands, days: Iterable[date]) -> list[int]:
    """The minutes that ``hands`` have on each of ``days``."""
    shares = hands.days.share(hands.minutes_per_week)
    return [0 if day in hands.days.closed or hands.is_away(day) else shares[day.weekday()] for day in days]
