"""Work that somebody outside asks for on many devices at once: what a recall or a safety notice says is to be done."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from wardwright.apps.assets.models import Asset
from wardwright.apps.assets.states import Status
from wardwright.apps.maintenance.events import WorkOrderOpened
from wardwright.apps.maintenance.models import WorkOrder
from wardwright.apps.maintenance.permissions import DISPATCH
from wardwright.apps.maintenance.queries import promise
from wardwright.apps.maintenance.states import Kind, Priority
from wardwright.platform.access.scope import authorize
from wardwright.platform.audit.operation import operation
from wardwright.platform.core.errors import Invalid, NotNow
from wardwright.platform.events.registry import publish_all

from .common import keep_promise, new_numbers
from .opening import build

GONE = (Status.RETIRED, Status.DISPOSED)


@operation()
def order_corrections(
    *,
    by: Any,
    asset_ids: list[int],
    title: str,
    description: str = "",
    reference: str,
    due_on: date | None = None,
    priority: int = Priority.URGENT,
) -> list[WorkOrder]:
    """Open one order of a correction for each device, in one change; ``reference`` is the number of what asks for it.

    Raises:
        Invalid: without a title, or with an unknown priority. NotNow: when none of the devices is here any more.
    """
    authorize(by, DISPATCH)
    if not title.strip():
        raise Invalid(_("Say in a few words what is to be done."), fields={"title": _("Enter what is to be done.")})
    if priority not in Priority.values:
        raise Invalid(_("There is no such priority."), fields={"priority": _("Choose one from the list.")})
    assets = list(Asset.objects.select_related("site").filter(pk__in=asset_ids).exclude(status__in=GONE).order_by("pk"))
    if not assets:
        raise NotNow(_("None of these devices is here any more."), _("Record what became of them instead."))
    now, today = timezone.now(), timezone.localdate()
    promise_of = cache(promise)
    why = [
        {"code": "notice", "number": reference, "title": title.strip()[:200]},
        {"code": "ordered", "by": str(by), "on": today.isoformat()},
    ]
    made = []
    for asset, number in zip(assets, new_numbers(today, len(assets)), strict=True):
        authorize(by, DISPATCH, asset)
        order = build(asset, Kind.CORRECTION, title.strip()[:200], priority, number)
        order.description = description.strip()
        order.due_on = order.window_opens_on = order.window_end_on = due_on or today
        order.why = list(why)
        keep_promise(order, promise_of(order.kind, order.priority, order.site_id, order.department_id, now))
        made.append(order)
    WorkOrder.objects.bulk_create(made)
    publish_all(WorkOrderOpened(work_order_id=one.pk, asset_id=one.asset_id, kind=one.kind) for one in made)
    return made
