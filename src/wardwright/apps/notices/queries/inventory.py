"""What we own, as the rules of matching take it. All sites: a notice is searched for everywhere, whoever asks.

A hospital has many devices of few models. So the models are asked first, each once, and only the devices of those that
a notice may be about are looked at one by one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from wardwright.apps.assets.models import Asset, DeviceModel, DeviceModelAlias
from wardwright.apps.assets.states import Status
from wardwright.apps.directory.models import CompanyAlias, CompanyRelation
from wardwright.apps.lending.models import PatientDevice
from wardwright.apps.notices.models import Candidate, Notice, Supply
from wardwright.kernel.matching import Device, Subject
from wardwright.kernel.scope import Unit

#: What a device, a lot or a patient's device is called in the keys of a match.
ASSET, SUPPLY, GUEST = "asset", "supply", "patient_device"
Sought = tuple[str, int]


def subject_of(notice: Notice) -> Subject:
    """A notice as the rules take it."""
    makers = tuple(one for one in (notice.maker,) if one)
    return Subject(notice.pk, notice.read_scope, makers, tuple(notice.brands), tuple(notice.product_codes))


class _Names:
    """Other names of makers and of models, read once."""

    def __init__(self, model_ids: Collection[int] | None = None) -> None:
        self.makers: dict[int, list[str]] = defaultdict(list)
        for company_id, spelling in CompanyAlias.objects.values_list("company_id", "spelling"):
            self.makers[company_id].append(spelling)
        pairs = CompanyRelation.objects.values_list("company_id", "company__name", "other_id", "other__name")
        for one, one_name, other, other_name in pairs:
            self.makers[one].append(other_name)
            self.makers[other].append(one_name)
        aliases = DeviceModelAlias.objects.all()
        if model_ids is not None:
            aliases = aliases.filter(device_model__in=model_ids)
        self.models: dict[int, list[str]] = defaultdict(list)
        for model_id, spelling in aliases.values_list("device_model_id", "spelling"):
            self.models[model_id].append(spelling)


def products(model_ids: Collection[int] | None = None) -> list[Device]:
    """Every model as a device of which nothing single is known; its key is the model's id."""
    names = _Names(model_ids)
    rows = DeviceModel.objects.filter(merged_into=None).select_related("maker", "device_type")
    owned = Asset.objects.exclude(status=Status.DISPOSED).exclude(udi_di="")
    if model_ids is not None:
        rows, owned = rows.filter(pk__in=model_ids), owned.filter(device_model__in=model_ids)
    identifiers: dict[int, set[str]] = defaultdict(set)
    for model_id, identifier in owned.values_list("device_model_id", "udi_di").distinct().order_by():
        identifiers[model_id].add(identifier)
    return [_product(row, names, sorted(identifiers[row.pk])) for row in rows]


def _product(row: DeviceModel, names: _Names, identifiers: list[str]) -> Device:
    unit = Unit(maker=row.maker.name, model=row.name, ref=row.catalogue_no, udi_di=row.udi_di)
    return Device(
        row.pk,
        unit,
        row.device_type.fda_product_code,
        tuple(identifiers),
        tuple(names.makers[row.maker_id]),
        tuple(names.models[row.pk]),
    )


def devices_of(
    model_ids: Collection[int] | None = None, *, asset_ids: Collection[int] | None = None
) -> list[tuple[int, Device]]:
    """The devices of these models, or these devices, that have not been disposed of, each after its model's id; their
    keys are (ASSET, id)."""
    rows = Asset.objects.exclude(status=Status.DISPOSED)
    if model_ids is not None:
        rows = rows.filter(device_model__in=model_ids)
    if asset_ids is not None:
        rows = rows.filter(pk__in=asset_ids)
    columns = (
        "pk", "device_model_id", "serial", "lot", "udi_di", "software_version", "firmware_version",
        "manufactured_on",
    )  # fmt: skip
    found = list(rows.values_list(*columns).order_by("pk"))
    of_model = {one.key: one for one in products({row[1] for row in found})}
    return [(row[1], _device(row, of_model[row[1]])) for row in found if row[1] in of_model]


def _device(row: tuple[Any, ...], product: Device) -> Device:
    pk, _model, serial, lot, udi_di, software, firmware, made_on = row
    named = product.unit
    unit = Unit(named.maker, named.model, named.ref, udi_di or named.udi_di, lot, serial, software or firmware, made_on)
    identifiers = tuple({udi_di, named.udi_di} - {""})
    return Device((ASSET, pk), unit, product.product_code, identifiers, product.makers, product.names)


def supplies(ids: Collection[int] | None = None) -> list[Device]:
    """Lots in stock and with patients at home; keys are (SUPPLY, id)."""
    rows = Supply.objects.here() if ids is None else Supply.objects.here().filter(pk__in=ids)
    return [
        Device(
            (SUPPLY, row.pk),
            Unit(row.maker, row.name, row.catalogue_no, row.udi_di, row.lot, row.serial),
            udi_dis=(row.udi_di,) if row.udi_di else (),
        )
        for row in rows
    ]


def guests(ids: Collection[int] | None = None) -> list[Device]:
    """Devices that patients brought and still have here; keys are (GUEST, id)."""
    rows = PatientDevice.objects.filter(left_at=None)
    rows = rows if ids is None else rows.filter(pk__in=ids)
    return [
        Device((GUEST, row.pk), Unit(maker=row.maker, model=row.model or row.description, serial=row.serial))
        for row in rows
    ]


def inventory_size() -> dict[str, int]:
    """How much is looked through."""
    return {
        "devices": Asset.objects.exclude(status=Status.DISPOSED).count(),
        "supplies": Supply.objects.here().count(),
        "guests": PatientDevice.objects.filter(left_at=None).count(),
    }


def notices_about(model_ids: Collection[int]) -> Any:
    """Notices that may be about these models, by the last search for each."""
    candidates = Candidate.objects.filter(device_model__in=model_ids)
    return Notice.objects.filter(pk__in=candidates.values("notice")).order_by("pk")
