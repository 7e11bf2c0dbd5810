"""How values lie, without a view of their distribution: median, quartiles, and what lies far out.

Far out is beyond 1.5 times the distance of the quartiles from either of them (Tukey, Exploratory Data Analysis, 1977);
quartiles are interpolated with the ends included, as spreadsheets do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import quantiles

FEWEST_TO_SAY = 8
FENCE = 1.5


@dataclass(frozen=True, slots=True)
class Spread:
    """The middle of the values and their middle half; ``low`` and ``high`` are the fences beyond which one is far out,
    None where there are too few values to say."""

    median: float
    lower: float
    upper: float
    low: float | None
    high: float | None

    def is_far_out(self, value: float) -> bool:
        return self.low is not None and self.high is not None and not self.low <= value <= self.high


def spread(values: Sequence[float]) -> Spread:
    """The spread of values. Raises ValueError for none."""
    if not values:
        raise ValueError("no values: give at least one")
    lower, middle, upper = quantiles(values, n=4, method="inclusive") if len(values) > 1 else [values[0]] * 3
    if len(values) < FEWEST_TO_SAY:
        return Spread(middle, lower, upper, None, None)
    reach = FENCE * (upper - lower)
    return Spread(middle, lower, upper, lower - reach, upper + reach)
