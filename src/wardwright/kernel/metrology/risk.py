"""Global risk: of all the items that are measured, how many are accepted wrongly and how many rejected wrongly.

True values x are normal, x ~ N(mean, σ_p); a reading is y | x ~ N(x, u). Probability of false acceptance
PFA = P(x out of tolerance, y accepted), of false rejection PFR = P(x in tolerance, y rejected): joint probabilities
(JCGM 106:2012 9.4.2, ANSI/NCSL Z540.3 5.3 b), by integration over x.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from math import inf, isfinite

from wardwright.kernel.limits import Limits
from wardwright.kernel.risk.scales import Figure
from wardwright.kernel.said import say

from . import normal
from .exact import MetrologyError
from .rules import Rule, definition, figure, guard_band

_STEPS = range(-10, 11)  # of u around an acceptance limit; beyond them the chance of crossing it is below 1e-23


@dataclass(frozen=True, slots=True)
class Risk:
    """Both risks for a symmetric tolerance of ±1: ``acceptance_limit`` and ``sigma_p`` are shares of its half width."""

    tur: float
    sigma_p: float
    in_tolerance: float
    acceptance_limit: float
    rule: Figure | None
    pfa: float
    pfr: float

    @property
    def meets_z540_3(self) -> bool:
        """Whether the false accepts are within the 2 % of Z540.3 5.3 b."""
        return self.pfa <= float(figure("z540_3.most_false_accepts"))


def share(text: float) -> float:
    """A probability given as 0.95 or as 95 (percent). Raises MetrologyError for neither."""
    found = text if text < 1 else text / 100
    if not 0 < found < 1 or text == 1:
        raise MetrologyError(
            say("{share} is not a share between 0 and 1 nor a percentage between 1 and 100.", share=f"{text:g}")
        )
    return found


def sigma_of(in_tolerance: float) -> float:
    """σ_p as a share of the half width, for a centred population with so much of it in tolerance."""
    return 1 / normal.quantile((1 + in_tolerance) / 2)


def in_tolerance_of(sigma_p: float) -> float:
    """The share of a centred population that is in tolerance."""
    return normal.between(-1 / sigma_p, 1 / sigma_p)


def risk(
    tur: float,
    *,
    in_tolerance: float | None = None,
    sigma_p: float | None = None,
    rule: Rule = Rule.SIMPLE,
    acceptance_limit: float | None = None,
) -> Risk:
    """Both risks of a test uncertainty ratio in a population given by what is in tolerance, or by σ_p.

    The acceptance limit (a share of the half width) follows from the rule unless it is given. Raises MetrologyError.
    """
    if not 1e-6 <= tur <= 1e6:
        raise MetrologyError(say("A test uncertainty ratio of {tur} is none: give one such as 4.", tur=f"{tur:g}"))
    if (in_tolerance is None) == (sigma_p is None):
        raise MetrologyError(say("Give either the share of items in tolerance or the spread of the population."))
    if in_tolerance is not None:
        in_tolerance = share(in_tolerance)
        sigma_p = sigma_of(in_tolerance)
    else:
        assert sigma_p is not None
        _positive("σ", sigma_p)
        in_tolerance = in_tolerance_of(sigma_p)
    own = acceptance_limit is None
    if acceptance_limit is None:
        acceptance_limit = 1 - float(guard_band(rule, Decimal(repr(1 / tur)), Decimal(1)))
    elif not isfinite(acceptance_limit) or acceptance_limit < 0:
        raise MetrologyError(say("Give an acceptance limit of 0 or more, as a share of the tolerance limit."))
    pfa, pfr = global_risks(
        (-1, 1), (-acceptance_limit, acceptance_limit), mean=0, sigma=sigma_p, standard_uncertainty=1 / (2 * tur)
    )
    return Risk(tur, sigma_p, in_tolerance, acceptance_limit, definition(rule) if own else None, pfa, pfr)


def _positive(name: str, number: float) -> None:
    if not isfinite(number) or number <= 0:
        raise MetrologyError(say("{name} is {number}: give a number above 0.", name=name, number=f"{number:g}"))


def risks_of(
    tolerated: Limits, accepted: Limits, *, mean: float, sigma: float, standard_uncertainty: float
) -> tuple[float, float]:
    """(PFA, PFR) for any tolerance and acceptance limits, one-sided or lopsided, and any normal population."""
    return global_risks(
        _sides(tolerated), _sides(accepted), mean=mean, sigma=sigma, standard_uncertainty=standard_uncertainty
    )


def _sides(limits: Limits) -> tuple[float, float]:
    return (-inf if limits.low is None else float(limits.low), inf if limits.high is None else float(limits.high))


def global_risks(
    tolerated: tuple[float, float],
    accepted: tuple[float, float],
    *,
    mean: float,
    sigma: float,
    standard_uncertainty: float,
) -> tuple[float, float]:
    """(PFA, PFR) by integration over the true value. Raises MetrologyError unless both spreads are above 0."""
    _positive("σ", sigma)
    _positive("u", standard_uncertainty)
    (low, high), (accept_low, accept_high), u = tolerated, accepted, standard_uncertainty

    def taken(x: float) -> float:
        return normal.between((accept_low - x) / u, (accept_high - x) / u)

    def refused(x: float) -> float:
        return normal.below((accept_low - x) / u) + normal.below((x - accept_high) / u)

    breaks = tuple(_around(accepted, u))
    below = normal.over_a_bell(taken, mean, sigma, high=low, breaks=breaks)
    above = normal.over_a_bell(taken, mean, sigma, low=high, breaks=breaks)
    return below + above, normal.over_a_bell(refused, mean, sigma, low=low, high=high, breaks=breaks)


def _around(limits: tuple[float, float], u: float) -> Iterator[float]:
    for limit in limits:
        if isfinite(limit):
            yield from (limit + step * u for step in _STEPS)
