"""Readings of a device over time: the newest of each quantity, and one quantity as a series to compute with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from typing import Any, NamedTuple

from django.db.models import Count, F, Max, Q, QuerySet, Window
from django.db.models.functions import RowNumber
from django.db.models.lookups import GreaterThan, LessThan
from django.utils.timezone import localtime

from wardwright.apps.testing.models import Measurement
from wardwright.kernel.imaging import DOSES
from wardwright.kernel.limits import WATCH, Bound, Limits, Trend, convert, trend

from .calibrations import quantity_words

_DOSES = [one.key for one in DOSES]
SPARK = 12
MOST_CHARTED = 200
NAMES = (
    "pk", "asset_id", "quantity", "name", "value", "bound", "unit", "low", "high", "limit_source", "verdict",
    "taken_at", "taken_by_name", "instrument_id", "instrument__name", "instrument__serial", "source",
)  # fmt: skip


class Reading(NamedTuple):
    """One reading. ``value`` and its limits are in one unit over a whole series; `exact` is False for "> 999"."""

    pk: int
    at: datetime
    value: Decimal
    bound: str
    unit: str
    low: Decimal | None
    high: Decimal | None
    limit_source: str
    verdict: str
    by: str
    asset_id: int
    instrument_id: int | None
    instrument: str
    source: str

    @property
    def exact(self) -> bool:
        return self.bound == Bound.EXACT

    @property
    def limits(self) -> Limits | None:
        return None if self.low is None and self.high is None else Limits(self.low, self.high, self.unit)

    @property
    def local(self) -> datetime:
        return localtime(self.at)

    @property
    def day(self) -> date:
        return self.local.date()


@dataclass(frozen=True)
class Series:
    """Readings of one quantity, the oldest first, in the unit of the newest; ``count`` is how many there are in all.

    ``left_out`` counts those whose unit does not fit the newest one's.
    """

    quantity: str
    name: str
    unit: str
    readings: list[Reading]
    count: int
    left_out: int = 0

    @property
    def newest(self) -> Reading:
        return self.readings[-1]

    @property
    def exact(self) -> list[Reading]:
        """Those whose value is known, which are all that can be computed with."""
        return [one for one in self.readings if one.exact]

    @property
    def trend(self) -> Trend | None:
        """How the newest stands to its limit; None where it has none, or is only a bound."""
        limits = self.newest.limits
        if limits is None or not self.newest.exact:
            return None
        return trend([(one.day, one.value) for one in self.exact], limits)


def newest_of_asset(by: Any, asset_id: int) -> list[Series]:
    """Each quantity of a device with its last dozen readings, those to be looked into first. One query."""
    rows = readings_of(by, asset_id=asset_id)
    own, order = F("quantity"), [F("taken_at").desc(), F("id").desc()]
    rows = rows.annotate(
        back=Window(RowNumber(), partition_by=own, order_by=order),
        of_quantity=Window(Count("pk"), partition_by=own),
    ).filter(back__lte=SPARK)
    found = [
        _series(quantity, lines)
        for quantity, lines in _by_quantity(rows.order_by("quantity", "back").values(*NAMES, "of_quantity"))
    ]
    return sorted(found, key=lambda one: (*_urgency(one), one.name))


def _urgency(one: Series) -> tuple[bool, bool, Decimal]:
    """Failed first, then what comes close to its limit; what has no limit last."""
    found = one.trend
    used = Decimal(0) if found is None or found.percent_used is None else found.percent_used
    return not one.newest.verdict.endswith("fail"), found is None or not found.watch, -used


def near_limit(by: Any, rows: QuerySet[Measurement], *extra: str) -> Iterator[tuple[dict[str, Any], Series]]:
    """The quantities of devices whose newest reading is one of ``rows`` and passed in the last tenth before its limit;
    with the ``extra`` columns of that reading. Two queries."""
    # Multiplied out, because a database may divide whole numbers without a rest.
    percent, rest = WATCH.percent, (100 - WATCH.percent) * (F("high") - F("low"))
    near = (
        Q(GreaterThan(F("value") * 100, F("high") * percent), low=None)
        | Q(LessThan(F("value") * percent, F("low") * 100), high=None)
        | Q(GreaterThan(F("value") * 200, F("high") * 200 - rest), low__isnull=False)
        | Q(LessThan(F("value") * 200, F("low") * 200 + rest), high__isnull=False)
    )
    found = rows.filter(near, verdict__in=("pass", "cond_pass"), bound="")
    order = [F("taken_at").desc(), F("id").desc()]
    numbered = readings_of(by, asset_id__in=found.order_by().values("asset_id")).annotate(
        back=Window(RowNumber(), partition_by=[F("asset_id"), F("quantity")], order_by=order)
    )
    numbered = numbered.filter(back__lte=SPARK).order_by("asset_id", "quantity", "back")
    lines = numbered.values(*NAMES, *extra)
    wanted = set(found.values_list("pk", flat=True))
    for _key, group in groupby(lines.iterator(), key=lambda row: (row["asset_id"], row["quantity"])):
        of_one = list(group)
        if of_one[0]["pk"] in wanted:
            yield of_one[0], _series(of_one[0]["quantity"], of_one)


def series_of_asset(by: Any, asset_id: int, quantity: str, most: int | None = MOST_CHARTED) -> Series | None:
    """The newest readings of one quantity of a device; None where there is none. Two queries; None for all of them."""
    rows = readings_of(by, asset_id=asset_id, quantity=quantity).order_by("-taken_at", "-id")
    lines = list(rows.values(*NAMES)[:most])
    if not lines:
        return None
    count = rows.count() if len(lines) == most else len(lines)
    return _series(quantity, lines, count)


def quantities_of_asset(by: Any, asset_id: int) -> list[tuple[str, str]]:
    """The quantities ever read on a device, each with what people call it."""
    rows = readings_of(by, asset_id=asset_id).order_by().values_list("quantity").annotate(called=Max("name"))
    return sorted(((quantity, quantity_words(quantity, called)) for quantity, called in rows), key=lambda one: one[1])


def readings_of(by: Any, **narrowed: Any) -> QuerySet[Measurement]:
    """Readings within reach of ``by``. The doses of patients are none of the device's: they are kept by protocol."""
    return Measurement.objects.visible_to(by).filter(**narrowed).exclude(quantity__in=_DOSES)


def _by_quantity(rows: Iterable[dict[str, Any]]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    for quantity, group in groupby(rows, key=lambda row: row["quantity"]):
        yield quantity, list(group)


def _series(quantity: str, newest_first: list[dict[str, Any]], count: int | None = None) -> Series:
    newest = newest_first[0]
    readings = [one for row in reversed(newest_first) if (one := reading_in(row, newest["unit"])) is not None]
    return Series(
        quantity,
        quantity_words(quantity, newest["name"]),
        newest["unit"],
        readings,
        newest.get("of_quantity", count or len(newest_first)),
        len(newest_first) - len(readings),
    )


def reading_in(row: dict[str, Any], unit: str) -> Reading | None:
    """A row of NAMES in ``unit``; None where its own does not fit."""
    try:
        value = convert(row["value"], row["unit"], unit)
        low, high = (None if row[name] is None else convert(row[name], row["unit"], unit) for name in ("low", "high"))
    except ValueError:
        return None
    return Reading(
        row["pk"], row["taken_at"], value, row["bound"], unit, low, high, row["limit_source"], row["verdict"],
        row["taken_by_name"], row["asset_id"], row["instrument_id"],
        f"{row['instrument__name'] or ''} {row['instrument__serial'] or ''}".strip(), row["source"],
    )  # fmt: skip
