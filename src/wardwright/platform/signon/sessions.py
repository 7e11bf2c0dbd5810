"""Sessions: who a browser's cookie stands for, since when, and until when.

A session ends when its owner signs out, when it is idle or old, when somebody ends it, and when the password changes.
The cookie alone is then worth nothing, since this is asked of the database at every request.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import AnonymousUser
from django.db import OperationalError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from wardwright.platform.access.limits import quick
from wardwright.platform.access.models import User
from wardwright.platform.access.throttle import address_of
from wardwright.platform.core.kept import row_by_number

from .models import OpenSession

ROW = "open_session"  # the key of the row's number within Django's session
METHOD = "sign_on_method"
SEEN_EVERY = timedelta(minutes=1)
_BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = (
    ("Windows", "Windows"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)  # fmt: skip


def device_of(request: Any) -> str:
    """The browser and system in two words, as far as it says."""
    said = request.META.get("HTTP_USER_AGENT", "")
    browser = next((name for mark, name in _BROWSERS if mark in said), "")
    system = next((name for mark, name in _SYSTEMS if mark in said), "")
    return " · ".join(part for part in (browser, system) if part) or re.sub(r"[^\w ./-]", "", said)[:60]


def begin(sender: Any, request: Any, user: User, **_: Any) -> None:
    """A row for the session that has just begun."""
    given = getattr(request, METHOD, None) or {"method": "password"}
    row = OpenSession.objects.create(
        user_id=user.pk,
        address=address_of(request) or "",
        device=device_of(request),
        seen_at=timezone.now(),
        **given,
    )
    request.session[ROW] = row.pk


def leave(sender: Any, request: Any, **_: Any) -> None:
    """The session is signed out of."""
    OpenSession.objects.filter(pk=request.session.get(ROW), ended_at=None).update(ended_at=timezone.now())


def open_sessions(user_id: Any) -> QuerySet[OpenSession]:
    """The sessions of somebody that are still good, the latest first."""
    now = timezone.now()
    return OpenSession.objects.filter(
        user_id=user_id,
        ended_at=None,
        seen_at__gt=now - timedelta(minutes=settings.IDLE_MINUTES),
        started_at__gt=now - timedelta(seconds=settings.SESSION_COOKIE_AGE),
    ).order_by("-seen_at")


def end_sessions(user_id: Any, *, but: Any = None) -> int:
    """Every session of somebody ends now, except the one with the number ``but``."""
    rows = OpenSession.objects.filter(user_id=user_id, ended_at=None).exclude(pk=but)
    return rows.update(ended_at=timezone.now())


def user_of(request: Any) -> Any:
    """Who is there: one query for the session and its user; anonymous once the session is over."""
    pk = request.session.get(ROW)
    row = row_by_number(OpenSession.objects.select_related("user"), pk)
    if row is None or not _holds(request, row):
        if SESSION_KEY in request.session:
            request.session.flush()
        return AnonymousUser()
    _saw(row)
    request.open_session = row
    return row.user


def _holds(request: Any, row: OpenSession) -> bool:
    now, session = timezone.now(), request.session
    return (
        session.get(SESSION_KEY) == str(row.user_id)
        and session.get(BACKEND_SESSION_KEY) in settings.AUTHENTICATION_BACKENDS
        and row.ended_at is None
        and row.user.is_active
        and row.seen_at > now - timedelta(minutes=settings.IDLE_MINUTES)
        and row.started_at > now - timedelta(seconds=settings.SESSION_COOKIE_AGE)
        and constant_time_compare(session.get(HASH_SESSION_KEY, ""), row.user.get_session_auth_hash())
    )


def _saw(row: OpenSession) -> None:
    """Noted once a minute, and never waited for."""
    now = timezone.now()
    if now - row.seen_at < SEEN_EVERY:
        return
    try:
        with quick():
            OpenSession.objects.filter(pk=row.pk).update(seen_at=now)
    except OperationalError:
        return  # the next request notes it
