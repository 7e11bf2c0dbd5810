"""Devices that were not located: looking again, and the end of the search when one is seen."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from wardwright.platform.access.scope import authorize
from wardwright.platform.audit.operation import operation
from wardwright.platform.core.errors import NotNow

from ..data import search_days
from ..models import Asset, NotLocated
from ..permissions import MOVE


@operation()
def look_again(*, by: Any, asset_ids: Iterable[int], note: str = "") -> list[NotLocated]:
    """Somebody looked for these devices once more, in vain; the protocol says when the next look is due.

    Raises:
        NotNow: when one of them is not being looked for.
    """
    ids = sorted({int(pk) for pk in asset_ids})
    rows = list(NotLocated.objects.select_for_update(of=("self",)).filter(asset_id__in=ids, located_at=None))
    for asset in Asset.objects.filter(pk__in=ids):
        authorize(by, MOVE, asset)
    if not ids or len(rows) != len(ids):
        raise NotNow(
            _("Not all of these devices are being looked for."), _("Reload the list: somebody may have found them.")
        )
    today = timezone.localdate()
    for row in rows:
        row.looks += 1
        row.looked_on, row.next_look_on = today, next_look(row.looks, today)
        row.note = note[:200] or row.note
    NotLocated.objects.bulk_update(rows, ["looks", "looked_on", "next_look_on", "note"])
    return rows


def next_look(looks: int, today: date) -> date | None:
    """When to look again after so many looks; None when the protocol is at its end."""
    days = search_days()
    return today + timedelta(days=days[looks - 1]) if looks <= len(days) else None


def mark_located(by: Any, asset_ids: Iterable[int]) -> None:
    """End the search for devices that were seen; part of every step that says where a device is."""
    NotLocated.objects.filter(asset_id__in=list(asset_ids), located_at=None).update(
        located_at=timezone.now(), located_by_name=str(by)[:120]
    )
