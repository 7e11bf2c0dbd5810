"""What cannot be right in a record, whoever wrote it: units, exchanged columns, ranges, clocks, doubles."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from wardwright.kernel.limits import Bound, convert
from wardwright.kernel.said import say

from .records import UNITS, Check, Problem, Reading, TestRecord

_D = Decimal
# Beyond these no safety analyser has a range: the widest of common instruments, with room. In the test's usual unit.
RANGES: Mapping[str, tuple[Decimal, Decimal]] = {
    "protective_earth": (_D(0), _D(10_000)),  # an open conductor reads some thousand
    "insulation": (_D(0), _D(100_000)),
    **{test: (_D(0), _D(50_000)) for test, unit in UNITS.items() if unit == "µA"},
    "mains_voltage": (_D(0), _D(500)),
}
_ROOM = (("mains_v", _D(500), "V"), ("temperature_c", _D(60), "°C"), ("humidity_percent", _D(100), "%"))
FIRST_YEAR = 1995
_STEPS = (_D(1000), _D("0.001"), _D(1_000_000), _D("0.000001"))


@dataclass(frozen=True, slots=True)
class Arrival:
    """When the file came: ``now`` with its zone, in which moments without one are understood; ``file_at`` when the
    analyser or the computer says it was written. ``ranges``: of the instrument, in each test's usual unit."""

    now: dt.datetime
    file_at: dt.datetime | None = None
    slack: dt.timedelta = dt.timedelta(minutes=10)
    ranges: Mapping[str, tuple[Decimal, Decimal]] = field(default_factory=dict)

    def placed(self, moment: dt.datetime) -> dt.datetime:
        return moment if moment.tzinfo else moment.replace(tzinfo=self.now.tzinfo)


def check(records: Iterable[TestRecord], file: str, arrival: Arrival | None = None) -> list[Problem]:
    """Everything that is wrong with the records, each with its record's number, in the order of the file."""
    records = list(records)
    found = [problem for record in records for problem in _one(record, file, arrival)]
    found += _doubles(records, file)
    return sorted(found, key=lambda problem: problem.record or 0)


def _one(record: TestRecord, file: str, arrival: Arrival | None) -> Iterator[Problem]:
    where: dict[str, Any] = {"file": file, "record": record.number, "row": record.row}
    if not (record.device.asset_tag or record.device.serial):
        yield Problem(
            "no-device",
            say("The record names no device: neither an asset tag nor a serial number."),
            say("Say by hand which device it was."),
            **where,
        )
    if not (record.readings or record.checks):
        yield Problem(
            "no-results",
            say("The record holds a verdict, but no reading and no check behind it.")
            if record.verdict
            else say("The record holds no reading and no check."),
            say("Export complete results instead of a summary, or leave this record out."),
            holds=not record.verdict,
            **where,
        )
    yield from _clock(record, arrival, where)
    yield from _surroundings(record, where)
    for reading in record.readings:
        yield from _reading(reading, arrival, where)
    yield from _exchanged(record, where)
    yield from _contradiction(record, where)


def _clock(record: TestRecord, arrival: Arrival | None, where: dict[str, Any]) -> Iterator[Problem]:
    at = record.tested_at
    if at is None:
        return
    if at.year < FIRST_YEAR:
        yield Problem(
            "clock-not-set",
            say("The test is dated {day}: the analyser's clock was probably never set.", day=at.date().isoformat()),
            say("Enter the true date by hand, and set the analyser's clock."),
            **where,
        )
    elif arrival and (ahead := arrival.placed(at) - arrival.now) > (
        arrival.slack if record.time_known else dt.timedelta(days=1)
    ):
        yield Problem(
            "future",
            say(
                "The test is dated {day} {time}, {ahead} after the file came in: the analyser's clock is ahead.",
                day=at.date().isoformat(),
                time=f"{at:%H:%M}",
                ahead=_span(ahead),
            ),
            say("Set the analyser's clock, and enter the true moment by hand."),
            **where,
        )
    elif arrival and arrival.file_at and record.time_known:
        ahead = arrival.placed(at) - arrival.placed(arrival.file_at)
        if ahead > arrival.slack:
            yield Problem(
                "clock-skew",
                say(
                    "The test is dated {ahead} after the file was written: two clocks differ.",
                    ahead=_span(ahead),
                ),
                say("Compare the analyser's clock with the computer's; correct the moment if it matters."),
                holds=False,
                **where,
            )
    due = record.analyser.calibration_due
    if due and due < at.date():
        yield Problem(
            "analyser-overdue",
            say(
                "The analyser was due for calibration on {due}, before this test on {day}.",
                due=due.isoformat(),
                day=at.date().isoformat(),
            ),
            say("Test again with an instrument in calibration, or correct its due date if it was calibrated since."),
            holds=False,
            **where,
        )


