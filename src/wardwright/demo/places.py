"""Sites, buildings, floors, rooms and departments."""

from __future__ import annotations

from random import Random
from typing import Any

from wardwright.apps.directory import models
from wardwright.platform.access.scope import authorize
from wardwright.platform.audit.operation import operation

from .facts import Department, Site, data

DEVICES_PER_SITE = 10_000


def sites_for(assets: int) -> int:
    """Two sites, and another for each ten thousand devices above the first twenty thousand."""
    return min(len(data("hospital")["sites"]), max(2, -(-assets // DEVICES_PER_SITE)))


@operation()
def make_places(*, by: Any, assets: int, seed: int) -> list[Site]:
    """The hospital group: sites with their buildings, floors, rooms, stores and departments."""
    authorize(by, "access.manage")
    rng = Random(f"{seed}:places")
    return [_site(rng, at, *given) for at, given in enumerate(data("hospital")["sites"][: sites_for(assets)])]


def _site(rng: Random, at: int, code: str, name: str, kind: str) -> Site:
    site = models.Site.objects.create(code=code, name=name, currency="EUR", country="DE")
    floors = _floors(site, kind)
    parents = _divisions(site, kind, at)
    departments = [
        _department(rng, site, floors, parents, given, f"{at + 1}{number:02d}0")
        for number, given in enumerate(data("hospital")["departments"][kind], 11)
    ]
    basement = next(iter(floors.values()))
    store = models.Room.objects.create(site=site, floor=basement, name="Equipment store", is_store=True)
    models.Room.objects.create(site=site, floor=basement, name="Clinical engineering workshop", is_store=False)
    models.Room.objects.create(site=site, floor=basement, name="Quarantine cage", is_store=True)
    return Site(site.pk, code, name, store.pk, departments)


def _floors(site: models.Site, kind: str) -> dict[tuple[str, str], models.Floor]:
    floors = {}
    for building_name, names in data("hospital")["buildings"][kind]:
        building = models.Building.objects.create(site=site, name=building_name)
        lowest = -1 if names[0] == "Basement" else 0
        for level, name in enumerate(names, lowest):
            floors[building_name, name] = models.Floor.objects.create(
                site=site, building=building, name=name, level=level
            )
    return floors


def _divisions(site: models.Site, kind: str, at: int) -> dict[str, models.Department]:
    if kind != "general":
        return {}
    wards: dict[str, str] = data("hospital")["wards_of_clinics"]
    made = {
        name: models.Department.objects.create(site=site, name=name, cost_centre=f"{at + 1}0{number}0")
        for number, name in enumerate(sorted(set(wards.values())), 1)
    }
    return {ward: made[division] for ward, division in wards.items()}


def _department(
    rng: Random,
    site: models.Site,
    floors: dict[Any, models.Floor],
    parents: dict[str, Any],
    given: dict,
    cost_centre: str,
) -> Department:
    row = models.Department.objects.create(
        site=site,
        parent=parents.get(given["name"]),
        name=given["name"],
        code=given["code"],
        cost_centre=cost_centre,
        use_window=given["window"],
        phone=f"{rng.randint(2000, 7999)}",
    )
    floor = floors[tuple(given["at"])]
    rooms = models.Room.objects.bulk_create(
        models.Room(site=site, floor=floor, name=f"{given['code']} {floor.level + 1}.{number:02d}")
        for number in range(1, given["rooms"] + 1)
    )
    return Department(row.pk, given["name"], given["code"], tuple(room.pk for room in rooms), given["fleet"])
