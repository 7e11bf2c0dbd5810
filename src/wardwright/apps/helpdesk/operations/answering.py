"""What the desk does with a request: order work, give it to somebody, ask back, match, merge, close."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from wardwright.apps.assets.models import Asset
from wardwright.apps.directory.models import Person
from wardwright.apps.helpdesk.events import RequestClosed
from wardwright.apps.helpdesk.models import Request
from wardwright.apps.helpdesk.permissions import DESK, VIEW
from wardwright.apps.helpdesk.states import WAITING, NoteKind, RequestState
from wardwright.apps.maintenance.models import WorkOrder
from wardwright.apps.maintenance.operations import assign_work
from wardwright.apps.maintenance.permissions import PERFORM
from wardwright.apps.maintenance.states import UNFINISHED, Priority
from wardwright.platform.access.scope import authorize
from wardwright.platform.audit.operation import operation
from wardwright.platform.core.change import System
from wardwright.platform.core.edits import apply_edit, lock
from wardwright.platform.core.errors import Invalid, NotNow
from wardwright.platform.core.values import cleaned, reachable
from wardwright.platform.events.registry import publish

from .common import move, order_for, put_at, save, set_clock, take
from .receiving import GONE, add_note


@operation()
def order_request(*, by: Any, request_id: int, expected_version: int | None = None) -> Request:
    """Order the work without giving it to anybody yet. Raises NotNow when it names no device."""
    request = take(by, request_id, DESK, expected_version)
    order_for(by, request)
    _answered(request)
    return save(request)


@operation()
def take_request(
    *, by: Any, request_id: int, person_id: int | None = None, expected_version: int | None = None
) -> Request:
    """Order the work where that is still to be done, and give it to ``person_id``; without, whoever calls takes it.

    Somebody who does repairs may take a request for themselves; giving it to others is for the desk.

    Raises:
        NotNow: when somebody else has taken it meanwhile, or it names no device. Invalid: for nobody who services
        devices.
    """
    own = None if by.is_system else Person.objects.filter(user_id=by.id).first()
    is_own = own is not None and person_id in (None, own.pk)
    request = take(by, request_id, VIEW if is_own else DESK, expected_version)
    authorize(by, PERFORM if is_own else DESK, request)
    if person_id is None and own is None:
        raise Invalid(_("Say who takes it."), fields={"person_id": _("Choose somebody from the list.")})
    if request.state in WAITING:
        order_for(by, request)
    order = request.work_order
    if order is None or order.state not in UNFINISHED:
        raise NotNow(_("Request %(ticket)s is settled.") % {"ticket": request}, _("Reload the desk."))
    chosen = own.pk if is_own and own is not None else person_id
    if order.assigned_to_id is not None and order.assigned_to_id != chosen:
        raise NotNow(
            _("%(name)s has taken it already.") % {"name": order.assigned_to},
            _("Open the work order to give it to somebody else."),
        )
    if order.assigned_to_id is None:
        assign_work(by=System(str(by)) if is_own else by, work_order_id=order.pk, person_id=chosen)
        order.refresh_from_db()
    _answered(request)
    return save(request)


def _answered(request: Request) -> None:
    """Somebody dealt with it: the first promise is kept."""
    if request.answered_at is None:
        request.answered_at = timezone.now()


@operation()
def attach_request(*, by: Any, request_id: int, work_order_id: int) -> Request:
    """The request is about work that is there already. Raises Invalid when that is of another device or finished."""
    request = take(by, request_id, DESK)
    order: WorkOrder = reachable(WorkOrder.objects.visible_to(by), work_order_id, "work_order_id")
    if order.state not in UNFINISHED or request.asset_id not in (None, order.asset_id):
        raise Invalid(
            _("%(number)s is finished or is about another device.") % {"number": order.number},
            _("Choose unfinished work on the device of this request."),
            fields={"work_order_id": _("Choose one from the list.")},
        )
    move(request, RequestState.ORDERED)
    if request.asset_id is None:
        put_at(request, order.asset)
    request.work_order = order
    _answered(request)
    return save(request)


@operation()
def merge_request(*, by: Any, request_id: int, into_id: int) -> Request:
    """The same thing was asked for twice: this request goes into ``into_id``, which counts it and keeps the more urgent
    priority of the two.

    Raises:
        Invalid: into itself, into one that is settled, or into one about another device.
    """
    first_id, second_id = sorted((request_id, into_id))
    lock(Request.objects, first_id)
    if second_id != first_id:
        lock(Request.objects, second_id)
    request, into = take(by, request_id, DESK), take(by, into_id, DESK)
    same = into.asset_id is not None and request.asset_id in (None, into.asset_id)
    if request.pk == into.pk or into.state in (RequestState.MERGED, RequestState.CLOSED) or not same:
        raise Invalid(
            _("%(one)s and %(other)s cannot be made one.") % {"one": request, "other": into},
            _("Choose another request about the same device that is not settled."),
            fields={"into_id": _("Choose one from the list.")},
        )
    move(request, RequestState.MERGED)
    request.merged_into = into
    if request.asset_id is None and into.asset is not None:
        put_at(request, into.asset)
    _answered(request)
    into.echoes += 1 + request.echoes
    if into.state in WAITING and request.priority < into.priority:
        into.priority = request.priority
        set_clock(into)
    save(into)
    return save(request)


@operation()
def ask_requester(*, by: Any, request_id: int, text: str) -> Request:
    """Ask whoever sent it; they read the question on the page of their ticket and answer there."""
    request = take(by, request_id, DESK)
    if request.state != RequestState.ASKED:
        move(request, RequestState.ASKED)
    add_note(request, NoteKind.QUESTION, text, str(by))
    _answered(request)
    return save(request)


@operation()
def match_request(*, by: Any, request_id: int, asset_id: int) -> Request:
    """Say which device a request is about. Its promise then counts in the hours of that place.

    Raises:
        Invalid: for a device out of reach or gone. NotNow: when work is ordered already.
    """
    request = take(by, request_id, DESK)
    asset = reachable(Asset.objects.visible_to(by), asset_id, "asset_id")
    if asset is None or asset.status in GONE:
        raise Invalid(_("Choose a device that is there."), fields={"asset_id": _("Choose a device in use.")})
    if request.state not in WAITING:
        raise NotNow(_("Request %(ticket)s is settled.") % {"ticket": request}, _("Reload the desk."))
    authorize(by, DESK, asset)
    put_at(request, asset)
    set_clock(request)
    return save(request)


@operation()
def change_request(
    *, by: Any, request_id: int, title: str, priority: int, expected_version: int | None = None
) -> Request:
    """Say better what is wrong, or how soon; the promise then counts anew from when help was asked for."""
    request = take(by, request_id, DESK, expected_version)
    if request.state not in WAITING:
        raise NotNow(_("Request %(ticket)s is settled.") % {"ticket": request}, _("Change the work order instead."))
    if priority not in Priority.values:
        raise Invalid(_("There is no such priority."), fields={"priority": _("Choose one from the list.")})
    values = cleaned(request, {"title": title, "priority": priority}, ("title", "priority"))
    if apply_edit(request, values):
        set_clock(request)
        request.save()
    return request


@operation(needs_reason=True)
def close_request(*, by: Any, request_id: int, reason: str) -> Request:
    """Close a request that needs no work, such as no fault found or answered on the phone; its sender reads why."""
    request = take(by, request_id, DESK)
    move(request, RequestState.CLOSED)
    request.closing_words, request.closed_at = reason.strip()[:300], timezone.now()
    _answered(request)
    publish(RequestClosed(request_id=request.pk, asset_id=request.asset_id))
    return save(request)


@operation()
def reopen_request(*, by: Any, request_id: int) -> Request:
    """A request that was closed by mistake is new again."""
    request = take(by, request_id, DESK)
    move(request, RequestState.NEW)
    request.closing_words, request.closed_at = "", None
    return save(request)