def _span(length: dt.timedelta) -> str:
    minutes = int(length.total_seconds() // 60)
    if minutes < 120:
        return say("{minutes} minutes", minutes=minutes)
    return say("{hours} hours", hours=minutes // 60) if minutes < 2880 else say("{days} days", days=minutes // 1440)


def _surroundings(record: TestRecord, where: dict[str, Any]) -> Iterator[Problem]:
    for name, most, unit in _ROOM:
        value = getattr(record.environment, name)
        if value is not None and not -50 <= value <= most:
            yield Problem(
                "environment-range",
                say("{value} {unit} cannot be the surroundings of a test.", value=f"{value:f}", unit=unit),
                say("Check which column or field it comes from."),
                holds=False,
                **where,
            )


def in_usual_unit(reading: Reading) -> Decimal | None:
    """The value in its test's usual unit; None where there is no value, or its unit does not fit."""
    usual = UNITS.get(reading.test) or ("V" if reading.quantity == "mains_voltage" else "")
    if reading.value is None or not reading.unit or not usual:
        return None
    try:
        return convert(reading.value, reading.unit, usual)
    except ValueError:
        return None


def _reading(reading: Reading, arrival: Arrival | None, where: dict[str, Any]) -> Iterator[Problem]:
    shown = f"{reading.value:f} {reading.unit}".strip() if reading.value is not None else ""
    key = reading.test or reading.quantity
    if not (reading.test or reading.quantity):
        yield Problem(
            "unknown-test",
            say(
                "Nobody here knows the test “{name}”. It is kept as it stands and judged by nothing.", name=reading.name
            ),
            say("Name it in the mapping, or leave it as it is."),
            holds=False,
            **where,
        )
    if reading.low is not None and reading.high is not None and reading.low > reading.high:
        yield Problem(
            "limits-exchanged",
            say(
                "“{name}”: the low limit {low} is above the high limit {high}.",
                name=reading.name,
                low=f"{reading.low:f}",
                high=f"{reading.high:f}",
            ),
            say("Exchange the two columns of limits in the mapping."),
            **where,
        )
    if reading.value is None or (not reading.test and reading.quantity != "mains_voltage"):
        return
    usual = UNITS.get(reading.test, "V")
    value = in_usual_unit(reading)
    if not reading.unit:
        yield Problem(
            "no-unit",
            say("“{name}” is {value} without a unit.", name=reading.name, value=shown),
            say("Say in the mapping which unit the column is in; {unit} is usual.", unit=usual),
            **where,
        )
    elif value is None:
        yield Problem(
            "wrong-unit",
            say("“{name}” is given in {unit}, which does not measure this.", name=reading.name, unit=reading.unit),
            say("Check the column and its unit in the mapping; {unit} is usual.", unit=usual),
            **where,
        )
    else:
        low, high = (arrival.ranges.get(key) if arrival else None) or RANGES[key]
        beyond = value < low or value > high
        if beyond and not (reading.bound is Bound.ABOVE and value >= low):
            yield _out_of_range(reading, value, (low, high), shown, usual, where)


def _out_of_range(
    reading: Reading, value: Decimal, limits: tuple[Decimal, Decimal], shown: str, usual: str, where: dict[str, Any]
) -> Problem:
    low, high = limits
    fitting = next((step for step in _STEPS if value > 0 and low <= value * step <= high), None)
    return Problem(
        "out-of-range",
        say(
            "“{name}” is {value}; the instrument measures from {low} to {high} {unit}.",
            name=reading.name,
            value=shown,
            low=f"{low:f}",
            high=f"{high:f}",
            unit=usual,
        ),
        say("The number would fit in another prefix of the unit: check whether the column is in {unit}.", unit=usual)
        if fitting and value > high
        else say("Check the value and its column; correct it by hand if it was mistyped."),
        holds=reading.verdict != "fail",  # the analyser has failed it: an open conductor, not a slip
        **where,
    )


def _exchanged(record: TestRecord, where: dict[str, Any]) -> Iterator[Problem]:
    """A protective earth of 210 Ω beside an insulation of 0.08 MΩ that the analyser did not fail: exchanged."""
    sides: dict[str, list[Decimal]] = defaultdict(list)
    for reading in record.readings:
        value = in_usual_unit(reading)
        if reading.test in ("protective_earth", "insulation") and value is not None and reading.verdict != "fail":
            sides[reading.test].append(value)
    earth, insulation = sides["protective_earth"], sides["insulation"]
    if earth and insulation and min(earth) > 2 and max(insulation) < 2:
        yield Problem(
            "exchanged",
            say(
                "A protective earth of {earth} Ω and an insulation of {insulation} MΩ only make sense exchanged.",
                earth=f"{min(earth):f}",
                insulation=f"{max(insulation):f}",
            ),
            say("Check the columns of the mapping: the two are probably swapped. Exchange them and read again."),
            **where,
        )


def _contradiction(record: TestRecord, where: dict[str, Any]) -> Iterator[Problem]:
    parts: tuple[Reading | Check, ...] = (*record.readings, *record.checks)
    failed = [one.name for one in parts if one.verdict == "fail"]
    if failed and record.verdict == "pass":
        yield Problem(
            "contradiction",
            say("The record as a whole is said to pass, but “{name}” is said to fail.", name=failed[0]),
            say("The record counts as failed unless you decide otherwise."),
            holds=False,
            **where,
        )


def _doubles(records: list[TestRecord], file: str) -> Iterator[Problem]:
    """Records of one device at one moment: a repetition holds itself, two that differ hold each other."""
    sittings: dict[tuple[str, str, dt.datetime], list[TestRecord]] = defaultdict(list)
    for record in records:
        if record.tested_at and record.time_known and (record.device.asset_tag or record.device.serial):
            sittings[record.device.asset_tag, record.device.serial, record.tested_at].append(record)
    for (tag, serial, _), same in sittings.items():
        first = same[0]
        for record in same[1:]:
            device = tag or serial
            if _content(record) == _content(first):
                yield Problem(
                    "repeated",
                    say(
                        "The record is the same as record {first} of device {device}.",
                        first=first.number,
                        device=device,
                    ),
                    say("Leave it out."),
                    file,
                    record.number,
                    record.row,
                )
            else:
                for one, other in ((first, record), (record, first)):
                    yield Problem(
                        "same-moment",
                        say(
                            "Record {other} is of the same device {device} at the same moment, with other results.",
                            other=other.number,
                            device=device,
                        ),
                        say("Decide which of the two is right, or correct the moment of one."),
                        file,
                        one.number,
                        one.row,
                    )


def _content(record: TestRecord) -> tuple:
    return record.readings, record.checks, record.verdict, record.procedure
