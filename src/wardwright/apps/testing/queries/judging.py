"""A reading as it was typed, judged by the step it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from wardwright.apps.testing.states import Graded
from wardwright.kernel.limits import (
    Bound,
    Limits,
    Outcome,
    Reading,
    convert,
    explain,
    judge,
    normalised,
    parse_number,
    parse_reading,
)
from wardwright.kernel.metrology import FourWay, Rule, decide
from wardwright.platform.core.words import error_words, said_words

from .limits import frozen_limit

DECIMALS = 4
GRADES = {
    FourWay.PASS: Graded.PASS,
    FourWay.CONDITIONAL_PASS: Graded.MARGINAL_PASS,
    FourWay.CONDITIONAL_FAIL: Graded.MARGINAL_FAIL,
    FourWay.FAIL: Graded.FAIL,
}
PASSES = (Graded.PASS, Graded.MARGINAL_PASS, Graded.NO_LIMIT)


@dataclass(frozen=True)
class Taken:
    """A reading in the unit of its limits. ``as_read`` is None unless it was normalised to nominal mains voltage."""

    exact: Decimal
    bound: Bound
    limits: Limits
    as_read: Decimal | None
    mains_volts: Decimal | None
    grade: Graded
    uncertainty: Decimal | None = None
    rule: str = ""

    @property
    def value(self) -> Decimal:
        """As it is kept; judged is what was entered."""
        return round(self.exact, DECIMALS)

    @property
    def passes(self) -> bool:
        """Whether the step is answered with a pass."""
        return self.grade in PASSES

    @property
    def words(self) -> str:
        """What the analyser could only bound: "< 5 µA"; empty for a value."""
        shown = self.value if self.as_read is None else self.as_read
        return "" if self.bound is Bound.EXACT else f"{self.bound} {shown.normalize():f} {self.limits.unit}".strip()


def limits_of(step: Mapping[str, Any]) -> Limits:
    """The limits a step was frozen with."""
    low, high = (None if step.get(name) in (None, "") else Decimal(str(step[name])) for name in ("low", "high"))
    return Limits(low, high, step.get("unit") or "", exclusive=bool(step.get("exclusive")))


def asks_for_mains(step: Mapping[str, Any]) -> bool:
    """Whether the reading follows the mains voltage, so that it is normalised where that is known."""
    limit = frozen_limit(step)
    return limit is not None and limit.is_of_mains


def take_reading(step: Mapping[str, Any], given: str | Decimal, mains_volts: Any = None) -> Taken:
    """Read and judge what was entered. Raises ValueError in words."""
    limits = limits_of(step)
    reading = Reading(given) if isinstance(given, Decimal) else _parsed(given)
    value = _in_words(convert, reading.value, reading.unit, limits.unit) if limits.unit else reading.value
    as_read = None
    volts = _volts(mains_volts) if asks_for_mains(step) else None
    if volts is not None:
        as_read, value = value, _in_words(normalised, value, volts, settings.NOMINAL_MAINS_VOLTS)
    if abs(value) >= Decimal(10) ** 10:
        raise ValueError(_("The value is too large to be a reading; check the unit."))
    judgement = judge(Reading(value, limits.unit, reading.bound), limits)
    if judgement.outcome is Outcome.UNDETERMINED:
        raise ValueError(said_words(explain(judgement)))
    grade = {Outcome.PASS: Graded.PASS, Outcome.FAIL: Graded.FAIL}.get(judgement.outcome, Graded.NO_LIMIT)
    return Taken(value, reading.bound, limits, as_read, volts, grade)


def graded(step: Mapping[str, Any], taken: Taken, uncertainty: Decimal | None) -> Taken:
    """The same by the step's decision rule, where the uncertainty of the reading (k = 2) is known. Where it is not, a
    rule with a guard band gives way to simple acceptance, and ``rule`` says so.

    Raises:
        ValueError: in words, where the rule leaves nothing that could be accepted.
    """
    asked = Rule(step.get("rule") or Rule.SIMPLE)
    if taken.grade is Graded.NO_LIMIT:
        return taken
    if uncertainty is None or taken.bound is not Bound.EXACT:
        return replace(taken, rule=Rule.SIMPLE.value if asked is not Rule.SIMPLE else "")
    decision = _in_words(decide, taken.exact, taken.limits, uncertainty, rule=asked)
    grade = GRADES[decision.four_way]
    if taken.grade is Graded.FAIL and grade in PASSES:
        grade = Graded.FAIL  # on a limit that the standard excludes
    return replace(taken, grade=grade, uncertainty=round(uncertainty, 6), rule=asked.value)


def _parsed(text: Any) -> Reading:
    return _in_words(parse_reading, str(text))


def _volts(given: Any) -> Decimal | None:
    if given in (None, ""):
        return None
    volts = given if isinstance(given, Decimal) else _in_words(parse_number, str(given).upper().removesuffix("V"))
    return round(volts, 2)


def _in_words(call: Any, *given: Any, **named: Any) -> Any:
    """What the kernel answers, its refusals in the reader's language."""
    try:
        return call(*given, **named)
    except ValueError as error:
        raise ValueError(error_words(error)) from error
