"""What every request passes: its source for the audit trail, and refusals turned into pages."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import DataError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils.translation import gettext as _

from wardwright.platform.core.change import set_source
from wardwright.platform.core.errors import Refused
from wardwright.platform.core.values import as_id

from . import errors

log = logging.getLogger("wardwright.web")
METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
MAX_BODY_BYTES = 220_000_000  # a register of 200 MiB and what a form adds to it


def is_larger(request: HttpRequest, most: int) -> bool:
    """Whether the body has more bytes than ``most``, or says no number; asked before any of it is read."""
    length = as_id(request.META.get("CONTENT_LENGTH") or "0")
    return length is None or length > most


def too_large(request: HttpRequest) -> HttpResponse | None:
    """A refusal for a body that no page takes, before any of it is read (files are written to disk while they come)."""
    if not is_larger(request, MAX_BODY_BYTES):
        return None
    request.user = AnonymousUser()
    return errors.error_page(
        request,
        413,
        _("This is too much to send at once."),
        _("Nothing of it was read."),
        _("Send up to %(limit)d MB; split a larger file.") % {"limit": MAX_BODY_BYTES // 1_000_000},
    )


class EdgeMiddleware:
    """Names the source of changes, forbids caching of private pages, and answers refusals in words."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        set_source("api" if request.path.startswith("/api/") else "page")
        if request.method in METHODS:
            response = too_large(request) or self.get_response(request)
        else:
            response = HttpResponseNotAllowed(METHODS)
        if "Cache-Control" not in response:
            response["Cache-Control"] = "no-store, private"
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> Any:
        if isinstance(exception, Refused):
            return errors.refusal(request, exception)
        if isinstance(exception, OverflowError | DataError):  # a number or text that no database can hold
            return errors.bad_request(request)
        if isinstance(exception, OperationalError | InterfaceError):
            log.error("The database refused: %s", exception)
            return errors.error_page(
                request,
                503,
                _("The database is busy or out of reach."),
                _("Nothing was saved by this step."),
                _("Wait a moment and send it again. If it stays, tell whoever looks after the server."),
            )
        return None
