"""Slots: a lower page shows boxes whose content upper apps provide, fetched by HTMX when the page is open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from wardwright.platform.access.scope import allowed


@dataclass(frozen=True)
class Panel:
    """One box: the URL name that renders it takes the object's id as its only argument."""

    slot: str
    key: str
    title: Any
    url_name: str
    permission: Any
    order: int


PANELS: list[Panel] = []


def panel(slot: str, key: str, title: Any, url_name: str, *, permission: Any, order: int = 50) -> None:
    """Declare a panel on a slot such as ``asset``."""
    PANELS.append(Panel(slot, key, title, url_name, permission, order))


def panels_for(by: Any, slot: str) -> list[Panel]:
    """The panels of a slot that the reader may see, in order."""
    return sorted((p for p in PANELS if p.slot == slot and allowed(by, p.permission)), key=lambda p: p.order)
