"""Keeping views, sharing them, and having them sent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from wardwright.kernel.periods import month_start
from wardwright.platform.access.builtin import MANAGE
from wardwright.platform.access.models import Role, User
from wardwright.platform.access.scope import Scope, allowed, authorize
from wardwright.platform.audit.operation import operation
from wardwright.platform.core.edits import apply_edit, lock
from wardwright.platform.core.errors import Denied, Invalid, NotNow
from wardwright.platform.notify.mail.outbox import Attached, is_on, queue_mail

from . import permissions
from .models import Attach, MailSchedule, Rhythm, SavedView
from .sources import kept_query, source_for

MOST_VIEWS = 200
LONGEST_QUERY = 2000


@operation()
def save_view(*, by: Any, name: str, source: str, query: str = "", role_id: int | None = None) -> SavedView:
    """Keep a list or report with its filters, columns and period; with ``role_id`` for everybody of that role.

    Raises:
        NotFound: for a source that does not exist.
        Denied: for one that ``by`` may not open.
        Invalid: without a name, for a query that is too long, or with too many views.
    """
    authorize(by, permissions.SAVE)
    found = source_for(source)
    if not found.may(by):
        raise Denied(_("You may not open this list."), _("Save a view of a list that you can open."))
    kept = kept_query(query)
    if len(kept) > LONGEST_QUERY:
        raise Invalid(_("These filters are too long to keep."), _("Use fewer filters."))
    if SavedView.objects.filter(owner_id=by.id, is_active=True).count() >= MOST_VIEWS:
        raise Invalid(_("You have very many saved views."), _("Remove some that you no longer need."))
    return SavedView.objects.create(
        name=_name(name), source=source, query=kept, owner_id=by.id, role=_role(by, role_id)
    )


@operation()
def change_view(
    *, by: Any, view_id: int, name: str, role_id: int | None = None, expected_version: int | None = None
) -> SavedView:
    """Rename a view of one's own, or share it with another role or with nobody; who manages access may for others."""
    authorize(by, permissions.SAVE)
    view = _own(by, view_id)
    role = _role(by, role_id) if role_id != view.role_id else view.role
    apply_edit(view, {"name": _name(name), "role": role}, expected_version=expected_version)
    return view


@operation()
def remove_view(*, by: Any, view_id: int) -> SavedView:
    """Take a view of one's own away; whoever got it by mail gets it no more."""
    authorize(by, permissions.SAVE)
    view = _own(by, view_id)
    apply_edit(view, {"is_active": False})
    for schedule in MailSchedule.objects.filter(view=view, is_active=True):
        apply_edit(schedule, {"is_active": False, "said": _("The view was removed.")})
    return view


@operation()
def send_view(
    *, by: Any, view_id: int, rhythm: str, at_hour: int = 6, attach: str = "csv", user_id: int | None = None
) -> MailSchedule:
    """Have a view sent to oneself, or with the right to share, to ``user_id``: as that person sees it.

    Raises:
        Invalid: when mail is off, the person has no e-mail address or may not open the list, or an entry is wrong.
        Denied: for another person without the right to share.
    """
    authorize(by, permissions.SAVE)
    view = lock(SavedView.objects.visible_to(by).filter(is_active=True), view_id)
    user = _recipient(by, user_id)
    wrong = _wrong_entries(rhythm, at_hour, attach)
    if not is_on():
        raise Invalid(_("This house sends no mail."), _("Ask whoever runs the server to set WARDWRIGHT_MAIL_URL."))
    if not user.email:
        wrong["user_id"] = _("%(name)s has no e-mail address.") % {"name": user.name}
    elif refusal_of(view, user):
        wrong["user_id"] = refusal_of(view, user)
    if wrong:
        raise Invalid(_("The mail cannot be set up like this."), " ".join(map(str, wrong.values())), fields=wrong)
    known = MailSchedule.objects.filter(view=view, user=user, is_active=True).first()
    values = {"rhythm": rhythm, "at_hour": at_hour, "attach": attach, "next_at": next_moment(rhythm, at_hour)}
    if known is not None:
        apply_edit(known, values)
        return known
    return MailSchedule.objects.create(view=view, user=user, **values)


@operation()
def stop_sending(*, by: Any, mail_schedule_id: int) -> MailSchedule:
    """End a mail that one gets, or that goes out of a view of one's own."""
    authorize(by, permissions.SAVE)
    schedule = lock(MailSchedule.objects.visible_to(by), mail_schedule_id)
    if not schedule.is_active:
        raise NotNow(_("This mail has been stopped already."), _("Nothing is sent any more."))
    apply_edit(schedule, {"is_active": False, "said": _("Stopped.")})
    return schedule


