"""Calendar arithmetic: month ends, leap years, series of due dates and the window around one."""

from collections.abc import Iterator
from datetime import MAXYEAR, date, timedelta

from .rules import DueDates, DueRule, Every, Season, Unit, Window

_MONTH_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_MONTHS = Unit.MONTHS  # looked up for every date, and an enum's attribute is slow to find
_DAYS_PER_UNIT = {Unit.DAYS: 1, Unit.WEEKS: 7}


def days_in_month(year: int, month: int) -> int:
    """Return 28 to 31. Gregorian calendar, ISO 8601."""
    if month == 2 and year % 4 == 0 and (year % 100 != 0 or year % 400 == 0):
        return 29
    return _MONTH_DAYS[month - 1]


def add_months(day: date, months: int) -> date:
    """Return the same day of the month `months` later (or earlier), or that month's last day if it has no such day.

    Always add to the anchor, never to an earlier result: 31 Jan + 1 is 28 Feb, 31 Jan + 2 is 31 Mar.
    Raises OverflowError beyond the years 1 to 9999.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not 1 <= year <= MAXYEAR:
        raise OverflowError(f"{months} months from {day} is beyond the calendar; shorten the interval or the horizon")
    day_of_month = day.day
    if day_of_month > 28:
        day_of_month = min(day_of_month, days_in_month(year, month + 1))
    return date(year, month + 1, day_of_month)


def nth(every: Every, origin: date, index: int) -> date:
    """Return the date `index` intervals after `origin`. Raises OverflowError beyond year 9999."""
    if every.unit is _MONTHS:
        return add_months(origin, index * every.count)
    return origin + timedelta(days=index * every.count * _DAYS_PER_UNIT[every.unit])


def first_after(every: Every, origin: date, after: date, minimum: int = 1) -> tuple[int, date]:
    """Return the smallest index >= `minimum` whose date is later than `after`, and that date, without a walk."""
    if every.unit is not _MONTHS:
        step_days = every.count * _DAYS_PER_UNIT[every.unit]
        index = max(minimum, (after - origin).days // step_days + 1)
        return index, nth(every, origin, index)
    months = (after.year - origin.year) * 12 + after.month - origin.month
    index = max(minimum, months // every.count)
    due_on = add_months(origin, index * every.count)
    while due_on <= after:
        index += 1
        due_on = add_months(origin, index * every.count)
    return index, due_on


def count_after(every: Every, origin: date, index: int, until: date) -> int:
    """Return how many dates of the series, from `index` on, are not later than `until`."""
    return first_after(every, origin, until, index)[0] - index


def season_date(season: Season, year: int, month: int) -> date:
    """Return the season's day in this month, clipped to the month's end."""
    return date(year, month, min(season.day, days_in_month(year, month)))


def season_dates_after(season: Season, after: date) -> Iterator[date]:
    """Yield the season's dates later than `after`, without end but the calendar's."""
    for year in range(after.year, MAXYEAR + 1):
        for month in season.months:
            day = season_date(season, year, month)
            if day > after:
                yield day


def interval_dates(every: Every, origin: date, first: int) -> Iterator[date]:
    """Yield the dates of the series from index `first` on, to the end of the calendar in year 9999."""
    if every.unit is _MONTHS:
        start = origin.year * 12 + origin.month - 1
        for months in range(start + first * every.count, MAXYEAR * 12 + 12, every.count):
            year, month = divmod(months, 12)
            day = origin.day if origin.day <= 28 else min(origin.day, days_in_month(year, month + 1))
            yield date(year, month + 1, day)
    else:
        step_days = every.count * _DAYS_PER_UNIT[every.unit]
        for number in range(origin.toordinal() + first * step_days, date.max.toordinal() + 1, step_days):
            yield date.fromordinal(number)


def occurrences(rule: DueRule, anchor_on: date, until: date, *, include_anchor: bool = False) -> Iterator[date]:
    """Yield the due dates after `anchor_on` (or from it, with `include_anchor`) up to and including `until`.

    With the floating basis this is the plan if every job is done on its due date. Raises ValueError for a rule that
    has only a meter: its dates depend on use, see `upcoming`.
    """
    if rule.season is not None:
        dates = season_dates_after(rule.season, anchor_on - timedelta(days=include_anchor))
    elif rule.every is not None:
        dates = interval_dates(rule.every, anchor_on, 0 if include_anchor else 1)
    else:
        raise ValueError("a meter interval has no fixed dates: ask upcoming(...) with the meter's state")
    for due_on in dates:
        if due_on > until:
            return
        yield due_on


def edges(window: Window, due_on: date) -> tuple[date, date, date]:
    """Return (opens, ends, out of compliance) of a job due on `due_on`. Raises OverflowError beyond year 9999."""
    opens_on = end_on = due_on
    if window.whole_month:
        opens_on, end_on = due_on.replace(day=1), due_on.replace(day=days_in_month(due_on.year, due_on.month))
    try:
        # Day numbers, because making a timedelta costs as much as all the rest.
        if window.before_days:
            opens_on = date.fromordinal(opens_on.toordinal() - window.before_days)
        end_day = end_on.toordinal() + window.grace_days
        return opens_on, date.fromordinal(end_day), date.fromordinal(end_day + window.late_days + 1)
    except ValueError as error:
        raise OverflowError(f"the window around {due_on} is beyond the calendar; shorten it or the horizon") from error


def due_dates(window: Window, due_on: date) -> DueDates:
    """Return the four dates of a job due on `due_on` under this window. Raises OverflowError beyond year 9999."""
    return DueDates(due_on, *edges(window, due_on))
