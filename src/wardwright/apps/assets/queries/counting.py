"""Counts: how far one is, and what it found."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q, QuerySet

from ..models import Asset, CountLine, CycleCount, NotLocated
from ..states import HERE, LineState
from .register import GONE

SHOWN = 300
#: Everything a line shows of its device.
NAMES = tuple(f"asset__{name}" for name in ("device_type", "device_model__maker", "site", "department", "room"))


@dataclass
class Progress:
    """An open count: its lines by what is to be done with them, and how many there are of each."""

    figures: dict[str, int]
    waiting: list[CountLine] = field(default_factory=list)
    here: list[CountLine] = field(default_factory=list)
    unexpected: list[CountLine] = field(default_factory=list)


def lines_of(by: Any, count: CycleCount) -> QuerySet[CountLine]:
    """The lines of a count within reach, with the names that a line shows."""
    return CountLine.objects.visible_to(by).filter(count=count).select_related(*NAMES)


def figures_of_count(count: CycleCount) -> dict[str, int]:
    """Expected, seen, unexpected and missing devices of a count, from its lines."""
    conditions = {
        "expected": Q(expected=True),
        "seen": Q(expected=True, state__in=HERE),
        "unexpected": Q(expected=False),
        "missing": Q(state=LineState.MISSING),
    }
    found = CountLine.objects.filter(count=count).aggregate(
        **{f"n_{name}": Count("pk", filter=condition) for name, condition in conditions.items()}
    )
    return {name: found[f"n_{name}"] for name in conditions}


def progress_of(by: Any, count: CycleCount) -> Progress:
    """What is still to be seen, by place and number; what was seen, the latest first; what does not belong here."""
    lines = lines_of(by, count)
    return Progress(
        figures_of_count(count),
        list(lines.filter(state=LineState.WAITING).order_by("asset__room__name", "asset__tag")[:SHOWN]),
        list(lines.filter(state__in=HERE).exclude(state=LineState.FOUND).order_by("-seen_at", "-pk")[:SHOWN]),
        list(lines.filter(state=LineState.FOUND).order_by("-seen_at", "-pk")[:SHOWN]),
    )


def search_for(by: Any, asset: Asset) -> NotLocated | None:
    """The search for a device that is going on, if there is one."""
    return NotLocated.objects.visible_to(by).filter(asset=asset, located_at=None).first()


def being_looked_for(by: Any) -> QuerySet[NotLocated]:
    """Devices that are not located, retired ones left out."""
    return (
        NotLocated.objects.visible_to(by).filter(located_at=None).exclude(asset__status__in=GONE).select_related(*NAMES)
    )
