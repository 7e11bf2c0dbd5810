"""The site one works at: chosen in the top bar, kept in a cookie of this person, and what pages begin with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import urlencode

from django.conf import settings
from django.core.signing import BadSignature, dumps, loads
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

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


def first_look(request: HttpRequest) -> dict[str, str]:
    """What a page that knows of sites begins with, as entries of its address."""
    site = working_site(request)
    return {"site": str(site[0])} if site else {}


def begun_with(
    request: HttpRequest, first: Mapping[str, str], *, beside: Iterable[str] = ()
) -> HttpResponseRedirect | None:
    """Where a page goes that is opened without saying what it shows: to ``first``.

    So it stands in the address, where it can be seen and taken away. Entries ``beside`` it do not say what is shown.
    """
    if request.GET.keys() - set(beside) or not first:
        return None
    return HttpResponseRedirect(f"?{urlencode([*request.GET.items(), *first.items()])}")


def everything(path: str, first: Mapping[str, str]) -> str:
    """The address of ``path`` that shows everything, also where it begins with less."""
    return f"{path}?{urlencode(dict.fromkeys(first, ''))}" if first else path


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
