"""Looking back over a million measurements, and judging readings beside a floor of plain comparisons."""

from __future__ import annotations

import random
import statistics
import time
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from . import house

DEVICES = 2_000


def measuring(url: str, sizes: list[int]) -> dict[str, Any]:
    """A wrong instrument whose readings are a third, and one whose readings are all, of so many measurements."""
    house.prepare(url)
    catalogue = house.make_catalogue()
    house.fill(catalogue, 0, DEVICES)
    found: dict[str, Any] = {"judging": _judging()}
    for size in sizes:
        found[str(size)] = _look_back(catalogue, size)
    return found


def _look_back(catalogue: dict[str, Any], size: int) -> dict[str, Any]:
    from django.utils import timezone

    from wardwright.apps.testing.models import LookbackItem, Measurement
    from wardwright.apps.testing.operations import look_back
    from wardwright.platform.core.change import System

    wrong, made = _instruments(catalogue, size)
    start = time.perf_counter()
    _fill(wrong, size, timezone.now())
    filled = time.perf_counter() - start
    start = time.perf_counter()
    row = look_back(by=System("bench"), calibration_id=made)
    seconds = time.perf_counter() - start
    floor = _floor(wrong[:2])
    return {
        "fill_seconds": round(filled, 1),
        "measurements": Measurement.objects.count(),
        "seconds": round(seconds, 2),
        "floor_seconds": round(floor, 2),
        "in_floors": seconds / floor,
        "counts": row.counts,
        "items": LookbackItem.objects.filter(lookback=row).count(),
    }


def _instruments(catalogue: dict[str, Any], size: int) -> tuple[list[int], int]:
    """The wrong one, one that was calibrated with it, and a sound one; and the calibration that found it."""
    from django.utils import timezone

    from wardwright.apps.testing.models import Calibration, Instrument
    from wardwright.apps.testing.operations import record_calibration
    from wardwright.platform.audit.operation import open_change
    from wardwright.platform.core.change import System

    by, today = System("bench"), timezone.localdate()
    with open_change("bench.instruments", by):
        site = catalogue["sites"][0]
        rows = [Instrument.objects.create(name=f"Analyser {size} {n}", site=site).pk for n in range(3)]

    def calibrate(pk: int, days_ago: int, found: str, **given: Any) -> int:
        on = today - timedelta(days=days_ago)
        points = [
            {"quantity": "leakage", "unit": "µA", "reference": at, "found": str(float(at) * float(found)), "left": at,
             "low": str(float(at) * 0.95), "high": str(float(at) * 1.05)}
            for at in ("50", "100", "500", "1000")
        ]  # fmt: skip
        record_calibration(by=by, instrument_id=pk, calibrated_on=on, due_on=on + timedelta(days=400), adjusted=True,
                           points=points, **given)  # fmt: skip
        return Calibration.objects.filter(instrument=pk).latest("pk").pk

    for pk in rows:
        calibrate(pk, 1500, "1")
    calibrate(rows[1], 700, "1", standard_ids=[rows[0]])
    return rows, calibrate(rows[0], 0, "0.9")


def _fill(instruments: list[int], size: int, now: datetime) -> None:
    """Readings of four years, most of them far from their limit, as in a hospital's; in portions."""
    from wardwright.apps.assets.models import Asset
    from wardwright.apps.testing.models import Measurement
    from wardwright.platform.audit.operation import open_change
    from wardwright.platform.core.change import System

    there = Measurement.objects.count()
    rng = random.Random(7)
    assets = list(Asset.objects.values_list("pk", "site_id"))
    made = []
    for n in range(size - there):
        asset_id, site_id = assets[n % len(assets)]
        value = min(rng.lognormvariate(5.2, 0.35), 900)
        made.append(
            Measurement(
                asset_id=asset_id, site_id=site_id, instrument_id=instruments[n % 3], source="step",
                quantity="equipment_leakage", name="Equipment leakage", value=Decimal(f"{value:.1f}"), unit="µA",
                high=500, verdict="pass" if value <= 500 else "fail",
                taken_at=now - timedelta(minutes=2 + n * 2_000_000 // size),
            )
        )  # fmt: skip
        if len(made) == 50_000 or n == size - there - 1:
            with open_change("bench.measurements", System("bench")):
                Measurement.objects.bulk_create(made, batch_size=2000)
            made = []


def _floor(instruments: list[int]) -> float:
    """Reading the same rows and comparing each with its limit, without Django's objects: what nobody can do without."""
    from django.db import connection

    times = []
    for _ in range(3):
        start = time.perf_counter()
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id, asset_id, value, high FROM testing_measurement WHERE instrument_id IN (%s, %s)", instruments
            )
            sum(1 for _pk, _asset, value, high in cursor if value <= high)
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def _judging() -> dict[str, Any]:
    """Readings judged a second by the kernel, with words and the outcome alone, beside NumPy comparing an array."""
    import numpy

    from wardwright.kernel.limits import Limits, judge, outcome_of

    rng = random.Random(7)
    values = [Decimal(f"{rng.uniform(0, 1000):.1f}") for _ in range(100_000)]
    limits = Limits(None, Decimal(500), "µA")
    array = numpy.array([float(value) for value in values])
    times: dict[str, float] = {}
    for name, run, rounds in (
        ("judge", lambda: [judge(value, limits) for value in values], 1),
        ("outcome", lambda: [outcome_of(value, limits) for value in values], 3),
        ("numpy", lambda: (array <= 500.0).sum(), 200),
    ):
        start = time.perf_counter()
        for _ in range(rounds):
            run()
        times[name] = (time.perf_counter() - start) / rounds
    return {
        "judged_per_second": round(len(values) / times["judge"]),
        "outcomes_per_second": round(len(values) / times["outcome"]),
        "judge_in_numpy": times["judge"] / times["numpy"],
        "outcome_in_numpy": times["outcome"] / times["numpy"],
    }
