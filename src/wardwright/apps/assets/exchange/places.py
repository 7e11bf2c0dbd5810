"""Where a row says a device is: site, department, room; "Main / ER / 424" as well as columns of their own."""

from __future__ import annotations

import re
from typing import Any

from ..queries.importing import KnownPlaces, known_places, plain_key
from .refs import Names, Ref

_PARTS = re.compile(r"\s*[/>|\\]\s*|\s+[-–]\s+")

Place = tuple[Ref, Ref | None, Ref | None]
"""Site, department, room."""


def split_location(text: str) -> tuple[str, str, str]:
    """(site, department, room) of one text: three parts name all, two a department and a room, one a department."""
    parts = [part for part in _PARTS.split(text) if part]
    if len(parts) >= 3:
        return parts[0], parts[1], " ".join(parts[2:])
    return ("", parts[0], parts[1]) if len(parts) == 2 else ("", parts[0] if parts else "", "")


def _bare(key: str) -> str:
    return " ".join(word for word in key.split() if word not in ("site", "hospital", "campus", "the"))


class Places:
    """Texts to places; what is not there is made at the site of the row."""

    def __init__(self, names: Names, default_site: Ref | None) -> None:
        self.names = names
        self.known: KnownPlaces = known_places()
        self.made: dict[tuple[Any, ...], Ref] = {}
        self.default_site = default_site
        self.found: dict[tuple[str | None, ...], Place] = {}

    def find(self, site: Any, department: Any, room: Any, location: Any, building: Any, floor: Any) -> Place:
        key = (site, department, room, location, building, floor)
        place = self.found.get(key)
        if place is None:
            place = self.found[key] = self._resolve(site, department, room, location, building, floor)
        return place

    def _resolve(self, site: Any, department: Any, room: Any, location: Any, building: Any, floor: Any) -> Place:
        by_site, by_department, by_room = split_location(location) if location else ("", "", "")
        if department and not by_room and plain_key(by_department) != plain_key(department):
            by_room = by_department
        at = self.site(site or by_site)
        ward = self._part("department", at, department or by_department)
        return at, ward, self._room(at, room or by_room, building, floor)

    def site(self, text: str) -> Ref:
        """The site of that name or code; without a text the default."""
        if not text:
            return self.default_site or self._site("Main site", code="MAIN")
        return self._site(text)

    def _site(self, name: str, code: str = "") -> Ref:
        key = ("site", plain_key(name))
        if key not in self.made:
            pk = self.known.sites.get(key[1]) or self._alike(key[1])
            facts = {"code": self._code(code or name)}
            self.made[key] = (
                Ref("site", self.known.names[pk], pk) if pk else self.names.add(Ref("site", name[:120], facts=facts))
            )
        return self.made[key]

    def _alike(self, key: str) -> int | None:
        """ "Main" is "Main site": words that every site carries do not tell sites apart."""
        bare = _bare(key)
        return next((pk for there, pk in self.known.sites.items() if bare and _bare(there) == bare), None)

    def _code(self, name: str) -> str:
        """A short code that no site has yet."""
        base = re.sub(r"[^A-Z0-9]+", "-", plain_key(name).upper()).strip("-")[:16] or "SITE"
        taken = {*self.known.sites, *(plain_key(ref.facts.get("code", "")) for ref in self.made.values())}
        tries = [base, *(f"{base}-{n}" for n in range(2, 1000))]
        return next(code for code in tries if plain_key(code) not in taken)

    def _part(self, kind: str, at: Ref, text: str | None) -> Ref | None:
        if not text:
            return None
        key = (kind, at, plain_key(text))
        if key not in self.made:
            pk = self.known.departments.get((at.pk, key[2])) if at.pk else None
            name = self.known.department_names[pk] if pk else text[:120]
            ref = Ref(kind, name, pk, parents={"site_id": at})
            self.made[key] = ref if pk else self.names.add(ref)
        return self.made[key]

    def _room(self, at: Ref, text: str | None, building: Any, floor: Any) -> Ref | None:
        if not text:
            return None
        storey = self._floor(at, building, floor)
        key = ("room", at, storey, plain_key(text))
        if key not in self.made:
            known_floor = storey.pk if storey else None
            there = at.pk and (storey is None or known_floor)
            pk = self.known.rooms.get((at.pk, known_floor, key[3])) if there and at.pk else None
            ref = Ref(
                "room", self.known.room_names[pk] if pk else text[:80], pk, parents={"site_id": at, "floor_id": storey}
            )
            self.made[key] = ref if pk else self.names.add(ref)
        return self.made[key]

    def _floor(self, at: Ref, building: Any, floor: Any) -> Ref | None:
        """A room's storey; one of the two columns is enough."""
        if not building and not floor:
            return None
        house = self._under("building", self.known.buildings, at, building or "–", {"site_id": at})
        return self._under("floor", self.known.floors, house, floor or "–", {"site_id": at, "building_id": house})

    def _under(
        self, kind: str, known: dict[tuple[int, str], int], above: Ref, text: str, parents: dict[str, Ref | None]
    ) -> Ref:
        key = (kind, above, plain_key(text))
        if key not in self.made:
            pk = known.get((above.pk, key[2])) if above.pk else None
            ref = Ref(kind, text[:80] if kind == "building" else text[:40], pk, parents=parents)
            self.made[key] = ref if pk else self.names.add(ref)
        return self.made[key]
