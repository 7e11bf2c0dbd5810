"""One's own second factors: authenticator app, passkeys, recovery codes."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from wardwright.kernel.labels.symbols import qr_code
from wardwright.platform.access.limits import Limit, spend
from wardwright.platform.core.errors import Invalid, NotNow
from wardwright.platform.signon import operations as signon
from wardwright.platform.signon import passkeys
from wardwright.platform.signon.models import Passkey
from wardwright.platform.signon.policy import factors_of, wanted_of
from wardwright.platform.signon.totp import address_for_app, new_secret
from wardwright.web.login_passkey import body_of, in_json, keep_state, take_state
from wardwright.web.views import form_page, page, run_form, visible_or_404

from ..forms import AuthenticatorForm, ConfirmForm, NameForm, PasskeyForm

PENDING = "new_authenticator"
CEREMONIES = Limit(30)  # of one person in a minute


def _session_id(request: Any) -> int | None:
    row = getattr(request, "open_session", None)
    return row.pk if row is not None else None


@page(None)
def second_factor(request: Any) -> HttpResponse:
    """What somebody has, and whether their roles ask for it."""
    row = getattr(request, "open_session", None)
    context = {
        "factors": factors_of(request.user.pk),
        "wanted": wanted_of(request.user),
        "must": bool(row and row.needs_factor),
        "keys": list(Passkey.objects.visible_to(request.user).filter(user_id=request.user.pk).order_by("name")),
        "possible": passkeys.is_possible(),
    }
    return render(request, "directory/second_factor.html", context)


def _codes(request: HttpRequest, codes: list[str]) -> HttpResponse:
    """Shown in the answer to this request and nowhere else."""
    return render(request, "directory/recovery_codes.html", {"codes": codes})


@sensitive_post_parameters("password", "code")
@page(None)
def add_authenticator(request: Any) -> HttpResponse:
    """The secret waits in the session until the app shows that it has it."""
    if factors_of(request.user.pk).totp:
        raise NotNow(_("There is an authenticator app already."), _("Remove it first."))
    secret = request.session.get(PENDING) or new_secret()
    request.session[PENDING] = secret
    form = AuthenticatorForm(request.user, request.POST or None)
    shown: list[str] = []

    def run(cleaned: dict[str, Any]) -> str:
        shown.extend(
            signon.add_totp(
                by=request.user,
                secret=secret,
                session_id=_session_id(request),
                **cleaned,
            )
        )
        return reverse("second-factor")

    answer = run_form(request, form, run)
    if shown:
        request.session.pop(PENDING, None)
        return _codes(request, shown)
    if answer is not None:
        return answer
    context = {
        "form": form,
        "title": _("Add an authenticator app"),
        "submit": _("Add it"),
        "cancel_url": reverse("second-factor"),
        "picture": qr_code(address_for_app(secret, request.user.get_username())).svg(),
        "secret": " ".join(secret[i : i + 4] for i in range(0, len(secret), 4)),
    }
    return render(request, "directory/add_authenticator.html", context, status=422 if form.is_bound else 200)


@sensitive_post_parameters("password")
@page(None)
def remove_authenticator(request: Any) -> HttpResponse:
    def run(cleaned: dict[str, Any]) -> str:
        signon.remove_totp(by=request.user, password=cleaned["password"])
        return reverse("second-factor")

    return form_page(
        request, ConfirmForm(request.user, request.POST or None), run, title=_("Remove the authenticator app?"),
        submit=_("Remove it"), cancel_url=reverse("second-factor"), dangerous=True,
        intro=_("Its codes no longer open your log-in."),
    )  # fmt: skip


@sensitive_post_parameters("password")
@page(None)
def recovery_codes(request: Any) -> HttpResponse:
    form = ConfirmForm(request.user, request.POST or None)
    shown: list[str] = []

    def run(cleaned: dict[str, Any]) -> str:
        shown.extend(signon.renew_recovery_codes(by=request.user, password=cleaned["password"]))
        return reverse("second-factor")

    if form.is_bound:
        answer = run_form(request, form, run)
        if shown:
            return _codes(request, shown)
        if answer is not None:
            return answer
    context = {
        "form": form, "title": _("New recovery codes"), "submit": _("Show them"),
        "cancel_url": reverse("second-factor"), "intro": _("The codes you had before stop working."),
    }  # fmt: skip
    return render(request, "web/form.html", context, status=422 if form.is_bound else 200)


@require_POST
@in_json
@page(None)
def passkey_options(request: Any) -> HttpResponse:
    """What the browser is asked for a new passkey."""
    if not passkeys.is_possible():
        raise NotNow(_("Passkeys need https."))
    spend(f"passkey user {request.user.pk}", CEREMONIES)
    options, state = passkeys.begin_adding(request.user)
    keep_state(request, state, "add")
    return JsonResponse(options)


@sensitive_post_parameters("password")
@page(None)
def add_passkey(request: Any) -> HttpResponse:
    """The form carries the browser's answer to the ceremony."""
    form = PasskeyForm(request.user, request.POST or None)
    shown: list[str] = []

    def run(cleaned: dict[str, Any]) -> str:
        try:
            response = json.loads(cleaned.pop("response"))
        except ValueError:
            response = None
        if not isinstance(response, dict):
            raise Invalid(_("The browser gave no passkey."), _("Press “Make the passkey”."))
        _row, codes = signon.add_passkey(
            by=request.user, state=take_state(request, "add"), response=response,
            session_id=_session_id(request), **cleaned,
        )  # fmt: skip
        request.session["passkeys"] = True
        shown.extend(codes)
        return reverse("second-factor")

    answer = run_form(request, form, run)
    if shown:
        return _codes(request, shown)
    if answer is not None:
        return answer
    context = {
        "form": form,
        "title": _("Add a passkey"),
        "cancel_url": reverse("second-factor"),
        "possible": passkeys.is_possible(),
    }
    return render(request, "directory/add_passkey.html", context, status=422 if form.is_bound else 200)


