"""One's own account: password, roles, API tokens."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from wardwright.platform.core.errors import Refused, Repeated
from wardwright.platform.core.submission import submission
from wardwright.web.views import form_page, page

from .. import operations
from ..forms import OwnPasswordForm, TokenForm
from ..queries import at_the_door, grant_lines, person_of, providers_to_connect, token_lines, tokens_of


@page(None)
def my_account(request: HttpRequest) -> HttpResponse:
    return _account(request)


def _account(request: HttpRequest, **context: Any) -> HttpResponse:
    shown = {
        "person": person_of(request.user),
        "grants": grant_lines(request.user, user_id=request.user.pk),
        "tokens": token_lines(tokens_of(request.user)[:50]),
        **at_the_door(request.user.pk),
        "offered": providers_to_connect(request.user.pk),
        "here": getattr(getattr(request, "open_session", None), "pk", None),
        "now": timezone.now(),
        **context,
    }
    return render(request, "directory/account.html", shown)


@sensitive_post_parameters("current", "password", "again")
@page(None)
def change_password(request: HttpRequest) -> HttpResponse:
    back = reverse("my-account")

    def run(cleaned: dict[str, Any]) -> str:
        here = getattr(getattr(request, "open_session", None), "pk", None)
        row = operations.change_own_password(
            by=request.user, current=cleaned["current"], password=cleaned["password"], session_id=here
        )
        update_session_auth_hash(request, row)  # this session stays, all others end
        return back

    form = OwnPasswordForm(request.POST or None)
    return form_page(
        request, form, run, title=_("Change your password"), cancel_url=back,
        intro=_("Your sessions elsewhere and all your API tokens end with it. This session goes on."),
    )  # fmt: skip


@page(None)
def new_token(request: HttpRequest) -> HttpResponse:
    """A new API token; its secret is shown in the answer to this request and nowhere else."""
    form = TokenForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            with submission(f"{request.user.pk}:{form.cleaned_data['once']}"):
                chosen = {name: form.cleaned_data[name] for name in ("label", "days", "read_only", "permissions")}
                issued = operations.create_api_token(by=request.user, **chosen)
            return _account(request, issued=issued)
        except Repeated:
            form.add_error(None, _("This token was already made and shown. If you missed it, end it and make another."))
        except Refused as error:
            form.refuse(error)
    back = reverse("my-account")
    return form_page(
        request, form, lambda cleaned: back, title=_("New API token"), submit=_("Make it"), cancel_url=back,
        intro=_("A program that uses it acts as you, with what you leave it below. It is shown once."),
    ) if not form.is_bound or not form.errors else _refused(request, form, back)  # fmt: skip


def _refused(request: HttpRequest, form: Any, back: str) -> HttpResponse:
    context = {"form": form, "title": _("New API token"), "submit": _("Make it"), "cancel_url": back}
    return render(request, "web/form.html", context, status=422)
