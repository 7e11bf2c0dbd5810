"""Wards ask, the library promises, refuses or cancels."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from wardwright.apps.assets.models import DeviceType
from wardwright.apps.directory.models import Department, Room
from wardwright.platform.access.scope import allowed, authorize
from wardwright.platform.audit.operation import operation
from wardwright.platform.core.edits import lock
from wardwright.platform.core.errors import Invalid, NotNow
from wardwright.platform.core.values import reachable
from wardwright.platform.core.words import moment_words
from wardwright.platform.events.registry import publish

from ..events import EquipmentRequested
from ..models import Holding, Kit, LoanRequest, Pool
from ..permissions import ASK, HANDLE
from ..queries import Availability, availability, pool_type_of, wards_of
from ..queries.availability import usual_end
from ..states import RequestState
from .common import ask_or_handle, checked_period, end_request, lock_request, missing_words, new_number
from .telling import tell_reserved

MOST = 100


@operation()
def ask_for_equipment(
    *,
    by: Any,
    pool_id: int,
    department_id: int,
    device_type_id: int | None = None,
    kit_id: int | None = None,
    quantity: int = 1,
    from_at: datetime | None = None,
    until_at: datetime | None = None,
    room_id: int | None = None,
    is_urgent: bool = False,
    note: str = "",
) -> LoanRequest:
    """A ward asks for devices of a type, or for a kit. It is taken even when none is free: then it waits, and counts.

    ``from_at`` is now where it is left out; without ``until_at`` they stay as long as they are needed.

    Raises:
        Invalid: nothing asked for, an unknown place, too many, an end before the beginning.
    """
    authorize(by, HANDLE if allowed(by, HANDLE) else ASK)
    row = _built(by, pool_id, department_id, device_type_id, kit_id, quantity, from_at, until_at, room_id, note)
    ask_or_handle(by, row)
    row.is_urgent = is_urgent
    if not allowed(by, HANDLE, row):
        row.asked_by_id = by.id
    row.save()
    _announce(row)
    return row


@operation()
def reserve_equipment(
    *,
    by: Any,
    pool_id: int,
    department_id: int,
    from_at: datetime,
    device_type_id: int | None = None,
    asset_id: int | None = None,
    quantity: int = 1,
    until_at: datetime | None = None,
    room_id: int | None = None,
    note: str = "",
) -> LoanRequest:
    """Promise devices of a type, or one device, for a time. Only what is free then can be promised.

    Raises:
        Invalid: a wrong entry. NotNow: not free then; the words say who has them and when they are free.
    """
    authorize(by, HANDLE)
    if asset_id is not None:
        held = reachable(Holding.objects.visible_to(by).held().filter(pool_id=pool_id), _held(asset_id), "asset_id")
        device_type_id, quantity = held.asset.device_type_id, 1
    row = _built(by, pool_id, department_id, device_type_id, None, quantity, from_at, until_at, room_id, note)
    authorize(by, HANDLE, row)
    row.asset_id, row.is_reserved = asset_id, True
    Pool.objects.select_for_update().get(pk=pool_id)  # of two that reserve at once, the second sees the first
    found = availability(
        pool_id=pool_id, device_type_id=device_type_id, asset_id=asset_id, wanted=quantity,
        from_at=row.from_at, until_at=until_at,
    )  # fmt: skip
    if not found.is_free:
        raise NotNow(*clash_words(found))
    row.save()
    _announce(row)
    tell_reserved(row, by)
    return row


def _held(asset_id: int) -> int | None:
    return Holding.objects.filter(asset_id=asset_id, left_at=None).values_list("pk", flat=True).first() or 0


def clash_words(found: Availability) -> tuple[str, str]:
    """What stands in the way, and what to do."""
    who = ", ".join(_("%(ward)s (%(count)s)") % {"ward": one.ward, "count": one.count} for one in found.bookings[:6])
    message = _("Only %(free)s of %(fleet)s are free then, and %(wanted)s are needed.") % {
        "free": found.free, "fleet": found.fleet, "wanted": found.wanted,
    }  # fmt: skip
    if who:
        message += " " + _("With or promised to: %(who)s.") % {"who": who}
    if found.earliest_at is None:
        return message, _("No end is known of what is out. Ask for it instead: the request waits its turn.")
    moment = moment_words(found.earliest_at)
    return message, _("Free at the earliest: %(moment)s.") % {"moment": moment}


def _built(
    by: Any, pool_id: Any, department_id: Any, device_type_id: Any, kit_id: Any, quantity: int,
    from_at: datetime | None, until_at: datetime | None, room_id: Any, note: str,
) -> LoanRequest:  # fmt: skip
    """A request, checked but not saved."""
    now = timezone.now()
    pool = reachable(Pool.objects.visible_to(by).filter(is_active=True), pool_id, "pool_id")
    ward: Department | None = reachable(wards_of(by), department_id, "department_id")
    if pool is None or ward is None:
        raise missing_words({"department_id" if pool else "pool_id": _("Choose one.")})
    if ward.site_id != pool.site_id:
        words = _("This ward is at another site than the library.")
        raise Invalid(words, _("Choose the library of its own site."), fields={"department_id": words})
    kind = reachable(DeviceType.objects.all(), device_type_id, "device_type_id")
    kit = reachable(Kit.objects.visible_to(by).filter(pool=pool, is_active=True), kit_id, "kit_id")
    if (kind is None) == (kit is None):
        words = _("Choose what is needed.")
        raise Invalid(words, fields={"device_type_id": words})
    how = pool_type_of(pool.pk, kind.pk) if kind else None
    if kind and (how is None or not how.is_active):
        words = _("%(pool)s does not lend this type.") % {"pool": pool.name}
        raise Invalid(words, _("Choose one from the list."), fields={"device_type_id": words})
    if not 1 <= quantity <= (1 if kit else MOST):
        words = _("Ask for 1 to %(n)s.") % {"n": 1 if kit else MOST}
        raise Invalid(words, fields={"quantity": words})
    room = reachable(Room.objects.filter(site_id=ward.site_id), room_id, "room_id")
    start = from_at or now
    checked_period(start, until_at)
    return LoanRequest(
        number=new_number(now), pool=pool, site_id=ward.site_id, department=ward, room=room, device_type=kind, kit=kit,
        quantity=quantity, from_at=start, until_at=until_at or usual_end(start, how.loan_days if how else None),
        note=note.strip()[:200], asked_at=now, asked_by_name=str(by)[:120],
    )  # fmt: skip


def _announce(row: LoanRequest) -> None:
    publish(EquipmentRequested(row.pk, row.site_id, row.department_id, row.quantity))


@operation()
def cancel_request(*, by: Any, loan_request_id: int, reason: str = "") -> LoanRequest:
    """The ward no longer needs what it has not got yet.

    Raises:
        NotNow: while devices are picked for it, or when it has ended.
    """
    row = lock(LoanRequest.objects, loan_request_id)
    ask_or_handle(by, row)
    return _end(row, RequestState.CANCELLED, by, reason)


@operation(needs_reason=True)
def refuse_request(*, by: Any, loan_request_id: int, reason: str) -> LoanRequest:
    """The library cannot help; the ward reads why, and the figures count it."""
    return _end(lock_request(by, loan_request_id, HANDLE), RequestState.REFUSED, by, reason)


def _end(row: LoanRequest, after: RequestState, by: Any, reason: str) -> LoanRequest:
    if row.to_deliver:
        raise NotNow(
            _("Devices are picked for %(number)s already.") % {"number": row.number},
            _("Put them back on the shelf first, or deliver them."),
        )
    end_request(row, after, by, reason, timezone.now())
    row.version += 1
    row.save()
    return row
