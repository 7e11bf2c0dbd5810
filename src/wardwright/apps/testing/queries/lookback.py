"""What an instrument that was found wrong has measured since it was last right, and which verdicts do not stand.

The mathematics is the kernel's (``kernel.metrology.lookback``, ``suspicion``). The database leaves out what cannot
change: of a million readings only those near a limit are read and judged again.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Max, Q, QuerySet
from django.utils import timezone

from wardwright.apps.assets.models import Asset
from wardwright.apps.assets.states import Status
from wardwright.apps.testing.models import (
    Calibration,
    CalibrationPoint,
    CalibrationStandard,
    LookbackItem,
    Measurement,
)
from wardwright.apps.testing.states import CalibrationResult, VerdictChange
from wardwright.kernel.limits import Limits, convert, convertible
from wardwright.kernel.metrology import (
    AsFound,
    CalibrationEvent,
    Change,
    ErrorCurve,
    State,
    Suspicion,
    error_curves,
    last_known_good,
    rejudge,
    suspicions,
)

ANYTHING = "*"  # the quantity of a calibration without points
AT_ONCE = 2_000  # rows asked about in one statement
_CHANGES = (VerdictChange.MISSED_FAULT, VerdictChange.DOUBTFUL, VerdictChange.FALSE_ALARM)
_HAIR = Decimal("0.000001")  # stored values have six decimals: a band a hair wider leaves none out


@dataclass
class Found:
    """What a search found. Items are not saved yet; ``counts`` are of readings, items of readings that are in doubt."""

    since_on: date | None
    spans: list[dict[str, Any]]
    counts: Counter[str] = field(default_factory=Counter)
    items: list[LookbackItem] = field(default_factory=list)


@dataclass(frozen=True)
class _Wrong:
    """How the instrument was found: the points of each quantity, in which unit, and which quantities are wrong."""

    points: dict[str, list[CalibrationPoint]]
    out: frozenset[str]

    @classmethod
    def of(cls, calibration: Calibration) -> _Wrong:
        points: dict[str, list[CalibrationPoint]] = defaultdict(list)
        for point in CalibrationPoint.objects.filter(calibration=calibration, found__isnull=False):
            points[point.quantity].append(point)
        out = {name for name, found in points.items() if any("fail" in point.found_verdict for point in found)}
        if not points and calibration.as_found == CalibrationResult.OUT:
            out = {ANYTHING}
        return cls(dict(points), frozenset(out))

    def names(self, quantity: str, unit: str) -> frozenset[str]:
        """The quantities of the calibration that a reading belongs to: by name, else all that share its unit's base."""
        if not self.points:
            return frozenset({ANYTHING})
        fitting = {name for name, found in self.points.items() if convertible(found[0].unit, unit)}
        return frozenset({quantity}) if quantity in fitting else frozenset(fitting)

    def curve(self, names: frozenset[str], unit: str) -> tuple[ErrorCurve, Decimal]:
        """The error of readings in ``unit``, and the greatest uncertainty of its points; not known without points."""
        found = [point for name in names for point in self.points.get(name, ())]
        there = [
            AsFound(
                "", convert(point.reference, point.unit, unit), convert(point.found or Decimal(0), point.unit, unit)
            )
            for point in found
        ]
        unsure = [_span(point.uncertainty, point.unit, unit) for point in found if point.uncertainty]
        return error_curves(there).get("", ErrorCurve()), max(unsure, default=Decimal(0))


def _span(width: Decimal, unit: str, to_unit: str) -> Decimal:
    """A difference in another unit (without the zero shift of temperatures)."""
    return abs(convert(width, unit, to_unit) - convert(Decimal(0), unit, to_unit))


def survey(calibration: Calibration) -> Found:
    """Search from a calibration that found its instrument wrong: through everything calibrated with it as well.

    Each reading is judged again without the error found. Ranked: faults missed before doubts before false alarms, what
    was not tested since with a sound instrument first, then by clinical risk of the device.
    """
    wrong = _Wrong.of(calibration)
    events = list(_events(calibration.instrument_id, wrong.out))
    found_at = _midnight(calibration.calibrated_on)
    spans = suspicions(events, calibration.instrument_id, found_at, wrong.out)
    good = [last_known_good(events, calibration.instrument_id, found_at, name) for name in wrong.out]
    since_on = None if None in good else min((timezone.localtime(at).date() for at in good if at), default=None)
    found = Found(since_on, [_plain(span) for span in spans])
    windows: dict[Any, list[Suspicion]] = defaultdict(list)
    for span in spans:
        windows[span.instrument_id].append(span)
    rows: list[_Doubt] = []
    for instrument_id, own in windows.items():
        rows += _doubts(instrument_id, own, wrong, calibration, found.counts)
    found.items = _ranked(rows, windows, calibration)
    return found


