"""An inclusion rule: a formula over a device type's attributes, the score it is included from, and bands of intervals.

A hospital writes its own; the presets A to E are rules too. A rule explains what it proposes by its name and version.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from wardwright.kernel.formula import Formula, FormulaError, Number, evaluate, parse
from wardwright.kernel.said import say

from .intervals import SCORE, Band, Proposal, preset_bands, presets, propose_by
from .scales import FENNIGKOH_SMITH, RiskScales, shipped_scales
from .scores import RiskScore, own_score

#: What a formula may ask for. The four scales are points, flags count 1 or 0, the rest are figures of the devices.
INPUTS = (
    "function",
    "physical_risk",
    "maintenance",
    "incident_history",
    "life_support",
    "high_risk",
    "imaging",
    "laser",
    "law_mandated",
    "devices",
    "repairs_per_year",
)
SCALES = INPUTS[:4]
MAX_BANDS = 12
MAX_MONTHS = 240
_SUM = "function + physical_risk + maintenance"
#: D and E are computed from criteria of their makers, so they can be read and copied, but not used as they are.
FORMULAS = {
    "A": _SUM,
    "B": _SUM,
    "C": _SUM,
    "D": "E + A + (P + F + U) / 3",
    "E": "clinical_function + physical_risk + problem_avoidance + incident_history + requirement",
}
_INCLUDED_FROM = {"D": Decimal(6), "E": Decimal(9)}


class RuleError(ValueError):
    """A rule that cannot be used: `field` is formula, included_from or bands; `position` counts from 1 in a formula."""

    def __init__(self, field: str, message: str, position: int | None = None) -> None:
        super().__init__(message)
        self.field = field
        self.position = position


@dataclass(frozen=True, slots=True)
class InclusionRule:
    """A rule that has been read and found usable."""

    name: str
    version: int
    formula: Formula
    included_from: Decimal
    bands: tuple[Band, ...]

    def missing(self, values: Mapping[str, Number | None]) -> tuple[str, ...]:
        """Return the names that the rule asks for and that are not known."""
        return tuple(name for name in self.formula.names if values.get(name) is None)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a rule makes of one device type: the score with its parts, and the proposal with its reasons."""

    score: RiskScore
    proposal: Proposal


def read_rule(name: str, version: int, formula: str, included_from: Decimal, bands: Iterable[Band]) -> InclusionRule:
    """Check a rule as a hospital wrote it.

    Raises RuleError naming the part that is wrong; for the formula with the position.
    """
    try:
        read = parse(formula, INPUTS)
    except FormulaError as error:
        raise RuleError("formula", error.message, error.position) from None
    if not included_from.is_finite():
        raise RuleError("included_from", say("give the score from which a type is in the programme"))
    found = tuple(bands)
    _check_bands(found, read)
    return InclusionRule(name, version, read, included_from, found)


def _check_bands(bands: tuple[Band, ...], formula: Formula) -> None:
    if not 1 <= len(bands) <= MAX_BANDS:
        raise RuleError("bands", say("give 1 to {limit} intervals", limit=MAX_BANDS))
    seen = set()
    for band in bands:
        if band.measure != SCORE and band.measure not in formula.names:
            raise RuleError(
                "bands",
                say("{measure} is not in the formula; count from the score, or put it in", measure=repr(band.measure)),
            )
        if not band.low.is_finite():
            raise RuleError("bands", say("give the points from which an interval counts"))
        if not isinstance(band.value, int) or not 1 <= band.value <= MAX_MONTHS:
            raise RuleError(
                "bands",
                say(
                    "an interval of {months} months: give a whole number from 1 to {limit}",
                    months=band.value,
                    limit=MAX_MONTHS,
                ),
            )
        if (band.measure, band.low) in seen:
            raise RuleError(
                "bands",
                say("two intervals begin at {low} points of {measure}; keep one", low=band.low, measure=band.measure),
            )
        seen.add((band.measure, band.low))


def preset_rule(code: str, scales: RiskScales | None = None) -> InclusionRule:
    """Return preset "A" to "E" as a rule (see `presets`). Raises ValueError for a preset there is not."""
    scales = scales or shipped_scales()
    bands = preset_bands(code, scales)
    usual = Decimal(scales.points(FENNIGKOH_SMITH, "inclusion_threshold"))
    return InclusionRule(f"Preset {code}", 1, parse(FORMULAS[code]), _INCLUDED_FROM.get(code, usual), bands)


def preset_source(code: str) -> tuple[str, str]:
    """Return (label, source) of a preset."""
    figure = dict(presets())[code]
    return figure.label, figure.source


def points_of(scale: str, level: str, scales: RiskScales | None = None) -> int:
    """Return the points of a level, e.g. of incident history."""
    return (scales or shipped_scales()).points(FENNIGKOH_SMITH, f"{scale}.{level}")


def judge(rule: InclusionRule, values: Mapping[str, Number | None]) -> Judgement:
    """Score a device type by the rule, and propose from the score; the reasons name the rule and every part.

    Raises FormulaError when a value is missing (see `InclusionRule.missing`) or the formula divides by zero.
    """
    known = {name: value for name, value in values.items() if value is not None}
    total = evaluate(rule.formula, known)
    parts = tuple((name, _exact(known[name])) for name in rule.formula.names)
    method = f"{rule.name}, version {rule.version} ({rule.formula.text})"
    score = own_score(method, _short(total), rule.included_from, parts, _labels(parts))
    return Judgement(score, propose_by(score, rule.name, rule.bands))


def _exact(value: Number) -> Decimal:
    return value if isinstance(value, Decimal) else Decimal(str(value) if isinstance(value, float) else int(value))


def _short(total: Decimal) -> Decimal:
    """Two decimals are enough for a score, and none where they say nothing."""
    rounded = round(total, 2)
    return rounded.quantize(Decimal(1)) if rounded == rounded.to_integral_value() else rounded.normalize()


def _labels(parts: tuple[tuple[str, Decimal], ...]) -> dict[str, str]:
    """The published words of the points on the four scales."""
    scales, found = shipped_scales(), {}
    for name, points in parts:
        if name in SCALES:
            levels = scales.levels(FENNIGKOH_SMITH, name)
            found[name] = next((level.label for level in levels if level.value == points), "")
    return {name: label for name, label in found.items() if label}
