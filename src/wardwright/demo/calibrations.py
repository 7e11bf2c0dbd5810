"""What the house's test instruments measure, and how the calibrations of some years found them: they drift."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from wardwright.apps.testing.models import Calibration, CalibrationPoint, Instrument, InstrumentFunction
from wardwright.apps.testing.queries import tolerance_at
from wardwright.apps.testing.states import CalibrationResult, Graded
from wardwright.platform.access.models import User
from wardwright.platform.signatures.models import Meaning, Signature
from wardwright.platform.signatures.signing import canonical, content_hash

from .facts import data

INTERVAL_DAYS = 365
YEARS = 5
DRIFTED = 1  # of the instruments of the first site, the one that its last calibration found out of tolerance
USUAL, GONE = (-0.4, 0.4), (1.4, 2.2)  # between which shares of its tolerance a point is found off, beside the drift


def make_calibrations(rng: Random, instruments: list[Instrument], *, first_site: bool) -> None:
    """Functions and yearly calibrations of a site's instruments, the newest on the day that is on the instrument."""
    given = data("instruments")
    kinds = {kind["name"]: kind for kind in given["instruments"]}
    functions, made, points = [], [], []
    for number, row in enumerate(instruments):
        kind = kinds[row.name]
        own = [(InstrumentFunction(instrument=row, **_columns(line)), line[6]) for line in kind["functions"]]
        functions += [function for function, _references in own]
        drifted = first_site and number == DRIFTED
        for year in range(YEARS - 1, -1, -1):
            one = _calibration(rng, row, year, given["laboratory"])
            made.append(one)
            points += _points(rng, one, own, GONE if drifted and year == 0 else USUAL, kind["drift"] * (YEARS - year))
    InstrumentFunction.objects.bulk_create(functions)
    Calibration.objects.bulk_create(made)
    CalibrationPoint.objects.bulk_create(points)
    if first_site:
        for one in made[YEARS - 1 :: YEARS]:
            _approve(one)


def _columns(line: list[Any]) -> dict[str, Any]:
    names = ("low", "high", "resolution")
    numbers = {name: Decimal(text) for name, text in zip(names, line[2:5], strict=True)}
    return {"quantity": line[0], "unit": line[1], "accuracy": line[5], **numbers}


def _calibration(rng: Random, row: Instrument, year: int, laboratory: dict[str, str]) -> Calibration:
    assert row.calibrated_on is not None
    on = row.calibrated_on - timedelta(days=INTERVAL_DAYS * year)
    return Calibration(
        instrument=row, calibrated_on=on, due_on=on + timedelta(days=INTERVAL_DAYS), **laboratory,
        certificate_no=f"{on:%Y}-{rng.randrange(10000, 99999)}", decision_rule="simple", coverage_factor=Decimal(2),
        temperature_c=Decimal(rng.randrange(215, 240)) / 10, humidity_percent=Decimal(rng.randrange(35, 55)),
        recorded_at=datetime.combine(on + timedelta(days=3), time(9), UTC), recorded_by_name="Hanna Keller",
    )  # fmt: skip


def _points(
    rng: Random,
    made: Calibration,
    functions: list[tuple[InstrumentFunction, list[str]]],
    off: tuple[float, float],
    drift: float,
) -> list[CalibrationPoint]:
    """Each point found off by the drift of the years and a little noise; one beyond its tolerance is adjusted back."""
    points: list[CalibrationPoint] = []
    for function, references in functions:
        for reference in map(Decimal, references):
            width = tolerance_at(function, reference)
            assert width is not None
            points.append(_point(made, len(points) + 1, function, reference, width, rng.uniform(*off) + drift))
    out = any(point.found_verdict == Graded.FAIL for point in points)
    made.adjusted = out
    made.as_found = CalibrationResult.OUT if out else CalibrationResult.IN_TOLERANCE
    made.as_left = CalibrationResult.IN_TOLERANCE
    for point in points:
        if point.found_verdict == Graded.FAIL:
            point.left = point.reference
    return points


def _point(
    made: Calibration, position: int, function: InstrumentFunction, reference: Decimal, width: Decimal, share: float
) -> CalibrationPoint:
    step = function.resolution or Decimal(1)
    found = reference + (width * Decimal(str(round(share, 3))) / step).to_integral_value() * step
    low, high = reference - width, reference + width
    return CalibrationPoint(
        calibration=made, position=position, quantity=function.quantity, unit=function.unit, reference=reference,
        found=found, left=found, low=low, high=high, uncertainty=Decimal(f"{width / 6:.1e}"),
        found_verdict=Graded.PASS if low <= found <= high else Graded.FAIL, left_verdict=Graded.PASS,
    )  # fmt: skip


def _approve(made: Calibration) -> None:
    hanna = User.objects.get(username="hanna")
    content = made.signed_content()
    Signature.objects.create(
        signed_table=Calibration._meta.db_table, signed_id=made.pk, signer=hanna, printed_name=hanna.name,
        signed_at=made.recorded_at + timedelta(hours=1), meaning=Meaning.APPROVED, snapshot=canonical(content),
        snapshot_hash=content_hash(content),
    )  # fmt: skip
