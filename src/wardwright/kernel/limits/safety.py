"""A reading of a safety test against its limit: the verdict, how much of the limit it uses, and what it rests on."""

from dataclasses import dataclass
from decimal import Decimal

from wardwright.kernel.said import say
from wardwright.kernel.verification import Verification

from .entry import Reading
from .judge import Judgement, Outcome, explain, judge
from .safety_limits import SafetyLimit
from .trend import percent_used
from .units import DIGITS, convert

# I_norm = I_measured * U_nominal / U_actual, for every method alike (no source tells the methods apart): from memory.
NORMALISATION = Verification.MEMORY
_NOMINAL_VOLTS = (Decimal(80), Decimal(500))
_OFF_NOMINAL = (Decimal("0.6"), Decimal("1.4"))  # further off, the two voltages are not of the same mains


@dataclass(frozen=True, slots=True)
class SafetyJudgement:
    """The verdict. `reading` is in the limit's unit, normalised if that was asked; `judgement` has words and margin.

    `percent_of_limit` is reading / limit; `percent_used` is the same for a high limit and limit / reading for a low
    one, so that more is always worse and 100 is the limit.
    """

    limit: SafetyLimit
    reading: Reading
    judgement: Judgement
    percent_of_limit: Decimal
    percent_used: Decimal | None
    normalised_from: Decimal | None = None

    @property
    def outcome(self) -> Outcome:
        """Pass, fail, or undetermined for a reading such as "< 600" where 500 is the limit."""
        return self.judgement.outcome

    @property
    def margin(self) -> Decimal:
        """The distance to the limit, negative beyond it."""
        return self.judgement.margin or Decimal(0)

    @property
    def words(self) -> str:
        """The verdict as a sentence."""
        return explain(self.judgement)

    @property
    def unverified(self) -> bool:
        """Whether the limit, or the rule by which the reading was normalised, is from memory only."""
        return self.limit.verified.is_unverified or (self.normalised_from is not None and NORMALISATION.is_unverified)


def judge_safety(
    reading: Reading | Decimal,
    limit: SafetyLimit,
    *,
    mains_volts: Decimal | None = None,
    nominal_volts: Decimal | None = None,
) -> SafetyJudgement:
    """Judge a reading; with the mains voltage it was taken at, a leakage is first normalised to the nominal one.

    Raises ValueError for a unit that does not fit, for what cannot be a reading (below 0), and for voltages that
    cannot be of one mains.
    """
    taken = reading if isinstance(reading, Reading) else Reading(reading)
    value = convert(taken.value, taken.unit, limit.unit)
    if not value.is_finite() or value < 0:
        raise ValueError(
            say(
                "{value} {unit} cannot be a reading of {test}; give its size, without a sign",
                value=f"{value:f}",
                unit=limit.unit,
                test=limit.test,
            )
        )
    measured = None
    if mains_volts is not None or nominal_volts is not None:
        if not limit.is_of_mains:
            raise ValueError(say("{test} does not depend on the mains voltage; leave it out", test=limit.test))
        measured, value = value, normalised(value, mains_volts, nominal_volts)
    in_unit = Reading(value, limit.unit, taken.bound)
    of_limit = 100 * value / limit.figure
    return SafetyJudgement(limit, in_unit, judge(in_unit, limit.limits), of_limit, percent_used(value, limit), measured)


def normalised(value: Decimal, mains_volts: Decimal | None, nominal_volts: Decimal | None) -> Decimal:
    """A leakage as it would be at nominal mains voltage: value * nominal / mains.

    Raises ValueError unless both voltages are given, the nominal one is of a mains and the other near it.
    """
    if mains_volts is None or nominal_volts is None:
        raise ValueError(say("give both the mains voltage during the test and the nominal one"))
    low, high = _NOMINAL_VOLTS
    if not (nominal_volts.is_finite() and low <= nominal_volts <= high):
        raise ValueError(
            say(
                "{volts} V is no nominal mains voltage; give one from {low} to {high} V",
                volts=f"{nominal_volts:f}",
                low=str(low),
                high=str(high),
            )
        )
    if not (mains_volts.is_finite() and _OFF_NOMINAL[0] < mains_volts / nominal_volts < _OFF_NOMINAL[1]):
        raise ValueError(
            say(
                "{volts} V was not measured on mains of {nominal} V; check both voltages",
                volts=f"{mains_volts:f}",
                nominal=f"{nominal_volts:f}",
            )
        )
    return DIGITS.divide(value * nominal_volts, mains_volts)
