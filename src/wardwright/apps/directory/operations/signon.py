"""Providers of single sign-on, what their groups may do, and somebody's lost second factor.

What a group gives, everybody in it has from their next log-in on: so only whoever manages access everywhere and
without an end decides it, and not about a group that they are in.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from wardwright.platform.access.builtin import MANAGE
from wardwright.platform.access.models import Role, User
from wardwright.platform.access.scope import Scope, authorize_everywhere
from wardwright.platform.audit.operation import operation
from wardwright.platform.core.edits import apply_edit, lock
from wardwright.platform.core.errors import Denied, Invalid, NotNow
from wardwright.platform.core.values import cleaned, unique_or_invalid
from wardwright.platform.signon.models import Group, GroupMember, GroupRole, Provider
from wardwright.platform.signon.oidc import is_safe
from wardwright.platform.signon.operations import apply_groups, forget_factors

from .access import _authorize_over, _check_place, _refuse_longer_than_own, _scope

PROVIDER_FIELDS = (
    "name", "issuer", "client_id", "scopes", "groups_claim", "provisions", "links_by_email", "checks_second_factor",
    "is_active",
)  # fmt: skip


@operation()
def create_provider(*, by: Any, code: str, values: Mapping[str, Any]) -> Provider:
    """Another way to sign in. Its secret comes from the environment, never from here."""
    _authorize(by)
    row = Provider()
    for name, value in _good(row, {**values, "code": code}, ("code", *PROVIDER_FIELDS)).items():
        setattr(row, name, value)
    with unique_or_invalid(row):
        row.save(force_insert=True)
    return row


@operation()
def change_provider(
    *, by: Any, provider_id: int, values: Mapping[str, Any], expected_version: int | None = None
) -> Provider:
    """Change PROVIDER_FIELDS. Of another issuer the subjects mean other people, so a provider keeps its issuer."""
    _authorize(by)
    row = lock(Provider.objects, provider_id)
    good = _good(row, values, PROVIDER_FIELDS)
    if good.get("issuer", row.issuer) != row.issuer:
        words = _("The issuer stays: people are known by what it calls them.")
        raise Invalid(words, _("Add another provider, and put this one out of use."), fields={"issuer": words})
    apply_edit(row, good, expected_version=expected_version)
    return row


def _good(row: Provider, values: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    good = cleaned(row, values, names)
    if "issuer" in good and not is_safe(good["issuer"]):
        words = _("Enter the address that begins with https://.")
        raise Invalid(words, fields={"issuer": words})
    return good


@operation()
def add_group_role(
    *, by: Any, group: str, role_id: int, scope_kind: str = "all", scope_id: int | None = None
) -> GroupRole:
    """Everybody in ``group`` has this role there. The name is that of the hospital's directory, letter by letter."""
    _authorize(by)
    _scope(scope_kind, scope_id)
    _check_place(by, scope_kind, scope_id)
    name = cleaned(Group(), {"name": group}, ("name",))["name"]
    of = Group.objects.filter(name=name).first() or Group.objects.create(name=name)
    _refuse_own_group(by, of)
    row = GroupRole(group=of, role=lock(Role.objects, role_id), scope_kind=scope_kind, scope_id=scope_id)
    with unique_or_invalid(row):
        row.save(force_insert=True)
    apply_groups(by=by, user_ids=_members(of))
    return row


@operation()
def remove_group_role(*, by: Any, group_role_id: int) -> None:
    """The group no longer gives this role; whoever has it from there loses it now."""
    _authorize(by)
    row = lock(GroupRole.objects.select_related("group"), group_role_id)
    _refuse_own_group(by, row.group)
    members = _members(row.group)
    row.delete()
    apply_groups(by=by, user_ids=members)


@operation()
def remove_second_factor(*, by: Any, user_id: int, reason: str = "") -> User:
    """For somebody who lost phone and paper; only by whoever may set their password as well."""
    row = lock(User.objects, user_id)
    _authorize_over(by, row)
    if row.pk == by.id:
        raise Denied(_("Nobody takes away their own second factor here."), _("Remove it in “My account”."))
    if not forget_factors(row):
        raise NotNow(_("%(name)s has no second factor.") % {"name": row.name})
    return row


def _authorize(by: Any) -> None:
    authorize_everywhere(by, MANAGE)
    _refuse_longer_than_own(by, [MANAGE.code], Scope(), None)


def _members(group: Group) -> list[int]:
    return list(GroupMember.objects.filter(group=group).values_list("user_id", flat=True).distinct())


def _refuse_own_group(by: Any, group: Group) -> None:
    if by.id is not None and by.id in _members(group):
        raise Denied(_("Nobody changes their own roles."), _("Ask another person who manages access."))
