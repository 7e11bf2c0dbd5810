"""Moments as whole minutes, so that a simulated life is made of integers, and their way into the database."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import lru_cache

DAY = 1440
OPENS, CLOSES = 7 * 60 + 30, 16 * 60 + 30


@lru_cache(maxsize=65_536)
def iso_day(ordinal: int) -> str:
    return date.fromordinal(ordinal).isoformat()


def text(moment: int) -> str:
    """The moment as both databases take it: UTC without a zone."""
    day, minute = divmod(moment, DAY)
    return f"{iso_day(day)} {minute // 60:02d}:{minute % 60:02d}:00"


def optional(moment: int | None) -> str | None:
    return None if moment is None else text(moment)


def optional_day(ordinal: int | None) -> str | None:
    return None if ordinal is None else iso_day(ordinal)


def of(value: date) -> int:
    """Midnight of a day."""
    return value.toordinal() * DAY


def as_datetime(moment: int) -> datetime:
    day, minute = divmod(moment, DAY)
    return datetime.fromordinal(day).replace(hour=minute // 60, minute=minute % 60, tzinfo=UTC)


def workday(ordinal: int) -> int:
    """The day itself, or the Monday after a weekend (ordinal 1 was a Monday)."""
    weekday = (ordinal - 1) % 7
    return ordinal if weekday < 5 else ordinal + 7 - weekday


def in_hours(moment: int) -> int:
    """The moment itself in working hours, else the next opening."""
    day, minute = divmod(moment, DAY)
    if minute > CLOSES:
        day, minute = day + 1, OPENS
    opened = workday(day)
    return opened * DAY + (OPENS if opened != day else max(OPENS, minute))
