"""Doses of many examinations by protocol: how many, the median, the quartiles, and against a reference level."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from statistics import median, quantiles

#: A median of fewer examinations says little; the level is compared all the same, and this is said beside it.
ENOUGH = 20


@dataclass(frozen=True, slots=True)
class Distribution:
    """Of one quantity under one protocol. ``low`` and ``high`` are the quartiles; of one value, the value itself."""

    count: int
    low: Decimal
    median: Decimal
    high: Decimal
    greatest: Decimal

    @property
    def is_few(self) -> bool:
        return self.count < ENOUGH

    def percent_of(self, level: Decimal) -> Decimal:
        """The median in percent of a reference level, which is a figure for medians, never for one patient."""
        return 100 * self.median / level


def distribution(values: Iterable[Decimal]) -> Distribution:
    """Median and quartiles (inclusive, as spreadsheets have them). Raises ValueError without values."""
    found = sorted(values)
    if not found:
        raise ValueError("no values: give at least one")
    low, _middle, high = quantiles(found, n=4, method="inclusive") if len(found) > 1 else (found[0],) * 3
    return Distribution(len(found), low, median(found), high, found[-1])
