"""Service hours: at which moments a promise such as "answered within 8 hours" counts.

A week of opening times in local wall time, the days on which nobody is there, and the zone whose clock the wall shows.
Lengths are real elapsed time, so a night in which the clock is moved counts as long as it was: a ward open round
the clock has 23 hours on the day the clock goes forward and 25 on the day it goes back. A wall time that the clock
skips stands for the moment of the skip; one that comes twice opens at its first and closes at its second coming.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from wardwright.kernel.said import say

DAY_MINUTES = 1440
MOST_DAYS = 3660  # a promise that ten years of service hours do not fulfil is a mistake in the hours
_SPAN = re.compile(r"(\d{1,2})(?:[:.h](\d{2}))?\s*(?:-|–|to)\s*(\d{1,2})(?:[:.h](\d{2}))?")

Spans = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Hours:
    """``week``: seven days from Monday, each its spans in minutes of the day (0 to 1440), in order, not overlapping.

    Raises ValueError for a week that is none of that, or in which nobody is ever there.
    """

    week: tuple[Spans, ...]
    zone: str = "UTC"
    holidays: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        if len(self.week) != 7:
            raise ValueError(f"a week has 7 days, not {len(self.week)}")
        for spans in self.week:
            check_spans(spans)
        if not any(self.week):
            raise ValueError("nobody is ever there: give at least one day its hours")
        ZoneInfo(self.zone)


ROUND_THE_CLOCK: tuple[Spans, ...] = (((0, DAY_MINUTES),),) * 7


def check_spans(spans: Sequence[tuple[int, int]]) -> None:
    """Refuse spans that are empty, out of the day, out of order or overlapping (ValueError)."""
    last = 0
    for start, end in spans:
        if not 0 <= start < end <= DAY_MINUTES:
            raise ValueError(
                say(
                    "{start}-{end} does not lie within one day, from earlier to later",
                    start=clock(start),
                    end=clock(end),
                )
            )
        if start < last:
            raise ValueError(say("{start}-{end} overlaps the hours before it", start=clock(start), end=clock(end)))
        last = end


def clock(minute: int) -> str:
    """A minute of the day as it is written: 450 as 07:30, 1440 as 24:00."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def spans_of(text: str) -> Spans:
    """Opening times as people write them: ``07:00-12:00, 13-17``; empty or a dash is a closed day, ``24h`` all of it.

    Raises ValueError naming the part that cannot be read.
    """
    plain = text.strip().lower()
    if plain in ("", "-", "–", "closed"):
        return ()
    if plain in ("24", "24h", "24 h"):
        return ((0, DAY_MINUTES),)
    spans = []
    for part in re.split(r"\s*[,;]\s*", plain):
        found = _SPAN.fullmatch(part)
        if found is None:
            raise ValueError(say("“{part}” cannot be read; write for example 07:00-17:00", part=part))
        start_h, start_m, end_h, end_m = (int(number or 0) for number in found.groups())
        if start_m > 59 or end_m > 59:
            raise ValueError(say("“{part}” has more than 59 minutes in an hour", part=part))
        spans.append((start_h * 60 + start_m, end_h * 60 + end_m))
    check_spans(spans)
    return tuple(spans)


def text_of(spans: Sequence[Sequence[int]]) -> str:
    """Spans as text that ``spans_of`` reads back; empty for a closed day."""
    return ", ".join(f"{clock(start)}-{clock(end)}" for start, end in spans)


def alike(week: Sequence[Spans]) -> list[tuple[int, int, Spans]]:
    """Days in a row with the same spans: (first day, last day, spans), Monday is 0; closed days are left out."""
    runs: list[tuple[int, int, Spans]] = []
    for day, spans in enumerate(week):
        if not spans:
            continue
        if runs and runs[-1][1] == day - 1 and runs[-1][2] == spans:
            runs[-1] = (runs[-1][0], day, spans)
        else:
            runs.append((day, day, spans))
    return runs


def is_open(hours: Hours, moment: datetime) -> bool:
    """Whether somebody is there at ``moment`` (aware); a span includes its beginning and not its end."""
    day = moment.astimezone(ZoneInfo(hours.zone)).date()
    return any(start <= moment < end for start, end in _spans_on(hours, day))


def after(hours: Hours, start: datetime, needed: timedelta) -> datetime:
    """The moment at which ``needed`` of service time has passed since ``start`` (aware), in UTC.

    Raises ValueError when ten years do not suffice, for example because every day is a holiday.
    """
    now, left = start.astimezone(UTC), needed
    if left <= timedelta():
        return now
    for begins, ends in _open_from(hours, now):
        begins = max(begins, now)
        if ends - begins >= left:
            return begins + left
        left -= ends - begins
    raise ValueError("the service hours do not hold so much time within ten years")


def between(hours: Hours, start: datetime, end: datetime) -> timedelta:
    """How much service time lies between two aware moments; nothing when ``end`` is not after ``start``."""
    first, last = start.astimezone(UTC), end.astimezone(UTC)
    total = timedelta()
    for begins, ends in _open_from(hours, first):
        if begins >= last:
            break
        total += max(min(ends, last) - max(begins, first), timedelta())
    return total


def _open_from(hours: Hours, start: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The spans that end after ``start``, in UTC, in order."""
    day = start.astimezone(ZoneInfo(hours.zone)).date()
    for _n in range(MOST_DAYS):
        for begins, ends in _spans_on(hours, day):
            if ends > start:
                yield begins, ends
        day += timedelta(days=1)


def _spans_on(hours: Hours, day: date) -> Iterator[tuple[datetime, datetime]]:
    if day in hours.holidays:
        return
    zone = ZoneInfo(hours.zone)
    for start, end in hours.week[day.weekday()]:
        begins, ends = _moment(day, start, zone, fold=0), _moment(day, end, zone, fold=1)
        if begins < ends:  # a span that the clock skipped as a whole
            yield begins, ends


def _moment(day: date, minute: int, zone: ZoneInfo, *, fold: int) -> datetime:
    """The wall time in UTC; where the clock skips it, the moment of the skip."""
    # A midnight that comes twice is the beginning of the day that follows it, so that no hour counts for two days.
    wall = datetime.combine(day, time()) + timedelta(minutes=minute)
    if minute in (0, DAY_MINUTES):
        fold = 0
    while True:
        moment = wall.replace(tzinfo=zone, fold=fold).astimezone(UTC)
        if moment.astimezone(zone).replace(tzinfo=None) == wall:
            return moment
        wall += timedelta(minutes=1)
