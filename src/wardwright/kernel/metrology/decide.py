"""A reading, its tolerance, its uncertainty and a decision rule: accepted or not, and with what risk.

ILAC-G8:09/2019 4.2 (binary and non-binary statements), JCGM 106:2012 7 and 9.5 (conformance probability), ANSI/NCSL
Z540.3 (test uncertainty ratio). Readings and limits are exact decimals and limits are inclusive; probabilities are
floats and take the uncertainty as normal. U is taken as it is given: the rules mean one of about 95 % (k = 2), and
a ``k`` far from that is noted, not converted.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from math import inf

from wardwright.kernel.limits import Limits
from wardwright.kernel.risk.scales import Figure
from wardwright.kernel.said import say

from . import normal
from .exact import MetrologyError, Number, exact, written
from .rules import Rule, definition, guard_band, worst_specific_risk

USUAL_K = (1.9, 2.6)


class Verdict(StrEnum):
    """The binary statement."""

    PASS = "pass"  # noqa: S105 - not a password
    FAIL = "fail"


class FourWay(StrEnum):
    """The non-binary statement, from best to worst."""

    PASS = "pass"  # noqa: S105 - not a password
    CONDITIONAL_PASS = "conditional_pass"  # noqa: S105
    CONDITIONAL_FAIL = "conditional_fail"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided, by what limits, and how sure it is.

    ``conformance_probability`` is that of the true value lying within the tolerance, given the reading;
    ``false_accept_risk`` what is left of it to 1. ``specific_risk`` is the risk that this very verdict is wrong.
    ``worst_specific_risk`` is the rule's promise: that of a reading on the acceptance limit of one side.
    """

    rule: Figure
    value: Decimal
    tolerance: Limits
    acceptance: Limits
    guard_band: Decimal
    standard_uncertainty: Decimal
    tur: float | None
    verdict: Verdict
    four_way: FourWay
    conformance_probability: float
    false_accept_risk: float
    specific_risk: float
    worst_specific_risk: float | None
    because: str
    note: str = ""


def tolerance(
    lower: Number | None = None,
    upper: Number | None = None,
    *,
    nominal: Number | None = None,
    plus_minus: Number | None = None,
) -> Limits:
    """The tolerance by its limits (one may be None), or as nominal ± tolerance. Raises MetrologyError."""
    given = nominal is not None or plus_minus is not None
    if given and (lower is not None or upper is not None):
        raise MetrologyError(say("Give either limits, or a nominal value with a tolerance, not both."))
    if given:
        if nominal is None or plus_minus is None or exact(plus_minus) < 0:
            raise MetrologyError(say("Give a nominal value together with a tolerance of 0 or more."))
        lower, upper = exact(nominal) - exact(plus_minus), exact(nominal) + exact(plus_minus)
    if lower is None and upper is None:
        raise MetrologyError(say("Give a lower limit, an upper limit, or a nominal value with a tolerance."))
    low, high = (None if side is None else exact(side) for side in (lower, upper))
    if low is not None and high is not None and low > high:
        raise MetrologyError(
            say(
                "The lower limit {low} is above the upper limit {high}: exchange them.",
                low=written(low),
                high=written(high),
            )
        )
    return Limits(low, high)


def half_width(limits: Limits) -> Decimal | None:
    """Half the width of a tolerance; None where one side is open."""
    return None if limits.low is None or limits.high is None else (limits.high - limits.low) / 2


def uncertainty_ratio(limits: Limits, uncertainty: Decimal) -> float | None:
    """TUR = width / 2U (Z540.3 3.11); None where one side is open or nothing is uncertain."""
    half = half_width(limits)
    return None if half is None or not uncertainty else float(half / uncertainty)


def conformance(value: Decimal, limits: Limits, standard_uncertainty: Decimal) -> tuple[float, float]:
    """P(the true value is within), and P(it is not), each with all its digits: p_c = Φ((TU−y)/u) − Φ((TL−y)/u)."""
    if not standard_uncertainty:
        inside = limits_margin(value, limits) >= 0
        return float(inside), float(not inside)
    low = -inf if limits.low is None else float((limits.low - value) / standard_uncertainty)
    high = inf if limits.high is None else float((limits.high - value) / standard_uncertainty)
    return normal.between(low, high), normal.below(low) + normal.below(-high)


