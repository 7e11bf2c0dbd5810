"""Logging in by a passkey: what the browser is asked, and what it answers. In JSON, for passkeys.js."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wardwright.platform.access.limits import Limit, spend
from wardwright.platform.access.throttle import address_of
from wardwright.platform.core.errors import Invalid, NotNow, Refused
from wardwright.platform.signon import operations, passkeys

from .login import DOOR, arrive, come_in, half_in, note_refusal, safe_target, with_second

STATE = "passkey_state"
STATE_SECONDS = 300
KNOCKS = Limit(60)  # ceremonies from one address in a minute; a hospital's staff may share one


def in_json(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Refusals as ``{"message": …}`` with their status."""

    @wraps(view)
    def run(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except Refused as error:
            return JsonResponse({"message": str(error)}, status=error.status)

    return run


def body_of(request: HttpRequest) -> dict[str, Any]:
    """What the script sent."""
    try:
        found = json.loads(request.body) if len(request.body) < 20_000 else None
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Invalid(_("The request could not be understood."))
    return found


def keep_state(request: HttpRequest, state: dict[str, Any], purpose: str) -> None:
    request.session[STATE] = {**state, "purpose": purpose, "until": time.time() + STATE_SECONDS}


def take_state(request: HttpRequest, purpose: str) -> dict[str, Any]:
    """The challenge of this browser for this purpose: good for one answer, right or wrong."""
    state = request.session.pop(STATE, None)
    if not state or state["until"] < time.time() or state["purpose"] != purpose:
        raise Invalid(_("This took too long, or was begun elsewhere."), _("Try it again from the beginning."))
    return state


@require_POST
@in_json
def options(request: HttpRequest) -> HttpResponse:
    """The challenge: for any passkey of this house, or for those of whoever owes the second factor here."""
    if not passkeys.is_possible():
        raise NotNow(_("Passkeys need https."), _("Sign in with your password instead."))
    spend(f"passkey {address_of(request)}", KNOCKS)
    half = half_in(request) if body_of(request).get("second") else None
    asked, state = passkeys.begin_asking(half[0] if half else None)
    keep_state(request, state, "second" if half else "alone")
    return JsonResponse(asked)


@require_POST
@in_json
def answer(request: HttpRequest) -> HttpResponse:
    """The passkey's answer; ``go`` says where to."""
    spend(f"passkey {address_of(request)}", KNOCKS)
    given = body_of(request)
    half = half_in(request) if given.get("second") else None
    response = given.get("response")
    state = take_state(request, "second" if half else "alone")
    if not isinstance(response, dict):
        raise Invalid(_("The request could not be understood."))
    try:
        if half:
            user, kept = half
            method = operations.use_second_factor(by=user, assertion=response, state=state)
            done = come_in(request, user, with_second(kept["by"], method), kept["next"])
        else:
            user = operations.use_passkey(by=DOOR, state=state, response=response)
            target = safe_target(request, str(given.get("next", "")))
            done = arrive(request, user, {"method": "passkey"}, target, trusted=True)
    except Refused:
        note_refusal(request, half[0].pk if half else None, "passkey")
        raise
    return JsonResponse({"go": done["Location"]})
