"""A control chart of single readings, and drift.

Individuals and moving range: limits mean ± 3·MR̄/d₂ with d₂ = 1.128 for two readings, that is ± 2.66·MR̄; the range's own
upper limit is 3.267·MR̄ (NIST/SEMATECH e-Handbook 6.3.2.2). Signals: the zone tests of the Western Electric Statistical
Quality Control Handbook (1956): one beyond 3σ, two of three beyond 2σ, four of five beyond 1σ, eight on one side.
Drift: least squares, with Student's t for the slope.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from math import fsum, sqrt

from wardwright.kernel.said import say

from .exact import MetrologyError
from .student import coverage_factor

D2_OF_TWO = 1.128
D4_OF_TWO = 3.267
FEWEST_POINTS = 2


class Signal(StrEnum):
    """What is unlikely by chance, by its test."""

    BEYOND_LIMITS = "beyond_limits"
    TWO_OF_THREE = "two_of_three_beyond_2_sigma"
    FOUR_OF_FIVE = "four_of_five_beyond_1_sigma"
    RUN_OF_EIGHT = "eight_on_one_side"


_TESTS = ((Signal.BEYOND_LIMITS, 1, 1, 3), (Signal.TWO_OF_THREE, 2, 3, 2), (Signal.FOUR_OF_FIVE, 4, 5, 1),
          (Signal.RUN_OF_EIGHT, 8, 8, 0))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Chart:
    """Centre, limits and signals: (position of the reading that completes it, test)."""

    mean: float
    sigma: float
    low: float
    high: float
    mean_range: float
    range_high: float
    ranges: tuple[float, ...]
    signals: tuple[tuple[int, Signal], ...]


def control_chart(readings: Sequence[float], baseline: int | None = None) -> Chart:
    """The chart of readings in their order; limits come from the first ``baseline`` of them, else from all.

    Raises MetrologyError for fewer than two.
    """
    base = readings[: baseline or len(readings)]
    if len(base) < FEWEST_POINTS:
        raise MetrologyError(say("A control chart needs at least two readings."))
    ranges = tuple(abs(b - a) for a, b in pairwise(readings))
    # Counted from the first, equal readings have no deviation left by rounding.
    mean = base[0] + fsum(reading - base[0] for reading in base) / len(base)
    mean_range = sum(ranges[: len(base) - 1]) / (len(base) - 1)
    sigma = mean_range / D2_OF_TWO
    return Chart(
        mean=mean,
        sigma=sigma,
        low=mean - 3 * sigma,
        high=mean + 3 * sigma,
        mean_range=mean_range,
        range_high=D4_OF_TWO * mean_range,
        ranges=ranges,
        signals=tuple(_signals([reading - mean for reading in readings], sigma)),
    )


def _signals(deviations: Sequence[float], sigma: float) -> list[tuple[int, Signal]]:
    """A test signals at a reading that lies in its zone and completes it on that side."""
    found = []
    for at, last in enumerate(deviations):
        side = 1 if last > 0 else -1
        for signal, needed, window, zone in _TESTS:
            recent = deviations[max(0, at - window + 1) : at + 1]
            beyond = [side * one > zone * sigma for one in recent]
            if beyond[-1] and sum(beyond) >= needed:
                found.append((at, signal))
    return found


@dataclass(frozen=True, slots=True)
class Drift:
    """A straight line through readings over time; ``low`` and ``high`` hold the slope with the confidence asked for.

    ``crosses_at`` is when the line leaves the tolerance, ``crosses_from`` when the steepest line within the confidence
    does; both None where the drift is not shown, or where it leads to no limit. Times are in the caller's unit.
    """

    slope: float
    intercept: float
    slope_deviation: float
    residual_deviation: float
    low: float
    high: float
    is_shown: bool
    crosses_at: float | None
    crosses_from: float | None


def drift(
    points: Sequence[tuple[float, float]],
    *,
    lower: float | None = None,
    upper: float | None = None,
    confidence: float = 0.95,
) -> Drift | None:
    """The drift of (time, reading) points; None for fewer than three, or all at one time."""
    n = len(points)
    if n < 3 or len({time for time, _ in points}) < 2:
        return None
    mean_time, mean = sum(t for t, _ in points) / n, sum(y for _, y in points) / n
    spread = sum((t - mean_time) ** 2 for t, _ in points)
    slope = sum((t - mean_time) * (y - mean) for t, y in points) / spread
    rest = sum((y - mean - slope * (t - mean_time)) ** 2 for t, y in points)
    residual = sqrt(rest / (n - 2))
    deviation = residual / sqrt(spread)
    reach = coverage_factor(confidence, n - 2) * deviation
    low, high = slope - reach, slope + reach
    shown = low > 0 or high < 0
    last = max(t for t, _ in points)
    return Drift(
        slope=slope,
        intercept=mean - slope * mean_time,
        slope_deviation=deviation,
        residual_deviation=residual,
        low=low,
        high=high,
        is_shown=shown,
        crosses_at=_crossing(mean_time, mean, slope, last, lower, upper) if shown else None,
        crosses_from=_crossing(mean_time, mean, high if slope > 0 else low, last, lower, upper) if shown else None,
    )


def _crossing(
    mean_time: float, mean: float, slope: float, last: float, lower: float | None, upper: float | None
) -> float | None:
    """When the line through the middle of the points leaves the tolerance; the last time itself where it has left."""
    limit = upper if slope > 0 else lower
    if limit is None or not slope:
        return None
    at = mean_time + (limit - mean) / slope
    return max(at, last)
