"""What guards the pages that need no log-in: switched off or not, how often, how large, and by a person or not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wardwright.platform.access.limits import Limit, check_left, spend
from wardwright.platform.access.throttle import address_of
from wardwright.platform.core.errors import Invalid, TooOften
from wardwright.web.middleware import is_larger

MAX_BODY_BYTES = 13_000_000
QUICK = timedelta(seconds=1)
KEPT = timedelta(hours=12)
#: Codes that lead nowhere, from one address: whoever guesses has 30 to the 8th or 10th to guess from.
WRONG_CODE = Limit(40, 600)
SEARCH = Limit(60, 600)
BY_CODE, BY_NUMBER = ("on", "codes"), ("on",)
#: Every form that can be refused with these words comes back with what was typed, a button and a key that fits.
AGAIN = gettext_lazy("Nothing that was typed is lost: send it once more.")


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


def guarded(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page that answers in its own frame when too much came from one place."""

    @wraps(view)
    def guarded_view(request: HttpRequest, **given: Any) -> HttpResponse:
        try:
            return view(request, **given)
        except TooOften as error:
            answer = public_page(request, "helpdesk/too_often.html", 429, wait_seconds=error.wait_seconds)
            answer["Retry-After"] = str(error.wait_seconds)
            return answer

    return guarded_view


def address(request: HttpRequest) -> str:
    return address_of(request) or "socket"


def check_guesses(request: HttpRequest) -> None:
    """Raises TooOften when this address has guessed too many codes lately. Right codes cost nothing."""
    check_left(f"portal code {address(request)}", WRONG_CODE)


def wrong_code(request: HttpRequest) -> HttpResponse:
    """Count a code that leads nowhere, and answer as for any other page that is not there."""
    spend(f"portal code {address(request)}", WRONG_CODE)
    return nothing_here(request)


def count_search(request: HttpRequest) -> None:
    """Looking up by number counts whether it finds something or not: numbers run in order. Raises TooOften."""
    spend(f"portal search {address(request)}", SEARCH)


def count_or_refuse(what: str, limit: Limit, words: Any) -> None:
    """Count one that is sent. Raises TooOften."""
    try:
        spend(f"portal {what}", limit)
    except TooOften as error:
        way = _("Call clinical engineering if it cannot wait.")
        raise TooOften(words, way, wait_seconds=error.wait_seconds) from None


def too_large(request: HttpRequest) -> bool:
    """A body that no form of the portal makes; asked before any of it is read."""
    return is_larger(request, MAX_BODY_BYTES)


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
        raise Invalid(_("This page is too old."), AGAIN) from None
    try:
        signer.unsign(key[:200], max_age=QUICK)
    except BadSignature:
        return found
    raise Invalid(_("That was too quick for a person."), AGAIN)


def check_honeypot(request: HttpRequest) -> None:
    """Programs fill in every field; people do not see this one. Raises Invalid."""
    if request.POST.get("website"):
        raise Invalid(_("Something filled in a field that people do not see."), AGAIN)