def _passkey(request: HttpRequest, passkey_id: int) -> Passkey:
    return visible_or_404(Passkey.objects.visible_to(request.user).filter(user_id=request.user.pk), passkey_id)


@page(None)
def rename_passkey(request: Any, passkey_id: int) -> HttpResponse:
    row = _passkey(request, passkey_id)

    def run(cleaned: dict[str, Any]) -> str:
        signon.rename_passkey(by=request.user, passkey_id=row.pk, name=cleaned["name"])
        return reverse("second-factor")

    form = NameForm(request.POST or None, initial={"name": row.name})
    return form_page(request, form, run, title=_("What do you call it?"), cancel_url=reverse("second-factor"))


@sensitive_post_parameters("password")
@page(None)
def remove_passkey(request: Any, passkey_id: int) -> HttpResponse:
    row = _passkey(request, passkey_id)

    def run(cleaned: dict[str, Any]) -> str:
        signon.remove_passkey(by=request.user, passkey_id=row.pk, password=cleaned["password"])
        request.session["passkeys"] = factors_of(request.user.pk).passkeys > 0
        return reverse("second-factor")

    return form_page(
        request, ConfirmForm(request.user, request.POST or None), run, submit=_("Remove it"), dangerous=True,
        title=_("Remove the passkey “%(name)s”?") % {"name": row.name}, cancel_url=reverse("second-factor"),
        intro=_("It no longer opens your log-in. Delete it on the device as well."),
    )  # fmt: skip


@require_POST
@in_json
@page(None)
def confirm_with_passkey(request: Any) -> HttpResponse:
    """First the challenge; then, for the right answer, a ticket that stands in for the password of one step."""
    spend(f"passkey user {request.user.pk}", CEREMONIES)
    response = body_of(request).get("response")
    if response is None:
        if not factors_of(request.user.pk).passkeys:
            raise NotNow(_("You have no passkey."), _("Enter your password."))
        options, state = passkeys.begin_asking(request.user)
        keep_state(request, state, "confirm")
        return JsonResponse(options)
    if not isinstance(response, dict):
        raise Invalid(_("The request could not be understood."))
    state = take_state(request, "confirm")
    ticket = signon.confirm_with_passkey(by=request.user, state=state, response=response)
    return JsonResponse({"ticket": ticket})
