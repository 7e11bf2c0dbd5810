"""What happened in maintenance, for the apps above."""

from __future__ import annotations

from dataclasses import dataclass

from wardwright.platform.events.registry import event


@event
@dataclass(frozen=True)
class WorkOrderOpened:
    """One order was made by hand or by a failed step (orders of a plan are told in bulk by WorkGenerated)."""

    work_order_id: int
    asset_id: int
    kind: str


@event
@dataclass(frozen=True)
class WorkGenerated:
    """One chunk of planned work was made; ``until_on`` is an ISO date."""

    orders: int
    until_on: str


@event
@dataclass(frozen=True)
class WorkOrderClosed:
    work_order_id: int
    asset_id: int
    kind: str
    verdict: str


@event
@dataclass(frozen=True)
class DeviceFailedInspection:
    """A device failed a step; ``corrective_id`` is the repair order that was linked."""

    asset_id: int
    work_order_id: int
    corrective_id: int
    unsafe: bool


@event
@dataclass(frozen=True)
class DeviceAccepted:
    """A device passed its incoming inspection."""

    asset_id: int
    work_order_id: int


@event
@dataclass(frozen=True)
class RepairVerified:
    work_order_id: int
    asset_id: int
    passed: bool
