"""What happened to devices and their catalogue, for apps above to hear."""

from __future__ import annotations

from dataclasses import dataclass

from wardwright.platform.events.registry import event


@event
@dataclass(frozen=True)
class AssetRegistered:
    """A device is in the register now; ``status`` received means that it waits for its incoming inspection."""

    asset_id: int
    site_id: int
    device_type_id: int
    device_model_id: int
    status: str


@event
@dataclass(frozen=True)
class AssetsImported:
    """Many devices came in with one change; ``count`` of them are new."""

    session_id: int
    count: int


@event
@dataclass(frozen=True)
class AssetChanged:
    """A device's record was edited; ``fields`` names the columns, separated by commas."""

    asset_id: int
    fields: str


@event
@dataclass(frozen=True)
class AssetMoved:
    """A device is somewhere else."""

    asset_id: int
    site_id: int
    department_id: int | None
    room_id: int | None


@event
@dataclass(frozen=True)
class AssetStatusChanged:
    """A device's status changed from ``before`` to ``after`` (values of ``states.Status``)."""

    asset_id: int
    before: str
    after: str
    out_reason: str = ""


@event
@dataclass(frozen=True)
class AssetRetired:
    """A device left service for good: nothing is due for it any more."""

    asset_id: int


@event
@dataclass(frozen=True)
class AssetsMerged:
    """Two records turned out to be one device; ``lost_id`` is retired."""

    kept_id: int
    lost_id: int


@event
@dataclass(frozen=True)
class DeviceTypeChanged:
    """Risk attributes or flags of a type changed; ``fields`` names the columns, separated by commas."""

    device_type_id: int
    fields: str


@event
@dataclass(frozen=True)
class DeviceTypesMerged:
    """Two types turned out to be one: whatever applied to ``lost_id`` applies to ``kept_id``."""

    kept_id: int
    lost_id: int


@event
@dataclass(frozen=True)
class DeviceModelsMerged:
    """Two models turned out to be one: whatever applied to ``lost_id`` applies to ``kept_id``."""

    kept_id: int
    lost_id: int


@event
@dataclass(frozen=True)
class CountClosed:
    """A room or department was counted; ``missing`` of its ``expected`` devices were not located."""

    count_id: int
    expected: int
    missing: int


@event
@dataclass(frozen=True)
class AssetNotLocated:
    """A device was not where a count expected it, and is looked for from now on."""

    asset_id: int
    count_id: int


@event
@dataclass(frozen=True)
class AssetSanitised:
    """The data on a device were removed; ``method`` is clear, purge or destroy."""

    asset_id: int
    method: str
