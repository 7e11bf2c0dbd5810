"""What to expect of work that nobody has planned: how many repairs in a week, and how long a job takes.

Counts of past weeks give the rate. Its best estimate is (sum + ½) / weeks, the mean of the posterior under Jeffreys'
prior (Gelman et al., Bayesian Data Analysis, 3rd ed. 2013, section 2.6), so that a year without a repair does not
promise that there is never one. Where the weeks vary more than chance alone explains (variance above the mean), the
surplus widens the interval by the same factor (quasi-Poisson: McCullagh & Nelder, Generalized Linear Models, 2nd ed.
1989, section 6.2.3). What the rate itself is not known by is added as for any prediction of one more observation
(Meeker, Hahn & Escobar, Statistical Intervals, 2nd ed. 2017, chapter 7). The interval is read from the negative
binomial with that mean and variance (Anscombe, Biometrika 37:358, 1950). No trend and no season is assumed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, lgamma, log

FEWEST_WEEKS = 8
FEWEST_JOBS = 5


@dataclass(frozen=True)
class Expected:
    """The mean, and the counts between which the next one lies with the probability asked for."""

    mean: float
    low: int
    high: int


def expected_count(past: Sequence[int], *, part: float = 1.0, share: float = 0.8) -> Expected | None:
    """What to expect of the next week, or of a ``part`` of it, from the counts of past weeks.

    ``share`` is the probability that the interval covers, half of the rest on either side. None for fewer than
    FEWEST_WEEKS. Raises ValueError outside the domain.
    """
    if not 0 < share < 1 or not 0 <= part <= 1:
        raise ValueError(f"share {share} and part {part}: give shares of one")
    if any(count < 0 for count in past):
        raise ValueError("a count below 0")
    weeks = len(past)
    if weeks < FEWEST_WEEKS:
        return None
    if part == 0:
        return Expected(0.0, 0, 0)
    rate = (sum(past) + 0.5) / weeks
    mean = rate * part
    surplus = max(_variance(past) / rate, 1.0)
    variance = surplus * mean + surplus * rate * part**2 / weeks
    tail = (1 - share) / 2
    return Expected(mean, quantile(tail, mean, variance), quantile(1 - tail, mean, variance))


def _variance(counts: Sequence[int]) -> float:
    mean = sum(counts) / len(counts)
    return sum((count - mean) ** 2 for count in counts) / (len(counts) - 1)


def quantile(probability: float, mean: float, variance: float) -> int:
    """The smallest count that a negative binomial of this mean and variance reaches with ``probability``.

    Raises ValueError unless 0 < probability < 1 and 0 < mean < variance.
    """
    if not 0 < probability < 1 or not 0 < mean < variance:
        raise ValueError(f"probability {probability}, mean {mean}, variance {variance}: outside the domain")
    size = mean**2 / (variance - mean)
    failed, went = log(size / (size + mean)), log(mean / (size + mean))
    count, reached = 0, 0.0
    while True:
        term = lgamma(count + size) - lgamma(size) - lgamma(count + 1) + size * failed + count * went
        reached += exp(term)
        # The sum of the terms stops short of 1 by rounding: far beyond the mean there is nothing left to add.
        if reached >= probability or (count > mean and term < -40):
            return count
        count += 1


def usual_minutes(jobs: int, minutes: int, estimate: int) -> tuple[int, bool]:
    """How long a job usually takes: the mean of at least FEWEST_JOBS done ones, else the estimate; and which it is."""
    if jobs < FEWEST_JOBS:
        return estimate, False
    return round(minutes / jobs), True
