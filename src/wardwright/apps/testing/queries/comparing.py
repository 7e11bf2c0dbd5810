"""Readings beside each other: the devices of a model, people and instruments, an instrument's calibrations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Max, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from wardwright.apps.testing.models import CalibrationPoint, Measurement
from wardwright.kernel.figures import proportion_limits
from wardwright.kernel.metrology import Spread, spread

from .calibrations import quantity_words
from .readings import NAMES, SPARK, Reading, Series, reading_in, readings_of

FAILED = Q(verdict__in=("fail", "cond_fail"))
MOST_COMPARED = 10_000


def quantities_of(rows: QuerySet[Measurement]) -> list[tuple[str, str]]:
    """The quantities of some readings, each with what its newest one is called. Two queries."""
    newest = dict(rows.order_by().values_list("quantity").annotate(newest=Max("pk")))
    names = dict(rows.order_by().filter(pk__in=newest.values()).values_list("pk", "name"))
    found = [(quantity, quantity_words(quantity, names.get(pk, ""))) for quantity, pk in newest.items()]
    return sorted(found, key=lambda one: one[1])


# The devices of a model -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class DeviceLine:
    """One device among those of its model: its last readings, and whether it lies far from the others."""

    tag: str
    series: Series
    is_far_out: bool
    distance: float


@dataclass(frozen=True)
class ModelReadings:
    """What the devices of a model read, those furthest from their middle first."""

    name: str
    unit: str
    devices: list[DeviceLine]
    spread: Spread
    newest: Reading

    @property
    def far_out(self) -> list[DeviceLine]:
        return [one for one in self.devices if one.is_far_out]


def readings_of_model(by: Any, device_model_id: int, quantity: str) -> ModelReadings | None:
    """The last dozen readings of each device of a model, in one unit; None without any. One query."""
    rows = readings_of(by, asset__device_model_id=device_model_id, quantity=quantity)
    order = [F("taken_at").desc(), F("id").desc()]
    rows = rows.annotate(back=Window(RowNumber(), partition_by=F("asset_id"), order_by=order)).filter(back__lte=SPARK)
    lines = list(rows.order_by("asset_id", "back").values(*NAMES, "asset__tag"))
    if not lines:
        return None
    last = max(lines, key=lambda row: (row["taken_at"], row["pk"]))
    by_asset: dict[int, list[Reading]] = defaultdict(list)
    tags: dict[int, str] = {}
    for row in reversed(lines):
        one = reading_in(row, last["unit"])
        if one is not None and one.exact:
            by_asset[one.asset_id].append(one)
            tags[one.asset_id] = row["asset__tag"]
    if not by_asset:
        return None
    name = quantity_words(quantity, last["name"])
    series = {pk: Series(quantity, name, last["unit"], own, len(own)) for pk, own in by_asset.items()}
    middle = spread([float(one.newest.value) for one in series.values()])
    devices = [
        DeviceLine(tags[pk], one, middle.is_far_out(value), abs(value - middle.median))
        for pk, one in series.items()
        for value in [float(one.newest.value)]
    ]
    newest = max((one.series.newest for one in devices), key=lambda one: (one.at, one.pk))
    return ModelReadings(name, last["unit"], sorted(devices, key=lambda one: (-one.distance, one.tag)), middle, newest)


# People and instruments -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Compared:
    """Readings to compare, in one unit; ``count`` is how many there are, of which the newest are looked at."""

    name: str
    unit: str
    readings: list[Reading]
    count: int

    def by(self, name: str) -> dict[str, dict[int, list[float]]]:
        """Who or what took them ("by" or "instrument") → device → values, the oldest first."""
        found: dict[str, dict[int, list[float]]] = defaultdict(lambda: defaultdict(list))
        for one in self.readings:
            if group := getattr(one, name):
                found[group][one.asset_id].append(float(one.value))
        return {group: dict(items) for group, items in found.items()}


def compared(rows: QuerySet[Measurement], quantity: str, since: datetime) -> Compared | None:
    """The readings of a quantity since a moment, the oldest first; None without any. Two queries at most."""
    rows = rows.filter(quantity=quantity, taken_at__gte=since, bound="").order_by("-taken_at", "-id")
    lines = list(rows.values(*NAMES)[:MOST_COMPARED])
    if not lines:
        return None
    unit = lines[0]["unit"]
    readings = [one for row in reversed(lines) if (one := reading_in(row, unit)) is not None]
    count = rows.count() if len(lines) == MOST_COMPARED else len(lines)
    return Compared(quantity_words(quantity, lines[0]["name"]), unit, readings, count)


# One instrument -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class FoundError:
    """How far off an instrument was found at one point of a calibration. ``share`` is the error in percent of what the
    tolerance allows, None where that has no width."""

    at: Any
    calibration_id: int
    quantity: str
    unit: str
    reference: Decimal
    error: Decimal
    uncertainty: Decimal | None
    share: float | None


def found_errors(by: Any, instrument_id: int) -> list[FoundError]:
    """The as-found errors of all calibrations that count, the oldest first. One query."""
    points = CalibrationPoint.objects.visible_to(by).filter(
        calibration__instrument_id=instrument_id, calibration__withdrawn_at=None
    )
    names = ("calibration_id", "quantity", "unit", "reference", "found", "low", "high", "uncertainty")
    rows = points.filter(found__isnull=False).order_by("calibration__calibrated_on", "calibration_id", "position")
    return [
        FoundError(
            row["calibration__calibrated_on"], row["calibration_id"], row["quantity"], row["unit"], row["reference"],
            row["found"] - row["reference"], row["uncertainty"], _share(row["found"], row["low"], row["high"]),
        )
        for row in rows.values(*names, "calibration__calibrated_on")
    ]  # fmt: skip


def _share(found: Decimal, low: Decimal, high: Decimal) -> float | None:
    return float(200 * (found - (low + high) / 2) / (high - low)) if high > low else None


@dataclass(frozen=True)
class FailedShare:
    """How many of an instrument's readings of a quantity failed, beside those of all instruments together.

    ``low`` and ``high`` (percent) hold the share that chance explains for so many readings; ``others`` is how many
    instruments the rest was taken with.
    """

    quantity: str
    name: str
    count: int
    failed: int
    all_count: int
    all_failed: int
    others: int

    @property
    def percent(self) -> float:
        return 100 * self.failed / self.count

    @property
    def others_percent(self) -> float | None:
        rest = self.all_count - self.count
        return 100 * (self.all_failed - self.failed) / rest if rest else None

    @property
    def is_unusual(self) -> bool:
        """Whether its share is further from that of all than chance explains (three sigma)."""
        low, high = proportion_limits(self.all_failed / self.all_count, self.count)
        return self.others > 0 and not low <= self.failed / self.count <= high


def failed_shares(by: Any, instrument_id: int, since: datetime) -> list[FailedShare]:
    """The share of failed readings by quantity, of an instrument and of all. Three queries."""
    rows = readings_of(by, taken_at__gte=since).exclude(verdict="none").order_by()
    own = rows.filter(instrument_id=instrument_id)
    names = dict(quantities_of(own))
    totals: dict[str, list[tuple[int, int, int]]] = defaultdict(list)
    counted = rows.filter(instrument_id__isnull=False, quantity__in=list(names))
    for quantity, instrument, n, failed in _tallied(counted) if names else ():
        totals[quantity].append((instrument, n, failed))
    found = []
    for quantity, lines in totals.items():
        count, failed = next((n, failed) for instrument, n, failed in lines if instrument == instrument_id)
        every, all_failed = (sum(line[at] for line in lines) for at in (1, 2))
        found.append(FailedShare(quantity, names[quantity], count, failed, every, all_failed, len(lines) - 1))
    return sorted(found, key=lambda one: (not one.is_unusual, -one.percent, one.name))


def _tallied(rows: QuerySet[Measurement]) -> Iterable[tuple[str, int, int, int]]:
    counted = rows.values_list("quantity", "instrument_id").annotate(n=Count("pk"), failed=Count("pk", filter=FAILED))
    return counted.iterator()
