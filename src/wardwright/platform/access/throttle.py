"""How often a password, code or PIN may be wrong, wherever one is asked for. The tries are rows of axes.

Logging in: six wrong passwords for one user name from one address, and names of ``NAMES_PER_ADDRESS`` people from one
address: a hospital's staff share one, but whoever mistypes logs in soon after and is forgotten; whoever tries one
password on everybody does not. Signing and changing one's own password: six for one person, wherever they are.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from ipaddress import ip_address, ip_network
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.helpers import get_cool_off
from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from wardwright.platform.core.change import require_change
from wardwright.platform.core.errors import TooOften

from .models import Ticket, User

NAMES_PER_ADDRESS = 50
TICKET = "passkey:"
TICKET_HOLDS = timedelta(minutes=2)


class Throttle(AxesDatabaseHandler):
    """What axes counts by user name and address, and the names tried from one address."""

    def get_failures(self, request: Any, credentials: dict | None = None) -> int:
        if is_spraying(request.axes_ip_address):
            return int(settings.AXES_FAILURE_LIMIT)
        return super().get_failures(request, credentials)


def address_of(request: Any) -> str | None:
    """Where a request comes from. Behind a proxy that ends TLS it is what the proxy says: the last of its list.

    Of an IPv6 address the network counts: who has one address there has all of them.
    """
    direct = request.META.get("REMOTE_ADDR", "")
    said = request.META.get("HTTP_X_FORWARDED_FOR", "").rsplit(",", 1)[-1].strip() if settings.BEHIND_TLS else ""
    for text in (said, direct):
        try:
            address = ip_address(text)
        except ValueError:
            continue
        return str(ip_network((address, 64), strict=False).network_address if address.version == 6 else address)
    return None  # a socket has no address


def is_spraying(address: str | None) -> bool:
    """Whether wrong passwords for too many user names came from ``address`` lately."""
    names = _lately().filter(ip_address=address).values("username").distinct().order_by()
    return address is not None and names.count() >= NAMES_PER_ADDRESS


def counted_name(username: str) -> str:
    """The name under which wrong passwords are counted: every way to write it that finds the same user is one."""
    return username.strip().upper().casefold()[:80]


def is_own_password(user: User, password: str) -> bool:
    """Whether somebody who is logged in knows their password. Whoever calls this refuses when not, within a change.

    The ticket that a passkey gave a moment ago is as good, once.

    Raises:
        TooOften: after too many wrong ones; the right one is not tried either.
    """
    name = counted_name(user.username)
    refuse_after_too_many(
        name,
        _("Too many wrong passwords."),
        _("Wait a quarter of an hour, then try again; or ask the person who manages access for a new password."),
    )
    if _redeems(user, password) or user.check_password(password):
        forget_wrong(name)
        return True
    require_change().after_rollback.append(lambda: count_wrong(name))
    return False


def _redeems(user: User, ticket: str) -> bool:
    """Whether ``ticket`` is one of this user's that still holds; it is spent with the change that is open."""
    if not ticket.startswith(TICKET):
        return False
    digest = hashlib.sha256(ticket.encode()).hexdigest()
    return bool(Ticket.objects.filter(digest=digest, user=user, expires_at__gt=timezone.now()).delete()[0])


def issue_ticket(user: User) -> str:
    """A ticket for one step of ``user``, who has just used a passkey that knows them (PIN or finger)."""
    now = timezone.now()
    Ticket.objects.filter(expires_at__lt=now).delete()
    ticket = TICKET + secrets.token_urlsafe(24)
    digest = hashlib.sha256(ticket.encode()).hexdigest()
    Ticket.objects.create(digest=digest, user=user, expires_at=now + TICKET_HOLDS)
    return ticket


def refuse_after_too_many(name: str, words: Any, way_forward: Any = "") -> None:
    """Before a secret is tried: ``name`` says whose it is, such as "second factor 7".

    Raises:
        TooOften: after too many wrong ones within a quarter of an hour.
    """
    wrong = _of(name).filter(pk__in=_lately()).aggregate(n=Sum("failures_since_start"))["n"] or 0
    if wrong >= settings.AXES_FAILURE_LIMIT:
        raise TooOften(words, way_forward or _("Wait a quarter of an hour, then try again."))


def count_wrong(name: str) -> None:
    """Outside the change that was refused, or it would be forgotten with it."""
    AccessAttempt.objects.create(username=name, failures_since_start=1)


def forget_wrong(name: str) -> None:
    """After the right one."""
    _of(name).delete()


def forget_tries(user: User) -> None:
    """A new password starts with no wrong tries, at the log-in too."""
    AccessAttempt.objects.filter(username=counted_name(user.username)).delete()


def _lately() -> QuerySet[AccessAttempt]:
    return AccessAttempt.objects.filter(attempt_time__gte=timezone.now() - get_cool_off())


def _of(name: str) -> QuerySet[AccessAttempt]:
    """The tries of somebody who is known already: they have no address."""
    return AccessAttempt.objects.filter(username=name, ip_address=None)
