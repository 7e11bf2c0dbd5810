"""Testing devices again whose readings are in doubt, because their test instrument was wrong."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from wardwright.apps.assets.models import Asset
from wardwright.apps.assets.states import Status
from wardwright.apps.maintenance.events import WorkOrderOpened
from wardwright.apps.maintenance.models import StepResult, WorkOrder
from wardwright.apps.maintenance.permissions import DISPATCH
from wardwright.apps.maintenance.queries import promise
from wardwright.apps.maintenance.states import UNFINISHED, Kind, Priority
from wardwright.apps.testing.models import Lookback, LookbackItem, ProcedureVersion
from wardwright.apps.testing.operations import decide_items
from wardwright.apps.testing.states import ItemDecision, VerdictChange, VersionState
from wardwright.platform.access.scope import authorize
from wardwright.platform.audit.operation import operation
from wardwright.platform.core.errors import NotFound, NotNow
from wardwright.platform.events.registry import publish

from .common import keep_promise, new_numbers
from .opening import build, versions_for

GONE = (Status.RETIRED, Status.DISPOSED)
URGENT = (VerdictChange.MISSED_FAULT,)


@operation()
def order_retests(*, by: Any, lookback_id: int) -> list[WorkOrder]:
    """Open one inspection for each device whose readings are in doubt and not decided; a missed fault is urgent.

    A device that waits for such an order already keeps it; one that has left service is left to be decided by hand.

    Raises:
        NotNow: when there is nothing to test again.
    """
    authorize(by, DISPATCH)
    lookback = Lookback.objects.select_related("instrument").filter(pk=lookback_id).first()
    if lookback is None:
        raise NotFound(_("There is no such lookback."), _("Go back to the instrument."))
    doubts = _doubts(lookback)
    if not doubts:
        raise NotNow(_("No device waits to be tested again."), _("Every reading in doubt is decided."))
    there = _open_orders(lookback)
    assets = Asset.objects.select_related("site").filter(pk__in=doubts).exclude(status__in=GONE).order_by("pk")
    waiting = [asset for asset in assets if asset.pk not in there]
    for asset in waiting:
        authorize(by, DISPATCH, asset)
    made = _retests(waiting, lookback, str(by), doubts)
    WorkOrder.objects.bulk_create(made)
    for order in made:
        publish(WorkOrderOpened(work_order_id=order.pk, asset_id=order.asset_id, kind=order.kind))
    numbers = {order.asset_id: order.number for order in (*there.values(), *made)}
    decide_items(by=by, lookback_id=lookback.pk, decision=ItemDecision.VERIFY, order_numbers=numbers)
    return made


def _doubts(lookback: Lookback) -> dict[int, str]:
    """The gravest change of each device that is not decided yet."""
    items = LookbackItem.objects.filter(lookback=lookback, decision=ItemDecision.OPEN).order_by("-rank")
    return dict(items.values_list("asset_id", "change"))


def _open_orders(lookback: Lookback) -> dict[int, WorkOrder]:
    """Orders of this lookback that are not finished, by device."""
    numbers = LookbackItem.objects.filter(lookback=lookback).exclude(order_number="").values("order_number")
    return {order.asset_id: order for order in WorkOrder.objects.filter(number__in=numbers, state__in=UNFINISHED)}


def _versions_before(lookback: Lookback) -> dict[int, ProcedureVersion]:
    """For each device the approved version of the procedure its reading in doubt was taken by: the same test again."""
    taken = LookbackItem.objects.filter(lookback=lookback, decision=ItemDecision.OPEN).values("measurement")
    results = StepResult.objects.filter(measurement__in=taken, work_order__procedure_version__isnull=False)
    procedures = dict(results.values_list("asset_id", "work_order__procedure_version__procedure_id"))
    versions = ProcedureVersion.objects.filter(procedure__in=procedures.values(), state=VersionState.APPROVED)
    approved = {version.procedure_id: version for version in versions}
    return {asset: approved[procedure] for asset, procedure in procedures.items() if procedure in approved}


def _retests(assets: list[Asset], lookback: Lookback, name: str, doubts: dict[int, str]) -> list[WorkOrder]:
    """The orders, not saved yet. What depends on type and place only is asked once for each."""
    now, today = timezone.now(), timezone.localdate()
    title = _("Test again: measured with %(instrument)s, which was wrong") % {"instrument": lookback.instrument}
    why = [
        {"code": "lookback", "instrument": str(lookback.instrument), "found_on": lookback.found_on.isoformat()},
        {"code": "ordered", "by": name, "on": today.isoformat()},
    ]
    promise_of, versions = cache(promise), versions_for(assets) | _versions_before(lookback)
    made = []
    for asset, number in zip(assets, new_numbers(today, len(assets)), strict=True):
        urgent = doubts[asset.pk] in URGENT
        order = build(asset, Kind.INSPECTION, title[:200], Priority.URGENT if urgent else Priority.ROUTINE, number)
        order.due_on = order.window_opens_on = order.window_end_on = today
        order.procedure_version = versions.get(asset.pk)
        order.minutes_planned = order.procedure_version.minutes if order.procedure_version else order.minutes_planned
        order.why = list(why)
        keep_promise(order, promise_of(order.kind, order.priority, order.site_id, order.department_id, now))
        made.append(order)
    return made
