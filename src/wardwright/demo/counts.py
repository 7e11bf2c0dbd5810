"""What was counted: a ward three weeks ago, with two devices still looked for, and a ward that is being counted now."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from wardwright.apps.assets.data import search_days
from wardwright.apps.assets.models import Asset, CountLine, CycleCount, NotLocated
from wardwright.apps.assets.states import CountState, LineState
from wardwright.apps.directory.models import Department, Site
from wardwright.platform.access.scope import authorize
from wardwright.platform.audit.operation import operation

from . import moments

WHO, MOST = "Tina Brandt", 40


@operation()
def make_counts(*, by: Any, today: date) -> None:
    """Two counts of the first site's wards; the older one is closed."""
    authorize(by, "access.manage")
    now = moments.as_datetime(moments.of(today))
    wards = Department.objects.filter(site=Site.objects.order_by("pk")[0]).order_by("pk")
    counted = [(ward, devices) for ward in wards if len(devices := _devices(ward)) > 3][:2]
    if len(counted) == 2:
        _closed(*counted[0], now - timedelta(days=21), today - timedelta(days=21))
        _open(*counted[1], now - timedelta(hours=1))


def _devices(ward: Department) -> list[Asset]:
    return list(Asset.objects.filter(department=ward, status="in_service").order_by("pk")[:MOST])


def _closed(ward: Department, devices: list[Asset], at: datetime, on: date) -> None:
    lost = devices[-2:]
    count = _count(
        ward, devices, at, state=CountState.CLOSED, seen=len(devices) - len(lost), missing=len(lost),
        closed_by_name=WHO, closed_at=at + timedelta(minutes=35), note="One cupboard was locked.",
    )  # fmt: skip
    _lines(count, devices, at, seen=len(devices) - len(lost), rest=LineState.MISSING)
    first, second = search_days()[:2]
    for asset, looks, looked in ((lost[0], 2, on + timedelta(days=first)), (lost[1], 1, on)):
        NotLocated.objects.create(
            asset=asset, since_on=on, count=count, looks=looks, looked_on=looked,
            next_look_on=looked + timedelta(days=second if looks == 2 else first),
        )  # fmt: skip


def _open(ward: Department, devices: list[Asset], at: datetime) -> None:
    count = _count(ward, devices, at)
    _lines(count, devices, at, seen=len(devices) // 2, rest=LineState.WAITING)


def _count(ward: Department, devices: list[Asset], at: datetime, **more: Any) -> CycleCount:
    count = CycleCount.objects.create(
        site_id=ward.site_id, department=ward, expected=len(devices), started_by_name=WHO, **more
    )
    CycleCount.objects.filter(pk=count.pk).update(created_at=at)
    return count


def _lines(count: CycleCount, devices: list[Asset], at: datetime, *, seen: int, rest: str) -> None:
    CountLine.objects.bulk_create(
        CountLine(
            count=count, asset=asset, state=LineState.SEEN, seen_at=at + timedelta(minutes=n), seen_by_name=WHO
        )
        if n < seen
        else CountLine(count=count, asset=asset, state=rest)
        for n, asset in enumerate(devices)
    )  # fmt: skip
