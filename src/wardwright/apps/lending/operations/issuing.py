"""From the shelf to the ward: picking, putting back, delivering, many at once, and whole kits."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from wardwright.apps.assets.operations import move_assets
from wardwright.apps.assets.states import Status
from wardwright.apps.directory.models import Room
from wardwright.platform.access.guardrails import enforce
from wardwright.platform.access.scope import authorize
from wardwright.platform.audit.operation import operation
from wardwright.platform.core.edits import lock
from wardwright.platform.core.errors import Invalid, NotFound, NotNow
from wardwright.platform.core.values import reachable
from wardwright.platform.events.registry import publish_all

from ..events import DeviceLent
from ..models import Holding, Kit, KitPart, Loan, LoanRequest
from ..permissions import CLEAN_FIRST, HANDLE, IN_DATE
from ..queries import kit_state, overdue_for_maintenance, proposed
from ..states import UNCLEAN, Custody, RequestState
from .common import lock_holdings, lock_request, move_on, step_request
from .requests import ask_for_equipment
from .telling import tell_on_its_way


@operation()
def pick_devices(*, by: Any, loan_request_id: int, asset_ids: Iterable[int], override_reason: str = "") -> LoanRequest:
    """Take devices off the shelf for a request. Each must be in service; clean and in date by guardrail.

    Raises:
        Invalid: of another type, or more than asked for. NotNow: not in service, or with somebody. Guarded.
    """
    row = lock_request(by, loan_request_id)
    _check_wants_more(row)
    rows = lock_holdings(by, asset_ids)
    _check_fits(row, rows)
    _check_fit_to_lend(by, rows, override_reason)
    _pick(by, row, rows, timezone.now())
    return row


@operation()
def pick_proposed(*, by: Any, loan_request_id: int) -> LoanRequest:
    """Take the proposed devices off the shelf, as many as are still missing and there are.

    Raises:
        NotNow: when none is ready.
    """
    row = lock_request(by, loan_request_id)
    _check_wants_more(row)
    if row.kit_id:
        return _pick_kit(by, row)
    found = proposed(row, row.to_pick)
    if not found:
        raise NotNow(
            _("None is clean, in service and free now."),
            _("Clean what came back, or collect what is free."),
        )
    _pick(by, row, lock_holdings(by, [one.asset_id for one in found]), timezone.now())
    return row


def _check_wants_more(row: LoanRequest) -> None:
    if row.to_pick == 0:
        raise NotNow(
            _("%(number)s needs no more devices.") % {"number": row.number}, _("Reload the page; it may be delivered.")
        )


def _check_fits(row: LoanRequest, rows: list[Holding]) -> None:
    if row.kit_id:
        raise Invalid(_("A kit goes out as a whole."), _("Pick it from its page."))
    if len(rows) > row.to_pick:
        words = _("Only %(n)s more are asked for.") % {"n": row.to_pick}
        raise Invalid(words, _("Leave some out."), fields={"asset_ids": words})
    for one in rows:
        if one.pool_id != row.pool_id or one.asset.device_type_id != row.device_type_id:
            words = _("%(tag)s is a %(type)s, but %(wanted)s is asked for.") % {
                "tag": one.asset.tag, "type": one.asset.device_type.name, "wanted": row.what,
            }  # fmt: skip
            raise Invalid(words, _("Scan another device."), fields={"asset_ids": words})
    if KitPart.objects.filter(asset_id__in=[one.asset_id for one in rows]).exists():
        raise NotNow(_("One of these devices belongs to a kit."), _("Take another, or take it out of the kit first."))


def _check_fit_to_lend(by: Any, rows: list[Holding], override_reason: str) -> None:
    for one in rows:
        if one.asset.status != Status.IN_SERVICE:
            raise NotNow(
                _("%(tag)s is %(status)s.") % {"tag": one.asset.tag, "status": one.asset.state_label},
                _("Only devices in service are lent. Take another one."),
            )
    for one in rows:
        if one.custody in UNCLEAN:
            message = _("%(tag)s is %(state)s.") % {"tag": one.asset.tag, "state": one.custody_label}
            enforce(
                by, CLEAN_FIRST, message, _("Clean it first, or take another one."), override_reason=override_reason
            )
    late = overdue_for_maintenance([one.asset_id for one in rows])
    for one in rows:
        if one.asset_id in late:
            message = _("The maintenance of %(tag)s is overdue.") % {"tag": one.asset.tag}
            enforce(
                by, IN_DATE, message, _("Take another one, and tell the workshop."), override_reason=override_reason
            )


def _pick(by: Any, row: LoanRequest, rows: list[Holding], now: datetime, kit_id: int | None = None) -> list[Loan]:
    move_on(rows, Custody.PICKED, now)
    loans = Loan.objects.bulk_create(
        Loan(
            asset_id=one.asset_id, holding=one, pool_id=row.pool_id, loan_request=row, kit_id=kit_id,
            site_id=row.site_id, department_id=row.department_id, room_id=row.room_id, due_at=row.until_at,
            picked_at=now, picked_by_name=str(by)[:120],
        )
        for one in rows
    )  # fmt: skip
    row.issued = row.quantity if kit_id else row.issued + len(rows)
    row.version += 1
    row.save()
    tell_on_its_way(row, [one.asset.tag for one in rows])
    return loans


def _pick_kit(by: Any, row: LoanRequest) -> LoanRequest:
    assert row.kit is not None
    state = kit_state(row.kit)
    if not state.is_complete:
        lacking = ", ".join(f"{line.part.name}: {line.trouble}" for line in state.lacking)
        raise NotNow(
            _("%(kit)s is not complete.") % {"kit": row.kit.name}, lacking or _("Put its devices into it first.")
        )
    ids = [line.part.asset_id for line in state.parts if line.part.asset_id and not line.trouble]
    if not ids:
        raise NotNow(_("%(kit)s holds no device.") % {"kit": row.kit.name}, _("Put its devices into it first."))
    rows = lock_holdings(by, ids)
    _check_fit_to_lend(by, rows, "")
    _pick(by, row, rows, timezone.now(), row.kit_id)
    return row


@operation()
def put_back(*, by: Any, loan_id: int) -> Loan:
    """A picked device goes back to the shelf unused.

    Raises:
        NotNow: when it was delivered already.
    """
    loan = _running(by, loan_id)
    if loan.delivered_at is not None:
        raise NotNow(_("It is on the ward already."), _("Collect it instead."))
    now = timezone.now()
    row = lock_request(by, loan.loan_request_id)
    loans = list(Loan.objects.running().filter(loan_request=row, delivered_at=None)) if loan.kit_id else [loan]
    move_on(lock_holdings(by, [one.asset_id for one in loans]), Custody.READY, now)
    Loan.objects.filter(pk__in=[one.pk for one in loans]).update(
        put_back_at=now, version=F("version") + 1, updated_at=now
    )
    row.issued = max(row.delivered, row.issued - 1)
    row.version += 1
    row.save()
    loan.refresh_from_db()
    return loan


def _running(by: Any, loan_id: int) -> Loan:
    loan = lock(Loan.objects, loan_id)
    authorize(by, HANDLE, loan)
    if not loan.is_running:
        raise NotNow(_("This loan has ended."), _("Reload the page to see what happened."))
    return loan


@operation()
def deliver_request(
    *, by: Any, loan_request_id: int, room_id: int | None = None, taken_by_name: str = ""
) -> LoanRequest:
    """What was picked for a request is on the ward now; the register says so too. The rest of it waits.

    Raises:
        NotNow: when nothing is picked.
    """
    row = lock_request(by, loan_request_id)
    room = _room(row, room_id)
    loans = list(Loan.objects.running().filter(loan_request=row, delivered_at=None).order_by("asset_id"))
    if not loans:
        raise NotNow(_("Nothing is picked for %(number)s.") % {"number": row.number}, _("Pick the devices first."))
    return _deliver(by, row, loans, room, taken_by_name)


def _room(row: LoanRequest, room_id: int | None) -> Room | None:
    return reachable(Room.objects.filter(site_id=row.site_id), room_id or row.room_id, "room_id")


def _deliver(by: Any, row: LoanRequest, loans: list[Loan], room: Room | None, taken_by_name: str) -> LoanRequest:
    now = timezone.now()
    ids = [loan.asset_id for loan in loans]
    move_on(lock_holdings(by, ids), Custody.OUT, now)
    Loan.objects.filter(pk__in=[loan.pk for loan in loans]).update(
        delivered_at=now,
        delivered_by_name=str(by)[:120],
        taken_by_name=taken_by_name.strip()[:120],
        room=room,
        version=F("version") + 1,
        updated_at=now,
    )
    move_assets(
        by=by, asset_ids=ids, site_id=row.site_id, department_id=row.department_id, room_id=room.pk if room else None,
        note=_("Lent: %(number)s") % {"number": row.number},
    )  # fmt: skip
    row.delivered = row.quantity if row.kit_id else row.delivered + len(loans)
    if row.is_unmet:
        filled = row.delivered >= row.quantity
        if filled or row.state == RequestState.OPEN:
            step_request(row, RequestState.FILLED if filled else RequestState.PARTLY)
        row.filled_at = now if filled else None
    row.version += 1
    row.save()
    publish_all(DeviceLent(loan.pk, loan.asset_id, row.department_id) for loan in loans)
    return row


@operation()
def issue_batch(
    *,
    by: Any,
    pool_id: int,
    device_type_id: int,
    department_id: int,
    quantity: int,
    room_id: int | None = None,
    asset_ids: Iterable[int] = (),
    taken_by_name: str = "",
    until_at: datetime | None = None,
    note: str = "",
) -> LoanRequest:
    """ "Theatre needs 10 of these": asked for, picked and delivered in one change.

    The scanned devices go out, or without any the proposed ones. Where there are too few, those there are go out and
    the rest waits on the request.

    Raises:
        NotNow: when not even one can go out. Invalid, Guarded: as in picking.
    """
    authorize(by, HANDLE)
    row = ask_for_equipment(
        by=by, pool_id=pool_id, device_type_id=device_type_id, department_id=department_id, quantity=quantity,
        room_id=room_id, until_at=until_at, note=note,
    )  # fmt: skip
    authorize(by, HANDLE, row)
    scanned = [int(pk) for pk in asset_ids]
    if scanned:
        pick_devices(by=by, loan_request_id=row.pk, asset_ids=scanned)
    else:
        pick_proposed(by=by, loan_request_id=row.pk)
    return deliver_request(by=by, loan_request_id=row.pk, room_id=room_id, taken_by_name=taken_by_name)


@operation()
def issue_kit(
    *,
    by: Any,
    kit_id: int,
    department_id: int,
    room_id: int | None = None,
    taken_by_name: str = "",
    until_at: datetime | None = None,
    note: str = "",
) -> LoanRequest:
    """A whole kit goes to a ward in one change.

    Raises:
        NotFound. NotNow: when it is not complete; the words say what is missing.
    """
    authorize(by, HANDLE)
    pool_id = _pool_of_kit(kit_id)
    row = ask_for_equipment(
        by=by, pool_id=pool_id, kit_id=kit_id, department_id=department_id, room_id=room_id, until_at=until_at,
        note=note,
    )  # fmt: skip
    authorize(by, HANDLE, row)
    pick_proposed(by=by, loan_request_id=row.pk)
    return deliver_request(by=by, loan_request_id=row.pk, room_id=room_id, taken_by_name=taken_by_name)


def _pool_of_kit(kit_id: int) -> int:
    pool_id = Kit.objects.filter(pk=kit_id).values_list("pool_id", flat=True).first()
    if pool_id is None:
        raise NotFound(_("There is no such kit."), _("Choose one from the list."))
    return pool_id
