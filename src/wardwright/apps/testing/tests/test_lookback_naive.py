"""The search equals a naive one: reading by reading, calibration by calibration, fractions instead of SQL."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from random import Random

import pytest
from django.utils import timezone
from tests.factories import make_asset, make_instrument, make_site, writes

from wardwright.apps.testing.models import Calibration, CalibrationStandard, Measurement
from wardwright.apps.testing.operations import record_calibration
from wardwright.apps.testing.queries import survey
from wardwright.platform.core.change import System

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
SCALE = {"µA": Fraction(1), "mA": Fraction(1000)}
POINTS = (100, 500, 1000)


def midnight(on):
    return timezone.make_aware(datetime.combine(on, time.min))


def house(rng: Random):
    """Five instruments calibrated with each other at random over 400 days; the first is found wrong today."""
    site = make_site()
    rows = [make_instrument(site=site) for _ in range(5)]
    drawn = [(rng.randrange(2, 400), rng.randrange(5)) for _ in range(14)]
    events = sorted((days + 350 if n == 0 else days, n) for days, n in drawn)[::-1]  # the first long ago: much in doubt
    for days_ago, n in events:
        on = TODAY - timedelta(days=days_ago)
        others = [row.pk for row in rows if row != rows[n]]
        left_wrong = n == 0 and rng.random() < 0.3
        record_calibration(
            by=System("test"), instrument_id=rows[n].pk, calibrated_on=on, due_on=on + timedelta(days=500),
            adjusted=True, standard_ids=rng.sample(others, rng.randrange(0, 3)),
            points=[point(at, at, at + 50 if left_wrong else at) for at in POINTS],
        )  # fmt: skip
    errors = [Fraction(rng.randrange(-40, 41), 10) * at / 100 for at in POINTS]
    errors[rng.randrange(3)] += 30
    record_calibration(
        by=System("test"), instrument_id=rows[0].pk, calibrated_on=TODAY, due_on=TODAY + timedelta(days=9),
        adjusted=True, points=[point(at, at + error, at) for at, error in zip(POINTS, errors, strict=True)],
    )  # fmt: skip
    read(rng=rng, rows=rows, assets=[make_asset(site=site) for _ in range(4)])
    curve = sorted((at + error, error) for at, error in zip(POINTS, errors, strict=True))
    return rows, Calibration.objects.latest("pk"), curve


def point(reference, found, left):
    return {"quantity": "leakage", "unit": "µA", "reference": str(reference), "found": str(float(found)),
            "left": str(left), "low": str(reference - 5), "high": str(reference + 5)}  # fmt: skip


@writes
def read(rng, rows, assets):
    made = []
    for _ in range(400):
        unit = rng.choice(list(SCALE))
        value = Decimal(rng.randrange(4000, 6000)) / 10 / (1000 if unit == "mA" else 1)
        limit = Decimal(500) / (1000 if unit == "mA" else 1)
        low, high = rng.choice([(None, limit), (limit, None), (limit * Decimal("0.9"), limit), (None, None)])
        asset = rng.choice(assets)
        made.append(
            Measurement(
                asset=asset, site_id=asset.site_id, instrument=rng.choice([*rows, None]), source="step",
                quantity="equipment_leakage", value=value, unit=unit, low=low, high=high, verdict="none",
                taken_at=timezone.now() - timedelta(hours=rng.randrange(24, 410 * 24)),
            )
        )  # fmt: skip
    Measurement.objects.bulk_create(made)


def suspect(instrument_id: int, moment: datetime, root: int, since: datetime | None, found: datetime) -> bool:
    """Whether an instrument was in doubt at a moment: itself wrong, or calibrated last with one that was."""
    if instrument_id == root and (since is None or since <= moment) and moment < found + timedelta(days=1):
        return True
    before = [
        (midnight(on), pk)
        for pk, on in Calibration.objects.filter(instrument=instrument_id).values_list("pk", "calibrated_on")
        if midnight(on) <= moment
    ]
    if not before:
        return False
    at, made = max(before)
    standards = CalibrationStandard.objects.filter(calibration=made).values_list("instrument_id", flat=True)
    return any(suspect_when_used(one, at, made, root, since, found) for one in standards)


def suspect_when_used(standard: int, at: datetime, made: int, root: int, since, found) -> bool:
    """As a standard: its own calibrations of that very day count when they were entered before."""
    if standard == root and (since is None or since <= at) and at < found:
        return True
    rows = Calibration.objects.filter(instrument=standard).values_list("pk", "calibrated_on")
    before = [(midnight(on), pk) for pk, on in rows if (midnight(on), pk) < (at, made)]
    if not before:
        return False
    then, earlier = max(before)
    standards = CalibrationStandard.objects.filter(calibration=earlier).values_list("instrument_id", flat=True)
    return any(suspect_when_used(one, then, earlier, root, since, found) for one in standards)


def error_at(curve, value: Fraction) -> Fraction:
    if value <= curve[0][0]:
        return curve[0][1]
    for (x0, e0), (x1, e1) in pairwise(curve):
        if value <= x1:
            return e0 + (e1 - e0) * (value - x0) / (x1 - x0)
    return curve[-1][1]


def passes(value: Fraction, low, high) -> bool:
    return (low is None or value >= Fraction(low)) and (high is None or value <= Fraction(high))


@pytest.mark.parametrize("seed", [0, 1, 2, 3, 5, 6, 7, 8])  # each has readings whose verdict changes
def test_the_search_finds_what_a_naive_one_finds(seed):
    rows, calibration, curve = house(Random(seed))
    root, found_at = rows[0].pk, midnight(TODAY)
    good = [
        midnight(one.calibrated_on)
        for one in Calibration.objects.filter(instrument=root, as_left="in_tolerance").exclude(pk=calibration.pk)
    ]
    since = max(good, default=None)
    expected = {}
    for taken in Measurement.objects.exclude(instrument=None).exclude(low=None, high=None):
        if not suspect(taken.instrument_id, taken.taken_at, root, since, found_at):
            continue
        scale = SCALE[taken.unit]
        value = Fraction(taken.value)
        corrected = value - error_at(curve, value * scale) / scale
        before, after = (passes(one, taken.low, taken.high) for one in (value, corrected))
        if before is not after:
            expected[taken.pk] = "missed_fault" if before else "false_alarm"
    found = survey(calibration)
    assert expected
    assert {item.measurement_id: item.change.value for item in found.items} == expected
    assert found.counts["missed_fault"] + found.counts["false_alarm"] == len(expected)
