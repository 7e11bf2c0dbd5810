"""What maintenance does when devices come, change and go. Each may run twice with the same effect."""

from __future__ import annotations

from django.utils import timezone

from wardwright.apps.assets.events import (
    AssetChanged,
    AssetMoved,
    AssetRegistered,
    AssetRetired,
    AssetsImported,
    AssetStatusChanged,
    DeviceModelsMerged,
    DeviceTypesMerged,
)
from wardwright.apps.assets.states import Status
from wardwright.apps.lending.events import DeviceFaultFound
from wardwright.apps.testing.events import TestsRecorded
from wardwright.platform.core.change import System
from wardwright.platform.core.errors import Refused
from wardwright.platform.events.registry import subscribe

from .models import WorkOrder
from .operations import (
    cancel_work,
    match_schedules,
    order_inspection,
    replace_in_plans,
    report_problem,
    settle_record,
)
from .states import Kind, WorkState

MAINTENANCE = System("maintenance")


@subscribe(AssetRegistered)
def open_the_gate(event: AssetRegistered) -> None:
    """A device that was received gets its incoming inspection; any other comes into the programme at once."""
    if event.status == Status.RECEIVED:
        _order_incoming(event.asset_id)
    else:
        match_schedules(by=MAINTENANCE, asset_id=event.asset_id, today=timezone.localdate())


def _order_incoming(asset_id: int) -> None:
    done = WorkOrder.objects.filter(asset_id=asset_id, kind=Kind.INCOMING).exclude(state=WorkState.CANCELLED)
    if not done.exists():
        order_inspection(by=MAINTENANCE, asset_id=asset_id, kind=Kind.INCOMING, due_on=timezone.localdate())


@subscribe(AssetsImported)
def plan_the_imported(event: AssetsImported) -> None:
    match_schedules(by=MAINTENANCE, today=timezone.localdate())


@subscribe(AssetChanged)
def follow_the_change(event: AssetChanged) -> None:
    """Plans apply by type, model and other columns, so an edit may start or stop schedules."""
    match_schedules(by=MAINTENANCE, asset_id=event.asset_id, today=timezone.localdate())


@subscribe(AssetMoved)
def follow_the_move(event: AssetMoved) -> None:
    """Some plans are for one site only."""
    match_schedules(by=MAINTENANCE, asset_id=event.asset_id, today=timezone.localdate())


@subscribe(DeviceTypesMerged)
def follow_merged_types(event: DeviceTypesMerged) -> None:
    replace_in_plans(by=MAINTENANCE, name="device_type", lost_id=event.lost_id, kept_id=event.kept_id)


@subscribe(DeviceModelsMerged)
def follow_merged_models(event: DeviceModelsMerged) -> None:
    replace_in_plans(by=MAINTENANCE, name="device_model", lost_id=event.lost_id, kept_id=event.kept_id)


@subscribe(AssetStatusChanged)
def follow_the_status(event: AssetStatusChanged) -> None:
    if event.after == Status.RECEIVED:
        _order_incoming(event.asset_id)
    match_schedules(by=MAINTENANCE, asset_id=event.asset_id, today=timezone.localdate())


@subscribe(DeviceFaultFound)
def repair_what_came_back(event: DeviceFaultFound) -> None:
    """A device that came back to the equipment library with a fault gets one repair order."""
    found = f"Found when it came back to the equipment library (loan {event.loan_id})."
    orders = WorkOrder.objects.filter(asset_id=event.asset_id, kind=Kind.CORRECTIVE, description=found)
    if not orders.exists():
        report_problem(by=MAINTENANCE, asset_id=event.asset_id, title=event.fault[:200], description=found)


@subscribe(AssetRetired)
def cancel_what_is_left(event: AssetRetired) -> None:
    """Nothing is due any more for a device that left service."""
    for pk in WorkOrder.objects.unfinished().filter(asset_id=event.asset_id).values_list("pk", flat=True):
        cancel_work(by=MAINTENANCE, work_order_id=pk, reason="The device was retired.")


@subscribe(TestsRecorded)
def settle_what_was_tested(event: TestsRecorded) -> None:
    """Records of an analyser's file answer open work; in the name of whoever took them in.

    One that is refused does not keep the others: they are settled, then it is told, and tried again like any job.
    """
    refused = None
    for record_id in event.record_ids:
        try:
            settle_record(by=System(event.by_name), test_record_id=record_id)
        except Refused as error:
            refused = error
    if refused is not None:
        raise refused
