"""What testing does when the catalogue changes."""

from __future__ import annotations

from wardwright.apps.assets.events import DeviceTypesMerged
from wardwright.platform.core.change import System
from wardwright.platform.events.registry import subscribe

from .operations import replace_type


@subscribe(DeviceTypesMerged)
def follow_merged_types(event: DeviceTypesMerged) -> None:
    replace_type(by=System("testing"), lost_id=event.lost_id, kept_id=event.kept_id)
