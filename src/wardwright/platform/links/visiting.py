"""Who a visitor is: nobody's log-in, with what the role Surveyor may read, where the link says, until it ends."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from wardwright.platform.access.models import Role, User
from wardwright.platform.access.scope import Reach, Scope, allowed

from .models import Link, Opens

KEY = "visitor_link"  # within Django's session
ROLE = "surveyor"
_where: Callable[[int], Scope | None] = lambda pk: None


def link_digest(secret: str) -> str:
    """What is stored of a link (its secret has 256 random bits)."""
    return hashlib.sha256(secret.encode()).hexdigest()


def link_of(secret: str) -> Link | None:
    """The link with this secret, if it still opens."""
    row = Link._base_manager.filter(digest=link_digest(secret)).select_related("made_by").first()
    return row if row is not None and opens(row) else None


def opens(row: Link) -> bool:
    """Not ended, not over, and whoever made it still has a log-in."""
    return row.is_open and row.made_by.is_active


def visitor_of(request: Any) -> User | None:
    """The visitor of this browser's session; None when its link does not open any more."""
    row = Link._base_manager.filter(pk=request.session[KEY]).select_related("made_by").first()
    if row is None or not opens(row):
        request.session.flush()
        return None
    return visitor(row)


def visitor(row: Link) -> User:
    """Somebody without a row among the users: a number below zero, which nothing can belong to."""
    user = User(id=-row.pk, username="", name=row.visitor)
    user._state.adding = False
    user.link_id, user.read_only = row.pk, True
    user._reaches = {code: _reach(row) for code in _codes(row)}
    return user


def subjects_lie(where: Callable[[int], Scope | None]) -> None:
    """Said once by the app that has the subjects: where one of them is now, None when there is none."""
    global _where
    _where = where


def _codes(row: Link) -> list[str]:
    codes = Role.objects.filter(code=ROLE).values_list("permissions", flat=True).first() or []
    where = _where(int(row.scope_id or 0)) if row.opens == Opens.SUBJECT else row.scope()
    return [code for code in codes if code != "*" and where is not None and allowed(row.made_by, code, where)]


def _reach(row: Link) -> Reach:
    reach = Reach()
    if row.opens == Opens.SUBJECT:
        reach.subjects.add(int(row.scope_id or 0))
    else:
        reach.add(row.opens, row.scope_id)
    return reach
