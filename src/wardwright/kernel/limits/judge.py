"""Limits, and a reading judged against them."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from wardwright.kernel.reason import Reason, fill

from .entry import Bound, Reading
from .units import convert

TEXTS: dict[str, str] = {
    "no_limit": "{reading} is recorded; there is no limit for it.",
    "within": "{reading} is within {low} to {high}.",
    "not_above": "{reading} is not above the limit of {high}.",
    "under": "{reading} is under the limit of {high}.",
    "not_below": "{reading} is not below the limit of {low}.",
    "above": "{reading} is above the limit of {high}.",
    "not_under": "{reading} is not under the limit of {high}; on the limit is too much here.",
    "below": "{reading} is below the limit of {low}.",
    "undetermined": "{reading} does not say on which side of the limit the true value lies; measure in another range.",
}


class Outcome(StrEnum):
    """What a reading comes to. UNDETERMINED: "< 5" against "at least 3" is neither a pass nor a fail."""

    PASS = "pass"  # noqa: S105 - not a password
    FAIL = "fail"
    NO_LIMIT = "no_limit"
    UNDETERMINED = "undetermined"


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits in `unit`; None leaves a side open. `decimals` is for display only.

    A reading on a limit passes, unless `exclusive`: then one on the high limit fails ("less than 0.5 Ω").
    """

    low: Decimal | None = None
    high: Decimal | None = None
    unit: str = ""
    decimals: int | None = None
    exclusive: bool = False

    def __post_init__(self) -> None:
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError(f"the low limit {self.low} is above the high limit {self.high}; exchange or correct them")


def around(nominal: Decimal, tolerance: Decimal, unit: str = "", decimals: int | None = None) -> Limits:
    """Return the limits nominal +/- tolerance, in the same unit. Raises ValueError for a negative tolerance."""
    if tolerance < 0:
        raise ValueError(f"a tolerance of {tolerance}: give 0 or more")
    return Limits(nominal - tolerance, nominal + tolerance, unit, decimals)


def around_percent(nominal: Decimal, percent: Decimal, unit: str = "", decimals: int | None = None) -> Limits:
    """Return the limits nominal +/- percent of it. Raises ValueError for a negative percentage."""
    return around(nominal, abs(nominal) * percent / 100, unit, decimals)


@dataclass(frozen=True, slots=True)
class Judgement:
    """The outcome, in words, and the distance to the nearest limit in the limit's unit (negative beyond it)."""

    outcome: Outcome
    because: Reason
    margin: Decimal | None


def _with_unit(value: Decimal, unit: str) -> str:
    return f"{value:f} {unit}".strip()


def _margin(value: Decimal, limits: Limits) -> Decimal | None:
    gaps = []
    if limits.low is not None:
        gaps.append(value - limits.low)
    if limits.high is not None:
        gaps.append(limits.high - value)
    return min(gaps, default=None)


def _code(value: Decimal, bound: Bound, limits: Limits) -> str:
    """Return the code of the judgement. A bounded value passes or fails only if every value it can be does."""
    low, high = limits.low, limits.high
    if low is None and high is None:
        return "no_limit"
    if high is not None and (value > high if bound is Bound.EXACT else bound is Bound.ABOVE and value >= high):
        return "above"
    if limits.exclusive and bound is Bound.EXACT and value == high:
        return "not_under"
    if low is not None and (value < low if bound is Bound.EXACT else bound is Bound.BELOW and value <= low):
        return "below"
    if (bound is Bound.ABOVE and high is not None) or (bound is Bound.BELOW and low is not None):
        return "undetermined"
    if bound is Bound.BELOW and high is not None and value > high:
        return "undetermined"
    if bound is Bound.ABOVE and low is not None and value < low:
        return "undetermined"
    if low is not None and high is not None:
        return "within"
    if low is not None:
        return "not_below"
    return "under" if limits.exclusive else "not_above"


_OUTCOMES = {
    "no_limit": Outcome.NO_LIMIT,
    "above": Outcome.FAIL,
    "not_under": Outcome.FAIL,
    "below": Outcome.FAIL,
    "undetermined": Outcome.UNDETERMINED,
}


def outcome_of(value: Decimal, limits: Limits, bound: Bound = Bound.EXACT) -> Outcome:
    """The outcome alone, for many values in the limit's unit: several times as fast as ``judge``, without words."""
    return _OUTCOMES.get(_code(value, bound, limits), Outcome.PASS)


def judge(reading: Reading | Decimal, limits: Limits) -> Judgement:
    """Judge a reading; one in another unit of the same base is converted first.

    Raises ValueError when its unit does not fit the limit's.
    """
    taken = reading if isinstance(reading, Reading) else Reading(reading)
    value = convert(taken.value, taken.unit, limits.unit) if limits.unit else taken.value
    unit = limits.unit or taken.unit
    code, margin = _code(value, taken.bound, limits), _margin(value, limits)
    params: list[tuple[str, object]] = [("reading", f"{taken.bound} {_with_unit(value, unit)}".strip())]
    for name, limit in (("low", limits.low), ("high", limits.high)):
        if limit is not None:
            params.append((name, _with_unit(limit, unit)))
    outcome = _OUTCOMES.get(code, Outcome.PASS)
    return Judgement(outcome, Reason(code, tuple(params)), margin)


def explain(judgement: Judgement) -> str:
    """Return the judgement as a sentence."""
    return fill(TEXTS, judgement.because)
