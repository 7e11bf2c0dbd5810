"""Logging in and out, and the page of those locked out for a while."""

from __future__ import annotations

import logging
from typing import Any

from django import forms
from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from wardwright.platform.access.throttle import address_of, counted_name, is_spraying

from .errors import error_page

log = logging.getLogger("wardwright.access")


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


@sensitive_post_parameters("password")
def log_in(request: HttpRequest) -> HttpResponse:
    """The log-in page; afterwards back to where the reader wanted to go, if that is on this server."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    if not url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        target = reverse("home")
    if request.user.is_authenticated:
        return HttpResponseRedirect(target)
    form = LoginForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = authenticate(request, **form.cleaned_data)
        if user is not None:
            login(request, user)
            log.info("sign-in of %r from %s", user.username, address_of(request))
            return HttpResponseRedirect(target)
        # Names are logged quoted, so that no entry can forge a line of its own.
        name = form.cleaned_data["username"]
        log.warning("refused sign-in of %r from %s", name, address_of(request))
        if getattr(request, "axes_locked_out", False):
            return locked_out(request, {})
        form.add_error(None, _("The user name or the password is not right. Check both and try again."))
    status = 422 if form.is_bound else 200
    return render(request, "web/login.html", {"form": form, "next": target}, status=status)


@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return HttpResponseRedirect(reverse("login"))


def throttled_name(request: HttpRequest, credentials: Any = None) -> str:
    """The user name of a log-in, as wrong passwords are counted."""
    given = (credentials or {}).get("username") or (request.POST.get("username", "") if request is not None else "")
    return counted_name(str(given))


def locked_out(request: HttpRequest, credentials: Any, *args: Any, **kwargs: Any) -> HttpResponse:
    """Too many wrong passwords from one place, for one user name or for many."""
    if is_spraying(getattr(request, "axes_ip_address", None)):
        words = _("Logging in from this place is closed for a quarter of an hour: many user names were tried.")
        way_forward = _("Wait, then try again; whoever looks after the server sees in its log which names were tried.")
    else:
        words = _("Logging in with this user name from this place is closed for a quarter of an hour.")
        way_forward = _("Wait, then try again; or ask the person who manages access for a new password.")
    return error_page(request, 429, _("Too many wrong passwords."), words, way_forward)
