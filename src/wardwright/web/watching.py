"""Addresses for watchmen of the server: does it live, may it be sent requests, what are its figures."""

from __future__ import annotations

import hmac
from ipaddress import ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from wardwright.platform.health.checks import CHECKS, examine, state_of
from wardwright.platform.health.exposition import exposition


def may_watch(request: HttpRequest) -> bool:
    """By the token, or from an address of ``WARDWRIGHT_WATCH_FROM``.

    Behind a proxy every request comes from the proxy's address: then the address that it names counts, and where no
    proxy was declared (``WARDWRIGHT_TLS``) one that names any does not count at all.
    """
    given = request.headers.get("Authorization", "").removeprefix("Bearer ").encode()
    if settings.WATCH_TOKEN and hmac.compare_digest(given, settings.WATCH_TOKEN.encode()):
        return True
    said = request.META.get("HTTP_X_FORWARDED_FOR", "") or request.META.get("HTTP_FORWARDED", "")
    if said and not settings.BEHIND_TLS:
        return False
    try:
        address = ip_address((said.rsplit(",", 1)[-1] or request.META.get("REMOTE_ADDR", "")).strip())
    except ValueError:
        return False
    address = getattr(address, "ipv4_mapped", None) or address
    return any(address in ip_network(text, strict=False) for text in settings.WATCH_FROM)


@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """The process answers; nothing else is asked."""
    return JsonResponse({"state": "alive"})


@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """503 where requests should go elsewhere. Everybody learns the state; what is wrong only whoever may watch."""
    findings = examine()
    state = state_of(findings)
    answer: dict[str, object] = {"state": state}
    if may_watch(request):
        answer["checks"] = {
            f.name: {"well": f.is_well, "words": f.words, "way_forward": f.way_forward, **(f.figures or {})}
            for f in findings
        }
    return JsonResponse(answer, status=503 if state == "not-ready" else 200)


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """For those who may watch; to others the address does not exist."""
    if not may_watch(request):
        return HttpResponse("There is nothing here.\n", status=404, content_type="text/plain")
    answers = CHECKS[0].find().is_well
    return HttpResponse(exposition(with_database=answers), content_type=CONTENT_TYPE_LATEST)
