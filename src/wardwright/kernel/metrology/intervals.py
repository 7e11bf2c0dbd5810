"""How long until the next calibration, from how the last ones found the instrument.

Two methods of NCSLI RP-1, both from memory (M in ``data/decision_rules.json``). Exponential reliability: were failures
a matter of chance at a constant rate, R(t) = exp(−λt), so I_new = I_old·ln(R_target)/ln(R_observed). Simple response:
×1.1 after a calibration that found it in tolerance, ×0.55 after one that did not. Both are held within bounds, because
a handful of calibrations says little: none found out of tolerance does not mean for ever.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import log

from wardwright.kernel.risk.scales import Figure
from wardwright.kernel.said import say, say_n

from .exact import MetrologyError
from .rules import figure, figures

FEWEST_CALIBRATIONS = 5


class IntervalMethod(StrEnum):
    """How an interval is adjusted."""

    EXPONENTIAL = "exponential"
    SIMPLE = "simple"


@dataclass(frozen=True, slots=True)
class Bounds:
    """Between which days an interval is held, and by what factor it changes at most at a time."""

    least_days: int = 30
    most_days: int = 1826
    most_factor: float = 2.0

    def __post_init__(self) -> None:
        if not 0 < self.least_days <= self.most_days or self.most_factor < 1:
            raise MetrologyError(say("The bounds of an interval are in the wrong order."))


@dataclass(frozen=True, slots=True)
class Proposal:
    """``days`` is None where nothing is proposed; ``unbounded_days`` is what the formula alone says."""

    days: int | None
    unbounded_days: float | None
    in_tolerance: int
    calibrations: int
    because: str
    source: Figure


def exponential_interval(old_days: float, target: float, observed: float) -> float:
    """I_old·ln(R_target)/ln(R_observed); infinite where nothing was ever found out, 0 where everything was.

    Raises MetrologyError outside the domain.
    """
    if not (old_days > 0 and 0 < target < 1 and 0 <= observed <= 1):
        raise MetrologyError(say("Give an interval above 0, a target between 0 and 1, and a share observed."))
    if observed in (0, 1):
        return float("inf") if observed else 0.0
    return old_days * log(target) / log(observed)


def propose_interval(
    history: Sequence[bool],
    old_days: int,
    *,
    method: IntervalMethod = IntervalMethod.EXPONENTIAL,
    target: float = 0.95,
    bounds: Bounds | None = None,
) -> Proposal:
    """The next interval from the calibrations at the present one, oldest first: was it found in tolerance?"""
    held, good, many = bounds or Bounds(), sum(history), len(history)
    needed = FEWEST_CALIBRATIONS if method is IntervalMethod.EXPONENTIAL else 1
    key = "interval.exponential"
    if method is IntervalMethod.SIMPLE and many:
        key = "interval.in_tolerance" if history[-1] else "interval.out_of_tolerance"
    source = figures()[key]
    if many < needed:
        because = say_n(
            "{n} calibration is too little history: {needed} are needed. Nothing is proposed.",
            "{n} calibrations are too little history: {needed} are needed. Nothing is proposed.",
            n=many,
            needed=needed,
        )
        return Proposal(None, None, good, many, because, source)
    if method is IntervalMethod.EXPONENTIAL:
        formula = exponential_interval(old_days, target, good / many)
    else:
        exponential_interval(old_days, target, 1.0)  # the same domain
        formula = old_days * float(figure(key))
    low = max(held.least_days, old_days / held.most_factor)
    high = min(held.most_days, old_days * held.most_factor)
    days = round(min(max(formula, min(low, held.most_days)), max(high, held.least_days)))
    because = say(
        "{good} of {many} calibrations found it in tolerance: from {old} days to {days}.",
        good=good,
        many=many,
        old=old_days,
        days=days,
    )
    return Proposal(days, formula, good, many, because, source)
