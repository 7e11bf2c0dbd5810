"""Kits: what is in them and what keeps them from going out."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from wardwright.apps.assets.states import Status

from ..models import Holding, Kit, KitPart
from ..states import LENT, Custody
from .stock import within


@dataclass(frozen=True)
class PartState:
    """A place of a kit and what is wrong with it ("" where nothing is)."""

    part: KitPart
    trouble: str


@dataclass(frozen=True)
class KitState:
    """A kit with its places; ``is_out`` when one of its devices is with a ward."""

    kit: Kit
    parts: list[PartState]
    is_out: bool

    @property
    def lacking(self) -> list[PartState]:
        """What keeps it from going out."""
        return [line for line in self.parts if line.trouble and line.part.is_required]

    @property
    def is_complete(self) -> bool:
        return bool(self.parts) and not self.lacking

    @property
    def meaning(self) -> str:
        return "info" if self.is_out else "ok" if self.is_complete else "due"

    @property
    def words(self) -> str:
        if self.is_out:
            return _("on a ward")
        return _("complete") if self.is_complete else _("incomplete")


def kit_state(kit: Kit) -> KitState:
    """One kit as it stands."""
    return _states([kit])[0]


def kits_with_state(by: Any, site_id: int | None = None) -> list[KitState]:
    """The kits in use within reach, by name, in three queries."""
    kits = Kit.objects.visible_to(by).filter(is_active=True, **within(site_id)).select_related("pool__site")
    kits = kits.order_by("name", "pk")
    return _states(list(kits))


def _states(kits: list[Kit]) -> list[KitState]:
    parts = list(
        KitPart.objects.filter(kit__in=kits).select_related("asset__device_model__maker", "device_type").order_by("pk")
    )
    of_kit: dict[int, list[KitPart]] = defaultdict(list)
    for part in parts:
        of_kit[part.kit_id].append(part)
    custody = dict(
        Holding.objects.held()
        .filter(asset_id__in=[part.asset_id for part in parts if part.asset_id])
        .values_list("asset_id", "custody")
    )
    return [
        KitState(
            kit,
            [PartState(part, _trouble(part, custody)) for part in of_kit[kit.pk]],
            any(custody.get(part.asset_id or 0) in LENT for part in of_kit[kit.pk]),
        )
        for kit in kits
    ]


def _trouble(part: KitPart, custody: dict[int, str]) -> str:
    if part.asset is None:
        if part.device_type_id:
            return _("no device is in its place")
        return "" if part.is_there else _("is missing")
    if part.asset.status != Status.IN_SERVICE:
        return _("%(tag)s is %(status)s") % {"tag": part.asset.tag, "status": part.asset.state_label}
    state = custody.get(part.asset_id or 0)
    if state is None:
        return _("%(tag)s is not in the library") % {"tag": part.asset.tag}
    if state != Custody.READY:
        return _("%(tag)s is %(state)s") % {"tag": part.asset.tag, "state": Custody(state).label}
    return ""
