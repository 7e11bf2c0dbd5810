"""The sums behind a figure: rates are made from sums, never by averaging rates; what is left out is counted too."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from math import sqrt

Number = int | float


@dataclass
class Tally:
    """``amount`` of ``of`` over ``cases`` cases; ``left_out`` counts by reason what neither sum contains."""

    amount: Number = 0
    of: Number = 0
    cases: int = 0
    left_out: Counter[str] = field(default_factory=Counter)

    def add(self, amount: Number, of: Number = 1) -> None:
        """Count one case."""
        self.amount += amount
        self.of += of
        self.cases += 1

    def leave_out(self, reason: str) -> None:
        """Note one case that is not counted, and why."""
        self.left_out[reason] += 1

    @property
    def ratio(self) -> float | None:
        """amount / of; None where there is nothing to divide by."""
        return self.amount / self.of if self.of else None


def pooled(tallies: Iterable[Tally]) -> Tally:
    """The tally of all groups together, from their sums."""
    whole = Tally()
    for one in tallies:
        whole.amount += one.amount
        whole.of += one.of
        whole.cases += one.cases
        whole.left_out.update(one.left_out)
    return whole


def percent(amount: Number, of: Number) -> float | None:
    """A share in percent with one decimal; None of nothing.

    Rounding never makes a share whole or nothing: 99.96 is shown as 99.9, 0.04 as 0.1.
    """
    if not of:
        return None
    tenths = round(1000 * amount / of)
    if amount < of:
        tenths = min(tenths, 999)
    if amount > 0:
        tenths = max(tenths, 1)
    return tenths / 10


def proportion_limits(share: float, n: Number) -> tuple[float, float]:
    """Three-sigma limits of a p-chart, share ± 3·√(share·(1−share)/n), within 0 and 1.

    Source: Shewhart's p-chart as in Montgomery, Introduction to Statistical Quality Control, chapter 7. Raises
    ValueError outside 0..1 or for a sample of nothing.
    """
    if not 0 <= share <= 1 or n <= 0:
        raise ValueError(f"share {share} of {n}: give a share from 0 to 1 of a sample above 0")
    spread = 3 * sqrt(share * (1 - share) / n)
    return max(0.0, share - spread), min(1.0, share + spread)


def overlap_hours(from_at: datetime, until_at: datetime | None, first_at: datetime, last_at: datetime) -> float:
    """How many hours of the span lie within first_at..last_at; a span without an end still runs."""
    start, end = max(from_at, first_at), min(until_at or last_at, last_at)
    return max(0.0, (end - start).total_seconds() / 3600)


def comes_back(done: Sequence[date], reported: Sequence[date], within_days: int) -> list[bool]:
    """For each day on which a repair was done: was the same device reported again within so many days after it?

    Both sequences ascend; a report on the day of the repair belongs to that repair, not to the next. Runs once through.
    """
    found, at = [], 0
    for on in done:
        while at < len(reported) and reported[at] <= on:
            at += 1
        found.append(at < len(reported) and (reported[at] - on).days <= within_days)
    return found
