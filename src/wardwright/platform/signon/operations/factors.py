"""Adding and removing second factors. Taking one away, and seeing recovery codes, needs the password again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from wardwright.platform.access.models import User
from wardwright.platform.access.throttle import (
    count_wrong,
    forget_wrong,
    is_own_password,
    issue_ticket,
    refuse_after_too_many,
)
from wardwright.platform.audit.operation import operation
from wardwright.platform.core.change import require_change
from wardwright.platform.core.edits import lock
from wardwright.platform.core.errors import Invalid, NotFound, NotNow
from wardwright.platform.core.values import cleaned

from .. import totp
from ..models import Kind, OpenSession, Passkey, RecoveryCode, Totp
from ..passkeys import finish_adding, finish_asking
from ..trail import note
from .signing_in import tries_of, used_passkey


@operation()
def add_totp(*, by: User, secret: str, code: str, password: str, session_id: int | None = None) -> list[str]:
    """An authenticator app, once it shows the right code; returns ten recovery codes, shown now and never again.

    Raises:
        Invalid: when the code or the password is wrong. NotNow: when there is an app already.
    """
    user = _own(by)
    _check_password(user, password)
    if Totp.objects.filter(user_id=user.pk).exists():
        raise NotNow(_("There is an authenticator app already."), _("Remove it first."))
    step = totp.step_of(secret, code)
    if step is None:
        words = _("This is not the code that the app shows now.")
        raise Invalid(words, _("Check that the phone's clock is right."), fields={"code": words})
    Totp.objects.create(user=user, secret=totp.encrypted(secret, user.pk), last_step=step)
    note(user.pk, Kind.FACTOR_ADDED, method="totp")
    _free_session(user, session_id)
    return _new_codes(user)


@operation()
def remove_totp(*, by: User, password: str) -> None:
    """Without the app; recovery codes go with the last factor."""
    user = _own(by)
    _check_password(user, password)
    if not Totp.objects.filter(user_id=user.pk).delete()[0]:
        raise NotNow(_("There is no authenticator app."))
    note(user.pk, Kind.FACTOR_REMOVED, method="totp")
    _drop_codes_with_last(user)


@operation()
def renew_recovery_codes(*, by: User, password: str) -> list[str]:
    """Ten new codes; the old ones stop working."""
    user = _own(by)
    _check_password(user, password)
    if not _has_factor(user):
        raise NotNow(_("Recovery codes stand in for a second factor, and there is none."), _("Add one first."))
    note(user.pk, Kind.FACTOR_ADDED, method="recovery")
    return _new_codes(user)


@operation()
def add_passkey(
    *,
    by: User,
    name: str,
    state: Mapping[str, Any],
    response: Mapping[str, Any],
    password: str,
    session_id: int | None = None,
) -> tuple[Passkey, list[str]]:
    """A passkey of one's own; with the first factor come ten recovery codes."""
    user = _own(by)
    _check_password(user, password)
    credential, public, count = finish_adding(dict(state), dict(response))
    if Passkey.objects.filter(credential=credential).exists():
        raise NotNow(_("This passkey is known already."))
    first = not _has_factor(user)
    row = Passkey(user=user, credential=credential, public=public, sign_count=count)
    row.name = cleaned(row, {"name": name}, ("name",))["name"]
    row.save(force_insert=True)
    note(user.pk, Kind.FACTOR_ADDED, method="passkey", detail=row.name)
    _free_session(user, session_id)
    return row, _new_codes(user) if first else []


@operation()
def rename_passkey(*, by: User, passkey_id: int, name: str) -> Passkey:
    """What its owner calls it."""
    row = _own_passkey(by, passkey_id)
    row.name = cleaned(row, {"name": name}, ("name",))["name"]
    row.save(update_fields=["name"])
    return row


@operation()
def remove_passkey(*, by: User, passkey_id: int, password: str) -> None:
    """A passkey that is lost or no longer used."""
    row = _own_passkey(by, passkey_id)
    _check_password(row.user, password)
    note(row.user_id, Kind.FACTOR_REMOVED, method="passkey", detail=row.name)
    user = row.user
    row.delete()
    _drop_codes_with_last(user)


@operation()
def confirm_with_passkey(*, by: User, state: Mapping[str, Any], response: Mapping[str, Any]) -> str:
    """A ticket that stands in for the password of the next step, for two minutes: for a signature, or a change here.

    The passkey is something the signer has, its PIN or their finger the second component.
    """
    change = require_change()
    user = _own(by)
    refuse_after_too_many(tries_of(user.pk), _("Too many passkeys that were not accepted."))
    change.after_rollback.append(lambda: count_wrong(tries_of(user.pk)))
    row, counter = finish_asking(dict(state), dict(response), user)
    change.after_rollback.pop()
    forget_wrong(tries_of(user.pk))
    used_passkey(row, counter)
    return issue_ticket(user)


def forget_factors(user: User) -> int:
    """Within the operation of somebody who may: whoever lost phone and paper starts again with the password alone."""
    removed = Totp.objects.filter(user_id=user.pk).delete()[0] + Passkey.objects.filter(user_id=user.pk).delete()[0]
    RecoveryCode.objects.filter(user_id=user.pk).delete()
    if removed:
        note(user.pk, Kind.FACTOR_REMOVED, detail=_("by somebody who manages access"))
    return removed


def _own(by: Any) -> User:
    require_change().authorized = True  # everybody's own affair: it needs no permission
    return lock(User.objects, by.id)


def _own_passkey(by: Any, passkey_id: int) -> Passkey:
    _own(by)
    row = Passkey.objects.select_related("user").filter(pk=passkey_id, user_id=by.id).first()
    if row is None:
        raise NotFound(_("There is no such passkey."), _("Reload the list."))
    return row


def _check_password(user: User, password: str) -> None:
    """Somebody without a password comes by single sign-on: their session is what they have."""
    known = user.has_usable_password() or Passkey.objects.filter(user_id=user.pk).exists()
    if known and not is_own_password(user, password):
        raise Invalid(_("The password is not right."), fields={"password": _("Enter your own password.")})


def _has_factor(user: User) -> bool:
    return Totp.objects.filter(user_id=user.pk).exists() or Passkey.objects.filter(user_id=user.pk).exists()


def _new_codes(user: User) -> list[str]:
    codes = totp.recovery_codes()
    RecoveryCode.objects.filter(user_id=user.pk).delete()
    RecoveryCode.objects.bulk_create(RecoveryCode(user=user, digest=totp.recovery_digest(code)) for code in codes)
    return codes


def _drop_codes_with_last(user: User) -> None:
    if not _has_factor(user):
        RecoveryCode.objects.filter(user_id=user.pk).delete()


def _free_session(user: User, session_id: Any) -> None:
    """The session that had to add a factor is whole now; any other that came by the password alone is over."""
    waiting = OpenSession.objects.filter(user_id=user.pk, needs_factor=True)
    waiting.exclude(pk=session_id).update(ended_at=timezone.now())
    waiting.filter(pk=session_id).update(needs_factor=False)
