"""Asking for help, and what its sender does afterwards: still broken, an answer, feedback."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from wardwright.apps.assets.models import Asset
from wardwright.apps.assets.operations import quarantine_asset
from wardwright.apps.assets.states import TRANSITIONS, Status
from wardwright.apps.directory.models import Site
from wardwright.apps.helpdesk.events import FeedbackGiven, HarmReported, RequestReceived
from wardwright.apps.helpdesk.models import Request, RequestNote, Symptom
from wardwright.apps.helpdesk.permissions import DESK
from wardwright.apps.helpdesk.queries import already_reported, stage_of
from wardwright.apps.helpdesk.states import Answer, NoteKind, RequestState, Source, Stage
from wardwright.apps.maintenance.models import WorkOrder
from wardwright.apps.maintenance.permissions import REPORT
from wardwright.apps.maintenance.states import Kind, Priority
from wardwright.platform.access.scope import Scope, authorize
from wardwright.platform.attachments.models import Attachment
from wardwright.platform.attachments.store import put, safe_name, sniff
from wardwright.platform.audit.operation import operation
from wardwright.platform.core.change import System
from wardwright.platform.core.edits import lock
from wardwright.platform.core.errors import Invalid, NotFound, NotNow
from wardwright.platform.core.once import answer_once
from wardwright.platform.core.submission import pending_key
from wardwright.platform.core.values import cleaned, reachable
from wardwright.platform.events.registry import publish

from .common import move, new_ticket, order_for, put_at, save, set_clock, take

SUFFIX = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp"}
MAX_PHOTO_BYTES = 12_000_000
WORDS = 2000
GONE = (Status.RETIRED, Status.DISPOSED)
FINISHED = (Stage.DONE, Stage.CLOSED)


@operation()
def receive_request(
    *,
    by: Any,
    asset_id: int | None = None,
    symptom_id: int | None = None,
    title: str = "",
    words: str = "",
    harm: str = "",
    wiped: str = "",
    unsafe: bool = False,
    priority: int | None = None,
    reporter_name: str = "",
    callback: str = "",
    reporter_email: str = "",
    source: str = Source.PHONE,
    site_id: int | None = None,
    follows_id: int | None = None,
) -> Request:
    """Take a request for help.

    Where a patient was involved, work is ordered at once as emergent, the device is quarantined as it stands, and
    HarmReported is published. An unsafe device is taken out of service. Everything else waits for the desk.

    Raises:
        Invalid: when it says neither a symptom nor what is wrong, or an entry is wrong. NotNow: for a device that is
        gone. NotFound, Denied.
    """
    asset = _device(by, asset_id)
    request = Request(code=new_ticket(), source=source, received_at=timezone.now())
    if asset is not None:
        put_at(request, asset)
    else:
        site = reachable(Site.objects.visible_to(by), site_id, "site_id")
        authorize(by, DESK, Scope(site.pk if site else None))
        request.site = site
    request.symptom = symptom = _symptom(symptom_id)
    entries = {
        "title": (title.strip() or (symptom.label if symptom else "") or words.strip().split("\n")[0])[:200],
        "words": words[:WORDS],
        "harm": harm,
        "wiped": wiped,
        "source": source,
        "reporter_name": reporter_name[:120],
        "callback": callback[:40],
        "reporter_email": reporter_email,
    }
    if not entries["title"].replace("\x00", "").strip():
        raise Invalid(_("Say what is wrong."), fields={"title": _("Choose a symptom or say it in a few words.")})
    for name, value in cleaned(request, entries, entries).items():
        setattr(request, name, value)
    request.unsafe = unsafe or bool(symptom and symptom.unsafe)
    request.priority = _priority(request, symptom, priority)
    request.follows = Request.objects.filter(pk=follows_id).first() if follows_id else None
    set_clock(request)
    request.save()
    if asset is not None:
        _act_at_once(by, request, asset)
    publish(
        RequestReceived(
            request_id=request.pk, asset_id=request.asset_id, source=request.source, priority=request.priority
        )
    )
    return request


def _device(by: Any, asset_id: int | None) -> Asset | None:
    if asset_id is None:
        return None
    asset = Asset.objects.select_related("device_type", "site").filter(pk=asset_id).first()
    if asset is None:
        raise NotFound(_("There is no such device."), _("Scan the label again or search for its number."))
    authorize(by, REPORT, asset)
    if asset.status in GONE:
        raise NotNow(
            _("%(tag)s is %(status)s.") % {"tag": asset.tag, "status": asset.get_status_display()},
            _("Check the number on the device; if it is right, call clinical engineering."),
        )
    return asset


def _symptom(symptom_id: int | None) -> Symptom | None:
    if symptom_id is None:
        return None
    found = Symptom.objects.select_related("problem").filter(pk=symptom_id, is_active=True).first()
    if found is None:
        raise Invalid(_("There is no such symptom."), fields={"symptom_id": _("Choose one from the list.")})
    return found


def _priority(request: Request, symptom: Symptom | None, given: int | None) -> int:
    """As given or as the symptom says; at least urgent for life support or a doubt about harm, emergent with harm."""
    if given is not None and given not in Priority.values:
        raise Invalid(_("There is no such priority."), fields={"priority": _("Choose one from the list.")})
    if request.harm == Answer.YES:
        return Priority.EMERGENT
    found = given or (symptom.priority if symptom else Priority.ROUTINE)
    is_vital = request.asset is not None and request.asset.device_type.life_support
    return min(found, Priority.URGENT) if is_vital or request.harm == Answer.UNSURE else found


def _act_at_once(by: Any, request: Request, asset: Asset) -> None:
    """What cannot wait for the desk: a device that harmed or may harm somebody."""
    if request.harm != Answer.YES and not request.unsafe:
        return
    order = order_for(by, request)
    save(request)
    if request.harm != Answer.YES:
        return
    asset.refresh_from_db(fields=["status"])
    if Status.QUARANTINED in TRANSITIONS[Status(asset.status)]:
        reason = _("A patient was involved (request %(ticket)s, %(number)s). Keep it as it is.")
        quarantine_asset(
            by=System(str(by)), asset_id=asset.pk, reason=reason % {"ticket": request, "number": order.number}
        )
    publish(HarmReported(request_id=request.pk, asset_id=asset.pk, work_order_id=order.pk))


@operation()
def send_request(*, by: Any, asset_id: int, photo: bytes = b"", photo_name: str = "", **entries: Any) -> Request:
    """What the portal sends: a request with perhaps a photo. Sent twice, the second gets the ticket of the first.

    Raises:
        Invalid: also for a photo that is none, or is too large.
    """
    request = receive_request(by=by, asset_id=asset_id, **entries)
    if photo:
        add_file(by, request, photo, photo_name)
        if request.work_order is not None:
            add_file(by, request, photo, photo_name, order=request.work_order)
    _remember(request)
    return request


def _remember(request: Request) -> None:
    """The answer to this submission, kept within it: whoever sends it again gets this ticket."""
    if pending_key():
        answer_once(pending_key(), request.code)


def add_file(by: Any, request: Request, data: bytes, name: str, *, order: WorkOrder | None = None) -> Attachment:
    """Keep a picture with the request, inside the change that is open.

    Raises:
        Invalid: not a JPEG, PNG or WebP picture by its content, or larger than 12 MB.
    """
    media_type = sniff(data)
    if media_type not in SUFFIX:
        raise Invalid(
            _("This file is not a picture."),
            _("Take a photo, choose a JPEG, PNG or WebP file, or send it without."),
            fields={"photo": _("Choose a JPEG, PNG or WebP picture.")},
        )
    return Attachment.objects.create(
        sha256=put(data, max_bytes=MAX_PHOTO_BYTES),
        name=safe_name(name or f"photo.{SUFFIX[media_type]}"),
        media_type=media_type,
        size_bytes=len(data),
        owner_table=(order or request)._meta.db_table,
        owner_id=(order or request).pk,
        subject_id=request.asset_id,
        added_by_name=str(by)[:120],
    )


@operation()
def echo_request(*, by: Any, asset_id: int, reporter_name: str = "", callback: str = "") -> Request:
    """ "Still broken": somebody else reports what is known. They get a ticket of their own, the desk no new work.

    Raises:
        NotNow: when nothing is reported of this device any more.
    """
    asset = _device(by, asset_id)
    assert asset is not None
    known = already_reported(asset)
    if known is None:
        raise NotNow(_("The last report of this device is settled."), _("Say what is wrong with it now."))
    request = Request(
        code=new_ticket(), source=Source.PORTAL, received_at=timezone.now(), title=_("Still broken"),
        priority=Priority.ROUTINE,
    )  # fmt: skip
    put_at(request, asset)
    names = {"reporter_name": reporter_name[:120], "callback": callback[:40]}
    for name, value in cleaned(request, names, names).items():
        setattr(request, name, value)
    if known.request is not None:
        first = lock(Request.objects, known.request.pk)
        request.state, request.merged_into, request.priority = RequestState.MERGED, first, first.priority
        first.echoes += 1
        save(first)
    else:
        request.state, request.work_order = RequestState.ORDERED, known.order
    request.save()
    _remember(request)
    return request


@operation()
def reply_request(*, by: Any, request_id: int, text: str) -> Request:
    """The answer to a question of the desk; the request is new again. Raises Invalid without words."""
    request = take(by, request_id, DESK)
    if request.state != RequestState.ASKED:
        raise NotNow(_("There is no open question about this request."), _("Reload the page."))
    add_note(request, NoteKind.REPLY, text, request.reporter_name or str(by))
    move(request, RequestState.NEW)
    return save(request)


def add_note(request: Request, kind: NoteKind, text: str, who: str) -> RequestNote:
    """Keep what was said, inside the change that is open. Raises Invalid without words."""
    plain = text.replace("\x00", "").strip()[:1000]
    if not plain:
        raise Invalid(_("Write a few words."), fields={"text": _("Enter a few words.")})
    return RequestNote.objects.create(request=request, kind=kind, text=plain, at=timezone.now(), by_name=who[:120])


@operation()
def give_feedback(*, by: Any, request_id: int, solved: bool, words: str = "") -> Request:
    """Whether it is solved, in the words of whoever asked for help. Not solved: a new request follows this one.

    Raises:
        NotNow: before the work is done, or a second time.
    """
    request = take(by, request_id, DESK)
    if request.feedback_at is not None:
        raise NotNow(_("You have told us already, thank you."))
    if stage_of(request) not in FINISHED:
        raise NotNow(_("The work is not finished yet."), _("Tell us when it is done."))
    request.solved, request.feedback_at = solved, timezone.now()
    request.feedback = words.replace("\x00", "").strip()[:500]
    save(request)
    publish(FeedbackGiven(request_id=request.pk, solved=solved))
    if not solved and request.asset is not None and request.asset.status not in GONE:
        again = receive_request(
            by=by,
            asset_id=request.asset_id,
            title=(_("Still broken: %(title)s") % {"title": request.title})[:200],
            words=request.feedback,
            source=request.source,
            priority=min(request.priority, Priority.URGENT),
            reporter_name=request.reporter_name,
            callback=request.callback,
            follows_id=request.pk,
        )
        _remember(again)
        return again
    return request


@operation()
def note_reported_work(*, by: Any, work_order_id: int) -> Request | None:
    """Put a repair that somebody reported after logging in on the desk too. Twice is once; other work stays off it."""
    order = lock(WorkOrder.objects, work_order_id)
    authorize(by, DESK, order)
    was_reported = any(reason.get("code") == "reported" for reason in order.why)
    if order.kind != Kind.CORRECTIVE or not was_reported or Request.objects.filter(work_order=order).exists():
        return None
    return Request.objects.create(
        code=new_ticket(),
        source=Source.PAGE,
        state=RequestState.ORDERED,
        asset_id=order.asset_id,
        site_id=order.site_id,
        department_id=order.department_id,
        title=order.title,
        words=order.description,
        priority=order.priority,
        reporter_name=order.reported_by_name,
        received_at=order.reported_at or timezone.now(),
        answered_at=order.responded_at,
        respond_by_at=order.respond_by_at,
        finish_by_at=order.finish_by_at,
        work_order=order,
    )
