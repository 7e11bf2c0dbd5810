"""From a score to a proposed interval, by one of the presets A to E (none of them is a standard) or a house's bands."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from wardwright.kernel.reason import Reason

from .scales import FENNIGKOH_SMITH, Figure, RiskScales, shipped_scales
from .scores import RiskScore
from .words import doubts

SCORE = "score"


@dataclass(frozen=True, slots=True)
class Band:
    """From `low` points of `measure` on: every `value` months, or a priority in words; None gives no interval.

    The measure is the score itself or one of its parts. `figure` is the published row behind a preset's band.
    """

    measure: str
    low: Decimal
    value: int | str | None
    figure: Figure | None = None


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


def preset_bands(preset: str, scales: RiskScales | None = None) -> tuple[Band, ...]:
    """Return the bands of preset "A" to "E" (see `presets`).

    Raises ValueError for a preset there is not.
    """
    scales = scales or shipped_scales()
    known = dict(presets(scales))
    if preset not in known:
        raise ValueError(f"no interval preset {preset!r}; known are: {', '.join(known)}")
    figures = scales.levels(FENNIGKOH_SMITH, f"preset.{preset}")
    return tuple(Band(f.key.rpartition(".")[2], Decimal(f.low or 0), f.value, f) for f in figures)


def _reached(score: RiskScore, bands: Iterable[Band]) -> Iterator[Band]:
    """Yield, for each measure the bands look at, the band that the score falls in."""
    values: dict[str, Decimal | int] = {**dict(score.parts), SCORE: score.total}
    found: dict[str, Band] = {}
    for band in bands:
        if band.measure in values and values[band.measure] >= band.low:
            found[band.measure] = max(found.get(band.measure, band), band, key=lambda one: one.low)
    yield from found.values()


def _told(name: str, band: Band) -> Reason:
    params: tuple[tuple[str, object], ...] = (("preset", name), ("low", band.low))
    if isinstance(band.value, str):
        return Reason("priority", (*params, ("priority", band.value)))
    return Reason("interval", (*params, ("months", band.value), ("measure", band.measure)))


def propose_by(score: RiskScore, name: str, bands: Iterable[Band]) -> Proposal:
    """Propose an interval for a score: of each measure the band it falls in, and of those the shortest interval."""
    if not score.included:
        return Proposal(False, None, None, (*score.because, Reason("below_threshold")), score.unverified)
    reached = [band for band in _reached(score, bands) if band.value is not None]
    months = [band.value for band in reached if isinstance(band.value, int)]
    words = [band.value for band in reached if isinstance(band.value, str)]
    told = [_told(name, band) for band in reached] or [Reason("no_interval", (("preset", name),))]
    if len(months) > 1:
        told.append(Reason("shortest"))
    doubtful = tuple(band.figure for band in reached if band.figure is not None and band.figure.is_unverified)
    because = (*score.because, *told, *doubts(doubtful))
    return Proposal(True, min(months, default=None), next(iter(words), None), because, (*score.unverified, *doubtful))


def propose(score: RiskScore, preset: str, scales: RiskScales | None = None) -> Proposal:
    """Propose an interval for a score by preset "A" to "E" (see `presets`).

    Raises ValueError for a preset there is not.
    """
    return propose_by(score, f"Preset {preset}", preset_bands(preset, scales))
