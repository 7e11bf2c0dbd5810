"""``Idempotency-Key``: what is sent twice has one effect, and the second sender gets the first one's answer.

The key, the write and the answer are one transaction: a server killed in between leaves all of them or none.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from pydantic import BaseModel

from wardwright.platform.core.edits import together
from wardwright.platform.core.errors import Invalid, NotNow, Refused, Repeated
from wardwright.platform.core.models import Once
from wardwright.platform.core.once import give_back, keep_answer, kept_answer, take_once

HEADER = "Idempotency-Key"
LONGEST_KEY = 200
LARGEST_ANSWER = 200_000
SAFE = ("GET", "HEAD", "OPTIONS")
NOT_KEPT = 0


def once(run: Callable[..., Any]) -> Callable[..., Any]:
    """Around every route: a write that carries a key takes effect once for its caller."""

    @wraps(run)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        given = request.headers.get(HEADER)
        if given is None or request.method in SAFE:
            return run(request, *args, **kwargs)
        key, fingerprint = _key(request, given), _fingerprint(request)
        kept = kept_answer(key)
        if kept is not None:
            return _again(kept, fingerprint)
        try:
            return _first(key, fingerprint, lambda: run(request, *args, **kwargs))
        except Repeated:  # another arrival was first meanwhile
            kept = kept_answer(key)
            if kept is None:
                raise
            return _again(kept, fingerprint)

    return answer


def _first(key: str, fingerprint: str, run: Callable[[], Any]) -> HttpResponse:
    with together():
        take_once(key)
        try:
            response = _response(run())
        except Refused:
            give_back(key)
            raise
        is_text = response.get("Content-Type", "").startswith("application/json") or not response.content
        if is_text and len(response.content) <= LARGEST_ANSWER:
            keep_answer(key, fingerprint, response.status_code, response.content.decode())
        else:
            keep_answer(key, fingerprint, NOT_KEPT, "")
    return response


def _again(kept: Once, fingerprint: str) -> HttpResponse:
    if kept.fingerprint != fingerprint:
        words = _("This %(header)s was used for another request.") % {"header": HEADER}
        raise Invalid(words, _("Take a new key for each new request."), fields={HEADER: words})
    if kept.status == NOT_KEPT:
        raise NotNow(
            _("This was done already, and its answer was not kept."), _("Read what you need, or take a new key.")
        )
    response = HttpResponse(kept.result, status=kept.status, content_type="application/json")
    response["Idempotent-Replayed"] = "true"
    return response


def _response(result: Any) -> HttpResponse:
    """What a route returned as an answer; all of ours return one, other shapes are written as JSON."""
    if isinstance(result, HttpResponse):
        return result
    if isinstance(result, BaseModel):
        result = result.model_dump()
    return HttpResponse(orjson.dumps(result, default=str), content_type="application/json")


def _key(request: HttpRequest, given: str) -> str:
    """The key as it is stored: of this caller only, and of this token where they have one."""
    if not given.strip() or len(given) > LONGEST_KEY or not given.isascii() or not given.isprintable():
        words = _("A key is up to %(n)s printable ASCII characters, for example a random UUID.") % {"n": LONGEST_KEY}
        raise Invalid(_("This %(header)s cannot be used.") % {"header": HEADER}, words, fields={HEADER: words})
    user: Any = request.user
    owner = f"{user.pk}/{getattr(user, 'token_id', None)}/{given}"
    return "api " + hashlib.sha256(owner.encode()).hexdigest()


def _fingerprint(request: HttpRequest) -> str:
    what = f"{request.method} {request.get_full_path()} {request.headers.get('If-Match', '')}\n".encode()
    if request.content_type != "multipart/form-data":
        return hashlib.sha256(what + request.body).hexdigest()
    digest = hashlib.sha256(what + repr(sorted(request.POST.lists())).encode())  # not the boundary, which is random
    for name, files in sorted(request.FILES.lists()):
        for file in files:
            digest.update(repr((name, file.name, file.size)).encode())
            for chunk in file.chunks():
                digest.update(chunk)
            file.seek(0)
    return digest.hexdigest()
