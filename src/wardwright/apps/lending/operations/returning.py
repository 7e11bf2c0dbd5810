"""From the ward back to the shelf: no longer needed, collected, checked, cleaned."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from wardwright.apps.assets.operations import change_status, move_assets
from wardwright.apps.assets.states import TRANSITIONS as STATUS_STEPS
from wardwright.apps.assets.states import OutReason, Status
from wardwright.platform.access.scope import authorize
from wardwright.platform.audit.operation import operation
from wardwright.platform.core.change import System
from wardwright.platform.core.edits import lock
from wardwright.platform.core.errors import Invalid, NotNow
from wardwright.platform.events.registry import publish, publish_all

from ..events import DeviceFaultFound, DeviceReturned
from ..models import Cleaning, Holding, Loan, LoanRequest
from ..permissions import HANDLE
from ..states import UNCLEAN, CleanMethod, Custody
from .common import ask_or_handle, lock_holdings, move_on, texts

LIBRARY = System("Equipment library")


@operation()
def say_ready(*, by: Any, loan_ids: Iterable[int]) -> list[Loan]:
    """The ward no longer needs these devices: they are to be collected. Saying it again changes nothing.

    Raises:
        NotNow: one that has not been delivered, or is back.
    """
    loans = _loans(by, loan_ids)
    now = timezone.now()
    waiting = [loan for loan in loans if loan.ready_at is None]
    for loan in waiting:
        if loan.delivered_at is None or not loan.is_running:
            raise NotNow(_("One of these devices is not on the ward."), _("Reload the page."))
    rows = list(
        Holding.objects.select_for_update(of=("self",))
        .filter(pk__in=[loan.holding_id for loan in waiting])
        .select_related("asset", "pool")
        .order_by("asset_id")
    )
    move_on(rows, Custody.WAITING, now)
    Loan.objects.filter(pk__in=[loan.pk for loan in waiting]).update(
        ready_at=now, ready_by_name=str(by)[:120], version=F("version") + 1, updated_at=now
    )
    return list(Loan.objects.filter(pk__in=[loan.pk for loan in loans]).order_by("pk"))


@operation()
def still_needed(*, by: Any, loan_id: int, due_at: datetime | None = None) -> Loan:
    """The ward keeps a device: it is not to be collected, and ``due_at`` is its new end (None: as long as needed).

    Raises:
        Invalid: an end in the past. NotNow: when it is not on the ward.
    """
    (loan,) = _loans(by, [loan_id])
    if loan.delivered_at is None or not loan.is_running:
        raise NotNow(_("This device is not on the ward."), _("Reload the page."))
    if due_at is not None and due_at <= timezone.now():
        words = _("The new end must lie ahead.")
        raise Invalid(words, fields={"due_at": words})
    if loan.ready_at is not None:
        row = Holding.objects.select_for_update(of=("self",)).select_related("asset", "pool").get(pk=loan.holding_id)
        move_on([row], Custody.OUT, timezone.now())
    loan.ready_at, loan.ready_by_name, loan.due_at = None, "", due_at
    loan.reminded_at, loan.reminders = None, 0  # they were of the old end
    loan.version += 1
    loan.save()
    return loan


def _loans(by: Any, loan_ids: Iterable[int]) -> list[Loan]:
    ids = sorted({int(pk) for pk in loan_ids})
    if not ids or len(ids) > 200:
        raise Invalid(_("Choose at least one device."), _("Tick it in the list."))
    loans = [lock(Loan.objects, pk) for pk in ids]
    for loan in loans:
        ask_or_handle(by, loan)
    return loans


@operation()
def collect_devices(*, by: Any, asset_ids: Iterable[int]) -> list[Holding]:
    """Devices are back from the wards: scanned there or at the door, one or many. They go home, to be cleaned.

    One that was never booked out comes back as well: somebody used it.

    Raises:
        NotFound: a device that is in no library. NotNow: one that is being cleaned already.
    """
    rows = lock_holdings(by, asset_ids)
    now = timezone.now()
    late = [row for row in rows if row.custody in UNCLEAN]
    if late:
        raise NotNow(
            _("%(tag)s is %(state)s.") % {"tag": late[0].asset.tag, "state": late[0].custody_label},
            _("It is back already. Leave it out."),
        )
    loans = {loan.asset_id: loan for loan in Loan.objects.running().filter(asset_id__in=[r.asset_id for r in rows])}
    _end_unpicked(loans.values())
    move_on(rows, Custody.DIRTY, now, last_used_at=now)
    Loan.objects.filter(pk__in=[loan.pk for loan in loans.values()]).update(
        collected_at=now, collected_by_name=str(by)[:120], version=F("version") + 1, updated_at=now
    )
    _bring_home(by, rows)
    publish_all(DeviceReturned(row.asset_id, loans[row.asset_id].pk if row.asset_id in loans else None) for row in rows)
    return rows


def _end_unpicked(loans: Iterable[Loan]) -> None:
    """A device that was picked and comes back without having been booked in on the ward was there all the same."""
    for loan in [loan for loan in loans if loan.delivered_at is None]:
        request = lock(LoanRequest.objects, loan.loan_request_id)
        request.issued = max(request.delivered, request.issued - 1)
        request.version += 1
        request.save()


def _bring_home(by: Any, rows: list[Holding]) -> None:
    at_home: dict[int, list[Holding]] = defaultdict(list)
    for row in rows:
        at_home[row.pool_id].append(row)
    for some in at_home.values():
        pool = some[0].pool
        move_assets(
            by=by, asset_ids=[row.asset_id for row in some], site_id=pool.site_id, department_id=pool.department_id,
            room_id=pool.room_id, note=_("Back in the library"),
        )  # fmt: skip


@operation()
def check_return(
    *,
    by: Any,
    loan_id: int,
    failed_checks: list[str] | None = None,
    missing: list[str] | None = None,
    fault: str = "",
) -> Loan:
    """What the look at a returned device found. A fault takes it out of service, and the workshop hears of it.

    ``failed_checks`` and ``missing`` are texts of the type's quick checks and accessories; a failed check is a fault.

    Raises:
        NotNow: when it is not back, or was checked before.
    """
    loan = lock(Loan.objects, loan_id)
    authorize(by, HANDLE, loan)
    if loan.collected_at is None:
        raise NotNow(_("It is not back yet."), _("Collect it first."))
    if loan.checked_at is not None:
        raise NotNow(_("It was checked already."), _("Report a new fault on the page of the device."))
    loan.failed_checks = texts(failed_checks or [], "failed_checks")
    loan.missing = texts(missing or [], "missing")
    loan.fault = (fault.replace("\x00", "").strip() or ", ".join(loan.failed_checks))[:300]
    loan.checked_at, loan.checked_by_name = timezone.now(), str(by)[:120]
    loan.version += 1
    loan.save()
    if loan.fault:
        _out_of_service(loan, by)
        publish(DeviceFaultFound(loan.pk, loan.asset_id, loan.fault))
    return loan


def _out_of_service(loan: Loan, by: Any) -> None:
    """The library may not change a status at will; a fault on return is the one step it takes."""
    if Status.OUT_OF_SERVICE in STATUS_STEPS[Status(loan.asset.status)]:
        reason = _("Found on return to the library by %(who)s: %(fault)s") % {"who": by, "fault": loan.fault}
        change_status(
            by=LIBRARY, asset_id=loan.asset_id, status=Status.OUT_OF_SERVICE, out_reason=OutReason.UNDER_REPAIR,
            reason=reason,
        )  # fmt: skip


# Cleaning -------------------------------------------------------------------------------------------------------


@operation()
def start_cleaning(*, by: Any, asset_ids: Iterable[int], method: str = CleanMethod.DISINFECT) -> list[Holding]:
    """Devices go into the washer or onto the bench: not yet clean.

    Raises:
        Invalid: an unknown method. NotNow: one that is not to be cleaned.
    """
    rows = lock_holdings(by, asset_ids)
    _known(method)
    now = timezone.now()
    move_on(rows, Custody.CLEANING, now)
    Cleaning.objects.bulk_create(
        Cleaning(asset_id=row.asset_id, holding=row, method=method, started_at=now, by_name=str(by)[:120])
        for row in rows
    )
    return rows


@operation()
def finish_cleaning(*, by: Any, asset_ids: Iterable[int], method: str = CleanMethod.DISINFECT) -> list[Holding]:
    """Devices are clean and back on the shelf. One whose cleaning was begun keeps the method it was begun with.

    Raises:
        Invalid: an unknown method. NotNow: one that was not to be cleaned, or whose check on return is missing.
    """
    rows = lock_holdings(by, asset_ids)
    _known(method)
    for row in rows:
        if row.custody not in UNCLEAN:
            raise NotNow(
                _("%(tag)s is %(state)s.") % {"tag": row.asset.tag, "state": row.custody_label},
                _("Only what is to be cleaned can be clean again."),
            )
    unchecked = Loan.objects.filter(
        asset_id__in=[row.asset_id for row in rows], collected_at__isnull=False, checked_at=None
    ).select_related("asset")
    for loan in unchecked[:1]:
        raise NotNow(
            _("%(tag)s was not checked after its return.") % {"tag": loan.asset.tag},
            _("Look at it first: is it whole, and are its accessories there?"),
        )
    now = timezone.now()
    begun = Cleaning.objects.filter(holding__in=rows, done_at=None)
    known = set(begun.values_list("holding_id", flat=True))
    begun.update(done_at=now, by_name=str(by)[:120])
    Cleaning.objects.bulk_create(
        Cleaning(asset_id=row.asset_id, holding=row, method=method, started_at=now, done_at=now, by_name=str(by)[:120])
        for row in rows
        if row.pk not in known
    )
    move_on(rows, Custody.READY, now)
    return rows


def _known(method: str) -> None:
    if method not in CleanMethod.values:
        words = _("There is no such way of cleaning.")
        raise Invalid(words, _("Choose one from the list."), fields={"method": words})
