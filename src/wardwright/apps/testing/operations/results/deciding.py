"""What a person says of records that need a look: which device, which instrument, when, or that one is left out."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from wardwright.apps.assets.models import Asset
from wardwright.apps.testing.models import Instrument, ResultFile, TestRecord
from wardwright.apps.testing.states import RECORD_TRANSITIONS, WAITING_RECORDS, RecordState
from wardwright.kernel.analyser import check
from wardwright.kernel.analyser.checks import FIRST_YEAR
from wardwright.platform.audit.operation import operation
from wardwright.platform.core.edits import lock
from wardwright.platform.core.errors import Invalid, NotFound, NotNow
from wardwright.platform.core.kept import row_by_number

from .examining import CLOCK, WRONG_MOMENT, Examiner, arrival_of, plain_problem, told_of
from .reading import settle_file, take_file

MOST_SHIFT_MINUTES = 60 * 24 * 366 * 60
_EXAMINED = (
    "state", "asset", "instrument", "problems", "verdict", "asset_by_hand", "instrument_by_hand", "tested_at",
    "shift_minutes", "record", "found", "reason", "decided_at", "decided_by_name",
)  # fmt: skip


def examine_again(by: Any, file: ResultFile, changed: Iterable[TestRecord] = ()) -> list[TestRecord]:
    """Look at every waiting record of the file as things stand now, and save what came of it. Within an open change."""
    given = {row.pk: row for row in changed}
    rows = [given.get(row.pk, row) for row in TestRecord.objects.filter(file=file).order_by("number")]
    before = {row.pk: _seen(row) for row in rows if row.pk not in given}
    Examiner(by, file, rows).examine()
    TestRecord.objects.bulk_update(
        [row for row in rows if before.get(row.pk) != _seen(row)], list(_EXAMINED), batch_size=200
    )
    settle_file(file, waiting=any(row.state in WAITING_RECORDS for row in rows))
    return rows


def _seen(row: TestRecord) -> tuple[Any, ...]:
    return row.state, row.asset_id, row.instrument_id, row.problems, row.verdict


def _take_record(by: Any, test_record_id: int) -> TestRecord:
    """The record of its file, both locked: the file first, as everything that decides of its records does."""
    known = row_by_number(TestRecord.objects.values("file_id"), test_record_id)
    if known is None:
        raise NotFound(_("There is no such record."), _("Check the number."))
    file = take_file(by, known["file_id"])
    row: TestRecord = lock(TestRecord.objects, test_record_id)
    row.file = file
    return row


def _waiting(row: TestRecord) -> None:
    if row.state not in WAITING_RECORDS:
        raise NotNow(
            _("Record %(number)s is %(state)s.") % {"number": row.number, "state": row.get_state_display()},
            _("Reload the page to see what changed meanwhile."),
        )


@operation()
def examine_results(*, by: Any, result_file_id: int) -> ResultFile:
    """Look at the waiting records once more: a device may have been registered, a calibration recorded."""
    file = take_file(by, result_file_id)
    examine_again(by, file)
    return file


@operation()
def match_record(
    *, by: Any, test_record_id: int, asset_id: int | None = None, tested_at: datetime | None = None
) -> TestRecord:
    """Say by hand which device a record is of, and when it was tested where the file does not say so: without a zone
    the time of the house.

    Raises:
        Invalid: no such device, a moment that has not come, or one before 1995. NotNow: the record is decided. Denied.
    """
    row = _take_record(by, test_record_id)
    _waiting(row)
    if asset_id is not None:
        asset = Asset.objects.visible_to(by).filter(pk=asset_id).first()
        if asset is None:
            words = _("No device has this number. Check the tag.")
            raise Invalid(words, fields={"asset_id": words})
        row.asset, row.asset_by_hand = asset, True
    if tested_at is not None:
        _set_moment(row, _past(tested_at))
    if asset_id is None and tested_at is None:
        raise Invalid(_("Say which device it was, or when it was tested."))
    examine_again(by, row.file, [row])
    return row


def _past(given: datetime) -> datetime:
    at = given if timezone.is_aware(given) else timezone.make_aware(given)
    words = ""
    if at > timezone.now():
        words = _("This moment has not come yet.")
    elif at.year < FIRST_YEAR:
        words = _("This moment lies before the year %(year)s: no analyser kept results then.") % {"year": FIRST_YEAR}
    if words:
        raise Invalid(words, fields={"tested_at": words})
    return at


def _set_moment(row: TestRecord, at: datetime) -> None:
    row.tested_at, row.shift_minutes = at, 0
    row.record = {**row.record, "tested_at": timezone.localtime(at).replace(tzinfo=None).isoformat()}
    left = [one for one in row.found if one["code"] not in CLOCK | {"no-moment", "impossible-date"}]
    again = check([told_of(row)], row.file.name, arrival_of(row.file))
    row.found = [*left, *(plain_problem(one) for one in again if one.code in CLOCK)]


@operation()
def name_instrument(*, by: Any, result_file_id: int, instrument_id: int, analyser: str = "") -> ResultFile:
    """Say which test instrument took the readings of all waiting records that the file gives this ``analyser``.

    Raises:
        Invalid: no such instrument, or no such record. NotFound. Denied.
    """
    file = take_file(by, result_file_id)
    instrument = Instrument.objects.visible_to(by).filter(pk=instrument_id).first()
    if instrument is None:
        words = _("There is no such test instrument; choose one from the list.")
        raise Invalid(words, fields={"instrument_id": words})
    rows = list(TestRecord.objects.filter(file=file, analyser=analyser, state__in=WAITING_RECORDS))
    if not rows:
        raise Invalid(_("No waiting record names this analyser."), _("Reload the page to see what is left."))
    for row in rows:
        row.instrument, row.instrument_by_hand = instrument, True
    examine_again(by, file, rows)
    return file


@operation(needs_reason=True)
def shift_clock(
    *, by: Any, result_file_id: int, minutes: int, reason: str, record_ids: list[int] | None = None
) -> ResultFile:
    """Put the clock of waiting records right: ``minutes`` are added to the moments in the file (less than 0: the clock
    was ahead). Without ``record_ids`` those that the clock holds back.

    Raises:
        Invalid: no such record, or a shift of more than 60 years. NotFound. Denied.
    """
    file = take_file(by, result_file_id)
    if not -MOST_SHIFT_MINUTES <= minutes <= MOST_SHIFT_MINUTES:
        words = _("The clock cannot have been off by more than 60 years.")
        raise Invalid(words, fields={"minutes": words})
    waiting = TestRecord.objects.filter(file=file, state__in=WAITING_RECORDS, tested_at__isnull=False)
    rows = list(waiting if record_ids is None else waiting.filter(pk__in=record_ids))
    if record_ids is None:
        rows = [row for row in rows if off_by_clock(row)]
    if not rows:
        raise Invalid(_("No waiting record is held back by its clock."), _("Choose the records by hand."))
    for row in rows:
        row.shift_minutes = minutes
    examine_again(by, file, rows)
    return file


def off_by_clock(row: TestRecord) -> bool:
    """Whether its moment is what holds a record back."""
    return any(one["holds"] and one["code"] in WRONG_MOMENT for one in row.problems)


@operation(needs_reason=True)
def leave_out_record(*, by: Any, test_record_id: int, reason: str) -> TestRecord:
    """Leave a record out for good, with the reason; the file keeps it.

    Raises:
        NotNow: the record is taken in. NotFound. Denied.
    """
    row = _take_record(by, test_record_id)
    if RecordState.LEFT_OUT not in RECORD_TRANSITIONS[row.state] or row.state == RecordState.LEFT_OUT:
        _waiting(row)
    _decide(by, row, RecordState.LEFT_OUT, reason.strip()[:300])
    examine_again(by, row.file, [row])
    return row


@operation()
def look_at_record(*, by: Any, test_record_id: int) -> TestRecord:
    """Take a record up again that was left out."""
    row = _take_record(by, test_record_id)
    if row.state != RecordState.LEFT_OUT:
        raise NotNow(_("This record was not left out."), _("Reload the page to see what changed meanwhile."))
    row.state, row.reason, row.decided_at, row.decided_by_name = RecordState.LOOK, "", None, ""
    examine_again(by, row.file, [row])
    return row


def _decide(by: Any, row: TestRecord, state: RecordState, reason: str = "") -> None:
    if state not in RECORD_TRANSITIONS[row.state]:
        _waiting(row)
    row.state, row.reason = state, reason
    row.decided_at, row.decided_by_name = timezone.now(), str(by)[:120]


def records_of(file: ResultFile, ids: Iterable[int]) -> list[TestRecord]:
    """These records of the file. Raises NotFound for one that is not in it."""
    wanted = set(ids)
    rows = list(TestRecord.objects.filter(file=file, pk__in=wanted))
    if len(rows) != len(wanted):
        raise NotFound(_("Some of these records are not in this file."), _("Reload the page."))
    return rows
