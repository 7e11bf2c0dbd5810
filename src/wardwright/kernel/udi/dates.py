"""Dates as labels write them. Every function raises ``UdiError`` for a date the calendar lacks."""

from calendar import monthrange
from datetime import date, time, timedelta
from functools import lru_cache

from wardwright.kernel.said import say

from .model import Reason, UdiError


def full_year(two_digits: int, today: date) -> int:
    """The year meant by two digits: within 50 years of ``today`` (GS1 General Specifications 7.12)."""
    century = today.year - today.year % 100
    difference = two_digits - today.year % 100
    if difference >= 51:
        return century - 100 + two_digits
    if difference <= -50:
        return century + 100 + two_digits
    return century + two_digits


@lru_cache(maxsize=4096)
def _date_in(year: int, month: int, day: int) -> date:
    # the same few hundred dates come back in a register import
    return date(year, month, day or monthrange(year, month)[1])


def calendar_date(year: int, month: int, day: int, *, written: str, where: str) -> date:
    """A date from its numbers; day 0 stands for the last day of the month."""
    try:
        return _date_in(year, month, day)
    except ValueError as error:
        raise impossible_date(written, where) from error


def day_of_year(year: int, day: int, *, written: str, where: str) -> date:
    """A date from a year and its day number, 1 to 365 or 366."""
    if 1 <= day <= 365 + (monthrange(year, 2)[1] == 29):
        return date(year, 1, 1) + timedelta(days=day - 1)
    raise impossible_date(written, where)


def clock_time(hour: int, minute: int, second: int, *, written: str, where: str) -> time:
    """A time of day from its numbers."""
    if hour <= 23 and minute <= 59 and second <= 59:
        return time(hour, minute, second)
    raise impossible_date(written, where)


def yymmdd(digits: str, today: date, *, where: str, allow_day_00: bool = True) -> date:
    """Six digits YYMMDD; day 00 means the last day of the month unless ``allow_day_00`` is off."""
    if not allow_day_00 and digits[4:6] == "00":
        raise impossible_date(digits, where)
    year = full_year(int(digits[:2]), today)
    return calendar_date(year, int(digits[2:4]), int(digits[4:6]), written=digits, where=where)


def impossible_date(written: str, where: str) -> UdiError:
    """The error for a date or time that does not exist."""
    return UdiError(
        Reason.BAD_DATE,
        say("{written} is not a date or time that exists", written=written),
        where=where,
        remedy=say("Compare it with the date printed on the label and correct it."),
    )
