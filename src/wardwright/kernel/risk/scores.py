"""The scores: Fennigkoh & Smith, Wang & Levenson, or a hospital's own formula."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

from wardwright.kernel.reason import Reason

from .scales import FENNIGKOH_SMITH, WANG_LEVENSON, Figure, RiskScales, shipped_scales
from .words import doubts


@dataclass(frozen=True, slots=True)
class RiskScore:
    """A score, the points of its parts, whether it reaches the threshold, and the unverified figures it rests on."""

    method: str
    total: Decimal
    parts: tuple[tuple[str, int | Decimal], ...]
    included: bool
    because: tuple[Reason, ...]
    unverified: tuple[Figure, ...] = ()


def _verdict(method: str, total: Decimal, threshold: int | Decimal) -> Reason:
    return Reason("total", (("method", method), ("total", total), ("threshold", threshold)))


def _unverified(figures: tuple[Figure, ...]) -> tuple[Figure, ...]:
    return tuple(figure for figure in figures if figure.is_unverified)


@dataclass(frozen=True, slots=True)
class FennigkohSmithFactors:
    """Level codes of the four scales, e.g. "life_support"; `incident_history` None leaves that part out."""

    function: str
    physical_risk: str
    maintenance: str
    incident_history: str | None = None


def fennigkoh_smith(factors: FennigkohSmithFactors, scales: RiskScales | None = None) -> RiskScore:
    """Score a device after Fennigkoh & Smith (1989): 4 to 20 points, with incident history 2 to 22.

    Raises ValueError for a level code that its scale does not have.
    """
    scales = scales or shipped_scales()
    codes = {
        "function": factors.function,
        "physical_risk": factors.physical_risk,
        "maintenance": factors.maintenance,
        "incident_history": factors.incident_history,
    }
    levels = {name: scales.find(FENNIGKOH_SMITH, f"{name}.{code}") for name, code in codes.items() if code is not None}
    parts = tuple((name, int(level.value or 0)) for name, level in levels.items())
    total = Decimal(sum(points for _, points in parts))
    threshold = scales.points(FENNIGKOH_SMITH, "inclusion_threshold")
    told = tuple(
        Reason("part", (("name", name), ("points", level.value), ("label", level.label)))
        for name, level in levels.items()
    )
    doubtful = _unverified((*levels.values(), scales.find(FENNIGKOH_SMITH, "inclusion_threshold")))
    because = (*told, _verdict(FENNIGKOH_SMITH, total, threshold), *doubts(doubtful))
    return RiskScore(FENNIGKOH_SMITH, total, parts, total >= threshold, because, doubtful)


def incident_history(failures_count: int, observed_months: int, scales: RiskScales | None = None) -> str | None:
    """Return the incident-history level of a device; on the edge between two levels, the graver one.

    None when nothing failed but the observation is shorter than the longest bin, so that nothing can be said.
    """
    bins = (scales or shipped_scales()).levels(FENNIGKOH_SMITH, "incident_history")
    edged = [(figure.high, figure.key.partition(".")[2]) for figure in bins if figure.high is not None]
    rarest = next(figure.key.partition(".")[2] for figure in bins if figure.high is None)
    if failures_count == 0:
        return rarest if observed_months >= max(high for high, _ in edged) else None
    for high, code in edged:
        # "More than one in six months" is open at its edge, the bins after it are closed.
        months = failures_count * high
        if observed_months < months or (observed_months == months and code != edged[0][1]):
            return code
    return rarest


class UseAdjustment(StrEnum):
    """How Wang & Levenson's rating is adjusted for use; two forms are quoted and neither could be verified."""

    NONE = "none"
    MISSION_AND_RISK = "mission and risk"
    MISSION_AND_MAINTENANCE = "mission and maintenance"


@dataclass(frozen=True, slots=True)
class WangLevensonFactors:
    """`mission` 1 to 10, `risk` and `maintenance` 1 to 5, `utilisation` 0 to 1 (share of time in use)."""

    mission: int
    risk: int
    maintenance: int
    utilisation: Decimal = Decimal(1)
    adjustment: UseAdjustment = UseAdjustment.NONE


def _check_range(name: str, points: int, scales: RiskScales) -> None:
    low, high = scales.points(WANG_LEVENSON, f"{name}.min"), scales.points(WANG_LEVENSON, f"{name}.max")
    if not low <= points <= high:
        raise ValueError(f"{name} is {points}; give a whole number from {low} to {high}")


def _rating(factors: WangLevensonFactors, mission: int, risk: int, maintenance: int) -> Decimal:
    """Return the rating of weighted parts, adjusted for use."""
    use = factors.utilisation
    match factors.adjustment:
        case UseAdjustment.MISSION_AND_RISK:
            return (mission + risk) * use + maintenance
        case UseAdjustment.MISSION_AND_MAINTENANCE:
            return (mission + maintenance) * use + risk
        case UseAdjustment.NONE:
            return Decimal(mission + risk + maintenance)


def wang_levenson(factors: WangLevensonFactors, scales: RiskScales | None = None) -> RiskScore:
    """Rate a device after Wang & Levenson (2000): 5 to 30 unadjusted. Formula and threshold are unverified.

    Raises ValueError for a factor outside its range.
    """
    scales = scales or shipped_scales()
    if not 0 <= factors.utilisation <= 1:
        raise ValueError(f"utilisation is {factors.utilisation}; give a share from 0 to 1")
    values = {"mission": factors.mission, "risk": factors.risk, "maintenance": factors.maintenance}
    for name, value in values.items():
        _check_range(name, value, scales)
    weights = {name: scales.points(WANG_LEVENSON, f"weight.{name}") for name in values}
    weighted = {name: value * weights[name] for name, value in values.items()}
    threshold = scales.points(WANG_LEVENSON, "inclusion_threshold")
    total = _rating(factors, **weighted)
    told = [
        Reason("weighted_part", (("name", name), ("value", value), ("weight", weights[name])))
        for name, value in values.items()
    ]
    if factors.adjustment is not UseAdjustment.NONE:
        told.append(Reason("use", (("utilisation", factors.utilisation), ("parts", factors.adjustment.value))))
    keys = (*(f"weight.{name}" for name in values), "inclusion_threshold")
    doubtful = _unverified(tuple(scales.find(WANG_LEVENSON, key) for key in keys))
    because = (*told, _verdict(WANG_LEVENSON, total, threshold), *doubts(doubtful))
    return RiskScore(WANG_LEVENSON, total, tuple(weighted.items()), total >= threshold, because, doubtful)


def own_score(
    method: str,
    total: Decimal,
    included_from: int | Decimal,
    parts: tuple[tuple[str, int | Decimal], ...] = (),
    labels: Mapping[str, str] = MappingProxyType({}),
) -> RiskScore:
    """Wrap the total of a hospital's own formula (see `kernel.formula`), so that bands can propose its interval.

    Preset D expects E + A + (P + F + U) / 3, preset E the sum of five criteria with `included_from` 9. `labels` puts
    the points of a part in words.
    """
    told = tuple(
        Reason("part", (("name", name), ("points", points), ("label", labels[name])))
        if name in labels
        else Reason("own_part", (("name", name), ("points", points)))
        for name, points in parts
    )
    return RiskScore(method, total, parts, total >= included_from, (*told, _verdict(method, total, included_from)))
