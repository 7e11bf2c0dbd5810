"""Error pages: what happened, what it means, what to do. Never a stack trace."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from wardwright.platform.core.errors import Refused


def error_page(request: HttpRequest, status: int, title: Any, words: Any = "", way_forward: Any = "") -> HttpResponse:
    """Render an error as a page, or for HTMX as a message that is swapped into #messages.

    When even the reader cannot be looked up, because the database is what failed, the page has no rail.
    """
    try:
        return _rendered(request, status, title, words, way_forward)
    except DatabaseError:
        request.user = AnonymousUser()
        return _rendered(request, status, title, words, way_forward)


def _rendered(request: HttpRequest, status: int, title: Any, words: Any, way_forward: Any) -> HttpResponse:
    context = {"status": status, "error_title": title, "words": words, "way_forward": way_forward}
    if getattr(request, "htmx", False):
        response = render(request, "web/_error_message.html", context, status=status)
        response["HX-Retarget"], response["HX-Reswap"] = "#messages", "innerHTML"
        return response
    return render(request, "web/error.html", context, status=status)


def refusal(request: HttpRequest, error: Refused) -> HttpResponse:
    """The page of a refused operation."""
    return error_page(request, error.status, error.message, "", error.way_forward)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_page(request, 400, _("The request could not be understood."), "", _("Go back and try again."))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_page(
        request, 403, _("You may not see this page."), "", _("Ask the person who manages access in your department.")
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return error_page(
        request,
        403,
        _("The form could not be accepted."),
        _("Its security token was missing or too old. What you typed is still on the page before."),
        _("Go back, reload the page and send it again."),
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_page(
        request,
        404,
        _("There is no such page, or you may not see it."),
        "",
        _("Check the address, or search for what you need above."),
    )


def broken(request: HttpRequest) -> HttpResponse:
    return error_page(
        request,
        500,
        _("Something went wrong on our side."),
        _("Nothing was saved by this step. The fault was noted."),
        _("Try again; if it happens twice, tell whoever looks after the server what you were doing."),
    )
