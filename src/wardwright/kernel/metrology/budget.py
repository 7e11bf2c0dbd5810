"""An uncertainty budget after the GUM (JCGM 100:2008).

u_c² = Σ (c_i·u_i)² for uncorrelated inputs (5.1.2); half widths to standard uncertainties (4.3); effective degrees of
freedom after Welch and Satterthwaite (G.4.1); k from Student's t for a coverage of 95.45 % (G.3), with the degrees of
freedom cut to a whole number as G.4.1 does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import floor, hypot, inf, isfinite, isinf, sqrt

from wardwright.kernel.said import say

from .exact import MetrologyError
from .student import coverage_factor

TWO_SIGMA = 0.9545


class Distribution(StrEnum):
    """How the half width of a contribution becomes a standard uncertainty."""

    STANDARD = "standard"
    NORMAL = "normal"
    RECTANGULAR = "rectangular"
    TRIANGULAR = "triangular"
    U_SHAPED = "u_shaped"
    RESOLUTION = "resolution"


_DIVISORS = {
    Distribution.STANDARD: 1.0,
    Distribution.RECTANGULAR: sqrt(3),
    Distribution.TRIANGULAR: sqrt(6),
    Distribution.U_SHAPED: sqrt(2),
    Distribution.RESOLUTION: sqrt(12),  # the whole step of the display, not half of it
}


@dataclass(frozen=True, slots=True)
class Contribution:
    """One line of the budget.

    ``amount`` is a half width; of a normal one the expanded uncertainty with its ``k``, of a resolution the step.
    """

    name: str
    amount: float
    distribution: Distribution = Distribution.RECTANGULAR
    k: float = 2.0
    sensitivity: float = 1.0
    freedom: float = inf

    def __post_init__(self) -> None:
        if not (isfinite(self.amount) and self.amount >= 0 and self.k > 0 and self.freedom > 0):
            raise MetrologyError(
                say(
                    "The contribution {name} needs an amount of 0 or more, and k and degrees of freedom above 0.",
                    name=repr(self.name),
                )
            )
        if not isfinite(self.sensitivity):
            raise MetrologyError(say("The sensitivity of {name} is not a finite number.", name=repr(self.name)))

    @property
    def standard_uncertainty(self) -> float:
        """u(x_i)."""
        return self.amount / _DIVISORS.get(self.distribution, self.k)

    @property
    def weighed(self) -> float:
        """|c_i|·u(x_i)."""
        return abs(self.sensitivity) * self.standard_uncertainty


@dataclass(frozen=True, slots=True)
class Budget:
    """The combined result; ``shares`` are the parts of u_c² in the order of the contributions."""

    contributions: tuple[Contribution, ...]
    combined: float
    freedom: float
    coverage: float
    k: float
    expanded: float
    shares: tuple[float, ...]


def budget(contributions: Sequence[Contribution], coverage: float = TWO_SIGMA) -> Budget:
    """Combine the contributions. Raises MetrologyError without any."""
    if not contributions:
        raise MetrologyError(say("An uncertainty budget needs at least one contribution."))
    parts = [one.weighed for one in contributions]
    combined = hypot(*parts)
    shares = tuple((part / combined) ** 2 if combined else 0.0 for part in parts)
    spent = sum(part**2 / one.freedom for part, one in zip(shares, contributions, strict=True))
    freedom = 1 / spent if spent else inf
    # A whisker below a whole number is rounding, not a degree of freedom less.
    whole = freedom if isinf(freedom) else max(1, floor(freedom + 1e-9))
    k = coverage_factor(coverage, whole)
    return Budget(tuple(contributions), combined, freedom, coverage, k, k * combined, shares)
