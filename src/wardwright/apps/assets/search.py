"""The search box: a scanned label, a number, or words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from wardwright.apps.directory.models import Company, Department, Person, Room
from wardwright.kernel.udi import Udi
from wardwright.platform.access.scope import allowed
from wardwright.web.finding import Hit, found_by_apps

from . import permissions
from .models import Asset, DeviceModel, DeviceType
from .queries import resolve, search_assets

__all__ = ["Found", "find", "search_assets"]

FEW = 6
MANY = 50


@dataclass
class Found:
    """What a search found. ``go`` is where the one exact answer is; a scanned label that is not known is ``udi``."""

    text: str
    go: str = ""
    udi: Udi | None = None
    udi_error: str = ""
    assets: list[Asset] = field(default_factory=list)
    more: bool = False
    hits: list[Hit] = field(default_factory=list)


def find(by: Any, text: str) -> Found:
    """Look for ``text``: what a scanner read or an exact number first, then words everywhere."""
    found = Found(" ".join(text.split()))
    if not found.text:
        return found
    if allowed(by, permissions.VIEW):
        told = resolve(by, text)
        found.text, found.udi_error = told.text, told.udi_error
        if told.asset is not None:
            found.go = reverse("asset", args=[told.asset.pk])
            return found
        if told.udi is not None:
            found.udi, found.assets, found.more = told.udi, told.candidates, told.more
            return found
    found.hits = found_by_apps(by, found.text)
    found.go = next((hit.url for hit in found.hits if hit.exact), "")
    if found.go:
        return found
    if allowed(by, permissions.VIEW):
        rows = list(search_assets(Asset.objects.visible_to(by).with_names(), found.text)[: MANY + 1])
        found.assets, found.more = rows[:MANY], len(rows) > MANY
    found.hits += _hits(by, found.text)
    return found


def _hits(by: Any, text: str) -> Iterator[Hit]:
    """Types, models, wards, rooms, people and companies whose name has the text in it."""
    named = {"name__icontains": text}
    for row in DeviceType.objects.visible_to(by).filter(merged_into=None, **named)[:FEW]:
        yield Hit(_("Type"), row.name, "", reverse("device-type", args=[row.pk]), "tag")
    for row in DeviceModel.objects.visible_to(by).filter(merged_into=None, **named).select_related("maker")[:FEW]:
        yield Hit(_("Model"), row.name, row.maker.name, reverse("device-model", args=[row.pk]), "versions")
    for row in Department.objects.visible_to(by).filter(**named).select_related("site")[:FEW]:
        yield Hit(_("Department"), row.name, row.site.name, reverse("department", args=[row.pk]), "sitemap")
    for row in Room.objects.visible_to(by).filter(**named).select_related("site")[:FEW]:
        yield Hit(_("Room"), row.name, row.site.name, f"{reverse('site', args=[row.site_id])}#room-{row.pk}", "door")
    for row in Person.objects.visible_to(by).filter(**named)[:FEW]:
        yield Hit(_("Person"), row.name, row.job_title, reverse("person", args=[row.pk]), "user")
    for row in Company.objects.visible_to(by).filter(merged_into=None, **named)[:FEW]:
        yield Hit(_("Company"), row.name, row.country, reverse("company", args=[row.pk]), "briefcase")
