"""What every step of a work order shares: finding it, its transitions, its clocks, and its device."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from wardwright.apps.assets.models import Asset
from wardwright.apps.assets.operations import change_status
from wardwright.apps.assets.states import TRANSITIONS, OutReason, Status
from wardwright.apps.directory.models import Person
from wardwright.apps.maintenance.models import Schedule, WorkOrder
from wardwright.apps.maintenance.queries import Promise, moved_on, promise
from wardwright.apps.maintenance.states import WORK_TRANSITIONS, WorkState
from wardwright.platform.access.permissions import Permission
from wardwright.platform.access.scope import authorize
from wardwright.platform.core.change import System
from wardwright.platform.core.edits import check_version, lock
from wardwright.platform.core.errors import NotFound, NotNow
from wardwright.platform.numbering.numbers import take_numbers

CLOCK_REASONS = ("respond_in_hours", "finish_in_hours")


def take_order(by: Any, work_order_id: int, permission: Permission, expected_version: int | None = None) -> WorkOrder:
    """The order, locked, for an actor who may do this to it.

    Raises:
        NotFound, Denied, StaleEdit.
    """
    try:
        order = lock(WorkOrder.objects, work_order_id)
    except WorkOrder.DoesNotExist:
        raise NotFound(_("There is no such work order."), _("Go back to the list.")) from None
    authorize(by, permission, order)
    check_version(order, expected_version)
    return order


def move(order: WorkOrder, state: WorkState) -> None:
    """Put the order into a state that the transition table allows from the one it is in. Not saved yet."""
    if state not in WORK_TRANSITIONS[order.state]:
        raise NotNow(
            _("Work order %(number)s is %(before)s; it cannot become %(after)s from there.")
            % {"number": order.number, "before": order.get_state_display(), "after": state.label},
            _("Reload the page to see what changed meanwhile."),
        )
    order.state = state


def check_unfinished(order: WorkOrder) -> None:
    """Refuse to touch an order that is closed or cancelled."""
    if not WORK_TRANSITIONS[order.state]:
        raise NotNow(
            _("Work order %(number)s is %(state)s.") % {"number": order.number, "state": order.get_state_display()},
            _("Report a new problem if there is more to do."),
        )


def save(order: WorkOrder) -> WorkOrder:
    """Save the order as its next version."""
    order.version += 1
    order.save()
    return order


def new_number(today: date) -> str:
    (number,) = new_numbers(today, 1)
    return number


def new_numbers(today: date, count: int) -> list[str]:
    """The next numbers of work orders, in one statement."""
    return [f"WO-{today.year}-{number:06d}" for number in take_numbers(f"work-order-{today.year}", count)]


def take_asset(by: Any, asset_id: int, permission: Permission) -> Asset:
    """The device that work is made for. Raises NotFound or Denied."""
    asset = Asset.objects.select_related("site", "device_type").filter(pk=asset_id).first()
    if asset is None:
        raise NotFound(_("There is no such device."), _("Scan the tag again or search for it."))
    authorize(by, permission, asset)
    return asset


def person_of(by: Any) -> Person | None:
    """The person behind a log-in."""
    return None if by.is_system else Person.objects.filter(user_id=by.id).first()


def people_for(by: Any, order: WorkOrder) -> QuerySet[Person]:
    """Whom ``by`` may name on this order: themselves, people of its site or provider, and whomever they may see."""
    near = Q(site_id=order.site_id) | Q(user_id=by.id or -1)
    if order.provider_id:
        near |= Q(employer_id=order.provider_id)
    return Person.objects.filter(near) | Person.objects.visible_to(by)


# Clocks ---------------------------------------------------------------------------------------------------------


def set_clocks(order: WorkOrder, now: datetime) -> None:
    """Answer by, finish by, and why then: from the service level of this kind and priority, in the hours of its place.

    None where there is no level.
    """
    keep_promise(order, promise(order.kind, order.priority, order.site_id, order.department_id, now))


def keep_promise(order: WorkOrder, found: Promise) -> None:
    """Write a promise into an order, with its reasons."""
    order.respond_by_at, order.finish_by_at = found.respond_by_at, found.finish_by_at
    order.why = [*(reason for reason in order.why if reason.get("code") not in CLOCK_REASONS), *found.why]


def stop_clock(order: WorkOrder, now: datetime) -> None:
    """The order waits: its clocks stand still from now."""
    if order.held_since_at is None:
        order.held_since_at = now


def run_clock(order: WorkOrder, now: datetime) -> None:
    """The wait is over: what is still to be kept moves on by as long as it lasted."""
    if order.held_since_at is None:
        return
    held_at = order.held_since_at
    waited = max(now - held_at, timedelta())
    order.held_seconds += int(waited.total_seconds())
    order.held_since_at, order.hold_reason = None, ""
    if order.finish_by_at is not None:
        order.finish_by_at = _moved(order, "finish", order.finish_by_at, held_at, now)
    if order.respond_by_at is not None and order.responded_at is None:
        order.respond_by_at = _moved(order, "respond", order.respond_by_at, held_at, now)


def _moved(order: WorkOrder, name: str, by_at: datetime, held_at: datetime, now: datetime) -> datetime:
    return moved_on(order.kind, order.priority, order.scope(), name, by_at, held_at, max(held_at, now))


def answered(order: WorkOrder, now: datetime) -> None:
    """Somebody took the order on."""
    if order.responded_at is None:
        order.responded_at = now


# The device -----------------------------------------------------------------------------------------------------


def set_device_status(by: Any, asset: Asset, status: Status, reason: str, out_reason: str = "") -> bool:
    """Change the device's status as part of the work, where the transition table has the step; says whether it did.

    The permission asked for is that of the work: who may report an unsafe device need not be allowed to change the
    register.
    """
    asset.refresh_from_db(fields=["status"])
    if status not in TRANSITIONS[Status(asset.status)]:
        return False
    change_status(by=System(str(by)), asset_id=asset.pk, status=status, reason=reason, out_reason=out_reason)
    asset.refresh_from_db()
    return True


def take_out_of_service(by: Any, asset: Asset, reason: str, out_reason: str = OutReason.FAILED_TEST) -> bool:
    """Take an unsafe device out of service; one in quarantine stays there, which is safer still."""
    asset.refresh_from_db(fields=["status"])
    if asset.status == Status.QUARANTINED:
        return False
    return set_device_status(by, asset, Status.OUT_OF_SERVICE, reason, out_reason)


def schedule_of(order: WorkOrder) -> Schedule | None:
    if order.schedule_id is None:
        return None
    return Schedule.objects.select_related("plan", "asset").get(pk=order.schedule_id)


def local_date(at: datetime) -> date:
    return timezone.localtime(at).date()