def limits_margin(value: Decimal, limits: Limits) -> Decimal:
    """How far within its limits a value lies; negative beyond them."""
    gaps = []
    if limits.low is not None:
        gaps.append(value - limits.low)
    if limits.high is not None:
        gaps.append(limits.high - value)
    return min(gaps)


def decide(
    value: Number, tolerated: Limits, uncertainty: Number, *, k: Number = 2, rule: Rule = Rule.SIMPLE
) -> Decision:
    """Decide on a reading with the expanded uncertainty U = k·u. Raises MetrologyError in words."""
    reading, expanded, factor = exact(value), exact(uncertainty), exact(k)
    if expanded < 0 or factor <= 0:
        raise MetrologyError(say("Give an uncertainty of 0 or more and a coverage factor above 0."))
    band = guard_band(rule, expanded, half_width(tolerated))
    u = expanded / factor
    accepted = Limits(
        None if tolerated.low is None else tolerated.low + band,
        None if tolerated.high is None else tolerated.high - band,
    )
    margin = limits_margin(reading, tolerated)
    verdict = Verdict.PASS if limits_margin(reading, accepted) >= 0 else Verdict.FAIL
    four_way = _four_way(margin, band)
    conforms, does_not = conformance(reading, tolerated, u)
    return Decision(
        rule=definition(rule),
        value=reading,
        tolerance=tolerated,
        acceptance=accepted,
        guard_band=band,
        standard_uncertainty=u,
        tur=uncertainty_ratio(tolerated, expanded),
        verdict=verdict,
        four_way=four_way,
        conformance_probability=conforms,
        false_accept_risk=does_not,
        specific_risk=does_not if verdict is Verdict.PASS else conforms,
        worst_specific_risk=worst_specific_risk(rule, float(factor)),
        because=_because(reading, margin, four_way, band, accepted),
        note=_note(expanded, factor),
    )


def _four_way(margin: Decimal, band: Decimal) -> FourWay:
    """By the distance within the tolerance. Without a guard band, or with one outwards, there is nothing between."""
    if margin >= band:
        return FourWay.PASS
    if margin >= 0:
        return FourWay.CONDITIONAL_PASS
    return FourWay.CONDITIONAL_FAIL if margin >= -band else FourWay.FAIL


def _because(value: Decimal, margin: Decimal, four_way: FourWay, band: Decimal, accepted: Limits) -> str:
    reading, width, beyond = written(value), written(abs(band)), written(abs(margin))
    if four_way is FourWay.CONDITIONAL_PASS:
        return say(
            "{value} is within its tolerance, but nearer to a limit than the guard band of {band}.",
            value=reading,
            band=width,
        )
    if four_way is FourWay.CONDITIONAL_FAIL:
        return say(
            "{value} is beyond its tolerance by {beyond}, not more than the guard band of {band}.",
            value=reading,
            beyond=beyond,
            band=width,
        )
    if four_way is FourWay.FAIL:
        return say("{value} is beyond its tolerance by {beyond}.", value=reading, beyond=beyond)
    if margin < 0:
        return say(
            "{value} is beyond its tolerance by {beyond}, which this rule accepts up to {band}.",
            value=reading,
            beyond=beyond,
            band=width,
        )
    if accepted.low is None or accepted.high is None:
        limit = accepted.low if accepted.high is None else accepted.high
        return say("{value} is on the right side of the acceptance limit {limit}.", value=reading, limit=_plain(limit))
    return say(
        "{value} lies within the acceptance limits {low} to {high}.",
        value=reading,
        low=_plain(accepted.low),
        high=_plain(accepted.high),
    )


def _plain(limit: Decimal | None) -> str:
    return "" if limit is None else written(limit)


def _note(uncertainty: Decimal, k: Decimal) -> str:
    if not uncertainty:
        return say("No uncertainty was given: the reading is taken as exact.")
    if not USUAL_K[0] <= k <= USUAL_K[1]:
        return say(
            "Decision rules and the test uncertainty ratio mean an uncertainty of about 95 % (k = 2); it was given "
            "with k = {k} and is taken as it is.",
            k=written(k),
        )
    return ""
