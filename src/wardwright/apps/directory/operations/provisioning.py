"""People and groups as the hospital's directory sends them (SCIM): each in one change, with what follows from it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from wardwright.platform.access.builtin import MANAGE
from wardwright.platform.access.models import User
from wardwright.platform.access.scope import authorize_everywhere
from wardwright.platform.audit.operation import operation
from wardwright.platform.core.edits import apply_edit, lock
from wardwright.platform.core.errors import Invalid
from wardwright.platform.core.values import cleaned, unique_or_invalid
from wardwright.platform.signon.models import Group, GroupMember, Provisioned
from wardwright.platform.signon.operations import set_members_of_group

from .access import _check_username, change_user, set_user_active

SOURCE = "scim"


@operation()
def provision_user(
    *,
    by: Any,
    user_id: int | None = None,
    username: str | None = None,
    name: str | None = None,
    email: str | None = None,
    external_id: str | None = None,
    active: bool | None = None,
) -> User:
    """Make a log-in without a password, or change one; what is None stays. Closing it ends sessions and tokens."""
    authorize_everywhere(by, MANAGE)
    given = {"username": username, "name": name, "email": email}
    values = {key: value for key, value in given.items() if value is not None}
    if user_id is None:
        row = _new({"name": values.get("username", ""), **values})
    else:
        row = lock(User.objects, user_id)
        values = {key: value for key, value in values.items() if getattr(row, key) != value}
        row = change_user(by=by, user_id=row.pk, values=values) if values else row
    if active is not None and active != row.is_active:
        row = set_user_active(by=by, user_id=row.pk, is_active=active, reason=_("by the directory"))
    _remember(row, external_id)
    return row


def _new(values: dict[str, Any]) -> User:
    row = User()
    for field, value in cleaned(row, values, ("username", "name", "email")).items():
        setattr(row, field, value)
    if not row.username:
        words = _("Enter a user name.")
        raise Invalid(words, fields={"username": words})
    _check_username(row)
    row.set_unusable_password()
    with unique_or_invalid(row):
        row.save(force_insert=True)
    return row


def _remember(row: User, external_id: str | None) -> None:
    known = Provisioned.objects.filter(user=row).first() or Provisioned(user=row)
    if known.pk is None or external_id not in (None, known.external_id):
        known.external_id = cleaned(known, {"external_id": external_id or ""}, ("external_id",))["external_id"]
        known.save()


@operation()
def provision_group(
    *,
    by: Any,
    group_id: int | None = None,
    name: str | None = None,
    external_id: str | None = None,
    members: Iterable[int] | None = None,
    add: Iterable[int] = (),
    remove: Iterable[int] = (),
) -> Group:
    """Make a group or change it; ``members`` replaces all of those that the directory named before."""
    authorize_everywhere(by, MANAGE)
    row = lock(Group.objects, group_id) if group_id is not None else Group()
    given = {"name": name, "external_id": external_id}
    good = cleaned(row, {k: v for k, v in given.items() if v is not None}, ("name", "external_id"))
    with unique_or_invalid(row):
        if row.pk is None:
            for field, value in good.items():
                setattr(row, field, value)
            row.save(force_insert=True)
        else:
            apply_edit(row, good)
    now = set(GroupMember.objects.filter(group=row, source=SOURCE).values_list("user_id", flat=True))
    wanted = (now if members is None else set(members)) | set(add)
    wanted -= set(remove)
    if wanted != now:
        set_members_of_group(by=by, group_id=row.pk, source=SOURCE, user_ids=sorted(wanted))
    return row
