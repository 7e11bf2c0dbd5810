"""Schedules that registers brought in, as an import has to know them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from ..models import Plan, Schedule
from ..states import AppliesTo

CHUNK = 500


class ListedSchedule(NamedTuple):
    """A schedule under a plan whose devices are those that a register listed."""

    id: int
    asset_id: int
    label: str
    anchor_on: date
    last_done_on: date | None
    is_active: bool
    interval_kind: str
    interval: int


def listed_schedules(asset_ids: Iterable[int]) -> Iterator[ListedSchedule]:
    """Schedules from registers on these devices."""
    ids = sorted(set(asset_ids))
    for start in range(0, len(ids), CHUNK):
        found = Schedule.objects.filter(
            asset_id__in=ids[start : start + CHUNK], plan__applies_to=AppliesTo.FILTER, plan__filter__listed=True
        )
        names = (
            "id",
            "asset_id",
            "label",
            "anchor_on",
            "last_done_on",
            "is_active",
            "plan__interval_kind",
            "plan__interval",
        )
        for row in found.values_list(*names):
            yield ListedSchedule(*row)


def listed_plans() -> dict[tuple[int, str, int, str], int]:
    """(device type, interval kind, interval, months as text) → plan id, for plans made from registers."""
    plans = Plan.objects.filter(applies_to=AppliesTo.FILTER, filter__listed=True, state="active").order_by("-id")
    return {
        (type_id, kind, interval, ",".join(map(str, months or []))): pk
        for pk, type_id, kind, interval, months in plans.values_list(
            "id", "device_type_id", "interval_kind", "interval", "season_months"
        )
    }
