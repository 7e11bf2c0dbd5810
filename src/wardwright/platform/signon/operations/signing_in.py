"""Coming in and going out, as the trail keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidTag
from django.utils import timezone
from django.utils.translation import gettext as _

from wardwright.platform.access.builtin import MANAGE
from wardwright.platform.access.models import User
from wardwright.platform.access.scope import allowed, authorize
from wardwright.platform.access.throttle import count_wrong, forget_wrong, refuse_after_too_many
from wardwright.platform.audit.operation import operation
from wardwright.platform.core.change import require_change
from wardwright.platform.core.errors import Invalid, NotFound

from .. import totp
from ..models import Kind, OpenSession, Passkey, RecoveryCode, Totp
from ..passkeys import finish_asking
from ..sessions import end_sessions
from ..trail import note

TOTP_METHOD, RECOVERY_METHOD, PASSKEY_METHOD = "totp", "recovery", "passkey"


def tries_of(user_id: int | None) -> str:
    """The name under which wrong second factors are counted."""
    return f"second factor {user_id}"


@operation()
def sign_in(*, by: User, method: str, address: str = "", device: str = "") -> None:
    """Somebody has shown who they are: kept before their session begins, so that no session is without it."""
    require_change().authorized = True
    note(by.pk, Kind.SIGNED_IN, method=method, address=address, device=device)


@operation()
def note_sign_out(*, by: User, address: str = "", device: str = "") -> None:
    """Somebody signs out."""
    require_change().authorized = True
    note(by.pk, Kind.SIGNED_OUT, address=address, device=device)


@operation()
def note_refusal(
    *, by: Any, user_id: int | None, method: str, address: str = "", device: str = "", locked: bool = False
) -> None:
    """Somebody could not come in. An unknown user name is counted without being written down."""
    require_change().authorized = True
    note(user_id, Kind.LOCKED if locked else Kind.REFUSED, method=method, address=address, device=device)


@operation()
def use_second_factor(
    *, by: User, code: str = "", assertion: Mapping[str, Any] | None = None, state: Mapping[str, Any] | None = None
) -> str:
    """Check the second factor of ``by``, whose password was right; returns which it was.

    Each code works once: that of an app never again for its 30 seconds, a recovery code never again.

    Raises:
        Invalid: when it is wrong or used. TooOften: after six wrong ones in a quarter of an hour.
    """
    change = require_change()
    change.authorized = True
    name = tries_of(by.pk)
    refuse_after_too_many(name, _("Too many wrong codes."))
    change.after_rollback.append(lambda: count_wrong(name))
    if assertion is not None:
        row, counter = finish_asking(dict(state or {}), dict(assertion), by)
        used_passkey(row, counter)
        method = PASSKEY_METHOD
    elif _is_code_of_app(by, code):
        method = TOTP_METHOD
    elif _is_recovery_code(by, code):
        method = RECOVERY_METHOD
    else:
        words = _("This code is not right, or it was used already.")
        raise Invalid(words, _("Wait for the next one and enter that."), fields={"code": words})
    change.after_rollback.pop()
    forget_wrong(name)
    return method


@operation()
def use_passkey(*, by: Any, state: Mapping[str, Any], response: Mapping[str, Any]) -> User:
    """The user whose passkey this is, known by PIN, finger or face: two factors in one step.

    Raises:
        Invalid: in the same words whatever does not fit, also for a closed log-in.
    """
    authorize(by, MANAGE)  # only the system itself comes this way
    row, counter = finish_asking(dict(state), dict(response))
    if not row.user.is_active:
        raise Invalid(_("This passkey was not accepted."), _("Try it again, or sign in with your password instead."))
    used_passkey(row, counter)
    return row.user


def used_passkey(row: Passkey, counter: int) -> None:
    """Of two requests with the same answer one finds the counter as it was. Not a change that the trail keeps."""
    kept = Passkey.objects.filter(pk=row.pk, sign_count=row.sign_count)
    if not kept.update(sign_count=counter, used_at=timezone.now()):
        raise Invalid(_("This passkey was used a moment ago."), _("Try it again."))


def _is_code_of_app(user: User, code: str) -> bool:
    row = Totp.objects.filter(user_id=user.pk).first()
    if row is None:
        return False
    try:
        step = totp.step_of(totp.decrypted(bytes(row.secret), user.pk), code, after=row.last_step)
    except InvalidTag:  # the house was restored with another secret key
        return False
    return step is not None and bool(Totp.objects.filter(pk=row.pk, last_step__lt=step).update(last_step=step))


def _is_recovery_code(user: User, code: str) -> bool:
    digest = totp.recovery_digest(code)
    used = RecoveryCode.objects.filter(user_id=user.pk, digest=digest, used_at=None).update(used_at=timezone.now())
    if used:
        left = RecoveryCode.objects.filter(user_id=user.pk, used_at=None).count()
        note(user.pk, Kind.RECOVERY, detail=_("%(n)s left") % {"n": left})
    return bool(used)


@operation()
def end_session(*, by: Any, session_id: int, address: str = "") -> OpenSession:
    """End one session now: one's own, or for those who manage access anybody's."""
    row = OpenSession.objects.filter(pk=session_id).first()
    if row is None or (row.user_id != by.id and not allowed(by, MANAGE)):
        raise NotFound(_("There is no such session."), _("Reload the list."))
    require_change().authorized = True
    if row.ended_at is None:
        OpenSession.objects.filter(pk=row.pk, ended_at=None).update(ended_at=timezone.now())
        note(row.user_id, Kind.ENDED, method=row.method, address=address, device=row.device)
    return row


@operation()
def end_sessions_of(*, by: Any, user_id: int, but: int | None = None, address: str = "") -> int:
    """End every session of somebody, except the one with the number ``but``; returns how many."""
    if by.id == user_id:
        require_change().authorized = True
    else:
        authorize(by, MANAGE)
    ended = end_sessions(user_id, but=but)
    if ended:
        note(user_id, Kind.ENDED, address=address, detail=_("%(n)s sessions") % {"n": ended})
    return ended
