"""What is wrong with the records of a file as things stand: which device, which instrument, when, and taken before."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.utils import timezone

from wardwright.apps.assets.models import Asset
from wardwright.apps.assets.states import Status
from wardwright.apps.testing.models import Instrument, ResultFile, TestRecord
from wardwright.apps.testing.permissions import RESULTS
from wardwright.apps.testing.queries import limit_table
from wardwright.apps.testing.states import WAITING_RECORDS, Graded, RecordState
from wardwright.kernel.analyser import Arrival, Problem, Reading, check, record_from
from wardwright.kernel.analyser import TestRecord as Told
from wardwright.kernel.limits import SafetyLimit
from wardwright.kernel.said import from_plain, say, to_plain
from wardwright.platform.access.scope import allowed
from wardwright.platform.core.words import error_words

from .gears import Gears
from .judging import judge_record, record_grade

#: Problems of the clock, which are looked for again once it was put right.
CLOCK = frozenset({"future", "clock-not-set", "clock-skew", "analyser-overdue"})
#: What a person can settle by saying something; any other problem that holds a record refuses it.
TO_SETTLE = CLOCK | {
    "no-device", "unknown-device", "wrong-serial", "wrong-tag", "several-devices", "device-gone", "before-device",
    "no-instrument", "unknown-instrument", "same-moment", "no-moment", "impossible-date", "device-out-of-reach",
}  # fmt: skip
#: What says that a record's moment is not to be believed.
WRONG_MOMENT = frozenset({"future", "clock-not-set", "before-device"})
#: The one refusal that somebody may override with a reason.
UNFIT = "instrument-unfit"
#: From here on a number has no place in a measurement: twelve digits before the point, once rounded to six behind it.
MOST_KEPT = Decimal(10) ** 12 - 1
GONE = (Status.RETIRED, Status.DISPOSED)
CHUNK = 500


def told_of(row: TestRecord) -> Told:
    """The record as the kernel knows it, by a clock put right."""
    record = record_from(row.record, row.number)
    if row.shift_minutes and record.tested_at is not None:
        record = replace(record, tested_at=record.tested_at + timedelta(minutes=row.shift_minutes))
    return record


def _with_limits(told: Told) -> Told:
    """Without the limits that are none: analysers write a number beyond all others where no limit is set."""
    return replace(told, readings=tuple(map(_limited, told.readings)))


def _limited(reading: Reading) -> Reading:
    low, high = (None if side is not None and abs(side) >= MOST_KEPT else side for side in (reading.low, reading.high))
    return reading if (low, high) == (reading.low, reading.high) else replace(reading, low=low, high=high)


def arrival_of(file: ResultFile) -> Arrival:
    return Arrival(now=timezone.localtime(file.came_at))


class Examiner:
    """Examines the waiting records of one file; a fixed number of queries, however many there are."""

    def __init__(self, by: Any, file: ResultFile, rows: Sequence[TestRecord]):
        """``rows`` are all records of the file; those decided already are only looked at beside the others."""
        self.by, self.file = by, file
        self.sittings = Counter(_sitting(row) for row in rows if row.state != RecordState.LEFT_OUT)
        self.rows = [row for row in rows if row.state in WAITING_RECORDS]
        self.told = {row.number: _with_limits(told_of(row)) for row in self.rows}
        self._find_assets()
        self._find_instruments()
        self._find_taken()
        self.table: tuple[SafetyLimit, ...] = limit_table()

    # What is there ----------------------------------------------------------------------------------------------

    def _find_assets(self) -> None:
        tags = {form for row in self.rows if row.tag for form in _spellings(row.tag)}
        serials = {form for row in self.rows if row.serial for form in _spellings(row.serial)}
        ids = {row.asset_id for row in self.rows if row.asset_id}
        seen = Asset.objects.visible_to(self.by).select_related("device_model", "site")
        found: dict[int, Asset] = {}
        wanted: list[tuple[str, list[Any]]] = [("tag", sorted(tags)), ("serial", sorted(serials)), ("pk", sorted(ids))]
        for name, values in wanted:
            for some in _chunks(values):
                found |= {asset.pk: asset for asset in seen.filter(**{f"{name}__in": some})}
        self.assets = found
        self.by_tag = {_bare(asset.tag): asset for asset in found.values()}
        self.by_serial: dict[str, list[Asset]] = defaultdict(list)
        for asset in found.values():
            if asset.serial:
                self.by_serial[_bare(asset.serial)].append(asset)

    def _find_instruments(self) -> None:
        serials = {form for row in self.rows if row.analyser for form in _spellings(_serial_of(row))}
        ids = {row.instrument_id for row in self.rows if row.instrument_id}
        wanted = Q(pk__in=ids) | Q(serial__in=serials - {""})
        found = {one.pk: one for one in Instrument.objects.visible_to(self.by).filter(wanted).order_by("-is_active")}
        self.instruments = found
        self.by_analyser: dict[str, Instrument] = {}
        for one in found.values():
            if one.serial:
                self.by_analyser.setdefault(_bare(one.serial), one)
        self.gears = Gears(found)

    def _find_taken(self) -> None:
        marks = sorted({row.fingerprint for row in self.rows})
        self.taken: dict[str, TestRecord] = {}
        for some in _chunks(marks):
            rows = TestRecord.objects.filter(fingerprint__in=some, state=RecordState.TAKEN).select_related("file")
            self.taken |= {row.fingerprint: row for row in rows}

    # One record after the other ---------------------------------------------------------------------------------

    def examine(self) -> list[TestRecord]:
        """Settle device, instrument, problems, verdict and state of every waiting record; not saved yet."""
        for row in self.rows:
            told = self.told[row.number]
            found = [*self._as_read(row, told), *self._device(row, told), *self._instrument(row, told)]
            found += [*self._moment(row), *self._before(row)]
            found += self._judge(row, told)
            if any(problem.holds and problem.code in WRONG_MOMENT for problem in found):
                found = [problem for problem in found if problem.code != UNFIT]  # nobody knows on which day
            row.problems = [plain_problem(problem) for problem in found]
            row.state = _state(found)
        return self.rows

    def _as_read(self, row: TestRecord, told: Told) -> Iterator[Problem]:
        for plain in from_plain(row.found):
            if not (row.shift_minutes and plain["code"] in CLOCK):
                if plain["code"] == "no-device" and row.asset_by_hand:
                    continue
                if plain["code"] == "same-moment" and self.sittings[_sitting(row)] < 2:
                    continue  # the other was left out
                yield Problem(**plain)
        if row.shift_minutes:
            yield from (one for one in check([told], self.file.name, arrival_of(self.file)) if one.code in CLOCK)

    def _device(self, row: TestRecord, told: Told) -> Iterator[Problem]:
        if not row.record:
            return
        asset = self.assets.get(row.asset_id or 0) if row.asset_by_hand else None
        if not row.asset_by_hand:
            asset, problem = self._matched(row)
            row.asset_id = asset.pk if asset else None
            if problem:
                yield problem
        elif asset is None:
            yield _hold(
                "device-out-of-reach",
                say("The device chosen by hand is out of your reach."),
                say("Somebody who sees the device takes the record in; or say by hand which other one it was."),
            )
        if asset is not None and asset.status in GONE:
            yield _hold(
                "device-gone",
                say("{tag} has left service.", tag=asset.tag),
                say("Check the number; say by hand which device it was, or leave the record out."),
            )
        if asset is not None and not allowed(self.by, RESULTS, asset):
            yield _hold(
                "not-your-device",
                say("{tag} is at a site where you may not take in results.", tag=asset.tag),
                say("Somebody who may do so there takes the file in."),
            )

    def _matched(self, row: TestRecord) -> tuple[Asset | None, Problem | None]:
        """The device that the tag and the serial number agree on, or why there is none."""
        tagged = self.by_tag.get(_bare(row.tag)) if row.tag else None
        with_serial = self.by_serial.get(_bare(row.serial), []) if row.serial else []
        if tagged is not None:
            if not row.serial or not tagged.serial or _bare(tagged.serial) == _bare(row.serial):
                return tagged, None
            return None, _wrong_serial(row, tagged, with_serial)
        if len(with_serial) > 1:
            return None, _hold(
                "several-devices",
                say("{n} devices have the serial number {serial}.", n=len(with_serial), serial=row.serial),
                say("Say by hand which of them it was."),
            )
        if with_serial and row.tag:
            return None, _hold(
                "wrong-tag",
                say(
                    "No device has the number {tag}; the serial number {serial} is that of {other}.",
                    tag=row.tag, serial=row.serial, other=with_serial[0].tag,
                ),
                say("Look at the device's label, and say by hand which device it was."),
            )  # fmt: skip
        if with_serial:
            return with_serial[0], None
        if not (row.tag or row.serial):
            return None, None  # told when it was read
        return None, _hold(
            "unknown-device",
            say("No device has the number or serial number {which}.", which=row.tag or row.serial),
            say("Register the device, or say by hand which one it was."),
        )

    def _instrument(self, row: TestRecord, told: Told) -> Iterator[Problem]:
        if not any(one.value is not None for one in told.readings):
            return
        if not row.instrument_by_hand:
            known = self.by_analyser.get(_bare(_serial_of(row))) if row.analyser else None
            row.instrument_id = known.pk if known else None
        instrument = self.instruments.get(row.instrument_id or 0)
        if instrument is None and not row.analyser:
            yield _hold(
                "no-instrument",
                say("The file does not say which analyser took the readings."),
                say("Name the instrument: it then holds for every such record of the file."),
            )
        elif instrument is None:
            yield _hold(
                "unknown-instrument",
                say("No test instrument has the serial number of the analyser “{analyser}”.", analyser=row.analyser),
                say("Name the instrument that took them, or register it with its calibrations."),
            )
        elif row.tested_at is not None and (why := self.gears.unfit(instrument, row.day)):
            yield Problem(
                UNFIT,
                say(
                    "{instrument} must not have judged a device on {day}: {why}.",
                    instrument=str(instrument), day=row.day.isoformat(), why=why,
                ),
                say(
                    "Test again with an instrument in calibration, record the calibration that is missing, or have"
                    " somebody who may override it take the record in with a reason."
                ),
            )  # fmt: skip

    def _moment(self, row: TestRecord) -> Iterator[Problem]:
        asset = self.assets.get(row.asset_id or 0)
        if asset is None or row.tested_at is None:
            return
        here = [day for day in (asset.installed_on, asset.accepted_on) if day]
        if here and row.day < min(here):
            yield _hold(
                "before-device",
                say(
                    "The test is dated {day}, but {tag} came into use on {since}: the analyser's clock was probably"
                    " wrong.",
                    day=row.day.isoformat(), tag=asset.tag, since=min(here).isoformat(),
                ),
                say("Put the clock of these records right by the time it was off, or leave the record out."),
            )  # fmt: skip

    def _before(self, row: TestRecord) -> Iterator[Problem]:
        known = self.taken.get(row.fingerprint)
        if known is not None and row.record:
            yield Problem(
                "already-taken",
                say(
                    "This record was taken in already, from the file {file}, record {number}.",
                    file=known.file.name, number=known.number,
                ),
                say("Leave it out."),
            )  # fmt: skip

    def _judge(self, row: TestRecord, told: Told) -> Iterator[Problem]:
        asset = self.assets.get(row.asset_id or 0)
        if asset is None and row.asset_by_hand:
            return  # what it came to stands, for those who see the device
        row.verdict = Graded.NO_LIMIT
        if asset is None or row.tested_at is None:
            return
        day = row.day
        try:
            judged = judge_record(told, asset, row.instrument_id, self.gears.on(day), day, self.table)
        except ValueError as error:
            yield Problem(
                "beyond-instrument",
                error_words(error),
                say(
                    "Check unit and column in the mapping, and what the instrument measures; else leave the record out."
                ),
            )
            return
        if any(abs(one.taken.exact) >= MOST_KEPT for one in judged):
            yield Problem(
                "beyond-instrument",
                say("A value of this size is shown by no instrument."),
                say(
                    "Check unit and column in the mapping, and what the instrument measures; else leave the record out."
                ),
            )
            return
        row.verdict = record_grade(told, judged)


def _sitting(row: TestRecord) -> tuple[str, str, datetime | None]:
    return row.tag, row.serial, row.tested_at


def _wrong_serial(row: TestRecord, tagged: Asset, others: list[Asset]) -> Problem:
    values = {"serial": row.serial, "tag": tagged.tag, "own": tagged.serial}
    return _hold(
        "wrong-serial",
        say(
            "The serial number {serial} belongs to {other}, not to {tag}, whose serial number is {own}.",
            other=others[0].tag, **values,
        )
        if others
        else say("{tag} has the serial number {own}; the file says {serial}, which no device has.", **values),
        say("Look at the device, and say by hand which one was tested."),
    )  # fmt: skip


def _hold(code: str, what: str, remedy: str) -> Problem:
    return Problem(code, what, remedy)


def _state(found: Iterable[Problem]) -> str:
    holding = {problem.code for problem in found if problem.holds}
    if not holding:
        return RecordState.GOOD
    return RecordState.LOOK if holding <= TO_SETTLE else RecordState.REFUSED


def plain_problem(problem: Problem) -> dict[str, Any]:
    """As it is kept, its sentences still sentences."""
    kept: dict[str, Any] = to_plain({name: getattr(problem, name) for name in ("code", "what", "remedy", "holds")})
    return kept


def _serial_of(row: TestRecord) -> str:
    return str(row.record.get("analyser", {}).get("serial") or row.analyser)


def _bare(text: str) -> str:
    return "".join(text.split()).casefold()


def _spellings(text: str) -> set[str]:
    bare = text.strip()
    return {bare, bare.upper(), bare.lower()}


def _chunks(values: list[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(values), CHUNK):
        yield values[start : start + CHUNK]


def moment_of(told: Told) -> datetime | None:
    """When it was tested, with a zone; a moment without one is the time of the site."""
    at = told.tested_at
    if at is None:
        return None
    return at if timezone.is_aware(at) else timezone.make_aware(at)
