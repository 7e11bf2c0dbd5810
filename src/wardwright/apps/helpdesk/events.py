"""What happened at the help desk, for the apps above."""

from __future__ import annotations

from dataclasses import dataclass

from wardwright.platform.events.registry import event


@event
@dataclass(frozen=True)
class RequestReceived:
    """Somebody asked for help; ``asset_id`` is None for a mail that names no device."""

    request_id: int
    asset_id: int | None
    source: str
    priority: int


@event
@dataclass(frozen=True)
class HarmReported:
    """A request says that a patient was involved or harmed: the hook for an incident."""

    request_id: int
    asset_id: int
    work_order_id: int


@event
@dataclass(frozen=True)
class RequestClosed:
    """A request needed no work."""

    request_id: int
    asset_id: int | None


@event
@dataclass(frozen=True)
class FeedbackGiven:
    request_id: int
    solved: bool
