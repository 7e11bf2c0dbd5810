"""The way back into service: the conditions that stand before it, and the verification of a repair."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from wardwright.apps.assets.models import Asset
from wardwright.apps.assets.operations import held_back, status_rule
from wardwright.apps.assets.states import Status
from wardwright.apps.maintenance.events import RepairVerified, WorkOrderClosed
from wardwright.apps.maintenance.models import WorkOrder
from wardwright.apps.maintenance.permissions import ACCEPT_FIRST, FAILED_TEST_RETURN, VERIFY, VERIFY_REPAIR
from wardwright.apps.maintenance.states import UNFINISHED, Kind, Verdict, WorkState
from wardwright.platform.access.guardrails import enforce
from wardwright.platform.audit.operation import operation
from wardwright.platform.core.errors import Invalid, NotNow
from wardwright.platform.events.registry import publish
from wardwright.platform.signatures.models import Meaning
from wardwright.platform.signatures.signing import sign

from .certificates import certificate_of
from .common import move, person_of, run_clock, save, set_device_status, take_order

ACCEPTED = (Verdict.PASS, Verdict.PASS_MINOR_FIX)


def blocking_orders(asset_ids: list[int]) -> list[WorkOrder]:
    """Orders that keep devices out of service: an unsafe finding not repaired yet, a repair not verified yet."""
    unsafe = Q(kind=Kind.CORRECTIVE, parent__verdict=Verdict.FAIL_UNSAFE, state__in=UNFINISHED)
    found = WorkOrder.objects.filter(asset_id__in=asset_ids).filter(unsafe | Q(state=WorkState.TO_VERIFY))
    return list(found.select_related("asset").order_by("pk"))


def return_to_service(by: Any, order: WorkOrder, asset: Asset, at: datetime) -> bool:
    """Put the device back into service if this order was the last thing in the way; says whether it is back."""
    order.down_until_at = at if order.down_from_at is not None else None
    back = asset.status == Status.IN_SERVICE
    if (
        asset.status in (Status.OUT_OF_SERVICE, Status.RECEIVED)
        and not blocking_orders([asset.pk])
        and not not_accepted([asset])
        and not held_back([asset.pk])
    ):
        reason = _("Work order %(number)s: %(verdict)s") % {
            "number": order.number,
            "verdict": order.get_verdict_display(),
        }
        back = set_device_status(by, asset, Status.IN_SERVICE, reason)
    if back:
        order.returned_to_service_at = at
    save(order)
    return back


@operation()
def verify_repair(
    *,
    by: Any,
    work_order_id: int,
    passed: bool,
    note: str = "",
    password: str | None = None,
    expected_version: int | None = None,
) -> WorkOrder:
    """Say whether a repair holds: if so the order is closed and the device returns to service, else the work goes on.

    Raises:
        NotNow: when there is nothing to verify. Invalid: failed without a note, or a wrong password.
    """
    order = take_order(by, work_order_id, VERIFY, expected_version)
    if order.state != WorkState.TO_VERIFY:
        raise NotNow(
            _("Work order %(number)s is %(state)s; there is no repair to verify.")
            % {"number": order.number, "state": order.get_state_display()},
            _("Close the repair first."),
        )
    if not passed and not note.strip():
        raise Invalid(_("Say what still fails."), fields={"note": _("Enter what you found.")})
    now = timezone.now()
    order.verified_at, order.verified_by, order.verification_note = now, person_of(by), note.strip()[:300]
    asset = Asset.objects.select_related("site").get(pk=order.asset_id)
    if passed:
        run_clock(order, now)
        move(order, WorkState.CLOSED)
        order.closed_at, order.certificate = now, certificate_of(order)
        save(order)
        return_to_service(by, order, asset, now)
        publish(
            WorkOrderClosed(work_order_id=order.pk, asset_id=order.asset_id, kind=order.kind, verdict=order.verdict)
        )
    else:
        move(order, WorkState.IN_PROGRESS)
        order.verdict = ""
        save(order)
    publish(RepairVerified(work_order_id=order.pk, asset_id=order.asset_id, passed=passed))
    if password:
        sign(order, by=by, meaning=Meaning.REVIEWED, password=password, subject_id=order.asset_id)
    return order


@status_rule
def check_return(by: Any, assets: list[Asset], status: Status, reason: str) -> None:
    """Before devices go into service: accepted, nothing failed is open, repairs are verified. One query per rule."""
    if status != Status.IN_SERVICE:
        return
    reason = "" if by.is_system else reason  # The system explains what it does; only a person overrides a rule.
    _check_accepted(by, assets, reason)
    blocking = blocking_orders([asset.pk for asset in assets])
    for rule, orders in (
        (VERIFY_REPAIR, [order for order in blocking if order.state == WorkState.TO_VERIFY]),
        (FAILED_TEST_RETURN, [order for order in blocking if order.state != WorkState.TO_VERIFY]),
    ):
        if orders:
            names = ", ".join(f"{order.asset.tag} ({order.number})" for order in orders[:5])
            enforce(
                by,
                rule,
                _("Not yet: work is open on %(names)s.") % {"names": names},
                _("Finish and verify the repair; the device then returns to service."),
                override_reason=reason,
            )


def _check_accepted(by: Any, assets: list[Asset], reason: str) -> None:
    waiting = not_accepted(assets)
    if waiting:
        tags = ", ".join(asset.tag for asset in waiting[:5])
        enforce(
            by,
            ACCEPT_FIRST,
            _("Not inspected before first use: %(tags)s.") % {"tags": tags},
            _("Do the incoming inspection; passing it puts the device into service."),
            override_reason=reason,
        )


def not_accepted(assets: list[Asset]) -> list[Asset]:
    """Devices that came in through the gate (received, or with an incoming inspection) and have not passed it."""
    incoming = WorkOrder.objects.filter(kind=Kind.INCOMING, asset_id__in=[asset.pk for asset in assets])
    passed = set(incoming.filter(state=WorkState.CLOSED, verdict__in=ACCEPTED).values_list("asset_id", flat=True))
    asked = set(incoming.exclude(state=WorkState.CANCELLED).values_list("asset_id", flat=True))
    return [a for a in assets if a.pk not in passed and (a.status == Status.RECEIVED or a.pk in asked)]
