"""Logging in by the hospital's own account (OpenID Connect): there, back, and signed out there."""

from __future__ import annotations

import logging
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from wardwright.platform.access.limits import Limit, spend
from wardwright.platform.access.throttle import address_of
from wardwright.platform.core.errors import NotFound, Refused
from wardwright.platform.signon import oidc, operations
from wardwright.platform.signon.models import Provider
from wardwright.platform.signon.queries import provider_coded

from .login import DOOR, arrive, note_refusal, safe_target

log = logging.getLogger("wardwright.access")
KEPT = "oidc"
KNOCKS = Limit(120)  # from one address in a minute


def _provider(code: str) -> Provider:
    row = provider_coded(code)
    if row is None:
        raise NotFound(_("There is no such way to sign in."), _("Go to the sign-in page and choose one."))
    return row


@require_GET
def start(request: HttpRequest, provider: str) -> HttpResponse:
    """To the provider; with ``?connect=1`` somebody who is signed in connects their account there."""
    spend(f"oidc {address_of(request)}", KNOCKS)
    row = _provider(provider)
    connect = bool(request.GET.get("connect")) and request.user.is_authenticated
    target = safe_target(request, request.GET.get("next", ""))
    if request.user.is_authenticated and not connect:
        return HttpResponseRedirect(target)
    url, kept = oidc.begin(row)
    request.session[KEPT] = {
        **kept, "provider": row.pk, "next": target, "connect": request.user.pk if connect else None,
    }  # fmt: skip
    return HttpResponseRedirect(url)


@require_GET
def come_back(request: HttpRequest, provider: str) -> HttpResponse:
    """From the provider. Whatever is wrong is refused, and what was kept for this attempt is gone."""
    spend(f"oidc {address_of(request)}", KNOCKS)
    row, kept = _provider(provider), request.session.pop(KEPT, None) or {}
    try:
        said = oidc.finish(row, kept if kept.get("provider") == row.pk else {}, request.GET.dict())
        if kept["connect"] is not None:
            return _connect(request, row, kept, said)
        user = operations.sign_in_from_provider(
            by=DOOR, provider_id=row.pk, subject=said.subject, name=said.name, username=said.username,
            email=said.email, groups=said.groups,
        )  # fmt: skip
    except Refused as error:
        log.warning("refused sign-in by %s from %s: %s", row.code, address_of(request), error.__cause__ or error)
        note_refusal(request, None, f"oidc:{row.code}")
        raise
    by = {
        "method": f"oidc:{row.code}", "provider_id": row.pk, "subject": said.subject, "provider_session": said.session,
    }  # fmt: skip
    request.session["id_token"] = said.id_token
    return arrive(request, user, by, kept["next"], trusted=row.checks_second_factor)


def _connect(request: HttpRequest, row: Provider, kept: dict[str, Any], said: oidc.Vouched) -> HttpResponse:
    if not request.user.is_authenticated or request.user.pk != kept["connect"]:
        raise NotFound(_("Somebody else is signed in now."), _("Start again from “My account”."))
    operations.connect_identity(by=request.user, provider_id=row.pk, subject=said.subject)
    return HttpResponseRedirect(reverse("my-account"))


@csrf_exempt
@require_POST
def ended(request: HttpRequest, provider: str) -> HttpResponse:
    """Back-channel log-out: the provider itself says, with its signature, that somebody signed out there."""
    spend(f"oidc {address_of(request)}", KNOCKS)
    row = _provider(provider)
    try:
        subject, session = oidc.read_logout_token(row, request.POST.get("logout_token", "")[:20_000])
    except Refused:
        return HttpResponse(status=400)
    operations.end_sessions_at_provider(by=DOOR, provider_id=row.pk, subject=subject, provider_session=session)
    return HttpResponse(status=200)
