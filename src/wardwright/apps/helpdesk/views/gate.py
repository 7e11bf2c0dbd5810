"""What guards the pages that need no log-in: switched off or not, how often, how large, and by a person or not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from wardwright.apps.helpdesk.operations.tries import SEARCH, WRONG_CODE, Limit, count_try, is_exhausted
from wardwright.platform.access.throttle import address_of
from wardwright.platform.core.errors import Invalid, TooOften

MAX_BODY_BYTES = 13_000_000
QUICK = timedelta(seconds=1)
KEPT = timedelta(hours=12)
BY_CODE, BY_NUMBER = ("on", "codes"), ("on",)


def is_open(modes: tuple[str, ...]) -> bool:
    """Whether the house takes requests this way."""
    return settings.HELP_PORTAL in modes


def public_page(request: HttpRequest, template: str, status: int = 200, **context: Any) -> HttpResponse:
    """A page for any phone: no rail, no script, its own small style sheet."""
    frame = {"house": settings.HOUSE_NAME, "phone": settings.HELP_PHONE, "may_search": is_open(BY_NUMBER)}
    return render(request, template, {**frame, **context}, status=status)


def nothing_here(request: HttpRequest) -> HttpResponse:
    """Unknown, mistyped, replaced and switched off are answered alike."""
    return public_page(request, "helpdesk/nothing.html", 404)


def too_often(request: HttpRequest, words: Any = "") -> HttpResponse:
    answer = public_page(request, "helpdesk/too_often.html", 429, words=words)
    answer["Retry-After"] = "600"
    return answer


def address(request: HttpRequest) -> str:
    return address_of(request) or "socket"


def may_look_up(request: HttpRequest) -> bool:
    """Whether this address has not guessed too many codes lately. Right codes cost nothing."""
    return not is_exhausted(WRONG_CODE, address(request))


def wrong_code(request: HttpRequest) -> HttpResponse:
    """Count a code that leads nowhere, and answer as for any other page that is not there."""
    if not count_try(WRONG_CODE, address(request)):
        return too_often(request)
    return nothing_here(request)


def may_search(request: HttpRequest) -> bool:
    """Looking up by number counts whether it finds something or not: numbers run in order."""
    return count_try(SEARCH, address(request))


def count_or_refuse(limit: Limit, who: object, words: Any) -> None:
    """Count one try. Raises TooOften."""
    if not count_try(limit, who):
        raise TooOften(words, _("Call clinical engineering if it cannot wait."))


def too_large(request: HttpRequest) -> bool:
    """A body that no form of the portal makes; asked before any of it is read."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    return not length.isdecimal() or int(length) > MAX_BODY_BYTES


# A key that says when the questions began and that only this server makes: it tells people from programs, and makes a
# request that is sent twice one request.


def new_key(about: object) -> str:
    return TimestampSigner(salt=f"portal:{about}").sign(get_random_string(20))


def known_key(about: object, key: str) -> str:
    """``key`` if it is one of ours for this device and not too old, else a new one."""
    try:
        TimestampSigner(salt=f"portal:{about}").unsign(key[:200], max_age=KEPT)
    except BadSignature:
        return new_key(about)
    return key[:200]


def check_key(about: object, key: str) -> str:
    """The random part of a key that came with a form.

    Raises:
        Invalid: for a key that is not ours or too old, or that comes back faster than anybody reads the questions.
    """
    signer = TimestampSigner(salt=f"portal:{about}")
    try:
        found = signer.unsign(key[:200], max_age=KEPT)
    except BadSignature:
        raise Invalid(_("This page is too old."), _("Nothing was lost: press Send once more.")) from None
    try:
        signer.unsign(key[:200], max_age=QUICK)
    except BadSignature:
        return found
    raise Invalid(_("That was too quick for a person."), _("Nothing was lost: press Send once more."))


def check_honeypot(request: HttpRequest) -> None:
    """Programs fill in every field; people do not see this one. Raises Invalid."""
    if request.POST.get("website"):
        raise Invalid(_("Something filled in a field that people do not see."), _("Press Send once more."))
