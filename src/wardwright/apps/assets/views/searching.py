"""The page behind the search box, and what the box shows while one types."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from wardwright.platform.access.scope import allowed
from wardwright.web.finding import Group, Hit
from wardwright.web.tables import entry
from wardwright.web.views import asks_for, page

from .. import permissions
from ..models import Asset
from ..search import Found, find

LONGEST = 500
#: How many devices and how many of each other kind the page tells, and the box.
ON_PAGE, IN_BOX = (50, 20), (6, 4)


@page(None)
def search(request: HttpRequest) -> HttpResponse:
    """``?q=``: straight to the one thing that is meant, or everything that fits; for the box itself the first of it."""
    text = entry(request, "q", LONGEST)
    in_box = asks_for(request, "found")
    devices, others = IN_BOX if in_box else ON_PAGE
    found = find(request.user, text, devices=devices, others=others)
    if in_box:
        return render(request, "assets/_found.html", {"found": found, "groups": _groups(found)})
    if found.go:
        return HttpResponseRedirect(found.go)
    context = {
        "found": found,
        "search_query": found.mistyped or found.text,
        "title": _title(found),
        "register_url": _register_url(request, found),
        "list_url": _list_url(found),
    }
    return render(request, "assets/search.html", context)


def _groups(found: Found) -> list[Group]:
    """What was found, devices among it, as the box shows it."""
    assets = [found.asset] if found.asset else found.assets
    devices = Group("devices", _("Devices"), "heart-rate-monitor", [_device(asset) for asset in assets])
    devices.more_url = _list_url(found) if found.more else ""
    if not devices.hits:
        return found.groups
    near = [group for group in found.groups if group.key in ("steps", "pages")]
    return [*near, devices, *(group for group in found.groups if group not in near)]


def _device(asset: Asset) -> Hit:
    place = asset.department or asset.site
    words = f"{asset.device_model.maker} {asset.device_model} · {place} · {asset.state_label}"
    return Hit(f"{asset.tag} {asset.device_type}", words, reverse("asset", args=[asset.pk]))


def _list_url(found: Found) -> str:
    return f"{reverse('devices')}?{urlencode({'q': found.text})}"


def _title(found: Found) -> str:
    if not found.text:
        return _("What are you looking for?")
    if found.udi is not None:
        return _("Devices with a label like this one") if found.assets else _("This label is not in the register yet")
    if found.mistyped:
        return _("Showing results for “%(text)s”") % {"text": found.text}
    if found.count:
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
