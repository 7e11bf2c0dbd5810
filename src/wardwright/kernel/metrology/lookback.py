"""An instrument turned out to be wrong: what its readings should have been, and which verdicts that changes.

The error curve comes from the as-found points of the calibration: error = indicated − reference. It is straight between
points and constant beyond them. A reading is judged again as reading − error. All of it is exact decimals, so that a
reading on a limit stays on it. ``doubtful_bands`` says outside which readings no verdict can change, for a database to
leave out what need not be judged again: it is never too narrow.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from wardwright.kernel.limits import Limits

from .decide import Verdict, limits_margin
from .exact import Number, exact


@dataclass(frozen=True, slots=True)
class AsFound:
    """One point of a calibration, before any adjustment."""

    quantity: str
    reference: Decimal
    indicated: Decimal

    @property
    def error(self) -> Decimal:
        """What the instrument showed too much."""
        return self.indicated - self.reference


@dataclass(frozen=True, slots=True)
class ErrorCurve:
    """The error at each indicated value, ascending and each once; without points it is not known."""

    indicated: tuple[Decimal, ...] = ()
    errors: tuple[Decimal, ...] = ()

    @property
    def is_known(self) -> bool:
        """Whether there is any point."""
        return bool(self.indicated)

    def error_at(self, value: Decimal) -> Decimal | None:
        """The error of a reading of this value; None when it is not known."""
        if not self.indicated:
            return None
        at = bisect_left(self.indicated, value)
        if at == len(self.indicated):
            return self.errors[-1]
        if at == 0 or self.indicated[at] == value:
            return self.errors[at]
        start, end = self.indicated[at - 1], self.indicated[at]
        low, high = self.errors[at - 1], self.errors[at]
        if low == high:
            return low
        found = low + (high - low) * (value - start) / (end - start)
        return min(max(found, min(low, high)), max(low, high))  # rounding never leads beyond the points

    def correct(self, value: Number) -> Decimal | None:
        """The reading without its error; None when that is not known."""
        reading = exact(value)
        error = self.error_at(reading)
        return None if error is None else reading - error

    def bounds(self, low: Number | None = None, high: Number | None = None) -> tuple[Decimal, Decimal] | None:
        """The least and the greatest error for readings from low to high (None: without end)."""
        if not self.indicated:
            return None
        first = self.indicated[0] if low is None else exact(low)
        last = self.indicated[-1] if high is None else exact(high)
        found = [error for at, error in zip(self.indicated, self.errors, strict=True)
                 if (low is None or first <= at) and (high is None or at <= last)]  # fmt: skip
        found += [error for end in (first, last) if (error := self.error_at(end)) is not None]
        return min(found), max(found)


def error_curves(points: Iterable[AsFound]) -> dict[str, ErrorCurve]:
    """A curve for each quantity that has points; of several at one indicated value the mean counts."""
    at: dict[str, dict[Decimal, list[Decimal]]] = defaultdict(lambda: defaultdict(list))
    for point in points:
        at[point.quantity][point.indicated].append(point.error)
    return {
        quantity: ErrorCurve(
            tuple(sorted(errors)), tuple(sum(errors[one], Decimal(0)) / len(errors[one]) for one in sorted(errors))
        )
        for quantity, errors in at.items()
    }


class Change(StrEnum):
    """What looking back makes of a verdict."""

    UNCHANGED = "unchanged"
    MISSED_FAULT = "missed_fault"
    FALSE_ALARM = "false_alarm"
    DOUBTFUL = "doubtful"


@dataclass(frozen=True, slots=True)
class Rejudged:
    """A verdict before and after. ``margin`` is how far the corrected reading lies within its limits (or beyond)."""

    before: Verdict
    after: Verdict | None
    change: Change
    corrected: Decimal | None
    margin: Decimal | None


def rejudge(value: Decimal, limits: Limits, curve: ErrorCurve, uncertainty: Decimal = Decimal(0)) -> Rejudged:
    """Judge a reading again, as it should have been.

    The corrected reading decides. A verdict that stands is doubtful where the correction lies nearer to a limit than
    the ``uncertainty`` of the error, or where the error is not known. One side of the limits at least has to be there.
    """
    before = Verdict.PASS if limits_margin(value, limits) >= 0 else Verdict.FAIL
    error = curve.error_at(value)
    if error is None:
        return Rejudged(before, None, Change.DOUBTFUL, None, None)
    corrected = value - error
    margin = limits_margin(corrected, limits)
    after = Verdict.PASS if margin >= 0 else Verdict.FAIL
    if before is not after:
        change = Change.MISSED_FAULT if before is Verdict.PASS else Change.FALSE_ALARM
    elif uncertainty and _nearest_limit(corrected, limits) <= uncertainty:
        change = Change.DOUBTFUL
    else:
        change = Change.UNCHANGED
    return Rejudged(before, after, change, corrected, margin)


def _nearest_limit(value: Decimal, limits: Limits) -> Decimal:
    return min(abs(value - limit) for limit in (limits.low, limits.high) if limit is not None)


def doubtful_bands(
    limits: Limits, errors: tuple[Decimal, Decimal], uncertainty: Decimal = Decimal(0)
) -> tuple[tuple[Decimal, Decimal], ...]:
    """Bands of readings, ends included, beyond which ``rejudge`` finds every verdict unchanged.

    ``errors`` are bounds of the curve over all readings in question (``curve.bounds()``). A verdict changes only when
    a limit lies between a reading and its correction. One band for each limit, or one for both where they meet.
    """
    least, greatest = min(errors[0], Decimal(0)) - uncertainty, max(errors[1], Decimal(0)) + uncertainty
    bands = [(limit + least, limit + greatest) for limit in (limits.low, limits.high) if limit is not None]
    if len(bands) == 2 and bands[1][0] <= bands[0][1]:
        return ((bands[0][0], bands[1][1]),)
    return tuple(bands)
