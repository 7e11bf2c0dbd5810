"""Log-ins, roles, grants and API tokens.

Nobody hands out more than they have, nor for longer, nor to themselves: a grant lies within the giver's own reach, and
whoever manages access for one site cannot take over the log-in of somebody whose reach goes further.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import slugify
from django.utils.translation import gettext as _

from wardwright.platform.access.builtin import MANAGE
from wardwright.platform.access.models import ApiToken, Grant, Role, ScopeKind, User
from wardwright.platform.access.permissions import PERMISSIONS
from wardwright.platform.access.scope import Scope, allowed, authorize, reaches_from
from wardwright.platform.access.throttle import forget_tries, is_own_password
from wardwright.platform.access.tokens import revoke_tokens, token_digest
from wardwright.platform.audit.operation import operation
from wardwright.platform.core.change import require_change
from wardwright.platform.core.edits import apply_edit, check_version, lock
from wardwright.platform.core.errors import Denied, Invalid, NotNow
from wardwright.platform.core.values import cleaned, reachable, unique_or_invalid
from wardwright.platform.signon.sessions import end_sessions

from ..models import Company, Department, Site

USER_FIELDS = ("username", "name", "email", "language")
ROLE_FIELDS = ("name", "description", "second_factor", "second_factor_from")
TOKEN_DAYS = 365


# Users ----------------------------------------------------------------------------------------------------------


@operation()
def create_user(*, by: Any, username: str, name: str, password: str, email: str = "", language: str = "") -> User:
    """A log-in with its first password; what it may do comes from grants."""
    authorize(by, MANAGE)
    row = User()
    good = cleaned(row, {"username": username, "name": name, "email": email, "language": language}, USER_FIELDS)
    for field, value in good.items():
        setattr(row, field, value)
    _check_username(row)
    _set_password(row, password)
    with unique_or_invalid(row):
        row.save(force_insert=True)
    return row


@operation()
def change_user(*, by: Any, user_id: int, values: Mapping[str, Any], expected_version: int | None = None) -> User:
    """Change USER_FIELDS of a log-in."""
    row = lock(User.objects, user_id)
    _authorize_over(by, row)
    good = cleaned(row, values, USER_FIELDS)
    if "username" in good:
        _check_username(User(pk=row.pk, username=good["username"]))
    with unique_or_invalid(row):
        apply_edit(row, good, expected_version=expected_version)
    return row


@operation()
def set_password(*, by: Any, user_id: int, password: str) -> User:
    """Give somebody a new password; their sessions and API tokens end, and they may try again at once."""
    row = lock(User.objects, user_id)
    _authorize_over(by, row)
    return _save_password(row, password)


@operation()
def change_own_password(*, by: Any, current: str, password: str, session_id: int | None = None) -> User:
    """One's own password, knowing the one before; API tokens end, and every session but ``session_id``."""
    row = lock(User.objects, by.id)
    require_change().authorized = True  # everybody's own affair: it needs no permission
    if not is_own_password(row, current):
        raise Invalid(
            _("The present password is not right."), fields={"current": _("Enter the password you log in with.")}
        )
    return _save_password(row, password, session_id)


def _save_password(row: User, password: str, session_id: int | None = None) -> User:
    _set_password(row, password)
    row.version += 1
    row.save(update_fields=["password", "version", "updated_at"])
    revoke_tokens(row)
    end_sessions(row.pk, but=session_id)  # each holds a hash of the password it began with, too
    forget_tries(row)
    return row


@operation()
def set_user_active(*, by: Any, user_id: int, is_active: bool, reason: str = "") -> User:
    """Close a log-in, or open it again; nobody closes their own. With it sessions and API tokens end at once."""
    row = lock(User.objects, user_id)
    _authorize_over(by, row)
    if row.pk == by.id and not is_active:
        raise NotNow(_("You cannot close your own log-in."), _("Ask another person who manages access."))
    apply_edit(row, {"is_active": is_active})
    if not is_active:
        revoke_tokens(row)
        end_sessions(row.pk)
    return row


