"""The page behind the search box."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from wardwright.platform.access.scope import allowed
from wardwright.web.tables import entry
from wardwright.web.views import page

from .. import permissions
from ..search import Found, find

LONGEST = 500


@page(None)
def search(request: HttpRequest) -> HttpResponse:
    """``?q=``: straight to the one device that is meant, or everything that fits."""
    found = find(request.user, entry(request, "q", LONGEST))
    if found.go:
        return HttpResponseRedirect(found.go)
    context = {
        "found": found,
        "search_query": found.text,
        "title": _title(found),
        "register_url": _register_url(request, found),
        "list_url": f"{reverse('devices')}?{urlencode({'q': found.text})}",
    }
    return render(request, "assets/search.html", context)


def _title(found: Found) -> str:
    if not found.text:
        return _("What are you looking for?")
    if found.udi is not None:
        return _("Devices with a label like this one") if found.assets else _("This label is not in the register yet")
    if found.assets or found.hits:
        return _("Found for “%(text)s”") % {"text": found.text}
    return _("Nothing found for “%(text)s”") % {"text": found.text}


def _register_url(request: HttpRequest, found: Found) -> str:
    """Where to register what was scanned or typed; empty when the reader may not, or it looks like words."""
    if not found.text or not allowed(request.user, permissions.REGISTER):
        return ""
    if found.udi is not None:
        return f"{reverse('register-asset')}?{urlencode({'udi': found.text})}"
    looks_like_a_number = any(c.isdigit() for c in found.text) and len(found.text) <= 60 and " " not in found.text
    return f"{reverse('register-asset')}?{urlencode({'tag': found.text})}" if looks_like_a_number else ""
