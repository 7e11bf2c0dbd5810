"""Who, or which instrument, reads differently: comparing groups of readings, and gage R&R where data are crossed.

Comparison: each group's mean against that of all the others, by Welch's t (Biometrika 34:28, 1947), the confidence
shared out among the groups (Bonferroni). What is compared has to be comparable: errors of readings on references, or
readings of the same items. `compare` does not correct for one technician having had the older devices;
`compare_on_items` does, by the paired t over the items that a group and others have read.

Gage R&R: two-way analysis of variance with random effects (AIAG, Measurement Systems Analysis, 4th edition, chapter
III B, ANOVA method): parts × appraisers × trials, balanced; the interaction is pooled with the repeatability where
it is not significant. The limits of 10 % and 30 % and ndc >= 5 are the AIAG's.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from math import floor, fsum, inf, sqrt
from typing import Any, TypeVar

from wardwright.kernel.said import say

from .exact import MetrologyError
from .student import coverage_factor, f_outside

Item = TypeVar("Item", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Group:
    """One group against the others. The interval is None where there are too few readings to say."""

    name: str
    count: int
    mean: float
    deviation: float | None
    difference: float | None
    low: float | None
    high: float | None

    @property
    def stands_out(self) -> bool:
        """Whether its difference from the others is more than chance explains."""
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)


@dataclass(frozen=True, slots=True)
class _Sum:
    """Readings in brief: how many, their mean, their squared deviations from it."""

    count: int
    mean: float
    squares: float

    @property
    def variance_of_mean(self) -> float:
        return self.squares / (self.count - 1) / self.count


def compare(groups: Mapping[str, Sequence[float]], confidence: float = 0.95) -> tuple[Group, ...]:
    """Each group (without empty ones) against all the others together, in the order given."""
    filled = {name: readings for name, readings in groups.items() if readings}
    # Counted from one of the readings, equal readings have no deviation left by rounding.
    zero = next((float(readings[0]) for readings in filled.values()), 0.0)
    sums = {name: _sum([one - zero for one in readings]) for name, readings in filled.items()}
    each = 1 - (1 - confidence) / max(1, len(filled))
    return tuple(
        _against(name, own, _joined([one for other, one in sums.items() if other != name]), zero, each)
        for name, own in sums.items()
    )


def _sum(readings: list[float]) -> _Sum:
    mean = fsum(readings) / len(readings)
    return _Sum(len(readings), mean, fsum((one - mean) ** 2 for one in readings))


def _joined(sums: list[_Sum]) -> _Sum | None:
    if not sums:
        return None
    count = sum(one.count for one in sums)
    mean = fsum(one.count * one.mean for one in sums) / count
    return _Sum(count, mean, fsum(one.squares + one.count * (one.mean - mean) ** 2 for one in sums))


def _against(name: str, own: _Sum, others: _Sum | None, zero: float, confidence: float) -> Group:
    mean = zero + own.mean
    deviation = sqrt(own.squares / (own.count - 1)) if own.count > 1 else None
    difference = None if others is None else own.mean - others.mean
    if others is None or difference is None or own.count < 2 or others.count < 2:
        return Group(name, own.count, mean, deviation, difference, None, None)
    variance = own.variance_of_mean + others.variance_of_mean
    spent = sum(one.variance_of_mean**2 / (one.count - 1) for one in (own, others))
    reach = coverage_factor(confidence, variance**2 / spent if spent else inf) * sqrt(variance)
    return Group(name, own.count, mean, deviation, difference, difference - reach, difference + reach)


def compare_on_items(
    readings: Mapping[str, Mapping[Item, Sequence[float]]], confidence: float = 0.95
) -> tuple[Group, ...]:
    """Each group (name → item → readings) against the others on the items that both have read.

    The difference is the mean over these items, each counted once, of the group's mean less the others' mean;
    ``count`` is how many items there are, ``deviation`` how the differences scatter. Groups without one are left out.
    """
    pairs = {name: _pairs(name, readings) for name in readings}
    shared = {name: own for name, own in pairs.items() if own}
    each = 1 - (1 - confidence) / max(1, len(shared))
    return tuple(_paired(name, own, each) for name, own in shared.items())


def _pairs(name: str, readings: Mapping[str, Mapping[Item, Sequence[float]]]) -> list[tuple[float, float]]:
    """(own mean, how much it is above the others' mean) of each item read by both."""
    found = []
    for item, own in readings[name].items():
        others = [one for other, theirs in readings.items() if other != name for one in theirs.get(item, ())]
        if own and others:
            mean = _sum([one - own[0] for one in own]).mean  # counted from one of them: see compare
            found.append((own[0] + mean, mean - _sum([one - own[0] for one in others]).mean))
    return found


def _paired(name: str, pairs: list[tuple[float, float]], confidence: float) -> Group:
    differences = _sum([difference for _own, difference in pairs])
    n, mean = len(pairs), fsum(own for own, _difference in pairs) / len(pairs)
    if n < 2:
        return Group(name, n, mean, None, differences.mean, None, None)
    reach = coverage_factor(confidence, n - 1) * sqrt(differences.variance_of_mean)
    low, high = differences.mean - reach, differences.mean + reach
    return Group(name, n, mean, sqrt(differences.squares / (n - 1)), differences.mean, low, high)


@dataclass(frozen=True, slots=True)
class Source:
    """One line of the analysis of variance."""

    name: str
    freedom: int
    squares: float

    @property
    def mean_square(self) -> float:
        """Sum of squares by degrees of freedom."""
        return self.squares / self.freedom


@dataclass(frozen=True, slots=True)
class GageStudy:
    """Standard deviations of each kind of variation. ``percent`` gives each as a share of the total variation."""

    table: tuple[Source, ...]
    interaction_p: float | None
    is_pooled: bool
    repeatability: float
    reproducibility: float
    gage: float
    part_to_part: float
    total: float

    def percent(self, deviation: float) -> float:
        """Percent of study variation (of standard deviations: they do not add up to 100)."""
        return 100 * deviation / self.total if self.total else 0.0

    def percent_of_tolerance(self, width: float) -> float:
        """The gage's 6σ in percent of the width of a tolerance."""
        return 600 * self.gage / width

    @property
    def distinct_categories(self) -> int | None:
        """ndc = 1.41·part-to-part/gage, cut to a whole number, at least 1; None where the gage shows no variation."""
        return max(1, floor(1.41 * self.part_to_part / self.gage)) if self.gage else None


def crossed_part(
    readings: Mapping[str, Mapping[Item, Sequence[float]]], trials: int = 2
) -> dict[str, dict[Item, list[float]]] | None:
    """The part of readings that a gage study can be made of: the last ``trials`` of as many people on as many parts as
    make the most readings, people taken in the order of how much they have read. None where there is none."""
    enough = {
        name: {item for item, own in items.items() if len(own) >= trials} for name, items in sorted(readings.items())
    }
    best: tuple[int, list[str], set[Item]] = (0, [], set())
    names: list[str] = []
    shared: set[Item] = set()
    left = dict(enough)
    while left:
        name = max(left, key=lambda one: len(left[one] & shared) if names else len(left[one]))
        shared = shared & left[name] if names else set(left[name])
        del left[name]
        names.append(name)
        if len(names) > 1 and len(shared) > 1 and len(names) * len(shared) > best[0]:
            best = (len(names) * len(shared), [*names], set(shared))
    _size, chosen, parts = best
    if not chosen:
        return None
    order = sorted(parts, key=str)
    return {name: {part: [*readings[name][part]][-trials:] for part in order} for name in chosen}


def gage_study(readings: Mapping[str, Mapping[Any, Sequence[float]]], *, significance: float = 0.05) -> GageStudy:
    """The study of appraiser → part → trials. Raises MetrologyError unless it is crossed and balanced."""
    parts = list(next(iter(readings.values()), {}))
    trials = len(next(iter(next(iter(readings.values()), {}).values()), ()))
    balanced = all(
        set(own) == set(parts) and all(len(cell) == trials for cell in own.values()) for own in readings.values()
    )
    if not balanced or len(readings) < 2 or len(parts) < 2 or trials < 2:
        raise MetrologyError(
            say(
                "A gage study needs at least two people who each measured the same parts, two or more, equally often "
                "and at least twice."
            )
        )
    cells = [[[float(one) for one in own[part]] for part in parts] for own in readings.values()]
    table = _variance_table(cells)
    appraiser, part, interaction, error, _total = table
    p = None
    if error.squares:
        p = f_outside(interaction.mean_square / error.mean_square, interaction.freedom, error.freedom)
    pooled = p is not None and p > significance
    a, b, r = len(cells), len(parts), trials
    if pooled:
        joined = Source("repeatability", interaction.freedom + error.freedom, interaction.squares + error.squares)
        repeat, between, crossed = joined.mean_square, joined.mean_square, 0.0
    else:
        repeat, between = error.mean_square, interaction.mean_square
        crossed = max(0.0, (between - repeat) / r)
    reproduce = max(0.0, (appraiser.mean_square - between) / (b * r)) + crossed
    parts_variance = max(0.0, (part.mean_square - between) / (a * r))
    gage = repeat + reproduce
    return GageStudy(
        table, p, pooled, sqrt(repeat), sqrt(reproduce), sqrt(gage), sqrt(parts_variance), sqrt(gage + parts_variance)
    )


def _variance_table(cells: list[list[list[float]]]) -> tuple[Source, Source, Source, Source, Source]:
    a, b, r = len(cells), len(cells[0]), len(cells[0][0])
    means = [[sum(cell) / r for cell in row] for row in cells]
    of_appraisers = [sum(row) / b for row in means]
    of_parts = [sum(row[j] for row in means) / a for j in range(b)]
    grand = sum(of_appraisers) / a
    appraisers = b * r * sum((one - grand) ** 2 for one in of_appraisers)
    parts = a * r * sum((one - grand) ** 2 for one in of_parts)
    crossed = r * sum((means[i][j] - of_appraisers[i] - of_parts[j] + grand) ** 2 for i in range(a) for j in range(b))
    error = sum((one - means[i][j]) ** 2 for i in range(a) for j in range(b) for one in cells[i][j])
    return (
        Source("appraiser", a - 1, appraisers),
        Source("part", b - 1, parts),
        Source("interaction", (a - 1) * (b - 1), crossed),
        Source("repeatability", a * b * (r - 1), error),
        Source("total", a * b * r - 1, appraisers + parts + crossed + error),
    )
