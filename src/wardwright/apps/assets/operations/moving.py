"""Where devices are. A scan on the ward moves the device there; its parts go with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wardwright.apps.directory.models import Department, Room, Site
from wardwright.platform.access.scope import Scope, authorize
from wardwright.platform.audit.operation import operation
from wardwright.platform.core.errors import Invalid, NotFound, NotNow
from wardwright.platform.core.values import reachable
from wardwright.platform.events.registry import publish_all

from ..events import AssetMoved
from ..models import Asset, AssetMove
from ..permissions import MOVE
from ..states import Status
from .locating import mark_located

MANY = 1000


@dataclass(frozen=True)
class Place:
    """A site, and what is known below it."""

    site: Site
    department: Department | None = None
    room: Room | None = None

    def columns(self) -> dict[str, int | None]:
        return {
            "site_id": self.site.pk,
            "department_id": self.department.pk if self.department else None,
            "room_id": self.room.pk if self.room else None,
        }


def place_of(by: Any, site: Site, department_id: Any, room_id: Any) -> Place:
    """The place, checked: department and room belong to the site and the actor may see them."""
    department = room = None
    if department_id not in (None, ""):
        department = reachable(Department.objects.visible_to(by).filter(site=site), department_id, "department_id")
    if room_id not in (None, ""):
        room = reachable(Room.objects.visible_to(by).filter(site=site), room_id, "room_id")
    return Place(site, department, room)


@operation()
def move_asset(
    *,
    by: Any,
    asset_id: int,
    site_id: int | None = None,
    department_id: int | None = None,
    room_id: int | None = None,
    note: str = "",
) -> Asset:
    """Put a device into a room, a department or another site; what is not said stays, as far as the site has it."""
    return move_assets(
        by=by, asset_ids=[asset_id], site_id=site_id, department_id=department_id, room_id=room_id, note=note
    )[0]


@operation()
def move_assets(
    *,
    by: Any,
    asset_ids: Iterable[int],
    site_id: int | None = None,
    department_id: int | None = None,
    room_id: int | None = None,
    note: str = "",
) -> list[Asset]:
    """Move many devices at once, with their parts; returns those named, in order of their ids.

    Raises:
        Invalid: when no place is said, or it does not fit together. NotNow: when one was disposed of.
    """
    rows = lock_assets(asset_ids)
    for row in rows:
        authorize(by, MOVE, row)
        _check_here(row)
    place = _target(by, rows, site_id, department_id, room_id)
    now = timezone.now()
    parts = _parts(rows)
    for row in parts:
        authorize(by, MOVE, row)
    for provider_id in {row.provider_id for row in [*rows, *parts]}:
        authorize(by, MOVE, Scope(place["site_id"], place["department_id"], provider_id))
    moving = [row for row in [*rows, *parts] if _is_elsewhere(row, place)]
    _write_moves(by, moving, place, now, note)
    Asset.objects.filter(pk__in=[row.pk for row in rows]).update(last_seen_at=now)
    mark_located(by, [row.pk for row in rows])
    return list(Asset.objects.filter(pk__in=[row.pk for row in rows]).order_by("pk"))


@operation()
def see_asset(*, by: Any, asset_id: int, room_id: int | None = None, note: str = "") -> Asset:
    """Somebody stands before the device (a scan): it was seen now, and if a room is said it is there now."""
    if room_id is not None:
        return move_asset(by=by, asset_id=asset_id, room_id=room_id, note=note)
    (row,) = lock_assets([asset_id])
    authorize(by, MOVE, row)
    row.last_seen_at = timezone.now()
    row.save(update_fields=["last_seen_at"])
    mark_located(by, [row.pk])
    return row


def lock_assets(asset_ids: Iterable[int]) -> list[Asset]:
    """The devices, locked in the order of their ids so that two bulk steps cannot wait for each other.

    Raises:
        Invalid: none or too many. NotFound: one of them does not exist.
    """
    ids = sorted({int(pk) for pk in asset_ids})
    if not ids:
        raise Invalid(_("Choose at least one device."))
    if len(ids) > MANY:
        raise Invalid(_("That is too many at once."), _("Choose up to %(n)s devices.") % {"n": MANY})
    rows = list(Asset.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk"))
    if len(rows) != len(ids):
        raise NotFound(
            ngettext("There is no such device.", "Some of these devices do not exist.", len(ids)), _("Reload the list.")
        )
    return rows


def _check_here(row: Asset) -> None:
    if row.status == Status.DISPOSED:
        raise NotNow(
            _("%(tag)s was disposed of, so it cannot be moved.") % {"tag": row.tag},
            _("Check the number on the device."),
        )


def _target(
    by: Any, rows: list[Asset], site_id: int | None, department_id: int | None, room_id: int | None
) -> dict[str, int | None]:
    """The place meant. A room or department alone says its site; a department not said stays within the site."""
    room = reachable(Room.objects.visible_to(by), room_id, "room_id")
    department = reachable(Department.objects.visible_to(by), department_id, "department_id")
    named = site_id or (room and room.site_id) or (department and department.site_id)
    if named is None:
        words = _("Say where the device is now.")
        raise Invalid(words, _("Choose a room, a department or a site."), fields={"room_id": words})
    if site_id and room is None and department is None:
        reachable(Site.objects.visible_to(by), site_id, "site_id")
    place = place_of(by, Site(pk=named), department_id, room_id)
    kept = {row.department_id for row in rows if row.site_id == named}
    if place.department is None and len(kept) == 1 and all(row.site_id == named for row in rows):
        return {**place.columns(), "department_id": kept.pop()}
    return place.columns()


def _parts(rows: list[Asset]) -> list[Asset]:
    """Everything that belongs to ``rows``, level by level (one query each)."""
    seen = {row.pk for row in rows}
    found: list[Asset] = []
    level = seen
    while level:
        parts = list(Asset.objects.filter(parent_id__in=level).exclude(pk__in=seen).exclude(status=Status.DISPOSED))
        level = {part.pk for part in parts}
        seen |= level
        found += parts
    return found


def _is_elsewhere(row: Asset, place: dict[str, int | None]) -> bool:
    return any(getattr(row, name) != value for name, value in place.items())


def _write_moves(by: Any, rows: list[Asset], place: dict[str, int | None], now: Any, note: str) -> None:
    if not rows:
        return
    Asset.objects.filter(pk__in=[row.pk for row in rows]).update(
        **place, last_seen_at=now, version=F("version") + 1, updated_at=now
    )
    AssetMove.objects.bulk_create(
        AssetMove(asset=row, **place, moved_at=now, moved_by_name=str(by)[:120], note=note[:200]) for row in rows
    )
    publish_all(AssetMoved(row.pk, place["site_id"] or 0, place["department_id"], place["room_id"]) for row in rows)
