"""What the pages of the library have in common: their tabs, and the site that they are about."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from wardwright.apps.directory.models import Site
from wardwright.apps.lending import permissions
from wardwright.platform.access.scope import allowed, reach
from wardwright.platform.core.values import as_id


def tabs(request: HttpRequest, here: str) -> list[dict[str, Any]]:
    """The pages of the library that the reader may open, at the site that this one says, be it every site."""
    by = request.user
    some = (
        ("library", _("Where they are"), permissions.VIEW),
        ("library-round", _("My round"), permissions.HANDLE),
        ("ward-equipment", _("On my ward"), permissions.ASK),
        ("loan-requests", _("Requests"), permissions.VIEW),
        ("loans", _("Loans"), permissions.VIEW),
        ("kits", _("Kits"), permissions.VIEW),
        ("rentals", _("Rented"), permissions.VIEW),
        ("patient-devices", _("Patients' own"), permissions.VIEW),
        ("library-use", _("Use"), permissions.VIEW),
        ("pools", _("Stores"), permissions.VIEW),
    )
    found = reach(by, permissions.VIEW)
    on_a_ward = found is not None and not (found.everything or found.sites)
    hidden = ("library", "library-use", "rentals", "pools") if on_a_ward else ()
    at = f"?{urlencode({'site': request.GET['site']})}" if "site" in request.GET else ""
    return [
        {"url": f"{reverse(name)}{at}", "label": label, "here": name == here}
        for name, label, p in some
        if allowed(by, p) and name not in hidden
    ]


def nothing_words(site: Site | None) -> str:
    """The answer of a page of the library where nothing is lent."""
    return _("Nothing is lent at %(site)s") % {"site": site} if site else _("The equipment library is empty")


def place(request: HttpRequest) -> dict[str, Any]:
    """What ``lending/_place.html`` reads: the sites to choose from, and the one that the address names."""
    sites = list(Site.objects.visible_to(request.user))
    wanted = as_id(request.GET.get("site", ""))
    site = next((one for one in sites if one.pk == wanted), None)
    return {"sites": sites if len(sites) > 1 else [], "site": site, "site_id": site.pk if site else None}
