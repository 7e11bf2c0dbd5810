"""Acting on many devices of a case in one change: quarantine, and an order for each."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wardwright.apps.assets.operations import change_statuses
from wardwright.apps.assets.states import TRANSITIONS, Status
from wardwright.apps.maintenance.models import WorkOrder
from wardwright.apps.maintenance.operations import order_corrections
from wardwright.apps.maintenance.states import UNFINISHED, Priority
from wardwright.apps.notices.models import Case, Exposure
from wardwright.apps.notices.permissions import RESPOND
from wardwright.apps.notices.states import CaseState
from wardwright.platform.access.scope import authorize
from wardwright.platform.audit.operation import operation
from wardwright.platform.core.change import System
from wardwright.platform.core.errors import NotNow
from wardwright.platform.core.words import number_words

from .common import say_of, take_case


@operation()
def quarantine_exposed(*, by: Any, case_id: int, exposure_ids: list[int] | None = None, reason: str = "") -> Case:
    """Quarantine affected devices of a case, those named or all that are affected or not decided yet; the reason names
    the case and stands on each device's page.

    Raises:
        NotNow: when there is none to quarantine.
    """
    case = _open(by, case_id)
    rows = [row.asset for row in _devices(case, exposure_ids) if row.asset is not None]
    can = [asset for asset in rows if Status.QUARANTINED in TRANSITIONS[Status(asset.status)]]
    for asset in can:
        authorize(by, RESPOND, asset)
    if not can:
        raise NotNow(
            _("No device of this case can be quarantined."),
            _("They are in quarantine already, or have left service."),
        )
    words = _("Notice %(number)s: %(title)s") % {"number": case.number, "title": case.title}
    if reason.strip():
        words = f"{words} – {reason.strip()}"
    change_statuses(
        by=System(str(by)), asset_ids=[asset.pk for asset in can], status=Status.QUARANTINED, reason=words[:300]
    )
    said = ngettext("%(n)s device quarantined.", "%(n)s devices quarantined.", len(can))
    say_of(case, by, said % {"n": number_words(len(can))})
    return case


@operation()
def order_work(
    *,
    by: Any,
    case_id: int,
    title: str,
    description: str = "",
    due_on: date | None = None,
    priority: int = Priority.URGENT,
    exposure_ids: list[int] | None = None,
) -> list[WorkOrder]:
    """Open one work order for each affected device of a case that has none open, in one change.

    Raises:
        NotNow: when no device waits for an order. Invalid: without a title.
    """
    case = _open(by, case_id)
    rows = _devices(case, exposure_ids, affected_only=True)
    numbers = [row.order_number for row in rows if row.order_number]
    there = set(WorkOrder.objects.filter(number__in=numbers, state__in=UNFINISHED).values_list("number", flat=True))
    waiting = {row.asset_id: row for row in rows if row.asset_id is not None and row.order_number not in there}
    if not waiting:
        raise NotNow(
            _("No device of this case waits for an order."),
            _("Each affected device has one, or something was done about it already."),
        )
    for row in waiting.values():
        authorize(by, RESPOND, row.asset)
    made = order_corrections(
        by=System(str(by)), asset_ids=list(waiting), title=title, description=description, due_on=due_on,
        priority=priority, reference=case.number,
    )  # fmt: skip
    for order in made:
        row = waiting[order.asset_id]
        row.order_number = order.number
        Exposure.objects.filter(pk=row.pk).update(order_number=order.number, version=F("version") + 1)
    say_of(case, by, _("Ordered for %(n)s devices: %(title)s") % {"n": len(made), "title": title.strip()})
    return made


def _open(by: Any, case_id: int) -> Case:
    case = take_case(by, case_id, RESPOND)
    if case.state != CaseState.OPEN:
        raise NotNow(
            _("%(number)s is “%(state)s”.") % {"number": case.number, "state": case.get_state_display()},
            _("Give it to somebody first; then work begins."),
        )
    return case


def _devices(case: Case, exposure_ids: list[int] | None, *, affected_only: bool = False) -> list[Exposure]:
    rows = Exposure.objects.filter(case=case, asset__isnull=False, done_at=None).with_names()
    rows = rows.affected() if affected_only else rows.unsettled()
    if exposure_ids is not None:
        rows = rows.filter(pk__in=exposure_ids)
    return list(rows.order_by("pk"))