@operation()
def note_sent(
    *,
    by: Any,
    mail_schedule_id: int,
    due_at: datetime,
    said: str,
    subject: str = "",
    text: str = "",
    html: str = "",
    attached: Sequence[Attached] = (),
) -> MailSchedule | None:
    """Put a composed mail into the outbox and move the schedule on, in one transaction: each due moment has one mail.

    Without a subject nothing is sent and only what is ``said`` is noted. None when it was noted already.
    """
    authorize(by, permissions.SHARE)
    schedule = lock(MailSchedule.objects.all(), mail_schedule_id)
    if not schedule.is_active or schedule.next_at != due_at:
        return None
    if subject:
        queue_mail(to=schedule.user.email, subject=subject, text=text, html=html, attached=attached)
    now = timezone.now()
    values = {"next_at": next_moment(schedule.rhythm, schedule.at_hour), "said": said[:200], "last_at": now}
    apply_edit(schedule, values)
    return schedule


def roles() -> list[Role]:
    """The roles a view may be shared with."""
    return list(Role.objects.order_by("name"))


def recipients() -> list[User]:
    """Those who can log in and have an e-mail address."""
    return list(User.objects.filter(is_active=True).exclude(email="").order_by("name"))


def refusal_of(view: SavedView, user: User) -> str:
    """Why ``user`` gets nothing of this view (any more), in words; "" when they do."""
    if not user.is_active:
        return _("The log-in is not active.")
    if not view.is_active:
        return _("The view was removed.")
    if not SavedView.objects.visible_to(user).filter(pk=view.pk).exists():
        return _("The view is not shared with a role of this person.")
    if not source_for(view.source).may(user):
        return _("This person may not open the list.")
    return ""


def next_moment(rhythm: str, at_hour: int, now: datetime | None = None) -> datetime:
    """The next time of a rhythm after ``now``, in the time zone of the house."""
    local = timezone.localtime(now or timezone.now())
    start = local.replace(hour=at_hour, minute=0, second=0, microsecond=0, fold=0)
    day = local.date()
    if rhythm == Rhythm.WEEKLY:
        day -= timedelta(days=day.weekday())
    elif rhythm == Rhythm.MONTHLY:
        day = month_start(day)
    zone = timezone.get_current_timezone()
    for turn in range(3):
        step = {Rhythm.DAILY: day + timedelta(days=turn), Rhythm.WEEKLY: day + timedelta(days=7 * turn)}
        wanted = step.get(Rhythm(rhythm)) or month_start(day, turn)
        moment = datetime.combine(wanted, start.time(), zone)
        if moment > local:
            return moment
    raise AssertionError("a rhythm always has a next moment")


def _name(name: str) -> str:
    words = " ".join(name.split())
    if not words or len(words) > 80:
        message = _("Enter a name of at most 80 letters.")
        raise Invalid(message, fields={"name": message})
    return words


def _role(by: Any, role_id: int | None) -> Role | None:
    if role_id is None:
        return None
    authorize(by, permissions.SHARE)
    role = Role.objects.filter(pk=role_id).first()
    if role is None:
        message = _("There is no such role.")
        raise Invalid(message, fields={"role_id": message})
    return role


def _own(by: Any, view_id: int) -> SavedView:
    view: SavedView = lock(SavedView.objects.visible_to(by).filter(is_active=True), view_id)
    if view.owner_id != by.id and not allowed(by, MANAGE, Scope()):
        raise Denied(_("This view belongs to somebody else."), _("Save your own under another name."))
    return view


def _recipient(by: Any, user_id: int | None) -> User:
    if user_id is None or user_id == by.id:
        return User.objects.get(pk=by.id)
    authorize(by, permissions.SHARE)
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None:
        message = _("There is nobody with this number who can log in.")
        raise Invalid(message, fields={"user_id": message})
    return user


def _wrong_entries(rhythm: str, at_hour: int, attach: str) -> dict[str, Any]:
    wrong: dict[str, Any] = {}
    if rhythm not in Rhythm.values:
        wrong["rhythm"] = _("Choose one of: %(known)s.") % {"known": ", ".join(Rhythm.values)}
    if not 0 <= at_hour <= 23:
        wrong["at_hour"] = _("Enter an hour from 0 to 23.")
    if attach not in Attach.values:
        wrong["attach"] = _("Choose one of: %(known)s.") % {"known": "csv, xlsx, pdf"}
    return wrong
