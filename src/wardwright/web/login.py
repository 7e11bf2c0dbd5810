"""Logging in and out: a password, then a second factor where there is one; and the page of those locked out."""

from __future__ import annotations

import logging
import time
from typing import Any

from django import forms
from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from wardwright.platform.access.limits import Limit, spend
from wardwright.platform.access.models import SecondFactor, User
from wardwright.platform.access.throttle import address_of, counted_name, is_spraying
from wardwright.platform.core.change import System
from wardwright.platform.core.errors import Invalid, TooOften
from wardwright.platform.signon import operations, passkeys
from wardwright.platform.signon.oidc import end_address
from wardwright.platform.signon.policy import factors_of, wanted_of
from wardwright.platform.signon.queries import open_log_in, provider_numbered, providers_in_use, user_id_named
from wardwright.platform.signon.sessions import METHOD
from wardwright.platform.signon.trail import seen

from .errors import error_page

log = logging.getLogger("wardwright.access")
BACKEND = "wardwright.platform.access.login.PasswordBackend"
DOOR = System("sign-in")
HALF = "half_signed_in"  # whose password was right and who still owes the second factor
HALF_SECONDS = 300
NOTED = Limit(30, burst=120)  # refusals from one address that the trail keeps in a minute


class LoginForm(forms.Form):
    username = forms.CharField(
        label=gettext_lazy("User name"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True, "autocapitalize": "none"}),
    )
    password = forms.CharField(
        label=gettext_lazy("Password"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class CodeForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=40,
        help_text=gettext_lazy("The six digits that your app shows now, or one of your recovery codes."),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autofocus": True, "autocapitalize": "none"}),
    )


def safe_target(request: HttpRequest, target: str) -> str:
    """Where somebody wanted to go, if that is on this server; else the first page."""
    here = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if here else reverse("home")


@sensitive_post_parameters("password")
def log_in(request: HttpRequest) -> HttpResponse:
    """The log-in page; afterwards back to where the reader wanted to go, if that is on this server."""
    target = safe_target(request, request.POST.get("next") or request.GET.get("next") or "")
    if request.user.is_authenticated:
        return HttpResponseRedirect(target)
    form = LoginForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = authenticate(request, **form.cleaned_data)
        if user is not None:
            return arrive(request, user, {"method": "password"}, target)
        name = form.cleaned_data["username"]
        locked = bool(getattr(request, "axes_locked_out", False))
        known = user_id_named(name)
        # An unknown name is not logged: it may be a password in the wrong box.
        log.warning("refused sign-in", extra={"who": known or "unknown", "address": address_of(request)})
        note_refusal(request, known, "password", locked=locked)
        if locked:
            return locked_out(request, {})
        form.add_error(None, _("The user name or the password is not right. Check both and try again."))
    status = 422 if form.is_bound else 200
    context = {
        "form": form,
        "next": target,
        "providers": providers_in_use(),
        "passkeys": passkeys.is_possible(),
    }
    return render(request, "web/login.html", context, status=status)


def arrive(request: HttpRequest, user: User, by: dict[str, Any], target: str, *, trusted: bool = False) -> HttpResponse:
    """Somebody has shown who they are by ``by`` (the columns of their session): on to the second factor, or in.

    ``trusted`` is a way in that is two factors by itself: a passkey, or a provider that asks for both.
    """
    if trusted or not factors_of(user.pk).any:
        return come_in(request, user, by, target, trusted=trusted)
    request.session.cycle_key()
    request.session[HALF] = {
        "user": user.pk,
        "by": by,
        "next": target,
        "until": time.time() + HALF_SECONDS,
        "hash": user.get_session_auth_hash(),
    }
    return HttpResponseRedirect(reverse("log-in-second"))


def come_in(request: Any, user: User, by: dict[str, Any], target: str, *, trusted: bool = True) -> HttpResponse:
    """The session begins, with a new cookie; first it is kept in the trail that it does."""
    factors = factors_of(user.pk)
    wanted = SecondFactor.OFF if trusted or factors.any else wanted_of(user)
    operations.sign_in(by=user, method=by["method"], **seen(request))
    kept = {name: request.session.pop(name, None) for name in ("id_token",)}
    request.session.flush()  # nothing that somebody else may have put there comes along
    setattr(request, METHOD, {**by, "needs_factor": wanted == SecondFactor.REQUIRED})
    login(request, user, backend=BACKEND)
    request.session.update({name: value for name, value in kept.items() if value})
    request.session["passkeys"] = factors.passkeys > 0
    log.info("sign-in", extra={"who": user.pk, "address": address_of(request)})
    return HttpResponseRedirect(target if wanted == SecondFactor.OFF else reverse("second-factor"))


def half_in(request: HttpRequest) -> tuple[User, dict[str, Any]] | None:
    """Who owes the second factor in this browser, with what was kept; None when nobody does or it was too long ago."""
    half: dict[str, Any] | None = request.session.get(HALF)
    user = open_log_in(half["user"]) if half else None
    if half is None or user is None or half["until"] < time.time():
        return None
    return (user, half) if constant_time_compare(half["hash"], user.get_session_auth_hash()) else None


@sensitive_post_parameters("code")
def second_factor(request: HttpRequest) -> HttpResponse:
    """The code of an app or from paper; a passkey comes by its own address."""
    found = half_in(request)
    if found is None:
        request.session.pop(HALF, None)
        return HttpResponseRedirect(reverse("login"))
    user, half = found
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            method = operations.use_second_factor(by=user, code=form.cleaned_data["code"])
        except Invalid as error:
            note_refusal(request, user.pk, "code")
            form.add_error("code", str(error))
        except TooOften:
            note_refusal(request, user.pk, "code", locked=True)
            raise
        else:
            return come_in(request, user, with_second(half["by"], method), half["next"])
    factors = factors_of(user.pk)
    context = {"form": form, "factors": factors, "passkeys": factors.passkeys and passkeys.is_possible()}
    return render(request, "web/login_second.html", context, status=422 if form.is_bound else 200)


def with_second(by: dict[str, Any], method: str) -> dict[str, Any]:
    """The way in, with the second factor in its name."""
    return {**by, "method": f"{by['method']}+{method}"[:40]}


@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    """Out of this house; at the hospital's own log-in one signs out by the link on the next page."""
    user: Any = request.user
    id_token = request.session.get("id_token", "") if user.is_authenticated else ""
    session = getattr(request, "open_session", None)
    if session is not None:
        operations.note_sign_out(by=user, **seen(request))
    logout(request)
    provider = provider_numbered(session.provider_id) if session and id_token else None
    url = end_address(provider, id_token) if provider else ""
    if url:
        return render(request, "web/signed_out.html", {"provider": provider, "url": url})
    return HttpResponseRedirect(reverse("login"))


def note_refusal(request: HttpRequest, user_id: int | None, method: str, *, locked: bool = False) -> None:
    """Kept in the trail, but no more of them from one address than anybody would read."""
    try:
        spend(f"refusals {address_of(request)}", NOTED)
    except TooOften:
        return
    operations.note_refusal(by=DOOR, user_id=user_id, method=method, locked=locked, **seen(request))


def throttled_name(request: HttpRequest, credentials: Any = None) -> str:
    """The user name of a log-in, as wrong passwords are counted."""
    given = (credentials or {}).get("username") or (request.POST.get("username", "") if request is not None else "")
    return counted_name(str(given))


def locked_out(request: HttpRequest, credentials: Any, *args: Any, **kwargs: Any) -> HttpResponse:
    """Too many wrong passwords from one place, for one user name or for many."""
    if is_spraying(getattr(request, "axes_ip_address", None)):
        words = _("Logging in from this place is closed for a quarter of an hour: many user names were tried.")
        way_forward = _("Wait, then try again; whoever manages access sees the refusals under “Sign-ins”.")
    else:
        words = _("Logging in with this user name from this place is closed for a quarter of an hour.")
        way_forward = _("Wait, then try again; or ask the person who manages access for a new password.")
    return error_page(request, 429, _("Too many wrong passwords."), words, way_forward)