def _check_username(row: User) -> None:
    if User.objects.filter(username__iexact=row.username).exclude(pk=row.pk).exists():
        message = _("This user name is taken.")
        raise Invalid(message, _("Choose another one."), fields={"username": message})


def _set_password(row: User, password: str) -> None:
    try:
        validate_password(password, row)
    except ValidationError as error:
        words = " ".join(error.messages)
        raise Invalid(words, fields={"password": words}) from None
    row.set_password(password)


def _authorize_over(by: Any, row: User) -> None:
    """The actor manages access everywhere the other user reaches, and may do there whatever the other may.

    Whoever sets a password can log in with it: without the second half, the right to manage access at one site would
    be every right that anybody has there.
    """
    authorize(by, MANAGE)
    for grant in Grant.objects.filter(user=row).select_related("role"):
        scope = _scope(grant.scope_kind, grant.scope_id)
        authorize(by, MANAGE, scope)
        _refuse_more_than_own(by, grant.role, scope)
        if row.pk != by.id and _gives(grant.role, MANAGE.code):
            _refuse_longer_than_own(by, [MANAGE.code], scope, grant.expires_at)


# Roles and grants -----------------------------------------------------------------------------------------------


@operation()
def create_role(
    *,
    by: Any,
    name: str,
    description: str = "",
    permissions: Iterable[str] = (),
    second_factor: str = "off",
    second_factor_from: date | None = None,
) -> Role:
    """A role of the hospital's own; only for those who manage access everywhere."""
    authorize(by, MANAGE, Scope())
    row = Role(code=_free_code(name), permissions=_known(permissions))
    given: dict[str, Any] = {"name": name, "description": description, "second_factor": second_factor}
    given["second_factor_from"] = second_factor_from
    for field, value in cleaned(row, given, ROLE_FIELDS).items():
        setattr(row, field, value)
    with unique_or_invalid(row):
        row.save(force_insert=True)
    return row


@operation()
def change_role(
    *,
    by: Any,
    role_id: int,
    values: Mapping[str, Any],
    permissions: Iterable[str] | None = None,
    expected_version: int | None = None,
) -> Role:
    """Change a role's words and what it may do, for everybody who holds it."""
    authorize(by, MANAGE, Scope())
    _refuse_longer_than_own(by, [MANAGE.code], Scope(), None)
    row = lock(Role.objects, role_id)
    check_version(row, expected_version)
    good = cleaned(row, values, ROLE_FIELDS)
    if permissions is not None:
        good["permissions"] = _known(permissions)
        _refuse_own_gain(by, row, good["permissions"])
        _refuse_lockout(row, good["permissions"])
    with unique_or_invalid(row):
        apply_edit(row, good)
    return row


def _free_code(name: str) -> str:
    base = slugify(name)[:34] or "role"
    taken = set(Role.objects.filter(code__startswith=base).values_list("code", flat=True))
    return next(code for code in (base, *(f"{base}-{n}" for n in range(2, 1000))) if code not in taken)


def _known(permissions: Iterable[str]) -> list[str]:
    codes = list(dict.fromkeys(str(code) for code in permissions))
    unknown = [code for code in codes if code != "*" and code not in PERMISSIONS]
    if unknown:
        message = _("There is no permission %(code)s.") % {"code": ", ".join(unknown)}
        raise Invalid(message, fields={"permissions": message})
    return ["*"] if "*" in codes else sorted(codes)


def _refuse_lockout(role: Role, permissions: list[str]) -> None:
    """Somebody must be left who manages access everywhere."""
    if "*" in permissions or MANAGE.code in permissions:
        return
    _refuse_without_manager(Grant.objects.exclude(role=role))


def _refuse_without_manager(grants: Any) -> None:
    left = grants.filter(scope_kind=ScopeKind.EVERYTHING, user__is_active=True, expires_at=None)
    if not any("*" in codes or MANAGE.code in codes for codes in left.values_list("role__permissions", flat=True)):
        raise NotNow(
            _("Nobody would be left who manages access."), _("Give another person this role without a limit first.")
        )


