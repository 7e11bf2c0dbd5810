"""What every page of one work order needs: the order itself, and which steps the reader may take."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from wardwright.apps.directory.models import Person
from wardwright.apps.maintenance import permissions
from wardwright.apps.maintenance.models import WorkOrder
from wardwright.apps.maintenance.states import UNFINISHED, Certificate, Kind, WorkState
from wardwright.platform.access.scope import allowed
from wardwright.platform.core.values import as_id
from wardwright.web.templatetags.ui import relative_day
from wardwright.web.views import visible_or_404

MANY = 500
PERFORMABLE = (WorkState.OPEN, WorkState.ASSIGNED, WorkState.IN_PROGRESS, WorkState.ON_HOLD)


def order_or_404(request: HttpRequest, work_order_id: int) -> WorkOrder:
    """The order with the names its pages show."""
    rows = WorkOrder.objects.visible_to(request.user).with_names()
    rows = rows.select_related(
        "asset__device_type",
        "asset__device_model__maker",
        "asset__room__floor__building",
        "site",
        "department",
        "assigned_to",
        "procedure_version__procedure",
        "plan",
        "problem",
        "cause",
        "action",
        "parent",
        "provider",
    )
    return visible_or_404(rows, work_order_id)


def selected_orders(request: HttpRequest) -> list[WorkOrder]:
    """The orders that were ticked, or the one that a button's address names."""
    ticked = request.POST.getlist("selected") or request.GET.getlist("selected")
    ids = [pk for text in ticked if (pk := as_id(text)) is not None][:MANY]
    return list(WorkOrder.objects.visible_to(request.user).with_names().filter(pk__in=ids).order_by("due_on", "pk"))


def me(request: HttpRequest) -> Person | None:
    """The person of this log-in."""
    return Person.objects.visible_to(request.user).filter(user=request.user.pk).first()


def steps_allowed(by: Any, order: WorkOrder) -> dict[str, bool]:
    """Name of a step → whether ``by`` may take it now. The operations decide; this only hides dead buttons."""
    state, unfinished = order.state, order.state in UNFINISHED

    def may(permission: Any, *states: str) -> bool:
        return state in states and allowed(by, permission, order)

    to_verify = state == WorkState.TO_VERIFY
    return {
        "perform": may(permissions.PERFORM, *PERFORMABLE),
        "attempt": may(permissions.PERFORM, *PERFORMABLE),
        "verify": may(permissions.VERIFY, WorkState.TO_VERIFY),
        "assign": unfinished and not to_verify and allowed(by, permissions.DISPATCH, order),
        "reschedule": unfinished and not to_verify and allowed(by, permissions.DISPATCH, order),
        "hold": may(permissions.PERFORM, WorkState.OPEN, WorkState.ASSIGNED, WorkState.IN_PROGRESS),
        "resume": may(permissions.PERFORM, WorkState.ON_HOLD),
        "spend": unfinished and allowed(by, permissions.PERFORM, order),
        "waive": order.certificate == Certificate.MISSING and allowed(by, permissions.CLOSE, order),
        "cancel": unfinished and not to_verify and allowed(by, permissions.CANCEL, order),
    }


def order_sentence(order: WorkOrder) -> str:
    """How the order stands, in one sentence."""
    names = {"title": order.title, "tag": order.asset.tag}
    if order.state == WorkState.CLOSED:
        return _("%(title)s of %(tag)s is done: %(result)s") % {**names, "result": order.get_verdict_display()}
    if order.state == WorkState.CANCELLED:
        return _("%(title)s of %(tag)s was cancelled") % names
    if order.state == WorkState.TO_VERIFY:
        return _("%(title)s of %(tag)s is repaired and waits to be verified") % names
    if order.due_on is None:
        return _("%(title)s of %(tag)s: %(state)s") % {**names, "state": order.get_state_display()}
    when = relative_day(order.due_on, timezone.localdate(), deadline=True)
    if order.due_on < timezone.localdate():
        return _("%(title)s of %(tag)s is %(when)s") % {**names, "when": when}
    return _("%(title)s of %(tag)s is due %(when)s") % {**names, "when": when}


def where_words(order: WorkOrder) -> str:
    """Where the device is, from the building down to the room."""
    room = order.asset.room
    floor = room.floor if room and room.floor_id else None
    parts = [floor and floor.building, floor, order.department, room]
    return ", ".join(str(part) for part in parts if part) or str(order.site)


def is_repair(order: WorkOrder) -> bool:
    return order.kind == Kind.CORRECTIVE
