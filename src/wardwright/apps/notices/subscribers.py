"""What notices do when something happens elsewhere. Each may run twice with the same effect."""

from __future__ import annotations

from wardwright.apps.assets.events import (
    AssetChanged,
    AssetRegistered,
    AssetsImported,
    AssetsMerged,
    DeviceModelsMerged,
)
from wardwright.apps.directory.events import CompaniesMerged
from wardwright.apps.lending.events import PatientDeviceReceived
from wardwright.apps.maintenance.events import WorkOrderClosed
from wardwright.apps.maintenance.models import WorkOrder
from wardwright.apps.maintenance.states import Kind, Verdict
from wardwright.platform.events.registry import subscribe
from wardwright.platform.jobs.backend import enqueue_once

from .events import CaseEscalated, CaseOpened, NameLearnt, NoticesTakenIn, SourceFailed
from .operations import carry_over, search_devices, settle_order
from .operations.background import NOTICES, search_inventory, search_taken_in, search_things
from .telling import tell_escalated, tell_failed, tell_owner

#: What a search goes by; a device that only moves needs none.
LOOKED_AT = frozenset(
    {
        "serial", "lot", "device_model", "device_model_id", "udi", "udi_di", "software_version", "firmware_version",
        "manufactured_on", "status",
    }
)  # fmt: skip


@subscribe(NoticesTakenIn)
def search_new_notices(event: NoticesTakenIn) -> None:
    search_taken_in.enqueue(event.notice_ids)


@subscribe(AssetRegistered)
def search_new_device(event: AssetRegistered) -> None:
    search_devices(by=NOTICES, asset_ids=[event.asset_id])


@subscribe(AssetChanged)
def search_changed_device(event: AssetChanged) -> None:
    if LOOKED_AT & set(event.fields.replace(" ", "").split(",")):
        search_devices(by=NOTICES, asset_ids=[event.asset_id])


@subscribe(PatientDeviceReceived)
def search_patients_device(event: PatientDeviceReceived) -> None:
    search_things.enqueue([], [event.patient_device_id])


@subscribe(AssetsMerged)
def follow_merged_device(event: AssetsMerged) -> None:
    carry_over(by=NOTICES, kept_id=event.kept_id, lost_id=event.lost_id)
    search_devices(by=NOTICES, asset_ids=[event.kept_id])


@subscribe(AssetsImported)
@subscribe(DeviceModelsMerged)
@subscribe(CompaniesMerged)
@subscribe(NameLearnt)
def search_everything_soon(event: object) -> None:
    enqueue_once(search_inventory, "notices:inventory")


@subscribe(WorkOrderClosed)
def settle_by_work(event: WorkOrderClosed) -> None:
    """The order of a correction is done: its device is settled by it. One that failed leaves it open."""
    if event.kind != Kind.CORRECTION or event.verdict not in (Verdict.PASS, Verdict.PASS_MINOR_FIX):
        return
    order = WorkOrder.objects.filter(pk=event.work_order_id).first()
    if order is not None:
        words = f"{order.number}: {order.get_verdict_display()}. {order.work_done}".strip()
        settle_order(by=NOTICES, order_number=order.number, words=words)


@subscribe(CaseOpened)
def tell_new_owner(event: CaseOpened) -> None:
    tell_owner(event.case_id)


@subscribe(CaseEscalated)
def tell_upwards(event: CaseEscalated) -> None:
    tell_escalated(event.case_id, event.clock, event.level)


@subscribe(SourceFailed)
def tell_of_failures(event: SourceFailed) -> None:
    tell_failed(event.source_id, event.times)
