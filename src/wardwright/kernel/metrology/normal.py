"""The normal distribution and integrals over it, to the last digits that a float holds.

Tails are taken by ``erfc``, so that a probability of 1e-12 keeps its digits. Integrals are sums of Gauss–Legendre
rules of 20 nodes (Abramowitz & Stegun 25.4.29) over panels no wider than the narrowest bell within them, where such a
rule is exact to rounding.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from itertools import pairwise
from math import cos, erfc, exp, inf, pi, sqrt
from statistics import NormalDist

NODES = 20
WIDEST = 38  # standard deviations; beyond them the density is below the smallest float


def below(z: float) -> float:
    """Φ(z)."""
    return 0.5 * erfc(-z / sqrt(2))


def between(low: float, high: float) -> float:
    """Φ(high) − Φ(low), by whichever tail loses no digits."""
    if low > 0:
        low, high = -high, -low
    return below(high) - below(low)


def density(z: float) -> float:
    """φ(z)."""
    return exp(-z * z / 2) / sqrt(2 * pi)


def quantile(probability: float) -> float:
    """Φ⁻¹. Raises statistics.StatisticsError unless 0 < probability < 1."""
    return NormalDist().inv_cdf(probability)


@cache
def _legendre() -> tuple[tuple[float, float], ...]:
    """The nodes and weights on −1..1, by Newton's method from the usual first guesses."""
    rule = []
    for number in range(1, NODES + 1):
        x, slope = cos(pi * (number - 0.25) / (NODES + 0.5)), 1.0
        for _ in range(8):
            before, value = 1.0, x
            for degree in range(2, NODES + 1):
                before, value = value, ((2 * degree - 1) * x * value - (degree - 1) * before) / degree
            slope = NODES * (x * value - before) / (x * x - 1)
            x -= value / slope
        rule.append((x, 2 / ((1 - x * x) * slope * slope)))
    return tuple(rule)


def integral(function: Callable[[float], float], low: float, high: float, breaks: Iterable[float]) -> float:
    """The integral from low to high, panel by panel between the breaks that lie within. Nothing where high <= low."""
    edges = [low, *sorted({one for one in breaks if low < one < high}), high] if low < high else []
    total = 0.0
    for start, end in pairwise(edges):
        middle, half = (start + end) / 2, (end - start) / 2
        total += half * sum(weight * function(middle + half * node) for node, weight in _legendre())
    return total


def over_a_bell(
    function: Callable[[float], float],
    mean: float,
    deviation: float,
    low: float = -inf,
    high: float = inf,
    *,
    breaks: Iterable[float] = (),
) -> float:
    """The integral of function(x) times the normal density over low..high; ``breaks`` are where the function bends."""
    low, high = max(low, mean - WIDEST * deviation), min(high, mean + WIDEST * deviation)
    steps = (mean + deviation * step for step in range(-WIDEST, WIDEST + 1))
    return integral(lambda x: function(x) * density((x - mean) / deviation) / deviation, low, high, (*steps, *breaks))
