"""What happened to documents."""

from __future__ import annotations

from dataclasses import dataclass

from wardwright.platform.events.registry import event


@event
@dataclass(frozen=True)
class DocumentAdded:
    attachment_id: int
    owner_table: str
    owner_id: int
    kind: str


@event
@dataclass(frozen=True)
class DocumentWithdrawn:
    attachment_id: int
    owner_table: str
    owner_id: int
    kind: str
