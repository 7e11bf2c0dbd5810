"""Readings of one quantity over the years: against the reference value, and whether they come close to the limit."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from wardwright.kernel.said import Said, say
from wardwright.kernel.verification import Verification

from .judge import Limits
from .safety_limits import SafetyLimit
from .units import DIGITS


@dataclass(frozen=True, slots=True)
class WatchShare:
    """From how much of its limit on a rising reading is to be looked into; a figure like others, to be replaced."""

    percent: Decimal
    source: str
    verified: Verification


WATCH = WatchShare(
    Decimal(90), "IEC 62353, from domain memory; check the standard before relying on it", Verification.MEMORY
)


@dataclass(frozen=True, slots=True)
class Trend:
    """Where the latest reading stands. `watch`: it uses more than the share of its limit, and gets worse.

    `percent_used` grows with the danger, also for a low limit; None for a reading of 0 there. Between two limits it is
    0 in their middle and 100 at either. `change_percent` is the latest reading against the reference value; None where
    that is 0.
    """

    reference: tuple[date, Decimal]
    latest: tuple[date, Decimal]
    percent_used: Decimal | None
    change_percent: Decimal | None
    worsening: bool
    watch: bool
    share: WatchShare
    reasons: tuple[Said, ...]


def trend(
    readings: Iterable[tuple[date, Decimal]],
    limit: SafetyLimit | Limits,
    *,
    reference: tuple[date, Decimal] | None = None,
    share: WatchShare = WATCH,
) -> Trend:
    """Look at readings, all in the limit's unit and taken in the same way; the first is the reference if none is given.

    It is worsening when the latest is worse than the one before and worse than the reference. Raises ValueError without
    readings or without any limit.
    """
    limits = _limits(limit)
    in_order = sorted(readings, key=lambda one: one[0])
    if not in_order:
        raise ValueError("no readings: give at least one")
    first, latest = reference or in_order[0], in_order[-1]
    before = in_order[-2] if len(in_order) > 1 else first
    worsening = _is_worse(latest[1], before[1], limits) and _is_worse(latest[1], first[1], limits)
    used = percent_used(latest[1], limits)
    near = used is None or used > share.percent
    change = DIGITS.divide(100 * (latest[1] - first[1]), first[1]) if first[1] else None
    reasons = []
    if near and worsening:
        reasons.append(_why(latest[1], before, used, limits))
    if change is not None and latest != first:
        reasons.append(
            say(
                "{change} % against the reference value of {reference} on {day}.",
                change=f"{change:+.1f}",
                reference=_with_unit(first[1], limits),
                day=first[0].isoformat(),
            )
        )
    return Trend(first, latest, used, change, worsening, near and worsening, share, tuple(reasons))


def percent_used(value: Decimal, limit: SafetyLimit | Limits) -> Decimal | None:
    """How much of its limit a reading uses, in percent: more is worse, 100 is the limit. None: 0 for a low limit, or a
    limit of 0."""
    limits = _limits(limit)
    if limits.low is not None and limits.high is not None:
        width = limits.high - limits.low
        return DIGITS.divide(200 * _away(value, limits), width) if width else None
    if limits.high is not None:
        return 100 * value / limits.high if limits.high else None
    assert limits.low is not None
    return 100 * limits.low / value if value else None


def _limits(limit: SafetyLimit | Limits) -> Limits:
    if isinstance(limit, Limits):
        if limit.low is None and limit.high is None:
            raise ValueError("no limit: give a low or a high one")
        return limit
    if limit.bound == "high":
        return Limits(high=limit.figure, unit=limit.unit)
    return Limits(low=limit.figure, unit=limit.unit)


def _away(value: Decimal, limits: Limits) -> Decimal:
    """What grows as a reading gets worse: the distance from the middle, or the way towards the only limit."""
    if limits.low is None:
        return value
    return -value if limits.high is None else abs(value - (limits.low + limits.high) / 2)


def _is_worse(value: Decimal, than: Decimal, limits: Limits) -> bool:
    return _away(value, limits) > _away(than, limits)


def _why(value: Decimal, before: tuple[date, Decimal], used: Decimal | None, limits: Limits) -> Said:
    nearest = limits.low
    if limits.high is not None and (limits.low is None or 2 * value > limits.low + limits.high):
        nearest = limits.high
    told = {
        "reading": _with_unit(value, limits),
        "percent": "–" if used is None else f"{used:.1f}",
        "limit": _with_unit(nearest or Decimal(0), limits),
        "before": _with_unit(before[1], limits),
        "day": before[0].isoformat(),
    }
    if limits.low is not None and limits.high is not None:
        return say(
            "{reading} is {percent} % of the way from the middle to the limit of {limit} and gets worse: "
            "it was {before} on {day}.",
            **told,
        )
    return say("{reading} uses {percent} % of the limit of {limit} and gets worse: it was {before} on {day}.", **told)


def _with_unit(value: Decimal, limits: Limits) -> str:
    return f"{value.normalize():f} {limits.unit}".strip()
