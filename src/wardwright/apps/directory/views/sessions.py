"""Sessions and what happened at the door; providers of single sign-on and what their groups may do."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wardwright.platform.access.builtin import MANAGE
from wardwright.platform.access.models import User
from wardwright.platform.access.scope import Scope, allowed
from wardwright.platform.signon import operations as signon
from wardwright.platform.signon.models import GroupRole, Identity, OpenSession, Provider
from wardwright.platform.signon.oidc import return_address, secret_of
from wardwright.platform.signon.trail import seen
from wardwright.web.row_forms import edit_page
from wardwright.web.tables import list_page
from wardwright.web.views import OnceForm, form_page, page, visible_or_404

from .. import operations
from ..forms import GroupRoleForm, ProviderForm, ReasonForm
from ..queries import scope_names
from ..tables import SIGN_INS


@page(MANAGE)
def sign_ins(request: HttpRequest) -> HttpResponse:
    """Who came in, who was refused, whose second factor changed."""
    return list_page(request, SIGN_INS)


def _back(request: HttpRequest, user_id: int) -> str:
    return reverse("my-account") if user_id == request.user.pk else reverse("user", args=[user_id])


@page(None)
def end_session(request: HttpRequest, session_id: int) -> HttpResponse:
    """End one session of one's own, or of somebody whose access one manages."""
    row = visible_or_404(OpenSession.objects.visible_to(request.user), session_id)

    def run(cleaned: dict[str, Any]) -> str:
        signon.end_session(by=request.user, session_id=row.pk, address=seen(request)["address"])
        return _back(request, row.user_id)

    title = _("End the session on %(device)s?") % {"device": row.device or _("an unknown device")}
    return form_page(
        request, OnceForm(request.POST or None), run, title=title, submit=_("End it"), dangerous=True,
        cancel_url=_back(request, row.user_id), intro=_("Whoever uses it has to sign in again."),
    )  # fmt: skip


@page(None)
def end_sessions(request: HttpRequest, user_id: int) -> HttpResponse:
    """End all sessions of somebody, of one's own all but this one."""
    row = visible_or_404(User.objects.visible_to(request.user), user_id)
    here = getattr(request, "open_session", None)

    def run(cleaned: dict[str, Any]) -> str:
        signon.end_sessions_of(
            by=request.user, user_id=row.pk, but=here.pk if here and here.user_id == row.pk else None,
            address=seen(request)["address"],
        )  # fmt: skip
        return _back(request, row.pk)

    own = row.pk == request.user.pk
    title = _("End your other sessions?") if own else _("End all sessions of %(name)s?") % {"name": row.name}
    return form_page(
        request, OnceForm(request.POST or None), run, title=title, submit=_("End them"), dangerous=True,
        cancel_url=_back(request, row.pk), intro=_("Whoever uses one of them has to sign in again."),
    )  # fmt: skip


@page(None)
def disconnect(request: HttpRequest, identity_id: int) -> HttpResponse:
    """No longer come in by an account at a provider."""
    row = visible_or_404(Identity.objects.visible_to(request.user).select_related("provider"), identity_id)

    def run(cleaned: dict[str, Any]) -> str:
        signon.disconnect_identity(by=request.user, identity_id=row.pk)
        return _back(request, row.user_id)

    title = _("No longer sign in with %(provider)s?") % {"provider": row.provider.name}
    return form_page(
        request, OnceForm(request.POST or None), run, title=title, submit=_("Disconnect it"), dangerous=True,
        cancel_url=_back(request, row.user_id),
    )  # fmt: skip


@page(MANAGE)
def user_second_factor(request: HttpRequest, user_id: int) -> HttpResponse:
    """Somebody lost phone and paper."""
    row = visible_or_404(User.objects.visible_to(request.user), user_id)
    back = reverse("user", args=[row.pk])

    def run(cleaned: dict[str, Any]) -> str:
        operations.remove_second_factor(by=request.user, user_id=row.pk, reason=cleaned["reason"])
        return back

    title = _("Why is the second factor of %(name)s taken away?") % {"name": row.name}
    return form_page(
        request, ReasonForm(request.POST or None), run, title=title, submit=_("Take it away"), dangerous=True,
        cancel_url=back,
        intro=_("Until they add a new one, their password alone opens their log-in. Be sure whom you speak to."),
    )  # fmt: skip


# Single sign-on -------------------------------------------------------------------------------------------------


@page(MANAGE)
def providers(request: HttpRequest) -> HttpResponse:
    """The providers, whether their secrets are there, and the groups that give roles."""
    rows = list(Provider.objects.visible_to(request.user))
    given = list(
        GroupRole.objects.visible_to(request.user).select_related("group", "role").order_by("group__name", "role__name")
    )
    names = scope_names(given)
    context = {
        "title": ngettext("One way to sign in besides passwords", "%(n)s ways to sign in besides passwords", len(rows))
        % {"n": len(rows)} if rows else _("People sign in with passwords"),
        "lines": [{"row": row, "has_secret": bool(secret_of(row)), "returns": return_address(row)} for row in rows],
        "given": [{"row": row, "where": names.get((row.scope_kind, row.scope_id), "")} for row in given],
        "may_change": allowed(request.user, MANAGE, Scope()),
        "scim": f"{settings.BASE_URL}/scim/v2",
    }  # fmt: skip
    return render(request, "directory/providers.html", context)


@page(MANAGE)
def new_provider(request: HttpRequest) -> HttpResponse:
    form = ProviderForm(request.user, request.POST or None)

    def run(cleaned: dict[str, Any]) -> str:
        given = form.values()
        operations.create_provider(by=request.user, code=given.pop("code"), values=given)
        return reverse("providers")

    return form_page(
        request, form, run, title=_("Another way to sign in"), cancel_url=reverse("providers"),
        intro=_("An OpenID Connect provider of the hospital. Its secret is set on the server."),
    )  # fmt: skip


@page(MANAGE)
def edit_provider(request: HttpRequest, provider_id: int) -> HttpResponse:
    row = visible_or_404(Provider.objects.visible_to(request.user), provider_id)
    form = ProviderForm(request.user, request.POST or None, row=row)
    title = _("Change %(name)s") % {"name": row.name}
    return edit_page(request, form, operations.change_provider, "provider_id", reverse("providers"), title)


@page(MANAGE)
def new_group_role(request: HttpRequest) -> HttpResponse:
    form = GroupRoleForm(request.user, request.POST or None)

    def run(cleaned: dict[str, Any]) -> str:
        operations.add_group_role(by=request.user, group=cleaned["group"], role_id=cleaned["role"].pk, **form.scope())
        return reverse("providers")

    return form_page(
        request, form, run, title=_("What may everybody in a group do?"), submit=_("Give the role"),
        cancel_url=reverse("providers"),
        intro=_("It comes and goes with the group, at each log-in by a provider and whenever the directory says so."),
    )  # fmt: skip


@page(MANAGE)
def remove_group_role(request: HttpRequest, group_role_id: int) -> HttpResponse:
    rows = GroupRole.objects.visible_to(request.user).select_related("group", "role")
    row = visible_or_404(rows, group_role_id)

    def run(cleaned: dict[str, Any]) -> str:
        operations.remove_group_role(by=request.user, group_role_id=row.pk)
        return reverse("providers")

    title = _("Does %(group)s no longer give the role %(role)s?") % {"group": row.group.name, "role": row.role.name}
    return form_page(
        request, OnceForm(request.POST or None), run, title=title, submit=_("Take it back"), dangerous=True,
        cancel_url=reverse("providers"), intro=_("Whoever has it from the group loses it now."),
    )  # fmt: skip
