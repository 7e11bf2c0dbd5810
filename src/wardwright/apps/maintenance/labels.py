"""What a label says about maintenance: when the device is due next."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone

from wardwright.apps.assets.queries import due_on_label

from .queries.schedules import due_dates


@due_on_label
def next_due_on(by: Any, asset_ids: list[int]) -> dict[int, date]:
    """The first day on which each device is due by its active plans; those that wait for a meter have none."""
    return due_dates(by, asset_ids, timezone.localdate())
