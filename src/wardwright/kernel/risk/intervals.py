"""From a score to a proposed interval, by one of the presets A to E: none of them is a standard."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from wardwright.kernel.reason import Reason

from .scales import FENNIGKOH_SMITH, Figure, RiskScales, shipped_scales
from .scores import RiskScore
from .words import doubts


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a preset makes of a score: in the programme or not, the interval in months or a priority, and why."""

    included: bool
    interval_months: int | None
    priority: str | None
    because: tuple[Reason, ...]
    unverified: tuple[Figure, ...]


def presets(scales: RiskScales | None = None) -> tuple[tuple[str, Figure], ...]:
    """Return (code, its first figure) of every interval preset; the figure has label, source and verification."""
    first: dict[str, Figure] = {}
    for figure in (scales or shipped_scales()).levels(FENNIGKOH_SMITH, "preset"):
        first.setdefault(figure.key.split(".")[1], figure)
    return tuple(first.items())


def _bands(score: RiskScore, preset: str, scales: RiskScales) -> Iterator[Figure]:
    """Yield, for each measure the preset looks at, the band that the score falls in."""
    values: dict[str, Decimal | int] = {**dict(score.parts), "score": score.total}
    bands: dict[str, Figure] = {}
    for figure in scales.levels(FENNIGKOH_SMITH, f"preset.{preset}"):
        measure = figure.key.rpartition(".")[2]
        if measure in values and values[measure] >= (figure.low or 0):
            bands[measure] = max(bands.get(measure, figure), figure, key=lambda band: band.low or 0)
    yield from bands.values()


def _told(preset: str, band: Figure) -> Reason:
    params: tuple[tuple[str, object], ...] = (("preset", preset), ("low", band.low))
    if band.unit == "priority":
        return Reason("priority", (*params, ("priority", band.value)))
    return Reason("interval", (*params, ("months", band.value), ("measure", band.key.rpartition(".")[2])))


def propose(score: RiskScore, preset: str, scales: RiskScales | None = None) -> Proposal:
    """Propose an interval for a score by preset "A" to "E" (see `presets`).

    Raises ValueError for a preset there is not.
    """
    scales = scales or shipped_scales()
    known = dict(presets(scales))
    if preset not in known:
        raise ValueError(f"no interval preset {preset!r}; known are: {', '.join(known)}")
    if not score.included:
        return Proposal(False, None, None, (*score.because, Reason("below_threshold")), score.unverified)
    bands = [band for band in _bands(score, preset, scales) if band.value is not None]
    months = [band.value for band in bands if isinstance(band.value, int)]
    words = [band.value for band in bands if isinstance(band.value, str)]
    told = [_told(preset, band) for band in bands] or [Reason("no_interval", (("preset", preset),))]
    if len(months) > 1:
        told.append(Reason("shortest"))
    doubtful = tuple(band for band in bands if band.is_unverified)
    because = (*score.because, *told, *doubts(doubtful))
    return Proposal(True, min(months, default=None), next(iter(words), None), because, (*score.unverified, *doubtful))
