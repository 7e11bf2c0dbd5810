"""The site one works at: chosen in the top bar, kept in a cookie of this person, and what lists begin with."""

from __future__ import annotations

from django.conf import settings
from django.core.signing import BadSignature, dumps, loads
from django.http import HttpRequest, HttpResponse

A_YEAR = 365 * 86400
SALT = "site"


def _cookie(request: HttpRequest) -> str:
    return f"{settings.COOKIE_PREFIX}site-{request.user.pk}"  # several people share a tablet


def working_site(request: HttpRequest) -> tuple[int, str] | None:
    """Its number and name as chosen; None for all sites. Asks no database, for every page shows it."""
    try:
        found = loads(request.COOKIES.get(_cookie(request), ""), salt=f"{SALT}:{request.user.pk}")
    except BadSignature:
        return None
    return found[0], found[1]


def keep_site(request: HttpRequest, answer: HttpResponse, site: tuple[int, str] | None) -> None:
    if site is None:
        answer.delete_cookie(_cookie(request), samesite="Lax")
        return
    answer.set_cookie(
        _cookie(request),
        dumps(site, salt=f"{SALT}:{request.user.pk}"),
        A_YEAR,
        samesite="Lax",
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
    )