@operation()
def grant_role(
    *,
    by: Any,
    user_id: int,
    role_id: int,
    scope_kind: str = "all",
    scope_id: int | None = None,
    expires_at: datetime | None = None,
    reason: str = "",
) -> Grant:
    """Give somebody else a role within a scope; never more than the giver could do there, nor for longer."""
    scope = _scope(scope_kind, scope_id)
    authorize(by, MANAGE, scope)
    _refuse_own(by, user_id)
    role = lock(Role.objects, role_id)
    _check_place(by, scope_kind, scope_id)
    _refuse_more_than_own(by, role, scope)
    needed = [MANAGE.code] if allowed(by, MANAGE, Scope()) else [MANAGE.code, *_codes(role)]
    _refuse_longer_than_own(by, needed, scope, expires_at)
    row = Grant(
        user=lock(User.objects, user_id), role=role, scope_kind=scope_kind, scope_id=scope_id, expires_at=expires_at
    )
    with unique_or_invalid(row):
        row.save(force_insert=True)
    return row


@operation()
def revoke_grant(*, by: Any, grant_id: int, reason: str = "") -> None:
    """Take a role back from somebody else."""
    row = lock(Grant.objects.select_related("role"), grant_id)
    scope = _scope(row.scope_kind, row.scope_id)
    authorize(by, MANAGE, scope)
    _refuse_own(by, row.user_id)
    if row.source:
        raise NotNow(
            _("This role came with a group of the hospital's directory."),
            _("Take them out of the group there, or the role away from the group."),
        )
    if _gives(row.role, MANAGE.code):
        _refuse_longer_than_own(by, [MANAGE.code], scope, row.expires_at)
    if row.scope_kind == ScopeKind.EVERYTHING:
        _refuse_without_manager(Grant.objects.exclude(pk=row.pk))
    row.delete()


def _scope(kind: str, scope_id: int | None) -> Scope:
    if kind == ScopeKind.EVERYTHING and scope_id is None:
        return Scope()
    name = {ScopeKind.SITE: "site_id", ScopeKind.DEPARTMENT: "department_id", ScopeKind.VENDOR: "vendor_id"}.get(kind)  # type: ignore[call-overload]
    if name is None or scope_id is None:
        message = _("Say which site, department or company the role is limited to.")
        raise Invalid(message, fields={"scope_id": message})
    site_id = Department.objects.filter(pk=scope_id).values_list("site_id", flat=True).first()
    return Scope(site_id=site_id, department_id=scope_id) if name == "department_id" else Scope(**{name: scope_id})


def _check_place(by: Any, kind: str, scope_id: int | None) -> None:
    model = {ScopeKind.SITE: Site, ScopeKind.DEPARTMENT: Department, ScopeKind.VENDOR: Company}.get(kind)  # type: ignore[call-overload]
    if model is not None:
        reachable(model.objects.visible_to(by), scope_id, "scope_id")


def _refuse_more_than_own(by: Any, role: Role, scope: Scope) -> None:
    if allowed(by, MANAGE, Scope()):
        return
    more = [code for code in _codes(role) if not allowed(by, code, scope)]
    if more:
        raise Denied(
            _("The role “%(role)s” may do more than you may yourself: %(what)s.")
            % {
                "role": role.name,
                "what": ", ".join(str(PERMISSIONS[code].label) for code in more[:3] if code in PERMISSIONS),
            },
            _("Ask somebody who manages access for the whole hospital."),
        )


def _codes(role: Role) -> list[str]:
    return list(PERMISSIONS) if "*" in role.permissions else role.permissions


def _gives(role: Role, code: str) -> bool:
    return "*" in role.permissions or code in role.permissions


def _in_force(user: User) -> QuerySet[Grant]:
    return Grant.objects.filter(user_id=user.pk).exclude(expires_at__lt=timezone.now()).select_related("role")


