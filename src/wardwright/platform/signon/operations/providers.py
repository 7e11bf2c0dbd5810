"""Whom a provider's subject stands for: known, connected, or made at the first log-in, as the provider's row says."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import timezone
from django.utils.translation import gettext as _

from wardwright.platform.access.builtin import MANAGE
from wardwright.platform.access.models import User
from wardwright.platform.access.scope import authorize, authorize_everywhere
from wardwright.platform.audit.operation import operation
from wardwright.platform.core.change import require_change
from wardwright.platform.core.edits import lock
from wardwright.platform.core.errors import Denied, NotFound, NotNow

from ..models import Identity, Kind, OpenSession, Provider
from ..trail import note
from .groups import set_groups_of_user


@operation()
def sign_in_from_provider(
    *,
    by: Any,
    provider_id: int,
    subject: str,
    name: str = "",
    username: str = "",
    email: str = "",
    groups: Iterable[str] | None = None,
) -> User:
    """The user of a subject that the provider has just vouched for; ``email`` only if the provider verified it.

    Raises:
        Denied: when nobody here belongs to it and none is made, or the log-in is closed.
    """
    authorize(by, MANAGE)  # only the system itself comes this way
    provider = lock(Provider.objects, provider_id)
    row = Identity.objects.filter(provider=provider, subject=subject).select_related("user").first()
    user = row.user if row else _connected(provider, subject, email) or _made(provider, subject, name, username, email)
    if not user.is_active:
        raise Denied(_("This log-in is closed."), _("Ask the person who manages access in your department."))
    if provider.groups_claim and groups is not None:
        set_groups_of_user(by=by, user_id=user.pk, source=provider.code, names=groups)
    return user


def _connected(provider: Provider, subject: str, email: str) -> User | None:
    """By an address, if the provider's row allows it and there is exactly one log-in with it."""
    if not (provider.links_by_email and email):
        return None
    found = list(User.objects.filter(email__iexact=email, is_active=True)[:2])
    if len(found) != 1 or Identity.objects.filter(provider=provider, user=found[0]).exists():
        return None
    return _link(found[0], provider, subject)


def _made(provider: Provider, subject: str, name: str, username: str, email: str) -> User:
    if not provider.provisions:
        raise Denied(
            _("Nobody here is connected with this account at %(provider)s.") % {"provider": provider.name},
            _("Sign in with your password and connect it in “My account”, or ask the person who manages access."),
        )
    user = User(username=_free_name(username or subject), name=(name or username or subject)[:120], email=_good(email))
    user.set_unusable_password()
    user.save(force_insert=True)
    return _link(user, provider, subject)


def _link(user: User, provider: Provider, subject: str) -> User:
    Identity.objects.create(user=user, provider=provider, subject=subject)
    note(user.pk, Kind.LINKED, method=provider.code)
    return user


def _free_name(wanted: str) -> str:
    base = re.sub(r"[^\w.@+-]", "", wanted)[:70] or "user"
    taken = {
        name.casefold() for name in User.objects.filter(username__istartswith=base).values_list("username", flat=True)
    }
    return next(name for name in (base, *(f"{base}-{n}" for n in range(2, 10_000))) if name.casefold() not in taken)


def _good(email: str) -> str:
    try:
        validate_email(email)
    except ValidationError:
        return ""
    return email


@operation()
def connect_identity(*, by: User, provider_id: int, subject: str) -> Identity:
    """Somebody who is signed in connects their account at a provider, which has just vouched for it."""
    require_change().authorized = True
    user, provider = lock(User.objects, by.id), lock(Provider.objects, provider_id)
    if Identity.objects.filter(provider=provider, subject=subject).exclude(user=user).exists():
        raise NotNow(_("This account is connected with another log-in."), _("Disconnect it there first."))
    if Identity.objects.filter(provider=provider, user=user).exists():
        raise NotNow(_("You are connected with an account there already."), _("Disconnect that one first."))
    _link(user, provider, subject)
    return Identity.objects.get(provider=provider, user=user)


@operation()
def disconnect_identity(*, by: Any, identity_id: int) -> None:
    """No longer come in by this account: one's own, or for whoever manages access anybody's."""
    row = Identity.objects.filter(pk=identity_id).select_related("user", "provider").first()
    if row is None:
        raise NotFound(_("There is no such connection."), _("Reload the page."))
    if row.user_id != by.id:
        authorize_everywhere(by, MANAGE)
    elif not row.user.has_usable_password():
        raise NotNow(_("You have no password yet, so this is your only way in."), _("Ask for a password first."))
    require_change().authorized = True
    note(row.user_id, Kind.UNLINKED, method=row.provider.code)
    row.delete()


@operation()
def end_sessions_at_provider(*, by: Any, provider_id: int, subject: str = "", provider_session: str = "") -> int:
    """The provider says that somebody signed out there (back-channel log-out): their sessions by it end here too."""
    authorize(by, MANAGE)
    rows = OpenSession.objects.filter(provider_id=provider_id, ended_at=None)
    if provider_session:
        rows = rows.filter(provider_session=provider_session)
    if subject:
        rows = rows.filter(subject=subject)
    found = list(rows) if provider_session or subject else []
    OpenSession.objects.filter(pk__in=[row.pk for row in found]).update(ended_at=timezone.now())
    for row in found:
        note(row.user_id, Kind.ENDED, method=row.method, device=row.device, detail=_("signed out at the provider"))
    return len(found)
