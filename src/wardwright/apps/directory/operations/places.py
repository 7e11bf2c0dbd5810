"""Sites, buildings, floors, rooms; and departments, which are the other tree."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from wardwright.platform.access.scope import Scope, authorize
from wardwright.platform.audit.operation import operation
from wardwright.platform.core.edits import apply_edit, lock
from wardwright.platform.core.errors import Invalid
from wardwright.platform.core.values import cleaned, reachable, unique_or_invalid

from ..models import Building, Department, Floor, Room, Site
from ..permissions import CHANGE
from ..queries import is_within

SITE_FIELDS = ("code", "name", "currency", "country")
FLOOR_FIELDS = ("name", "level")
ROOM_FIELDS = ("name", "floor_id", "is_store")
DEPARTMENT_FIELDS = ("name", "parent_id", "code", "cost_centre", "phone", "use_window")


def _create(row: Any, values: Mapping[str, Any]) -> Any:
    for name, value in cleaned(row, values, set(values)).items():
        setattr(row, name, value)
    with unique_or_invalid(row):
        row.save(force_insert=True)
    return row


def _change(row: Any, values: Mapping[str, Any], allowed: tuple[str, ...], expected_version: int | None) -> Any:
    good = cleaned(row, values, allowed)
    with unique_or_invalid(row):
        apply_edit(row, good, expected_version=expected_version)
    return row


@operation()
def create_site(*, by: Any, code: str, name: str, currency: str = "EUR", country: str = "") -> Site:
    """A new site; only for those whose reach is everything."""
    authorize(by, CHANGE, Scope())
    return _create(Site(), {"code": code, "name": name, "currency": currency.upper(), "country": country.upper()})


@operation()
def change_site(*, by: Any, site_id: int, values: Mapping[str, Any], expected_version: int | None = None) -> Site:
    """Change SITE_FIELDS of a site."""
    site = lock(Site.objects, site_id)
    authorize(by, CHANGE, site)
    return _change(site, values, SITE_FIELDS, expected_version)


@operation()
def create_building(*, by: Any, site_id: int, name: str) -> Building:
    """A building of a site."""
    authorize(by, CHANGE, Scope(site_id=site_id))
    return _create(Building(site_id=site_id), {"name": name})


@operation()
def change_building(
    *, by: Any, building_id: int, values: Mapping[str, Any], expected_version: int | None = None
) -> Building:
    """Rename a building."""
    building = lock(Building.objects, building_id)
    authorize(by, CHANGE, building)
    return _change(building, values, ("name",), expected_version)


@operation()
def create_floor(*, by: Any, building_id: int, name: str, level: int = 0) -> Floor:
    """A storey of a building."""
    building = lock(Building.objects, building_id)
    authorize(by, CHANGE, building)
    return _create(Floor(site_id=building.site_id, building=building), {"name": name, "level": level})


@operation()
def change_floor(*, by: Any, floor_id: int, values: Mapping[str, Any], expected_version: int | None = None) -> Floor:
    """Change FLOOR_FIELDS of a floor."""
    floor = lock(Floor.objects, floor_id)
    authorize(by, CHANGE, floor)
    return _change(floor, values, FLOOR_FIELDS, expected_version)


@operation()
def create_room(*, by: Any, site_id: int, name: str, floor_id: int | None = None, is_store: bool = False) -> Room:
    """A room of a site; its floor may not be known yet."""
    authorize(by, CHANGE, Scope(site_id=site_id))
    _check_floor(by, site_id, floor_id)
    return _create(Room(site_id=site_id, floor_id=floor_id), {"name": name, "is_store": is_store})


@operation()
def change_room(*, by: Any, room_id: int, values: Mapping[str, Any], expected_version: int | None = None) -> Room:
    """Change ROOM_FIELDS of a room; a room stays at its site."""
    room = lock(Room.objects, room_id)
    authorize(by, CHANGE, room)
    _check_floor(by, room.site_id, values.get("floor_id"))
    return _change(room, values, ROOM_FIELDS, expected_version)


def _check_floor(by: Any, site_id: int, floor_id: Any) -> None:
    reachable(Floor.objects.visible_to(by).filter(site_id=site_id), floor_id, "floor_id")


@operation()
def create_department(
    *,
    by: Any,
    site_id: int,
    name: str,
    parent_id: int | None = None,
    code: str = "",
    cost_centre: str = "",
    phone: str = "",
    use_window: str = "",
) -> Department:
    """A ward or unit of a site, perhaps part of another."""
    authorize(by, CHANGE, Scope(site_id=site_id))
    row = Department(site_id=site_id, parent=_parent(by, site_id, parent_id))
    return _create(
        row, {"name": name, "code": code, "cost_centre": cost_centre, "phone": phone, "use_window": use_window}
    )


@operation()
def change_department(
    *, by: Any, department_id: int, values: Mapping[str, Any], expected_version: int | None = None
) -> Department:
    """Change DEPARTMENT_FIELDS; a department cannot become part of itself."""
    department = lock(Department.objects, department_id)
    authorize(by, CHANGE, department)
    parent = _parent(by, department.site_id, values.get("parent_id"))
    if parent is not None and is_within(parent, department.pk):
        message = _("%(part)s is itself part of %(whole)s.") % {"part": parent.name, "whole": department.name}
        raise Invalid(message, _("Choose a department outside it."), fields={"parent_id": message})
    return _change(department, values, DEPARTMENT_FIELDS, expected_version)


def _parent(by: Any, site_id: int, parent_id: Any) -> Department | None:
    return reachable(Department.objects.visible_to(by).filter(site_id=site_id), parent_id, "parent_id")
