"""What may be told about a device and a request to whoever has its code: nothing from inside the department."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from wardwright.apps.assets.models import Asset
from wardwright.apps.assets.queries import device_type_picture
from wardwright.apps.assets.states import Status
from wardwright.apps.directory.models import Room
from wardwright.apps.helpdesk.models import Request, RequestNote
from wardwright.apps.helpdesk.states import NoteKind, RequestState, Stage
from wardwright.apps.lending.models import Holding, Pool
from wardwright.apps.lending.queries import ready_at_site
from wardwright.apps.maintenance.models import WorkOrder
from wardwright.apps.maintenance.states import HoldReason, Kind, WorkState
from wardwright.platform.attachments.models import Attachment

MOST_SPARES = 3
MOST_HOPS = 8
_STAGE_OF = {
    WorkState.OPEN: Stage.RECEIVED,
    WorkState.ASSIGNED: Stage.TAKEN,
    WorkState.IN_PROGRESS: Stage.TAKEN,
    WorkState.ON_HOLD: Stage.WAITING,
    WorkState.TO_VERIFY: Stage.CHECKED,
    WorkState.CLOSED: Stage.DONE,
    WorkState.CANCELLED: Stage.CLOSED,
}


def request_of_ticket(code: str) -> Request | None:
    """The request with this ticket, however it was written; None for an unknown one."""
    plain = plain_ticket(code)
    if len(plain) != 8:
        return None
    return Request.objects.with_names().filter(code=plain).first()


def plain_ticket(text: str) -> str:
    """A ticket as it is kept, from however it was written."""
    return "".join(c for c in text.lower() if c.isalnum())


def settled_request(request: Request) -> Request:
    """The request that a merged one went into; any other is itself."""
    for _n in range(MOST_HOPS):
        if request.merged_into_id is None:
            break
        request = Request.objects.select_related("work_order").get(pk=request.merged_into_id)
    return request


def stage_of(request: Request) -> Stage:
    """How far it is, in the words its sender reads."""
    whole = settled_request(request)
    if whole.work_order is not None:
        order = whole.work_order
        if order.state == WorkState.ON_HOLD and order.hold_reason == HoldReason.PARTS:
            return Stage.PARTS
        return _STAGE_OF[WorkState(order.state)]
    if whole.state == RequestState.ASKED and whole.pk == request.pk:
        return Stage.ASKED
    return Stage.CLOSED if whole.state == RequestState.CLOSED else Stage.RECEIVED


@dataclass(frozen=True)
class Reported:
    """That a device is known to be broken: since when, and by which symptom (empty when staff found it)."""

    at: datetime
    symptom: str
    request: Request | None
    order: WorkOrder | None


def already_reported(asset: Asset) -> Reported | None:
    """The newest report of the device that is not finished. What somebody wrote is not told, only their tile."""
    request = Request.objects.unfinished().filter(asset=asset).select_related("symptom").order_by("-id").first()
    if request is not None:
        return Reported(request.received_at, str(request.symptom or ""), request, None)
    repairs = WorkOrder.objects.unfinished().filter(asset=asset, kind=Kind.CORRECTIVE)
    order = repairs.order_by("-id").first()
    return None if order is None else Reported(order.reported_at or order.created_at, "", None, order)


def has_picture(device_type_id: int) -> bool:
    """Whether the type has a picture to show instead of its icon."""
    return device_type_picture(device_type_id) is not None


@dataclass(frozen=True)
class Spare:
    """A device of the same type that nobody is using, and the library that lends it, if it is one's."""

    asset: Asset
    room: Room
    library: Pool | None = None


def spares_near(asset: Asset) -> list[Spare]:
    """Devices of the same type that stand ready in an equipment library, are in store, or are in service and kept in a
    store room: those of the same floor first, then of the same building."""
    lent = Holding.objects.held()  # of what a library holds, it alone knows what is clean and promised to nobody
    kept = Q(status=Status.IN_STORE) | Q(status=Status.IN_SERVICE, room__is_store=True)
    rows = Asset.objects.filter(kept, device_type_id=asset.device_type_id, site_id=asset.site_id).exclude(pk=asset.pk)
    rows = rows.exclude(room=None).exclude(pk__in=lent.values("asset_id")).select_related("room__floor__building")
    found = [
        Spare(one.asset, one.asset.room or one.pool.room, one.pool)
        for one in ready_at_site(asset.site_id, asset.device_type_id)
        if one.asset_id != asset.pk
    ]
    found += [Spare(row, row.room) for row in rows.order_by("id")[:100] if row.room]
    return sorted(found, key=lambda spare: _steps(asset.room, spare.room))[:MOST_SPARES]


def _steps(here: Room | None, there: Room) -> int:
    """How far away: 0 on the same floor, 1 in the same building, 2 elsewhere or unknown."""
    if here is None or here.floor is None or there.floor is None:
        return 2
    return 0 if here.floor_id == there.floor_id else 1 if here.floor.building_id == there.floor.building_id else 2


def photos_of(request: Request) -> list[Attachment]:
    """The pictures and files that came with a request."""
    own = {"owner_table": Request._meta.db_table, "owner_id": request.pk}
    return list(Attachment.objects.filter(**own).order_by("id"))


def open_question(request: Request) -> str:
    """What the desk asked last; empty when it asked nothing."""
    asked = RequestNote.objects.filter(request=request, kind=NoteKind.QUESTION).order_by("-id")
    return asked.values_list("text", flat=True).first() or ""
