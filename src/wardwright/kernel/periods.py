"""Periods by name: what "last month" means on a given day. Weeks begin on Monday, quarters in January."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

PRESETS = (
    "this-week", "last-week", "this-month", "last-month", "this-quarter", "last-quarter", "this-year", "last-year",
    "last-12-months", "next-12-months",
)  # fmt: skip


def month_start(day: date, months: int = 0) -> date:
    """The first day of the month so many months from that of ``day``."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, 1)


def month_end(day: date) -> date:
    """The last day of the month of ``day``."""
    return date(day.year, day.month, monthrange(day.year, day.month)[1])


def period(preset: str, today: date) -> tuple[date, date]:
    """First and last day, both included. What runs now ends today; ``last-12-months`` are the twelve whole months
    before this one and the days of this one so far. Raises ValueError for a name that is not in PRESETS."""
    monday, month = today - timedelta(days=today.weekday()), month_start(today)
    quarter, year = month_start(today, -((today.month - 1) % 3)), date(today.year, 1, 1)
    day = timedelta(days=1)
    known = {
        "this-week": (monday, today),
        "last-week": (monday - 7 * day, monday - day),
        "this-month": (month, today),
        "last-month": (month_start(today, -1), month - day),
        "this-quarter": (quarter, today),
        "last-quarter": (month_start(quarter, -3), quarter - day),
        "this-year": (year, today),
        "last-year": (date(today.year - 1, 1, 1), year - day),
        "last-12-months": (month_start(today, -12), today),
        "next-12-months": (today, month_end(month_start(today, 12))),
    }
    if preset not in known:
        raise ValueError(f"no period {preset!r}; known are: {', '.join(known)}")
    return known[preset]


def months(first: date, last: date) -> Iterator[date]:
    """The first days of the months from that of ``first`` to that of ``last``."""
    month = month_start(first)
    while month <= last:
        yield month
        month = month_start(month, 1)


WEEKEND_FROM = time(16)


def weekend_began(now: datetime) -> datetime:
    """The last Friday at 16:00 on the clock of ``now``: where what happened "since the weekend began" starts."""
    friday = datetime.combine(now.date() - timedelta(days=(now.weekday() - 4) % 7), WEEKEND_FROM, now.tzinfo)
    return friday if friday <= now else friday - timedelta(days=7)
