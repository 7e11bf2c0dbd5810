"""The API's shell: one instance, its log-in, its answers and its errors (RFC 9457 problem+json)."""

from __future__ import annotations

import logging
from typing import Any

import orjson
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import DataError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.parser import Parser
from ninja.renderers import BaseRenderer
from ninja.security import HttpBearer, SessionAuth

from wardwright import __version__
from wardwright.platform.access.limits import Limit, spend
from wardwright.platform.access.throttle import address_of
from wardwright.platform.access.tokens import note_use, token_digest, user_of_token
from wardwright.platform.core.errors import Denied, Refused, TooOften

from .document import completed
from .matching import missing
from .once import SAFE, once

log = logging.getLogger("wardwright.api")
DEEPEST = 40
WRONG_PER_MINUTE = 60  # unknown tokens from one address
BUSY_SECONDS = 5


class Renderer(BaseRenderer):
    """orjson; decimals and translated words as strings."""

    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:
        return orjson.dumps(data, default=str)


class StrictParser(Parser):
    """JSON as the standard has it: no NaN, no half characters; no NUL, which no record holds; not nested for ever."""

    def parse_body(self, request: HttpRequest) -> Any:
        body = orjson.loads(request.body)
        if request.body.count(b"[") + request.body.count(b"{") > DEEPEST and is_deeper(body, DEEPEST):
            raise ValueError(f"Lists and objects lie within each other more than {DEEPEST} deep.")
        if b"\\u0000" in request.body and has_nul(body):
            raise ValueError("A text holds a NUL character.")
        return body


def is_deeper(value: Any, limit: int) -> bool:
    """Whether lists and objects lie within each other more than ``limit`` deep."""
    level = [value]
    for _level in range(limit + 1):
        within = [part for part in level if isinstance(part, list | dict)]
        level = [part for one in within for part in (one.values() if isinstance(one, dict) else one)]
    return bool(level)


def has_nul(value: Any) -> bool:
    """Whether a NUL character is in a text or a name anywhere in ``value``."""
    if isinstance(value, dict):
        return any(has_nul(part) for item in value.items() for part in item)
    if isinstance(value, list):
        return any(has_nul(part) for part in value)
    return isinstance(value, str) and "\x00" in value


def only_reads() -> Denied:
    return Denied(_("This token may only read."), _("Use a token that was made for writing too."))


class TokenAuth(HttpBearer):
    """``Authorization: Bearer …``: tokens are kept hashed, expire, can be revoked, and act as their user at most."""

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        user = user_of_token(token_digest(token))
        if user is None:
            _limit(f"address {address_of(request)}", WRONG_PER_MINUTE)
            return None
        _limit(f"token {user.token_id}", settings.API_PER_MINUTE)
        if user.read_only and request.method not in SAFE:
            raise only_reads()
        note_use(user.token_id or 0)
        request.user = user
        return user


class CookieAuth(SessionAuth):
    """The page's own session, with its CSRF token."""

    def authenticate(self, request: HttpRequest, key: str | None) -> Any:
        if not request.user.is_authenticated:
            return None
        _limit(f"user {request.user.pk}", settings.API_PER_MINUTE)
        return request.user


def _limit(caller: str, per_minute: int) -> None:
    if settings.API_PER_MINUTE:
        spend(caller, Limit(per_minute))


class Api(NinjaAPI):
    """Its document says what every route answers; see ``document``."""

    def get_openapi_schema(self, **given: Any) -> Any:
        return completed(super().get_openapi_schema(**given))


api = Api(
    title="Wardwright",
    version=__version__,
    urls_namespace="api",
    renderer=Renderer(),
    parser=StrictParser(),
    auth=[TokenAuth(), CookieAuth()],
    description="Every register and operation, with the same rules as the pages.",
    docs_url=None,
    openapi_url="/openapi.json",
)
api.add_decorator(once)


def problem(
    request: HttpRequest, status: int, code: str, title: Any, way_forward: Any = "", errors: Any = None
) -> HttpResponse:
    """An error in the form of RFC 9457."""
    body = {"type": f"urn:wardwright:{code}", "title": str(title), "status": status, "detail": str(way_forward)}
    if errors:
        body["errors"] = errors
    return HttpResponse(orjson.dumps(body, default=str), status=status, content_type="application/problem+json")


@api.exception_handler(Refused)
def on_refused(request: HttpRequest, error: Refused) -> HttpResponse:
    errors = [{"field": name, "message": str(message)} for name, message in error.fields.items()]
    response = problem(request, error.status, error.code, error.message, error.way_forward, errors)
    if isinstance(error, TooOften):
        response["Retry-After"] = str(error.wait_seconds)
    return response


@api.exception_handler(ValidationError)
def on_invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    errors = [
        {"field": ".".join(str(part) for part in item["loc"][1:] if part != "payload"), "message": item["msg"]}
        for item in error.errors
    ]
    return problem(
        request, 422, "invalid", _("The request has wrong or missing entries."), _("Correct the fields named."), errors
    )


@api.exception_handler(AuthenticationError)
def on_anonymous(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    response = problem(
        request,
        401,
        "login-needed",
        _("Log in first."),
        _("Send a valid API token as %(header)s.") % {"header": "Authorization: Bearer …"},
    )
    response["WWW-Authenticate"] = "Bearer"
    return response


@api.exception_handler(Http404)
def on_missing(request: HttpRequest, error: Http404) -> HttpResponse:
    return problem(request, 404, "not-found", missing().message)


@api.exception_handler(HttpError)
def on_http(request: HttpRequest, error: HttpError) -> HttpResponse:
    return problem(request, error.status_code, "refused", str(error))


@api.exception_handler(RequestDataTooBig)
def on_too_large(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
    return problem(request, 413, "too-large", _("The request's body is too large."), _("Send less at once."))


@api.exception_handler(DataError)
@api.exception_handler(OverflowError)
def on_unstorable(request: HttpRequest, error: Exception) -> HttpResponse:
    """A number out of every column's range, or a NUL character in a text."""
    return problem(request, 400, "invalid", _("A value is one that no record can hold."), _("Check what you sent."))


@api.exception_handler(InterfaceError)
@api.exception_handler(OperationalError)
def on_database(request: HttpRequest, error: Exception) -> HttpResponse:
    log.error("The database refused at %s: %s", request.path, error)
    response = problem(
        request,
        503,
        "busy",
        _("The database is busy or out of reach."),
        _("Nothing was saved by this request. Send it again in a moment."),
    )
    response["Retry-After"] = str(BUSY_SECONDS)
    return response


@api.exception_handler(Exception)
def on_fault(request: HttpRequest, error: Exception) -> HttpResponse:
    log.exception("API fault at %s", request.path)
    return problem(
        request,
        500,
        "fault",
        _("Something went wrong on our side."),
        _("Nothing was saved by this request. The fault was noted."),
    )
