"""What the library does when devices and types change. Each may run twice with the same effect."""

from __future__ import annotations

from wardwright.apps.assets.events import AssetRetired, DeviceTypesMerged
from wardwright.platform.core.change import System
from wardwright.platform.events.registry import subscribe

from .models import Holding
from .operations import remove_device, replace_type
from .states import LENT

LIBRARY = System("lending")


@subscribe(AssetRetired)
def let_the_retired_go(event: AssetRetired) -> None:
    """A retired device leaves the library; one that is still with a ward is collected first, and leaves by hand."""
    held = Holding.objects.held().filter(asset_id=event.asset_id).exclude(custody__in=LENT)
    if held.exists():
        remove_device(by=LIBRARY, asset_id=event.asset_id, reason="The device was retired.")


@subscribe(DeviceTypesMerged)
def follow_merged_types(event: DeviceTypesMerged) -> None:
    replace_type(by=LIBRARY, lost_id=event.lost_id, kept_id=event.kept_id)