def _refuse_own(by: Any, user_id: int) -> None:
    if by.id == user_id:
        raise Denied(_("Nobody changes their own roles."), _("Ask another person who manages access."))


def _refuse_own_gain(by: Any, role: Role, permissions: list[str]) -> None:
    """Whoever holds a role does not add to what it may do."""
    gained = set(PERMISSIONS if "*" in permissions else permissions) - set(_codes(role))
    if gained and not by.is_system and _in_force(by).filter(role=role).exists():
        raise Denied(
            _("You hold the role “%(role)s” yourself, so you cannot let it do more.") % {"role": role.name},
            _("Ask another person who manages access."),
        )


def _refuse_longer_than_own(by: Any, codes: Iterable[str], scope: Scope, until: datetime | None) -> None:
    """What the actor may do only until a day, nobody gets from them for longer, and nobody loses who has it longer."""
    if by.is_system:
        return
    held = [
        (grant.expires_at, reaches_from([(grant.scope_kind, grant.scope_id, _codes(grant.role))]))
        for grant in _in_force(by)
    ]
    ends: list[datetime] = []
    for code in codes:
        own = [end for end, reaching in held if code in reaching and reaching[code].covers(scope)]
        if own and None not in own:
            ends.append(max(end for end in own if end))
    if ends and (until is None or until > min(ends)):
        end = timezone.localtime(min(ends)).date()
        raise Denied(
            _("You may do this yourself only until %(day)s, so not for longer or to those who have it longer.")
            % {"day": date_format(end, "DATE_FORMAT")},
            _("Choose an earlier end, or ask somebody who manages access without one."),
        )


# API tokens -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class IssuedToken:
    """A new token: ``secret`` is shown now and never again."""

    token: ApiToken
    secret: str


@operation()
def create_api_token(
    *,
    by: Any,
    label: str,
    days: int = TOKEN_DAYS,
    user_id: int | None = None,
    permissions: Iterable[str] = (),
    read_only: bool = False,
) -> IssuedToken:
    """A bearer token for the API: only one's own, since it acts as its owner. The host's command line names a user.

    ``permissions`` narrows it to some of its owner's (none: all of them), ``read_only`` to reading.
    """
    row = lock(User.objects, user_id or by.id)
    if not by.is_system and by.id != row.pk:
        raise Denied(
            _("A token acts as its owner, so only they can make one."), _("Ask them to make it in “My account”.")
        )
    _authorize_token(by, row)
    if not 1 <= days <= 3 * TOKEN_DAYS:
        message = _("A token holds from 1 to %(days)s days.") % {"days": 3 * TOKEN_DAYS}
        raise Invalid(message, fields={"days": message})
    secret = "ww_" + secrets.token_urlsafe(32)
    token = ApiToken(
        user=row,
        digest=token_digest(secret),
        permissions=_own(row, _known(permissions)),
        read_only=read_only,
        expires_at=timezone.now() + timedelta(days=days),
    )
    token.label = cleaned(token, {"label": label}, ("label",))["label"]
    token.save(force_insert=True)
    return IssuedToken(token, secret)


def _own(owner: User, codes: list[str]) -> list[str]:
    """Permissions that the owner of a token has somewhere; where, is left to their grants."""
    more = [code for code in codes if code == "*" or not allowed(owner, code)]
    if more:
        message = _("%(name)s does not have: %(codes)s.") % {"name": owner.name, "codes": ", ".join(more)}
        raise Invalid(message, fields={"permissions": message})
    return codes


@operation()
def revoke_api_token(*, by: Any, token_id: int) -> ApiToken:
    """End a token now."""
    token = lock(ApiToken.objects.select_related("user"), token_id)
    _authorize_token(by, token.user)
    if token.revoked_at is None:
        apply_edit(token, {"revoked_at": timezone.now()})
    return token


def _authorize_token(by: Any, owner: User) -> None:
    if by.id == owner.pk:
        require_change().authorized = True  # one's own token can do no more than oneself
    else:
        _authorize_over(by, owner)
