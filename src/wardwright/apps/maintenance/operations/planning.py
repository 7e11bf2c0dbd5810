"""Planning work for a day: one order or many, by hand or by levelling. The due date and the window stay as they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from wardwright.apps.maintenance.models import WorkOrder
from wardwright.apps.maintenance.permissions import DISPATCH
from wardwright.apps.maintenance.queries import PLANNABLE, consequences
from wardwright.platform.access.scope import authorize
from wardwright.platform.audit.operation import operation
from wardwright.platform.core.edits import check_version
from wardwright.platform.core.errors import Invalid, NotFound, NotNow

from .progress import assign_work

LEAVE = 0  # the person_id that leaves an order with whoever has it


@operation()
def plan_work(
    *,
    by: Any,
    work_order_ids: Iterable[int],
    planned_on: date | None,
    person_id: int | None = LEAVE,
    reason: str = "",
    expected_version: int | None = None,
) -> list[WorkOrder]:
    """Plan orders for a day (None: for the day they are due), and give them to somebody if ``person_id`` says so.

    ``person_id`` None gives them to nobody, 0 leaves them as they are. ``expected_version`` is that of a single order.

    Raises:
        Invalid: for a day gone by, or one outside an order's window without a reason. NotNow: for an order that is
        closed or waits to be verified. NotFound. StaleEdit. Denied.
    """
    ids = list(dict.fromkeys(work_order_ids))
    orders = _taken(by, ids, dict.fromkeys(ids, expected_version) if len(ids) == 1 else {})
    if person_id != LEAVE:
        for order in orders:
            if order.assigned_to_id != person_id:
                assign_work(by=by, work_order_id=order.pk, person_id=person_id)
        orders = _taken(by, ids, {})
    return _planned(by, orders, dict.fromkeys(ids, planned_on), reason)


@operation()
def level_work(*, by: Any, moves: list[dict[str, Any]], reason: str = "") -> list[WorkOrder]:
    """Plan each order for its own day, as one change: ``moves`` hold ``work_order_id``, ``planned_on``, ``version``.

    Raises:
        As ``plan_work``; when one is refused none is moved.
    """
    authorize(by, DISPATCH)
    days, versions = _read(moves)
    return _planned(by, _taken(by, list(days), versions), days, reason)


def _read(moves: list[dict[str, Any]]) -> tuple[dict[int, date | None], dict[int, int | None]]:
    days: dict[int, date | None] = {}
    versions: dict[int, int | None] = {}
    try:
        for move in moves:
            number, day, version = int(move["work_order_id"]), move["planned_on"], move.get("version")
            days[number] = day if isinstance(day, date) else date.fromisoformat(day)
            versions[number] = None if version is None else int(version)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        words = _("A move names a work order and the day it goes to.")
        raise Invalid(words, fields={"moves": words}) from None
    return days, versions


def _taken(by: Any, ids: list[int], versions: Mapping[int, int | None]) -> list[WorkOrder]:
    """The orders, locked, for an actor who may plan each of them; in the order of their numbers."""
    authorize(by, DISPATCH)
    known = WorkOrder.objects.visible_to(by).filter(pk__in=[pk for pk in ids if 0 < pk < 2**63])
    orders = list(known.select_related("assigned_to").select_for_update(of=("self",)).order_by("pk"))
    if not orders or len(orders) != len(ids):
        raise NotFound(_("There is no such work order."), _("Go back to the list."))
    for order in orders:
        authorize(by, DISPATCH, order)
        check_version(order, versions.get(order.pk))
        if order.state not in PLANNABLE:
            raise NotNow(
                _("Work order %(number)s is %(state)s; there is nothing left to plan.")
                % {"number": order.number, "state": order.get_state_display()},
                _("Take it out of the selection."),
            )
    return orders


def _planned(by: Any, orders: list[WorkOrder], days: Mapping[int, date | None], reason: str) -> list[WorkOrder]:
    today, reason, changed = timezone.localdate(), reason.strip()[:300], []
    outside: dict[str, str] = {}
    for order in orders:
        day = days[order.pk]
        if day is not None and day < today:
            words = _("This day has gone by. Choose today or a later one.")
            raise Invalid(words, fields={"planned_on": words})
        if day == order.planned_on:
            continue
        told = [one for one in consequences(order, day) if one.needs_reason] if day else []
        if told and not reason:
            outside[order.number] = told[0].words
        elif told and day:
            why = {"code": "planned", "planned_on": day.isoformat(), "by": str(by), "reason": reason}
            order.why = [*order.why, why]
        order.planned_on, order.version, order.updated_at = day, order.version + 1, timezone.now()
        changed.append(order)
    if outside:
        words = _("Say why it is planned outside its window.")
        raise Invalid(words, "; ".join(f"{number}: {why}" for number, why in outside.items()), fields={"reason": words})
    WorkOrder.objects.bulk_update(changed, ["planned_on", "why", "version", "updated_at"], batch_size=200)
    return orders
