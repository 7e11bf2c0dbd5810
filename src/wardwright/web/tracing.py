"""Around every request, files included: its id, its line in the log, its figures, and the headers of every answer."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse

from wardwright.platform.access.throttle import address_of
from wardwright.platform.core.figures import QUERIES, REQUEST_SECONDS, REQUESTS
from wardwright.platform.core.tracing import begin_trace, end_trace

log = logging.getLogger("wardwright.request")
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
HEADER = "X-Request-ID"
#: The camera is for the scan page, keys for logging in with a passkey; nothing else of a device is ever asked for.
HEADERS = {
    "Permissions-Policy": (
        "camera=(self), publickey-credentials-get=(self), publickey-credentials-create=(self), accelerometer=(),"
        " autoplay=(), bluetooth=(), display-capture=(), geolocation=(), gyroscope=(), hid=(), magnetometer=(),"
        " microphone=(), midi=(), payment=(), serial=(), usb=(), xr-spatial-tracking=()"
    ),
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Permitted-Cross-Domain-Policies": "none",
    "Server": "wardwright",  # else the web server writes its own name
}


class TracingMiddleware:
    """The outermost: nothing is answered without an id, and no line names a path, which may hold a secret."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        trace = begin_trace(request.META.get("HTTP_X_REQUEST_ID", "") if settings.BEHIND_TLS else "")
        sent = _Counted()
        began = time.perf_counter()
        try:
            with connection.execute_wrapper(sent):
                response = self.get_response(request)
            response.headers[HEADER] = trace
            for name, value in HEADERS.items():
                response.headers.setdefault(name, value)
            self._tell(request, response, time.perf_counter() - began, sent.n)
            return response
        finally:
            end_trace()

    def _tell(self, request: HttpRequest, response: HttpResponse, seconds: float, queries: int) -> None:
        view = view_of(request)
        method = request.method if request.method in METHODS else "other"
        REQUESTS.labels(view, method, response.status_code).inc()
        REQUEST_SECONDS.labels(view).observe(seconds)
        if queries:
            QUERIES.inc(queries)
        level = logging.WARNING if response.status_code >= 500 else logging.INFO
        if log.isEnabledFor(level):
            log.log(level, "answered", extra=_line(request, response, view, method, seconds, queries))


class _Counted:
    """How many statements a request sent."""

    def __init__(self) -> None:
        self.n = 0

    def __call__(self, execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        self.n += 1
        return execute(sql, params, many, context)


def view_of(request: HttpRequest) -> str:
    """The name of the page, or the route; one word for all files and one for all addresses that there are not."""
    match = getattr(request, "resolver_match", None)
    if match is not None:
        return match.route if match.app_names or not match.url_name else str(match.url_name)
    return "static" if request.path.startswith(settings.STATIC_URL) else "none"


def _line(
    request: HttpRequest, response: HttpResponse, view: str, method: Any, seconds: float, queries: int
) -> dict[str, Any]:
    """What a line tells: whose id, never a name; the numbers of the rows in the address, never its words."""
    match = getattr(request, "resolver_match", None)
    numbers = {k: v for k, v in match.kwargs.items() if isinstance(v, int)} if match is not None else {}
    return {
        "who": _who(request),
        "view": view,
        "rows": numbers or None,
        "method": method,
        "status": response.status_code,
        "ms": round(seconds * 1000, 1),
        "queries": queries,
        "address": address_of(request),
    }


def _who(request: Any) -> int | None:
    """The id of whoever was asked for by the page; nobody is looked up for the log's sake."""
    known = getattr(request, "auth", None) or getattr(request, "user", None)
    if known is None or getattr(known, "_wrapped", known).__class__ is object:
        return None  # not asked for
    return getattr(known, "id", None)
