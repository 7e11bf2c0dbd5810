"""What the readings of a record come to by our own limits, beside what the analyser said."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from wardwright.apps.assets.models import Asset, DeviceModel
from wardwright.apps.testing.operations.measuring import Gear
from wardwright.apps.testing.queries import Taken, graded, steps_for, take_reading
from wardwright.apps.testing.states import BEYOND, Graded
from wardwright.kernel.analyser import Reading, TestRecord
from wardwright.kernel.analyser.words import applied_part_of, name_of_test
from wardwright.kernel.limits import Bound, SafetyLimit, convert

#: By which standard a test is judged that the record's procedure does not name one for.
OF_62353 = frozenset({"protective_earth", "insulation", "equipment_leakage", "applied_part_leakage"})
SET_IN_THE_ANALYSER = "as set in the analyser"
SAID_BY_THE_ANALYSER = "the analyser's verdict"


@dataclass(frozen=True)
class Judged:
    """One reading of a record: where it stands, what it is compared as, the limits it met and what it came to."""

    position: int
    reading: Reading
    quantity: str
    low: Decimal | None
    high: Decimal | None
    unit: str
    limit_source: str
    taken: Taken
    grade: str

    @property
    def differs(self) -> bool:
        """Whether the analyser said another thing."""
        said = self.reading.verdict
        return said in ("pass", "fail") and self.grade != Graded.NO_LIMIT and (said == "fail") != (self.grade in BEYOND)


def failed_unjudged(record: TestRecord) -> list[str]:
    """What failed without a number for us to judge: checks, and readings that the analyser failed and left empty."""
    readings = [one.name for one in record.readings if one.value is None and one.verdict == "fail"]
    return [*readings, *(one.name for one in record.checks if one.verdict == "fail")]


def fails_as_a_whole(record: TestRecord) -> bool:
    """Whether the analyser failed the record and none of its readings and checks."""
    parts = [*(one.verdict for one in record.readings), *(one.verdict for one in record.checks)]
    return record.verdict == "fail" and "fail" not in parts


def record_fails(record: TestRecord, judged: list[Judged]) -> bool:
    """A reading beyond its limit, a failed check, or a failure that the analyser told of the whole and of no part."""
    beyond = any(one.grade in BEYOND for one in judged)
    return beyond or bool(failed_unjudged(record)) or fails_as_a_whole(record)


def record_grade(record: TestRecord, judged: list[Judged]) -> str:
    """The record as a whole: fail, pass, or no limit where nothing in it was judged."""
    if record_fails(record, judged):
        return Graded.FAIL.value
    looked = any(one.verdict == "pass" for one in record.checks)
    return (Graded.PASS if looked or any(one.grade != Graded.NO_LIMIT for one in judged) else Graded.NO_LIMIT).value


def judge_record(
    record: TestRecord, asset: Asset, instrument_id: int | None, gear: Gear, on: date, table: tuple[SafetyLimit, ...]
) -> list[Judged]:
    """Every reading that has a value, by the limits that hold for the device; by those set in the analyser where there
    is none of ours.

    Raises:
        ValueError: in words, for a reading that the instrument cannot have taken, or that cannot be judged.
    """
    return [
        _judged(record, position, reading, asset.device_model, instrument_id, gear, on, table)
        for position, reading in enumerate(record.readings)
        if reading.value is not None
    ]


def _judged(
    record: TestRecord, position: int, reading: Reading, model: DeviceModel, instrument_id: int | None, gear: Gear,
    on: date, table: tuple[SafetyLimit, ...],
) -> Judged:  # fmt: skip
    assert reading.value is not None
    step = _step(record, reading, model, on, table)
    source = str(step.get("limit_source") or "")
    has_own = step.get("low") is not None or step.get("high") is not None
    if not has_own:
        step = {**step, "unit": reading.unit, "low": _plain(reading.low), "high": _plain(reading.high)}
        source = SET_IN_THE_ANALYSER if reading.low is not None or reading.high is not None else ""
    value = convert(reading.value, reading.unit, str(step["unit"])) if step["unit"] else reading.value
    given = value if reading.bound is Bound.EXACT else f"{reading.bound.value}{value:f}"
    taken = take_reading(step, given, record.environment.mains_v)
    uncertainty = None
    if taken.bound is Bound.EXACT:
        read = taken.exact if taken.as_read is None else taken.as_read
        uncertainty = gear.uncertainty(instrument_id, step["quantity"], read, taken.limits.unit)
        if uncertainty is not None and taken.as_read:
            uncertainty *= taken.exact / taken.as_read
    taken = graded(step, taken, uncertainty)
    grade = taken.grade.value
    if taken.grade is Graded.NO_LIMIT and reading.verdict == "fail":
        grade, source = Graded.FAIL.value, SAID_BY_THE_ANALYSER
    return Judged(
        position, reading, step["quantity"], taken.limits.low, taken.limits.high, taken.limits.unit, source, taken,
        grade,
    )  # fmt: skip


def _plain(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"


def method_of(record: TestRecord, reading: Reading) -> str:
    """How a leakage was measured: by the reading's own name, else by that of the procedure; "" where nobody says."""
    if reading.method or "leakage" not in reading.test:
        return reading.method
    return name_of_test(record.procedure).method


def _standard(record: TestRecord, reading: Reading) -> str:
    said = record.procedure.casefold()
    for mark, standard in (("62353", "IEC 62353"), ("60601", "IEC 60601-1"), ("nfpa", "NFPA 99")):
        if mark in said:
            return standard
    return "IEC 62353" if reading.test in OF_62353 else "IEC 60601-1"


def _step(
    record: TestRecord, reading: Reading, model: DeviceModel, on: date, table: tuple[SafetyLimit, ...]
) -> dict[str, Any]:
    """The reading as a step that is judged by the table of limits; without limits where the table cannot tell."""
    plain: dict[str, Any] = {"key": "reading", "text": reading.name, "unit": reading.unit, "low": None, "high": None}
    if not reading.test:
        return {**plain, "quantity": (reading.quantity or _key(reading.name))[:40]}
    standard, method = _standard(record, reading), method_of(record, reading)
    asked = {"standard": standard, "test": reading.test, "method": method}
    if standard != "IEC 62353":
        asked["condition"] = reading.condition
    limit = {name: value for name, value in asked.items() if value}
    quantity = ".".join(filter(None, (reading.test, method.removeprefix("direct"), asked.get("condition", "").lower())))
    found = list(_of_the_part(steps_for([{**plain, "limit": limit}], model, on, table), reading))
    fitting = found[0] if len(found) == 1 else {**plain, "limit": limit}
    if fitting.get("not_applicable") or fitting.get("missing"):
        fitting = {**plain, "limit": limit}
    return {**fitting, "quantity": (fitting.get("quantity") or quantity)[:40]}


def _of_the_part(steps: list[dict[str, Any]], reading: Reading) -> Iterator[dict[str, Any]]:
    """The step of the applied part that was measured; all of them where the reading names none."""
    said = reading.applied_part.casefold()
    if len(steps) < 2 or not said:
        yield from steps
        return
    kind = applied_part_of(reading.applied_part)
    for step in steps:
        part = step["text"].rpartition(": ")[2]
        if part.casefold().startswith(said) or said.startswith(part.casefold()) or (kind and part.split()[-1] == kind):
            yield step


def _key(name: str) -> str:
    return "_".join(name.casefold().split())
