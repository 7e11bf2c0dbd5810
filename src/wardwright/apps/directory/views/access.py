"""Log-ins, roles and grants."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters

from wardwright.platform.access.builtin import MANAGE
from wardwright.platform.access.models import User
from wardwright.platform.access.permissions import PERMISSIONS
from wardwright.platform.access.scope import Scope, allowed
from wardwright.platform.signon.policy import factors_of
from wardwright.web.row_forms import edit_page
from wardwright.web.tables import list_page
from wardwright.web.views import OnceForm, form_page, page, visible_or_404

from .. import operations
from ..forms import GrantForm, PasswordForm, ReasonForm, RoleForm, UserForm
from ..models import Person
from ..queries import (
    at_the_door,
    grant_lines,
    grants_visible_to,
    people_per_role,
    roles_visible_to,
    token_lines,
    tokens_of,
    tokens_visible_to,
)
from ..tables import USERS


@page(MANAGE)
def users(request: HttpRequest) -> HttpResponse:
    return list_page(request, USERS)


def _user(request: HttpRequest, user_id: int) -> User:
    return visible_or_404(User.objects.visible_to(request.user), user_id)


@page(MANAGE)
def user(request: HttpRequest, user_id: int) -> HttpResponse:
    row = _user(request, user_id)
    context = {
        "row": row,
        "grants": grant_lines(request.user, user_id=row.pk),
        "person": Person.objects.visible_to(request.user).filter(user=row).first(),
        "tokens": token_lines(tokens_of(row).filter(revoked_at=None)),
        "factors": factors_of(row.pk),
        **at_the_door(row.pk),
        "is_self": row.pk == request.user.pk,
    }
    return render(request, "directory/user.html", context)


@sensitive_post_parameters("password")
@page(MANAGE)
def new_user(request: HttpRequest) -> HttpResponse:
    form = UserForm(request.user, request.POST or None)

    def run(cleaned: dict[str, Any]) -> str:
        made = operations.create_user(by=request.user, password=cleaned["password"], **form.values())
        return reverse("grant-role", args=[made.pk])

    return form_page(
        request, form, run, title=_("New log-in"), submit=_("Make it"), cancel_url=reverse("users"),
        intro=_("What it may do is said in the next step."),
    )  # fmt: skip


@page(MANAGE)
def edit_user(request: HttpRequest, user_id: int) -> HttpResponse:
    row = _user(request, user_id)
    form = UserForm(request.user, request.POST or None, row=row)
    back = reverse("user", args=[row.pk])

    title = _("Change the log-in of %(name)s") % {"name": row.name}
    return edit_page(request, form, operations.change_user, "user_id", back, title)


@sensitive_post_parameters("password", "again")
@page(MANAGE)
def user_password(request: HttpRequest, user_id: int) -> HttpResponse:
    row = _user(request, user_id)
    back = reverse("user", args=[row.pk])

    def run(cleaned: dict[str, Any]) -> str:
        operations.set_password(by=request.user, user_id=row.pk, password=cleaned["password"])
        return back

    title = _("A new password for %(name)s") % {"name": row.name}
    return form_page(
        request, PasswordForm(request.POST or None), run, title=title, cancel_url=back,
        intro=_("With it all their sessions and API tokens end; whatever uses a token needs a new one."),
    )  # fmt: skip


@page(MANAGE)
def user_active(request: HttpRequest, user_id: int) -> HttpResponse:
    """Close a log-in, or open it again."""
    row = _user(request, user_id)
    back = reverse("user", args=[row.pk])

    def run(cleaned: dict[str, Any]) -> str:
        operations.set_user_active(
            by=request.user, user_id=row.pk, is_active=not row.is_active, reason=cleaned["reason"]
        )
        return back

    title = _("Why is the log-in of %(name)s closed?") if row.is_active else _("Why is it opened again for %(name)s?")
    return form_page(
        request, ReasonForm(request.POST or None), run, title=title % {"name": row.name}, cancel_url=back,
        submit=_("Close the log-in") if row.is_active else _("Open it"), dangerous=row.is_active,
    )  # fmt: skip


# Roles ----------------------------------------------------------------------------------------------------------


@page(MANAGE)
def roles(request: HttpRequest) -> HttpResponse:
    rows = list(roles_visible_to(request.user).order_by("name"))
    counts = people_per_role()
    lines = [{"role": row, "people": counts.get(row.pk, 0), "may": len(row.permissions)} for row in rows]
    context = {
        "lines": lines,
        "title": ngettext("One role", "%(n)s roles", len(rows)) % {"n": len(rows)},
        "may_add": allowed(request.user, MANAGE, Scope()),
    }
    return render(request, "directory/roles.html", context)


@page(MANAGE)
def role(request: HttpRequest, role_id: int) -> HttpResponse:
    """A role, its permissions in words and who holds it; whoever manages access everywhere may change it."""
    row = visible_or_404(roles_visible_to(request.user), role_id)
    codes = sorted(PERMISSIONS) if "*" in row.permissions else row.permissions
    context = {
        "row": row,
        "everything": "*" in row.permissions,
        "permissions": [PERMISSIONS[code].label if code in PERMISSIONS else code for code in codes],
        "grants": grant_lines(request.user, role_id=row.pk),
        "may_edit": allowed(request.user, MANAGE, Scope()),
    }
    return render(request, "directory/role.html", context)


@page(MANAGE)
def new_role(request: HttpRequest) -> HttpResponse:
    form = RoleForm(request.user, request.POST or None)

    def run(cleaned: dict[str, Any]) -> str:
        made = operations.create_role(by=request.user, permissions=form.codes(), **form.values())
        return reverse("role", args=[made.pk])

    return form_page(request, form, run, title=_("New role"), cancel_url=reverse("roles"))


@page(MANAGE)
def edit_role(request: HttpRequest, role_id: int) -> HttpResponse:
    row = visible_or_404(roles_visible_to(request.user), role_id)
    form = RoleForm(request.user, request.POST or None, row=row)
    back = reverse("role", args=[row.pk])

    def run(cleaned: dict[str, Any]) -> str:
        operations.change_role(
            by=request.user, role_id=row.pk, values=form.values(), permissions=form.codes(),
            expected_version=cleaned["expected_version"],
        )  # fmt: skip
        return back

    title = _("What may a %(name)s do?") % {"name": row.name}
    return form_page(request, form, run, title=title, template="web/edit_row.html", cancel_url=back)


# Grants ---------------------------------------------------------------------------------------------------------


@page(MANAGE)
def grant_role(request: HttpRequest, user_id: int) -> HttpResponse:
    row = _user(request, user_id)
    form = GrantForm(request.user, request.POST or None)
    back = reverse("user", args=[row.pk])

    def run(cleaned: dict[str, Any]) -> str:
        until = cleaned["expires_on"]
        operations.grant_role(
            by=request.user, user_id=row.pk, role_id=cleaned["role"].pk, **form.scope(),
            expires_at=timezone.make_aware(datetime.combine(until, time.max)) if until else None,
        )  # fmt: skip
        return back

    title = _("What may %(name)s do, and where?") % {"name": row.name}
    return form_page(request, form, run, title=title, submit=_("Give the role"), cancel_url=back)


@page(MANAGE)
def revoke_grant(request: HttpRequest, grant_id: int) -> HttpResponse:
    row = visible_or_404(grants_visible_to(request.user).select_related("user", "role"), grant_id)
    back = reverse("user", args=[row.user_id])

    def run(cleaned: dict[str, Any]) -> str:
        operations.revoke_grant(by=request.user, grant_id=row.pk, reason=cleaned["reason"])
        return back

    title = _("Why does %(name)s no longer work as %(role)s?") % {"name": row.user.name, "role": row.role.name}
    return form_page(
        request, ReasonForm(request.POST or None), run, title=title, submit=_("Take the role back"), cancel_url=back,
        dangerous=True,
    )  # fmt: skip


@page(None)
def revoke_token(request: HttpRequest, token_id: int) -> HttpResponse:
    """End one of one's own API tokens, or one of somebody whose access one manages."""
    row = visible_or_404(tokens_visible_to(request.user), token_id)
    back = reverse("my-account") if row.user_id == request.user.pk else reverse("user", args=[row.user_id])

    def run(cleaned: dict[str, Any]) -> str:
        operations.revoke_api_token(by=request.user, token_id=row.pk)
        return back

    title = _("End the token “%(label)s” now?") % {"label": row.label}
    return form_page(
        request, OnceForm(request.POST or None), run, title=title, submit=_("End it"), cancel_url=back, dangerous=True,
        intro=_("Whatever uses it can no longer reach the API."),
    )  # fmt: skip