def _midnight(on: date) -> datetime:
    return timezone.make_aware(datetime.combine(on, time.min))


def _events(root_id: int, quantities: Iterable[str]) -> Iterator[CalibrationEvent]:
    """Every calibration that counts; how it left each quantity matters of the root only."""
    standards: dict[int, list[int]] = defaultdict(list)
    for made, instrument in CalibrationStandard.objects.values_list("calibration_id", "instrument_id"):
        standards[made].append(instrument)
    left: dict[int, dict[str, str]] = defaultdict(dict)
    own = CalibrationPoint.objects.filter(calibration__instrument_id=root_id, quantity__in=list(quantities))
    for made, quantity, verdict in own.exclude(left_verdict="").values_list(
        "calibration_id", "quantity", "left_verdict"
    ):
        good = "pass" in verdict and left[made].get(quantity) != State.OUT
        left[made][quantity] = State.IN_TOLERANCE if good else State.OUT
    rows = Calibration.objects.standing().values_list("pk", "instrument_id", "calibrated_on", "as_left")
    for pk, instrument_id, on, as_left in rows.iterator(chunk_size=5000):
        states = {name: State(left[pk].get(name, as_left)) for name in quantities} if instrument_id == root_id else {}
        yield CalibrationEvent(pk, instrument_id, _midnight(on), states, standards.get(pk, ()))


def _plain(span: Suspicion) -> dict[str, Any]:
    """A span as JSON: moments in ISO 8601, and the way from the instrument that was wrong."""
    return {
        "instrument": span.instrument_id,
        "start": span.start_at and span.start_at.isoformat(),
        "end": span.end_at and span.end_at.isoformat(),
        "quantities": sorted(span.quantities) if span.quantities is not None else None,
        "calibration": span.calibration_id,
        "chain": [list(link) for link in span.chain],
    }


# Judging again --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Doubt:
    """A reading whose verdict does not stand."""

    measurement_id: int
    asset_id: int
    quantity: str
    taken_at: datetime
    change: VerdictChange
    error: Decimal | None = None
    corrected: Decimal | None = None
    margin: Decimal | None = None
    beyond_percent: int = 0


def _doubts(
    instrument_id: int, spans: list[Suspicion], wrong: _Wrong, calibration: Calibration, counts: Counter[str]
) -> Iterator[_Doubt]:
    """The readings of one instrument whose verdicts do not stand; counts every reading by what becomes of it."""
    limited = Q(low__isnull=False) | Q(high__isnull=False)
    taken = _taken(instrument_id, spans, calibration)
    groups = taken.order_by().values("quantity", "unit").annotate(n=Count("pk"), limited=Count("pk", filter=limited))
    for group in groups:
        names = wrong.names(group["quantity"], group["unit"])
        concerned = [span for span in spans if names & (span.quantities or wrong.out)]
        counts["readings"] += group["n"]
        if not names & wrong.out or not concerned:
            counts["other_quantity"] += group["n"]
            continue
        if len(concerned) < len(spans):
            rows = _taken(instrument_id, concerned, calibration).filter(quantity=group["quantity"], unit=group["unit"])
            within = rows.aggregate(n=Count("pk"), limited=Count("pk", filter=limited))
            counts["other_quantity"] += group["n"] - within["n"]
        else:
            rows, within = taken.filter(quantity=group["quantity"], unit=group["unit"]), group
        counts["no_limit"] += within["n"] - within["limited"]
        counts["judged"] += within["limited"]
        curve, uncertainty = wrong.curve(names, group["unit"])
        if curve.is_known:
            yield from _judged_again(rows, curve, uncertainty, within["limited"], counts)
        else:
            counts[VerdictChange.DOUBTFUL.value] += within["limited"]
            yield from _all_in_doubt(rows.filter(limited))


def _taken(instrument_id: int, spans: list[Suspicion], calibration: Calibration) -> QuerySet:
    """What the instrument measured within the spans, but for what rests on the calibration that found it out."""
    when = Q(pk__in=())
    for span in spans:
        end_at = span.end_at
        if end_at is not None and span.calibration_id is None:
            end_at += timedelta(days=1)
        bounds = {"taken_at__gte": span.start_at, "taken_at__lt": end_at}
        when |= Q(instrument=instrument_id, **{name: moment for name, moment in bounds.items() if moment is not None})
    return Measurement.objects.filter(when).exclude(calibration=calibration)


def _judged_again(
    rows: QuerySet, curve: ErrorCurve, uncertainty: Decimal, limited: int, counts: Counter[str]
) -> Iterator[_Doubt]:
    near = rows.filter(_near_a_limit(curve, uncertainty))
    columns = ("pk", "asset_id", "quantity", "taken_at", "value", "low", "high")
    changed = 0
    for pk, asset_id, quantity, taken_at, value, low, high in near.values_list(*columns).iterator(chunk_size=AT_ONCE):
        again = rejudge(value, Limits(low, high), curve, uncertainty)
        if again.change is Change.UNCHANGED:
            continue
        changed += 1
        counts[again.change.value] += 1
        yield _Doubt(
            pk, asset_id, quantity, taken_at, VerdictChange(again.change.value), _stored(curve.error_at(value)),
            _stored(again.corrected), _stored(again.margin), _beyond_percent(again.corrected, low, high),
        )  # fmt: skip
    counts["unchanged"] += limited - changed


