"""How often a password may be wrong, wherever one is asked for. The tries are rows of axes.

Logging in: six wrong passwords for one user name from one address, and names of ``NAMES_PER_ADDRESS`` people from one
address: a hospital's staff share one, but whoever mistypes logs in soon after and is forgotten; whoever tries one
password on everybody does not. Signing and changing one's own password: six for one person, wherever they are.
"""

from __future__ import annotations

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

from .models import User

NAMES_PER_ADDRESS = 50


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

    Raises:
        TooOften: after too many wrong ones; the right one is not tried either.
    """
    wrong = _of(user).filter(pk__in=_lately()).aggregate(n=Sum("failures_since_start"))["n"] or 0
    if wrong >= settings.AXES_FAILURE_LIMIT:
        raise TooOften(
            _("Too many wrong passwords."),
            _("Wait a quarter of an hour, then try again; or ask the person who manages access for a new password."),
        )
    if user.check_password(password):
        _of(user).delete()
        return True
    require_change().after_rollback.append(lambda: _count(user))
    return False


def forget_tries(user: User) -> None:
    """A new password starts with no wrong tries, at the log-in too."""
    AccessAttempt.objects.filter(username=counted_name(user.username)).delete()


def _lately() -> QuerySet[AccessAttempt]:
    return AccessAttempt.objects.filter(attempt_time__gte=timezone.now() - get_cool_off())


def _of(user: User) -> QuerySet[AccessAttempt]:
    """The tries of somebody who was logged in: they have no address."""
    return AccessAttempt.objects.filter(username=counted_name(user.username), ip_address=None)


def _count(user: User) -> None:
    """Outside the change that was refused, or it would be forgotten with it."""
    AccessAttempt.objects.create(username=counted_name(user.username), failures_since_start=1)
