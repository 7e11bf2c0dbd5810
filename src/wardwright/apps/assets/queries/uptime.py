"""How long devices were in service, and how long they were down, from the history of their states."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from wardwright.kernel.figures import overlap_hours

from ..models import Asset, StatusPeriod
from ..states import MAINTAINED, NOT_BROKEN, Status

_DEVICE = ("tag", "device_type__name", "device_model__name", "site__name", "department__name")
_NARROW = {"site": "site", "department": "department", "type": "device_type"}


@dataclass
class DeviceHours:
    """One device's hours within a period: in service, down for a fault, down for planned work. What it spent in store
    or on order is none of them. ``is_known`` is False where no history was kept."""

    asset_id: int
    tag: str
    type: str
    model: str
    site: str
    department: str | None
    in_service: float = 0
    down: float = 0
    planned: float = 0
    is_known: bool = True

    def add(self, status: str, reason: str, span_hours: float) -> None:
        if status == Status.IN_SERVICE:
            self.in_service += span_hours
        elif status in (Status.OUT_OF_SERVICE, Status.QUARANTINED):
            if reason in NOT_BROKEN:
                self.planned += span_hours
            else:
                self.down += span_hours


def device_hours(by: Any, asked: Any) -> Iterator[DeviceHours]:
    """Every device within reach with its hours from ``asked.first`` to ``asked.last`` (or now), one at a time.

    Args:
        asked: what a report was asked: days, and the parameters site, department and type.
    """
    zone = timezone.get_current_timezone()
    first_at = datetime.combine(asked.first, time.min, zone)
    last_at = min(datetime.combine(asked.last + timedelta(days=1), time.min, zone), asked.now)
    rows = StatusPeriod.objects.visible_to(by).filter(from_at__lt=last_at)
    rows = rows.filter(Q(until_at=None) | Q(until_at__gt=first_at))
    rows = asked.narrow(rows, **{key: f"asset__{path}" for key, path in _NARROW.items()})
    columns = ("asset_id", *(f"asset__{name}" for name in _DEVICE), "status", "out_reason", "from_at", "until_at")
    values = rows.order_by("asset_id").values_list(*columns).iterator()
    for _asset_id, spans in groupby(values, itemgetter(0)):
        device = None
        for *facts, status, reason, from_at, until_at in spans:
            device = device or DeviceHours(*facts)
            device.add(status, reason, overlap_hours(from_at, until_at, first_at, last_at))
        if device is not None:
            yield device
    unknown = Asset.objects.visible_to(by).filter(status__in=MAINTAINED)
    unknown = asked.narrow(unknown, **_NARROW).filter(~Exists(StatusPeriod.objects.filter(asset=OuterRef("pk"))))
    for facts in unknown.order_by("pk").values_list("pk", *_DEVICE).iterator():
        device = DeviceHours(*facts)
        device.is_known = False
        yield device
