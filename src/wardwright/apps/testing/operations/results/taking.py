"""Taking records in: their readings become measurements of their devices, judged by our own limits."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wardwright.apps.testing.events import TestsRecorded
from wardwright.apps.testing.models import Measurement, ResultFile, TestReading, TestRecord
from wardwright.apps.testing.operations.measuring import keep_measurements
from wardwright.apps.testing.permissions import RESULT_IN_DATE
from wardwright.apps.testing.states import WAITING_RECORDS, FileState, MeasurementSource, RecordState
from wardwright.kernel.said import from_plain
from wardwright.platform.access.guardrails import enforce
from wardwright.platform.audit.operation import operation
from wardwright.platform.core.errors import Invalid, NotNow
from wardwright.platform.core.words import said_words
from wardwright.platform.events.registry import publish_all

from .deciding import records_of
from .examining import UNFIT, Examiner
from .judging import Judged, judge_record
from .reading import settle_file, take_file

#: Records of one event: a worker settles so many in one go.
TOGETHER = 50
SIX_PLACES = 6


@operation()
def take_in_records(
    *,
    by: Any,
    result_file_id: int,
    record_ids: list[int] | None = None,
    partly: bool = False,
    override_reason: str = "",
) -> list[TestRecord]:
    """Take records of a file in. Without ``record_ids`` all of it, which is refused while some cannot be taken in,
    unless ``partly`` says that the good part be taken in. Returns those taken in; those taken in before stay as they
    are.

    A record whose instrument was not in calibration is refused by a guardrail, which ``override_reason`` may override
    for records named one by one.

    Raises:
        NotNow: nothing can be taken in, or only a part. Invalid: a record named cannot be. Guarded. NotFound. Denied.
    """
    file = take_file(by, result_file_id)
    if file.state == FileState.MAPPING:
        raise NotNow(_("The columns of this file are not named yet."), _("Say which column holds what."))
    every = list(TestRecord.objects.filter(file=file).order_by("number"))
    examiner = Examiner(by, file, every)
    waiting = examiner.examine()
    if record_ids is None:
        chosen = _good_part(waiting, partly)
    else:
        named = {row.pk for row in records_of(file, record_ids)}
        chosen = [row for row in waiting if row.pk in named]
        _check_named(by, chosen, override_reason)
    _keep(by, chosen, examiner)
    TestRecord.objects.bulk_update(
        waiting, ["state", "asset", "instrument", "problems", "verdict", "decided_at", "decided_by_name"],
        batch_size=200,
    )  # fmt: skip
    settle_file(file, waiting=any(row.state in WAITING_RECORDS for row in every))
    _tell(file, chosen, str(by))
    return chosen


def _good_part(waiting: list[TestRecord], partly: bool) -> list[TestRecord]:
    good = [row for row in waiting if row.state == RecordState.GOOD]
    if not good:
        raise NotNow(
            _("No record of this file can be taken in as it is."), _("Each says what is wrong and what to do.")
        )
    if len(good) < len(waiting) and not partly:
        rest = len(waiting) - len(good)
        words = ngettext(
            "%(rest)s of %(all)s records cannot be taken in as it is.",
            "%(rest)s of %(all)s records cannot be taken in as they are.",
            rest,
        )
        raise NotNow(
            words % {"rest": rest, "all": len(waiting)},
            _("Settle them first, or say that only the good part be taken in."),
        )
    return good


def _check_named(by: Any, rows: Iterable[TestRecord], override_reason: str) -> None:
    wrong: dict[str, str] = {}
    for row in rows:
        holding = [one for one in from_plain(row.problems) if one["holds"]]
        others = [one for one in holding if one["code"] != UNFIT]
        if others:
            wrong[str(row.number)] = f"{said_words(others[0]['what'])} {said_words(others[0]['remedy'])}".strip()
        elif holding:
            enforce(
                by, RESULT_IN_DATE, said_words(holding[0]["what"]), said_words(holding[0]["remedy"]),
                override_reason=override_reason,
            )  # fmt: skip
    if wrong:
        raise Invalid(
            _("Some of these records cannot be taken in."),
            " ".join(_("Record %(number)s: %(words)s") % {"number": n, "words": words} for n, words in wrong.items()),
            fields=wrong,
        )


def _keep(by: Any, rows: list[TestRecord], examiner: Examiner) -> None:
    """The measurements of the records, and which reading each was; in bulk."""
    now, readings = timezone.now(), []
    for row in rows:
        for judged in _judged(row, examiner):
            readings.append((row, judged, _measurement(row, judged, examiner)))
        row.state, row.decided_at, row.decided_by_name = RecordState.TAKEN, now, str(by)[:120]
    keep_measurements(measurement for _row, _judged_, measurement in readings)
    TestReading.objects.bulk_create(
        [
            TestReading(
                test_record=row, measurement=measurement, position=one.position, said_verdict=one.reading.verdict
            )
            for row, one, measurement in readings
        ],
        batch_size=500,
    )


def _judged(row: TestRecord, examiner: Examiner) -> list[Judged]:
    day = row.day
    return judge_record(
        examiner.told[row.number], examiner.assets[row.asset_id or 0], row.instrument_id, examiner.gears.on(day), day,
        examiner.table,
    )  # fmt: skip


def _measurement(row: TestRecord, one: Judged, examiner: Examiner) -> Measurement:
    taken, asset, at = one.taken, examiner.assets[row.asset_id or 0], row.at
    assert at is not None  # who does not say when is not taken in
    return Measurement(
        asset_id=asset.pk, site_id=asset.site_id, instrument_id=row.instrument_id,
        calibration_id=examiner.gears.on(row.day).calibration_id(row.instrument_id),
        source=MeasurementSource.FILE, quantity=one.quantity, name=one.reading.name[:160],
        value=round(taken.exact, SIX_PLACES), bound=taken.bound.value, unit=one.unit[:20], as_read=taken.as_read,
        mains_volts=taken.mains_volts, low=one.low, high=one.high, limit_source=one.limit_source[:200],
        uncertainty=taken.uncertainty, rule=taken.rule, verdict=one.grade, taken_at=at, taken_by_name=row.tester,
    )  # fmt: skip


def _tell(file: ResultFile, rows: list[TestRecord], name: str) -> None:
    ids = [row.pk for row in rows]
    publish_all(
        TestsRecorded(result_file_id=file.pk, record_ids=ids[start : start + TOGETHER], by_name=name)
        for start in range(0, len(ids), TOGETHER)
    )
