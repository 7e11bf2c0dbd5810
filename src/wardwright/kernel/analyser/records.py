"""What an analyser's file yields: plain frozen data, the same whichever maker wrote the file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from wardwright.kernel.limits import Bound
from wardwright.kernel.tabular.table import RowNumber

UNITS = {
    "protective_earth": "Ω",
    "insulation": "MΩ",
    "equipment_leakage": "µA",
    "applied_part_leakage": "µA",
    "earth_leakage": "µA",
    "touch_current": "µA",
    "patient_leakage": "µA",
    "patient_auxiliary": "µA",
}
"""The electrical-safety tests and the unit in which each is usually given."""
TESTS = tuple(UNITS)
LEAKAGES = tuple(test for test, unit in UNITS.items() if unit == "µA")


@dataclass(frozen=True, slots=True)
class Device:
    """What the file says of the device under test; any part may be missing."""

    asset_tag: str = ""
    serial: str = ""
    maker: str = ""
    model: str = ""
    description: str = ""
    location: str = ""


@dataclass(frozen=True, slots=True)
class Analyser:
    """The instrument that took the readings."""

    maker: str = ""
    model: str = ""
    serial: str = ""
    calibrated_on: dt.date | None = None
    calibration_due: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Environment:
    """The mains and the room while it was tested."""

    mains_v: Decimal | None = None
    temperature_c: Decimal | None = None
    humidity_percent: Decimal | None = None


@dataclass(frozen=True, slots=True)
class AppliedPart:
    """A module of applied parts; ``type`` is B, BF, CF or ""."""

    name: str = ""
    type: str = ""
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """Something looked at, not measured. ``kind``: visual, functional, other; ``verdict``: pass, fail, not_done."""

    name: str
    kind: str = "other"
    verdict: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """One measured value, as the analyser gave it.

    ``name`` is the test's name as printed. ``test`` is one of TESTS, else ``quantity`` may say what was measured;
    both empty: nobody knows the name, and the reading is kept as it stands. ``value`` is None where the analyser
    printed no number: ``text`` then holds what it printed. ``low``, ``high`` and ``verdict`` are its own judgement.
    """

    name: str
    test: str = ""
    quantity: str = ""
    method: str = ""
    condition: str = ""
    fault: str = ""
    polarity: str = ""
    current: str = ""
    applied_part: str = ""
    value: Decimal | None = None
    bound: Bound = Bound.EXACT
    unit: str = ""
    low: Decimal | None = None
    high: Decimal | None = None
    verdict: str = ""
    text: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class TestRecord:
    """One sitting of one device. ``tested_at`` has a zone only where the file says one; ``time_known`` is False where
    it gives a day alone. ``extra`` keeps what the file says beyond this. ``number`` counts from 1, ``row`` says where
    it begins."""

    __test__ = False  # not for pytest

    device: Device = Device()
    tested_at: dt.datetime | None = None
    time_known: bool = True
    tester: str = ""
    reason: str = ""
    procedure: str = ""
    analyser: Analyser = Analyser()
    environment: Environment = Environment()
    protection_class: str = ""
    applied_parts: tuple[AppliedPart, ...] = ()
    checks: tuple[Check, ...] = ()
    readings: tuple[Reading, ...] = ()
    verdict: str = ""
    note: str = ""
    extra: Mapping[str, str] = field(default_factory=dict)
    number: int = 0
    row: RowNumber | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, where, and what to do. One that ``holds`` its record keeps it out until a person has decided.

    ``code`` is stable. ``record`` is the record's number in this result, None when it is about the file; ``row`` the
    line or the spreadsheet's row; ``path`` the place inside a JSON file.
    """

    code: str
    what: str
    remedy: str = ""
    file: str = ""
    record: int | None = None
    row: RowNumber | None = None
    path: str = ""
    holds: bool = True


@dataclass(frozen=True, slots=True)
class ResultFile:
    """All records of what was given, the good ones and the others, in the order of the file."""

    format: str
    records: tuple[TestRecord, ...] = ()
    problems: tuple[Problem, ...] = ()

    def held(self) -> frozenset[int]:
        """The numbers of the records with a problem that holds them."""
        return frozenset(problem.record for problem in self.problems if problem.holds and problem.record is not None)

    def good(self) -> tuple[TestRecord, ...]:
        """The records that may be taken in."""
        held = self.held()
        return tuple(record for record in self.records if record.number not in held)


class Problems:
    """What an adapter complains of while it reads one file."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.found: list[Problem] = []

    def add(self, code: str, what: str, remedy: str = "", **where: Any) -> None:
        """``where``: record, row, path, holds."""
        self.found.append(Problem(code, what, remedy, self.file, **where))

    def refuse(self, code: str, what: str, remedy: str = "", **where: Any) -> Refused:
        """The exception to raise when nothing of the file can be read."""
        return Refused(Problem(code, what, remedy, self.file, **where))


class Refused(Exception):
    """The file cannot be read at all; the problem says why."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(problem.what)
