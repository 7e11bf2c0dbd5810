"""What every step of a request shares: finding it, its transitions, its clock, and the work that is ordered for it."""

from __future__ import annotations

import secrets
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from wardwright.apps.assets.operations.codes import ALPHABET
from wardwright.apps.helpdesk.models import Request
from wardwright.apps.helpdesk.states import REQUEST_TRANSITIONS, Answer, RequestState
from wardwright.apps.maintenance.models import WorkOrder
from wardwright.apps.maintenance.operations import report_problem
from wardwright.apps.maintenance.queries import promise
from wardwright.apps.maintenance.states import Kind
from wardwright.platform.access.permissions import Permission
from wardwright.platform.access.scope import authorize
from wardwright.platform.attachments.models import Attachment
from wardwright.platform.core.change import System
from wardwright.platform.core.edits import check_version, lock
from wardwright.platform.core.errors import NotFound, NotNow

TICKET_LENGTH = 8


def new_ticket() -> str:
    """A random ticket: short enough to write down, too many to guess."""
    return "".join(secrets.choice(ALPHABET) for _n in range(TICKET_LENGTH))


def take(by: Any, request_id: int, permission: Permission, expected_version: int | None = None) -> Request:
    """The request, locked, for an actor who may do this to it. Raises NotFound, Denied, StaleEdit."""
    try:
        request = lock(Request.objects, request_id)
    except NotFound:
        raise NotFound(_("There is no such request."), _("Go back to the desk.")) from None
    authorize(by, permission, request)
    check_version(request, expected_version)
    return request


def move(request: Request, state: RequestState) -> None:
    """Put the request into a state that the transition table allows from the one it is in. Not saved yet."""
    if state not in REQUEST_TRANSITIONS[request.state]:
        raise NotNow(
            _("Request %(ticket)s is %(before)s; it cannot become %(after)s from there.")
            % {"ticket": request, "before": request.get_state_display(), "after": state.label},
            _("Reload the desk to see what changed meanwhile."),
        )
    request.state = state


def save(request: Request) -> Request:
    """Save the request as its next version."""
    request.version += 1
    request.save()
    return request


def set_clock(request: Request) -> None:
    """Answer by, finish by, and why then: the service level of a repair of this priority. Not saved yet."""
    found = promise(Kind.CORRECTIVE, request.priority, request.site_id, request.department_id, request.received_at)
    request.respond_by_at, request.finish_by_at = found.respond_by_at, found.finish_by_at
    request.why = list(found.why)


def put_at(request: Request, asset: Any) -> None:
    """The request is about this device and belongs where the device is."""
    request.asset, request.site_id, request.department_id = asset, asset.site_id, asset.department_id


def order_for(by: Any, request: Request) -> WorkOrder:
    """Order the repair a request asks for; its clock is the request's, which began when help was asked for."""
    if request.asset_id is None:
        raise NotNow(
            _("Request %(ticket)s names no device yet.") % {"ticket": request},
            _("Find the device first; then the work can be ordered."),
        )
    move(request, RequestState.ORDERED)
    problem = request.symptom.problem if request.symptom is not None else None
    order = report_problem(
        by=System(str(by)),
        asset_id=request.asset_id,
        title=_title(request),
        description=_description(request),
        priority=request.priority,
        problem_id=problem.pk if problem is not None and problem.is_active else None,
        unsafe=request.unsafe,
    )
    order.reported_by_name = _reporter(request)
    order.reported_at = request.received_at
    order.respond_by_at, order.finish_by_at = request.respond_by_at, request.finish_by_at
    order.why = [{"code": "reported", "by": order.reported_by_name, "on": _day(request)}, *request.why]
    order.save()
    _copy_photos(request, order)
    request.work_order = order
    return order


def _title(request: Request) -> str:
    if request.harm == Answer.YES:
        return (_("Patient involved: %(title)s") % {"title": request.title})[:200]
    return request.title


def _description(request: Request) -> str:
    lines = [request.words]
    if request.harm == Answer.UNSURE:
        lines.append(_("Not sure whether a patient was harmed."))
    if request.wiped in (Answer.NO, Answer.UNSURE):
        lines.append(_("Not cleaned, or not sure: treat it as contaminated."))
    if request.callback:
        lines.append(_("Call back: %(phone)s") % {"phone": request.callback})
    lines.append(_("Request %(ticket)s, %(source)s.") % {"ticket": request, "source": request.get_source_display()})
    return "\n".join(line for line in lines if line)


def _reporter(request: Request) -> str:
    return (request.reporter_name or request.reporter_email or str(request.get_source_display()))[:120]


def _day(request: Request) -> str:
    return timezone.localtime(request.received_at).date().isoformat()


def _copy_photos(request: Request, order: WorkOrder) -> None:
    """What came with the request is seen by whoever does the work; the content is kept once."""
    own = Attachment.objects.filter(owner_table=Request._meta.db_table, owner_id=request.pk)
    Attachment.objects.bulk_create(
        Attachment(
            sha256=photo.sha256,
            name=photo.name,
            media_type=photo.media_type,
            size_bytes=photo.size_bytes,
            owner_table=WorkOrder._meta.db_table,
            owner_id=order.pk,
            subject_id=order.asset_id,
            caption=photo.caption,
            added_by_name=photo.added_by_name,
        )
        for photo in own
    )
