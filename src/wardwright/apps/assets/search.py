"""The search box: a scanned label, a number, or words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from wardwright.kernel.udi import Udi
from wardwright.platform.access.scope import allowed
from wardwright.platform.search.spelling import corrected
from wardwright.web.finding import Group, Hit, found_by_apps, named

from . import permissions
from .models import Asset, DeviceModel, DeviceType
from .queries import newest_found, resolve

#: Fewer hits than this are little: then the words are looked at for a slip of the finger.
LITTLE = 3


@dataclass
class Found:
    """What a search found. ``go`` is where the one exact answer is; a scanned label that is not known is ``udi``.

    Nothing was found for ``mistyped``, so this is what was found for ``text``; or ``offered`` would find more.
    """

    text: str
    go: str = ""
    asset: Asset | None = None
    udi: Udi | None = None
    udi_error: str = ""
    assets: list[Asset] = field(default_factory=list)
    more: bool = False
    groups: list[Group] = field(default_factory=list)
    mistyped: str = ""
    offered: str = ""

    @property
    def hits(self) -> list[Hit]:
        return [hit for group in self.groups for hit in group.hits]

    @property
    def count(self) -> int:
        return len(self.assets) + len(self.hits)


def find(by: Any, text: str, *, devices: int, others: int) -> Found:
    """Look for ``text``: what a scanner read or an exact number first, then words everywhere.

    Args:
        devices, others: how many devices, and how many of each other kind, are told at most.
    """
    found = Found(" ".join(text.split()))
    if found.text and allowed(by, permissions.VIEW):
        told = resolve(by, text)
        found.text, found.udi_error, found.asset = told.text, told.udi_error, told.asset
        if told.asset is not None:
            found.go = reverse("asset", args=[told.asset.pk])
            return found
        if told.udi is not None:
            found.udi, found.assets, found.more = told.udi, told.candidates, told.more
            return found
    _look(by, found, devices, others)
    if not found.go and found.text and found.count < LITTLE:
        found = _unless_mistyped(by, found, devices, others)
    return found


def _look(by: Any, found: Found, devices: int, others: int) -> None:
    found.groups = found_by_apps(by, found.text, others)
    found.go = next((hit.url for hit in found.hits if hit.exact), "")
    if found.text and not found.go and allowed(by, permissions.VIEW):
        page = newest_found(Asset.objects.visible_to(by).with_names(), found.text, devices)
        found.assets, found.more = page.rows, bool(page.next_cursor)


def _unless_mistyped(by: Any, found: Found, devices: int, others: int) -> Found:
    """What the nearest words find, if they find more; so nothing is told of words that the reader may not see."""
    better = Found(corrected(found.text))
    if better.text:
        _look(by, better, devices, others)
    if better.count <= found.count:
        return found
    if found.count:
        found.offered = better.text
        return found
    better.mistyped, better.go = found.text, ""
    return better


named(
    "device-types", _("Device types"), "tag", DeviceType, ("name", "gmdn_code", "emdn_code", "umdns_code"),
    lambda by: DeviceType.objects.visible_to(by).filter(merged_into=None).only("name", "gmdn_code"),
    lambda row: Hit(row.name, row.gmdn_code, reverse("device-type", args=[row.pk])),
    order=40, list_name="device-types",
)  # fmt: skip
named(
    "device-models", _("Models"), "versions", DeviceModel, ("name", "maker__name", "catalogue_no"),
    lambda by: DeviceModel.objects.visible_to(by).filter(merged_into=None)
    .select_related("maker", "device_type").only("name", "maker__name", "device_type__name"),
    lambda row: Hit(row.name, f"{row.maker.name} · {row.device_type.name}", reverse("device-model", args=[row.pk])),
    order=42, list_name="device-models",
)  # fmt: skip
