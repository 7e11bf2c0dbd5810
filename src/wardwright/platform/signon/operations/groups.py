"""Groups of the hospital's directory, and the roles that come and go with them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from wardwright.platform.access.builtin import MANAGE
from wardwright.platform.access.models import Grant, User
from wardwright.platform.access.scope import authorize_everywhere
from wardwright.platform.audit.operation import operation
from wardwright.platform.core.edits import lock
from wardwright.platform.core.errors import Denied

from ..models import Group, GroupMember, GroupRole

SOURCE = "groups"


@operation()
def set_groups_of_user(*, by: Any, user_id: int, source: str, names: Iterable[str]) -> list[str]:
    """What ``source`` says of the groups of one user; names that no role hangs on are not kept. Returns those kept."""
    authorize_everywhere(by, MANAGE)
    user = lock(User.objects, user_id)
    wanted = {group.pk: group.name for group in Group.objects.filter(name__in=list(names))}
    rows = GroupMember.objects.filter(user=user, source=source)
    rows.exclude(group_id__in=wanted).delete()
    there = set(rows.values_list("group_id", flat=True))
    GroupMember.objects.bulk_create(
        GroupMember(group_id=pk, user=user, source=source) for pk in sorted(wanted.keys() - there)
    )
    apply_groups(by=by, user_ids=[user.pk])
    return sorted(wanted.values())


@operation()
def set_members_of_group(*, by: Any, group_id: int, source: str, user_ids: Iterable[int]) -> Group:
    """What ``source`` says of the members of one group."""
    authorize_everywhere(by, MANAGE)
    group = lock(Group.objects, group_id)
    wanted = set(User.objects.filter(pk__in=list(user_ids)).values_list("pk", flat=True))
    rows = GroupMember.objects.filter(group=group, source=source)
    there = set(rows.values_list("user_id", flat=True))
    rows.exclude(user_id__in=wanted).delete()
    GroupMember.objects.bulk_create(
        GroupMember(group=group, user_id=pk, source=source) for pk in sorted(wanted - there)
    )
    apply_groups(by=by, user_ids=sorted(wanted ^ there))
    return group


@operation()
def apply_groups(*, by: Any, user_ids: Iterable[int]) -> None:
    """Give these users the roles of their groups, and take away those that came from groups they have left.

    What a person gave stays, whatever the groups say. Nobody changes their own roles this way either.
    """
    authorize_everywhere(by, MANAGE)
    for user_id in user_ids:
        _apply(by, user_id)


def _apply(by: Any, user_id: int) -> None:
    groups = GroupMember.objects.filter(user_id=user_id).values("group_id")
    wanted = set(GroupRole.objects.filter(group_id__in=groups).values_list("role_id", "scope_kind", "scope_id"))
    rows = {(g.role_id, g.scope_kind, g.scope_id): g for g in Grant.objects.filter(user_id=user_id)}
    gone = [grant.pk for key, grant in rows.items() if grant.source == SOURCE and key not in wanted]
    new = [key for key in wanted if key not in rows]
    if (gone or new) and by.id == user_id:
        raise Denied(_("Nobody changes their own roles."), _("Ask another person who manages access."))
    Grant.objects.filter(pk__in=gone).delete()
    for role_id, kind, scope_id in sorted(new, key=str):
        Grant.objects.create(user_id=user_id, role_id=role_id, scope_kind=kind, scope_id=scope_id, source=SOURCE)
