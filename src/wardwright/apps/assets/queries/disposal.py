"""Devices on their way out."""

from __future__ import annotations

from typing import Any

from ..models import Asset, Disposal


def disposal_of(by: Any, asset: Asset) -> Disposal | None:
    """What is recorded about a device's way out, if anything."""
    rows = Disposal.objects.visible_to(by).select_related("receiver", "evidence")
    return rows.filter(asset=asset).first()