def _near_a_limit(curve: ErrorCurve, uncertainty: Decimal) -> Q:
    """Rows whose verdict may change: ``kernel.metrology.doubtful_bands`` for limits that stand in the row."""
    bounds = curve.bounds() or (Decimal(0), Decimal(0))
    least = min(bounds[0], Decimal(0)) - uncertainty - _HAIR
    greatest = max(bounds[1], Decimal(0)) + uncertainty + _HAIR
    return Q(value__gte=F("high") + least, value__lte=F("high") + greatest) | Q(
        value__gte=F("low") + least, value__lte=F("low") + greatest
    )


def _stored(value: Decimal | None) -> Decimal | None:
    return None if value is None else round(value, 6)


def _beyond_percent(corrected: Decimal | None, low: Decimal | None, high: Decimal | None) -> int:
    """How far beyond its limit the corrected reading lies, in percent of the limit, at most 99."""
    if corrected is None:
        return 0
    limit = high if high is not None and corrected > high else low if low is not None and corrected < low else None
    if limit is None:
        return 0
    return min(99, int(100 * abs(corrected - limit) / abs(limit))) if limit else 99


def _all_in_doubt(rows: QuerySet) -> Iterator[_Doubt]:
    """Where nobody knows the error: the newest reading of each quantity of each device stands for the others."""
    newest = rows.order_by().values("asset_id", "quantity").annotate(pk=Max("pk"), taken_at=Max("taken_at"))
    for row in newest.iterator(chunk_size=AT_ONCE):
        yield _Doubt(row["pk"], row["asset_id"], row["quantity"], row["taken_at"], VerdictChange.DOUBTFUL)


# Ranking --------------------------------------------------------------------------------------------------------


def _ranked(doubts: list[_Doubt], windows: dict[Any, list[Suspicion]], calibration: Calibration) -> list[LookbackItem]:
    retested = _sound_since(doubts, windows, calibration)
    weights = _weights({doubt.asset_id for doubt in doubts})
    items = []
    for doubt in doubts:
        again = retested.get((doubt.asset_id, doubt.quantity))
        is_retested = again is not None and again > doubt.taken_at
        weight = weights.get(doubt.asset_id, 0) + doubt.beyond_percent
        rank = (_CHANGES.index(doubt.change) * 2 + is_retested) * 100_000 + 99_999 - weight
        items.append(
            LookbackItem(
                measurement_id=doubt.measurement_id, asset_id=doubt.asset_id, rank=rank, change=doubt.change,
                error=doubt.error, corrected=doubt.corrected, margin=doubt.margin, retested=is_retested,
            )
        )  # fmt: skip
    return sorted(items, key=lambda item: (item.rank, item.measurement_id))


def _weights(asset_ids: set[int]) -> dict[int, int]:
    """The clinical risk of each device, 0 to 80,000: life support, high risk, then the risk score; gone devices 0."""
    found = {}
    columns = ("pk", "status", "risk_score", "device_type__life_support", "device_type__high_risk")
    for some in _portions(sorted(asset_ids)):
        for pk, status, score, life, high in Asset.objects.filter(pk__in=some).values_list(*columns):
            gone = status in (Status.RETIRED, Status.DISPOSED)
            found[pk] = 0 if gone else 40_000 * life + 20_000 * high + 200 * min(score or 0, 99)
    return found


def _sound_since(
    doubts: list[_Doubt], windows: dict[Any, list[Suspicion]], calibration: Calibration
) -> dict[tuple[int, str], datetime]:
    """When each quantity of each device was last measured by an instrument that is not in doubt."""
    suspect = Q(instrument__isnull=True)
    for instrument_id, spans in windows.items():
        suspect |= Q(pk__in=_taken(instrument_id, spans, calibration).order_by().values("pk"))
    first = min((doubt.taken_at for doubt in doubts), default=timezone.now())
    found: dict[tuple[int, str], datetime] = {}
    for some in _portions(sorted({doubt.asset_id for doubt in doubts})):
        rows = Measurement.objects.filter(asset__in=some, taken_at__gt=first).exclude(suspect)
        last = rows.order_by().values("asset_id", "quantity").annotate(at=Max("taken_at"))
        found |= {(row["asset_id"], row["quantity"]): row["at"] for row in last}
    return found


def _portions(ids: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(ids), AT_ONCE):
        yield ids[start : start + AT_ONCE]
