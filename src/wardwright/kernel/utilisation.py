"""How much of a shared fleet is used: how many are out at once, for how long, and how many would be enough.

A span is half-open: what comes back at the moment another goes out is one device, not two. Moments are datetimes of
one kind (all aware or all naive); a span without an end still runs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from math import ceil


@dataclass(frozen=True, slots=True)
class Span:
    """``count`` devices from ``start`` until ``end`` (None: no end is known)."""

    start: datetime
    end: datetime | None = None
    count: int = 1


@dataclass(frozen=True, slots=True)
class Level:
    """``count`` devices at once, from ``start`` until ``end``."""

    start: datetime
    end: datetime
    count: int

    @property
    def hours(self) -> float:
        return (self.end - self.start).total_seconds() / 3600


def levels(spans: Iterable[Span], first: datetime, last: datetime) -> list[Level]:
    """How many devices at once in each stretch of first..last; the stretches meet, and neighbours differ.

    Raises:
        ValueError: when the period has no length.
    """
    if first >= last:
        raise ValueError(f"{first} to {last}: give a period that ends after it begins")
    change: dict[datetime, int] = {first: 0, last: 0}
    for span in spans:
        start, end = max(span.start, first), min(span.end or last, last)
        if start < end:
            change[start] = change.get(start, 0) + span.count
            change[end] = change.get(end, 0) - span.count
    found: list[Level] = []
    count = 0
    for start, end in pairwise(sorted(change)):
        count += change[start]
        if found and found[-1].count == count:
            found[-1] = Level(found[-1].start, end, count)
        else:
            found.append(Level(start, end, count))
    return found


def peak(found: Sequence[Level]) -> Level | None:
    """The first stretch with the most at once; None of nothing."""
    return max(found, key=lambda level: level.count, default=None)


def device_hours(spans: Iterable[Span], first: datetime, last: datetime) -> float:
    """Hours of all spans within first..last, each times its count."""
    whole = 0.0
    for span in spans:
        start, end = max(span.start, first), min(span.end or last, last)
        whole += span.count * max(0.0, (end - start).total_seconds() / 3600)
    return whole


def level_covering(found: Sequence[Level], share: float) -> int:
    """The smallest number that was enough for at least ``share`` (0..1) of the time.

    Raises:
        ValueError: for a share outside 0..1.
    """
    if not 0 <= share <= 1:
        raise ValueError(f"share {share}: give one from 0 to 1")
    whole = sum(((level.end - level.start) for level in found), timedelta())
    reached = timedelta()
    for level in sorted(found, key=lambda level: level.count):
        reached += level.end - level.start
        if reached >= share * whole:
            return level.count
    return 0


def fleet_needed(level: int, ready_share: float) -> int | None:
    """How many devices must be owned so that ``level`` can be out, when each is fit and clean ``ready_share`` of its
    time only (the rest it is cleaned, maintained or repaired). None where it never is.

    Raises:
        ValueError: for a share outside 0..1.
    """
    if not 0 <= ready_share <= 1:
        raise ValueError(f"share {ready_share}: give one from 0 to 1")
    if level <= 0:
        return 0
    return ceil(round(level / ready_share, 9)) if ready_share else None


def most_at_once(spans: Iterable[Span], first: datetime, last: datetime | None) -> int:
    """The most devices at once within first..last; without ``last``, from ``first`` on."""
    some = list(spans)
    ends = [moment for span in some for moment in (span.start, span.end) if moment is not None and moment > first]
    until = last or max(ends, default=first) + timedelta(days=1)
    return max((level.count for level in levels(some, first, until)), default=0)


def earliest_free(
    fleet: int, booked: Iterable[Span], wanted: int, length: timedelta | None, after: datetime
) -> datetime | None:
    """The first moment from ``after`` on at which ``wanted`` of ``fleet`` devices are free for ``length`` (None: for
    good). None when that never comes: the fleet is too small, or what is out has no end.
    """
    spans = list(booked)
    ends = {span.end for span in spans if span.end is not None and span.end > after}
    for moment in [after, *sorted(ends)]:
        until = moment + length if length is not None else None
        if wanted + most_at_once(spans, moment, until) <= fleet:
            return moment
    return None
