"""Devices: by their tag, their parts, how many there are."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, QuerySet

from wardwright.platform.access.scope import Scope

from ..models import Asset, AssetCode
from ..states import Status

GONE = (Status.RETIRED, Status.DISPOSED)


def asset_tagged(by: Any, tag: str) -> Asset | None:
    """The device that carries exactly this tag, if the reader may see it; case does not matter."""
    tag = tag.strip()
    found = Asset.objects.visible_to(by)
    return found.filter(tag=tag).first() or found.filter(tag=tag.upper()).first() if tag else None


def asset_coded(code: str) -> Asset | None:
    """The device whose label carries ``code``, for pages that need no log-in: the code itself is the key."""
    found = AssetCode.objects.filter(code=code.strip().lower(), is_active=True)
    row = found.select_related("asset__device_type", "asset__device_model__maker", "asset__site").first()
    return row.asset if row is not None else None


def parts_of(by: Any, asset: Asset) -> QuerySet[Asset]:
    """What belongs directly to ``asset``."""
    return Asset.objects.visible_to(by).filter(parent=asset).with_names().order_by("part_kind", "tag")


def possible_parents(by: Any, asset: Asset) -> QuerySet[Asset]:
    """Devices at the same site that ``asset`` may belong to."""
    return Asset.objects.visible_to(by).filter(site_id=asset.site_id).exclude(pk=asset.pk).exclude(status__in=GONE)


def counts_per_type(by: Any, ids: list[int]) -> dict[int, int]:
    """How many devices within reach each type has, retired ones not counted."""
    return _counts(by, "device_type_id", ids)


def counts_per_model(by: Any, ids: list[int]) -> dict[int, int]:
    """How many devices within reach each model has, retired ones not counted."""
    return _counts(by, "device_model_id", ids)


def _counts(by: Any, column: str, ids: list[int]) -> dict[int, int]:
    found = Asset.objects.visible_to(by).filter(**{f"{column}__in": ids}).exclude(status__in=GONE).order_by()
    return dict(found.values_list(column).annotate(n=Count("pk")))


def place_of(pk: int) -> Scope | None:
    """Where a device is now, None when there is none."""
    row = Asset.objects.filter(pk=pk).first()
    return row.scope() if row is not None else None
