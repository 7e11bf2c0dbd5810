"""What an import has to know of the house before it plans: names, places and devices, each read once and kept by key.

An import sees all sites: numbers are unique in the whole house, and a spelling is one wherever it is used. What the
importer
may change is checked row by row in the plan.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from wardwright.apps.directory.models import (
    Building,
    Company,
    CompanyAlias,
    Department,
    Floor,
    Room,
    Site,
)
from wardwright.kernel.names.fold import strip_accents

from ..models import Asset, DeviceModel, DeviceModelAlias, DeviceType, DeviceTypeAlias, MergeCandidate

CHUNK = 5000
_INITIALS = re.compile(r"(?<=\b[^\W\d_])\.(?=[^\W\d_]\b|\s|\Z)")


def plain_key(text: str) -> str:
    """Case, accents, spaces and the dots of initials aside: "I.C.U. 4A" and "icu 4a" are one ward."""
    bare = _INITIALS.sub("", text) if "." in text else text
    return " ".join(strip_accents(bare).casefold().split())


def code_key(text: str) -> str:
    """Letters and digits only: for asset and serial numbers."""
    if text.isalnum():
        return text.upper()
    return "".join(c for c in text.upper() if c.isalnum())


class KnownCompany(NamedTuple):
    id: int
    name: str
    key: str
    is_maker: bool
    is_supplier: bool
    is_provider: bool


def known_companies() -> tuple[list[KnownCompany], dict[str, int]]:
    """Companies that were not merged away, and alias key → company id (following merges)."""
    merged: dict[int, int] = {}
    companies: list[KnownCompany] = []
    for row in Company.objects.values_list(
        "id", "name", "key", "is_maker", "is_supplier", "is_provider", "merged_into_id"
    ).iterator():
        if row[6] is None:
            companies.append(KnownCompany(*row[:6]))
        else:
            merged[row[0]] = row[6]
    aliases = {key: merged.get(pk, pk) for key, pk in CompanyAlias.objects.values_list("key", "company_id").iterator()}
    gone = Company.objects.filter(merged_into__isnull=False).values_list("key", "merged_into_id")
    return companies, {**dict(gone), **aliases}


def known_types() -> tuple[dict[str, int], dict[int, str]]:
    """Key or alias key → type id (following merges), and id → name."""
    names: dict[int, str] = {}
    keys: dict[str, int] = {}
    for pk, name, key, merged in DeviceType.objects.values_list("id", "name", "key", "merged_into_id").iterator():
        names[pk] = name
        for one in (key, plain_key(name)):
            keys.setdefault(one, merged or pk)
    for alias, type_id, kept_id in DeviceTypeAlias.objects.values_list(
        "key", "device_type_id", "device_type__merged_into_id"
    ).iterator():
        keys[alias] = kept_id or type_id
    return keys, names


class KnownModel(NamedTuple):
    id: int
    maker_id: int
    name: str
    key: str
    type_id: int
    catalogue_no: str
    udi_di: str


def known_models(maker_ids: Iterable[int]) -> tuple[list[KnownModel], dict[tuple[int, str], int]]:
    """The models of these makers that were not merged away, and (maker, alias key) → model id."""
    ids = sorted(set(maker_ids))
    models: list[KnownModel] = []
    aliases: dict[tuple[int, str], int] = {}
    for part in chunks(ids):
        rows = DeviceModel.objects.filter(maker_id__in=part)
        names = ("id", "maker_id", "name", "key", "device_type_id", "catalogue_no", "udi_di", "merged_into_id")
        for row in rows.values_list(*names).order_by("id").iterator():
            if row[7] is None:
                models.append(KnownModel(*row[:7]))
            else:
                aliases[row[1], row[3]] = row[7]
        found = DeviceModelAlias.objects.filter(maker_id__in=part).values_list(
            "maker_id", "key", "device_model_id", "device_model__merged_into_id"
        )
        aliases.update({(maker, key): merged or pk for maker, key, pk, merged in found})
    return models, aliases


def models_by_identifier(identifiers: Iterable[str]) -> dict[str, KnownModel]:
    """UDI device identifier → model."""
    found: dict[str, KnownModel] = {}
    for part in chunks(sorted(set(identifiers))):
        rows = DeviceModel.objects.filter(udi_di__in=part, merged_into=None)
        for row in rows.values_list("id", "maker_id", "name", "key", "device_type_id", "catalogue_no", "udi_di"):
            found.setdefault(row[6], KnownModel(*row))
    return found


class KnownPlaces(NamedTuple):
    """Existing places by key; rooms under (site id, floor id or None, room key)."""

    sites: dict[str, int]
    names: dict[int, str]
    departments: dict[tuple[int, str], int]
    department_names: dict[int, str]
    buildings: dict[tuple[int, str], int]
    floors: dict[tuple[int, str], int]
    rooms: dict[tuple[int, int | None, str], int]
    room_names: dict[int, str]


def known_places() -> KnownPlaces:
    """All sites, departments, buildings, floors and rooms."""
    sites = list(Site.objects.values_list("id", "code", "name").order_by("id"))
    departments = list(Department.objects.values_list("id", "site_id", "name", "code"))
    rooms = list(Room.objects.values_list("id", "site_id", "floor_id", "name"))
    wards = {(site, plain_key(code)): pk for pk, site, _name, code in departments if code}
    return KnownPlaces(
        {plain_key(text): pk for pk, code, name in reversed(sites) for text in (code, name)},
        {pk: name for pk, _code, name in sites},
        {**wards, **{(site, plain_key(name)): pk for pk, site, name, _code in departments}},
        {pk: name for pk, _site, name, _code in departments},
        {(site, plain_key(name)): pk for pk, site, name in Building.objects.values_list("id", "site_id", "name")},
        {
            (building, plain_key(name)): pk
            for pk, building, name in Floor.objects.values_list("id", "building_id", "name")
        },
        {(site, floor, plain_key(name)): pk for pk, site, floor, name in rooms},
        {pk: name for pk, _site, _floor, name in rooms},
    )


class KnownAsset(NamedTuple):
    id: int
    tag: str
    serial: str
    model_id: int
    maker_id: int
    type_id: int


def known_assets(
    tag_keys: set[str], serial_keys: set[str]
) -> tuple[dict[str, KnownAsset], dict[str, list[KnownAsset]]]:
    """Devices whose asset number or serial number occurs in a file, by key. One pass over the register, kept by the
    file's size."""
    by_tag: dict[str, KnownAsset] = {}
    by_serial: dict[str, list[KnownAsset]] = defaultdict(list)
    if not tag_keys and not serial_keys:
        return by_tag, by_serial
    rows = Asset.objects.values_list(
        "id", "tag", "serial", "device_model_id", "device_model__maker_id", "device_type_id"
    ).order_by("id")
    for row in rows.iterator(chunk_size=CHUNK):
        tag, serial = code_key(row[1]), code_key(row[2]) if row[2] else ""
        if tag in tag_keys:
            by_tag[tag] = KnownAsset(*row)
        if serial and serial in serial_keys:
            by_serial[serial].append(KnownAsset(*row))
    return by_tag, by_serial


def assets_without_serial() -> Iterator[tuple[int, str, dict[str, Any], int]]:
    """(id, asset number, numbers in other systems, model) of devices without a serial number."""
    yield from (
        Asset.objects.filter(serial="")
        .order_by("id")
        .values_list("id", "tag", "external_ids", "device_model_id")
        .iterator()
    )


def assets_now(ids: Iterable[int], columns: list[str]) -> Iterator[dict[str, Any]]:
    """These columns of the matched devices, in chunks."""
    for part in chunks(sorted(set(ids))):
        yield from Asset.objects.filter(pk__in=part).values(*columns)


def known_pairs(kind: str) -> set[tuple[int, int]]:
    """Pairs that are in the merge queue already, decided or not."""
    return set(MergeCandidate.objects.filter(kind=kind).values_list("left_id", "right_id"))


def chunks(items: list[Any], size: int = 500) -> Iterator[list[Any]]:
    """Pieces small enough for an IN list on either database."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
