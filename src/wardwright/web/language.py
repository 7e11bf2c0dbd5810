"""In which language a page is written."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers


class LanguageMiddleware:
    """The language of the reader's account, else of the cookie, else what the browser asks for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = language_of(request)
        translation.activate(language)  # for good: an answer that is streamed is written after this returns
        request.LANGUAGE_CODE = language
        response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        patch_vary_headers(response, ("Accept-Language",))
        return response


def language_of(request: HttpRequest) -> str:
    """One of ``settings.LANGUAGES``. Programs (the API) say it with ``Accept-Language``; nothing is read for them."""
    if settings.SESSION_COOKIE_NAME in request.COOKIES and not request.path.startswith("/api/"):
        chosen = getattr(request.user, "language", "")
        if chosen in dict(settings.LANGUAGES):
            return chosen
    return translation.get_language_from_request(request)
