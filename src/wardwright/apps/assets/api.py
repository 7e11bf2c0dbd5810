"""Devices, types and models over the API."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from ninja import Router
from pydantic import AliasPath, BaseModel, Field

from wardwright.api.lists import Out
from wardwright.api.operating import operate
from wardwright.api.registers import register, rows_of
from wardwright.api.rows import row_of

from . import operations, permissions
from .models import (
    Asset,
    AssetCode,
    AssetMove,
    DeviceModel,
    DeviceModelAlias,
    DeviceType,
    DeviceTypeAlias,
    Disposal,
    MergeCandidate,
    StatusPeriod,
)
from .tables import DEVICES, MODELS, TYPES

router = Router(tags=["devices"])
operation: Callable[..., Any]
SORTABLE = {"id": "id", "tag": "tag", "serial": "serial", "status": "status", "warranty_until": "warranty_until"}


def _name(*path: str) -> Any:
    return Field(None, validation_alias=AliasPath(*path))


class AssetRow(Out):
    """A line of the register."""

    id: int
    version: int
    tag: str
    serial: str
    device_type_id: int
    device_type: str | None = _name("device_type", "name")
    device_model_id: int
    device_model: str | None = _name("device_model", "name")
    maker: str | None = _name("device_model", "maker", "name")
    site_id: int
    site: str | None = _name("site", "name")
    department_id: int | None
    department: str | None = _name("department", "name")
    room_id: int | None
    room: str | None = _name("room", "name")
    status: str
    out_reason: str
    condition: int
    software_version: str
    warranty_until: date | None
    risk_score: int | None


class AssetOut(AssetRow):
    """Everything recorded about one device."""

    lot: str
    description: str
    status_since: datetime | None
    udi: str
    udi_di: str
    firmware_version: str
    ownership: str
    owner_id: int | None
    supplier_id: int | None
    provider_id: int | None
    purchased_on: date | None
    purchase_cost_cents: int | None
    currency: str
    installed_on: date | None
    accepted_on: date | None
    manufactured_year: int | None
    manufactured_on: date | None
    expected_life_years: int | None
    country_of_origin: str
    power_requirements: str
    parent_id: int | None
    part_kind: str
    inventoried_on: date | None
    last_seen_at: datetime | None
    retired_on: date | None
    external_ids: dict[str, Any]
    notes: str
    created_at: datetime
    updated_at: datetime


class AssetFilter(BaseModel):
    """What the list of devices can be narrowed by."""

    site_id: int | None = None
    department_id: int | None = None
    device_type_id: int | None = None
    device_model_id: int | None = None
    maker_id: int | None = None
    status: str | None = Field(None, max_length=16)
    tag: str | None = Field(None, max_length=60)
    serial: str | None = Field(None, max_length=120)
    udi_di: str | None = Field(None, max_length=40)
    life_support: bool | None = None


register(
    router,
    "/assets",
    "asset",
    row=AssetRow,
    full=AssetOut,
    permission=permissions.VIEW,
    narrow=AssetFilter,
    paths={"maker_id": "device_model__maker_id", "life_support": "device_type__life_support"},
    rows=lambda by: Asset.objects.visible_to(by),
    sortable=SORTABLE,
    table=DEVICES,
)


def _devices(by: Any) -> Any:
    return Asset.objects.visible_to(by)


operate(router, "/assets", operations.register_asset, rows=_devices, out=AssetOut)
operate(
    router,
    "/assets/{asset_id}",
    operations.change_asset,
    key="asset_id",
    rows=_devices,
    out=AssetOut,
    method="PATCH",
)
for path, operation in (
    ("move", operations.move_asset),
    ("seen", operations.see_asset),
    ("status", operations.change_status),
    ("quarantine", operations.quarantine_asset),
    ("retire", operations.retire_asset),
    ("disposal", operations.record_disposal),
    ("sanitised", operations.check_sanitising),
    ("dispose", operations.dispose_asset),
    ("parent", operations.set_parent),
    ("code", operations.replace_code),
):
    operate(router, f"/assets/{{asset_id}}/{path}", operation, key="asset_id", rows=_devices, out=AssetOut)


class DevicesOut(Out):
    """The devices that were changed."""

    asset_ids: list[int]


class CodesOut(Out):
    """The code on the label of each device, by its id."""

    codes: dict[int, str]


def _numbers(changed: Any) -> dict[str, Any]:
    return {"asset_ids": [row.pk for row in changed]}


operate(router, "/assets/move", operations.move_assets, rows=_devices, out=DevicesOut, answer=_numbers)
operate(router, "/assets/status", operations.change_statuses, rows=_devices, out=DevicesOut, answer=_numbers)
operate(
    router,
    "/assets/codes",
    operations.give_codes,
    rows=_devices,
    out=CodesOut,
    answer=lambda codes: {"codes": {str(pk): code for pk, code in codes.items()}},
)


class OfDevice(BaseModel):
    """Of one device only."""

    asset_id: int | None = None


for path, name, model in (
    ("/asset-moves", "asset_move", AssetMove),
    ("/status-periods", "status_period", StatusPeriod),
    ("/asset-codes", "asset_code", AssetCode),
    ("/disposals", "disposal", Disposal),
):
    register(router, path, name, row=row_of(model), permission=permissions.VIEW, narrow=OfDevice, rows=rows_of(model))


TypeOut = row_of(DeviceType, without=("key", "merged_into_id"), name="TypeOut")
ModelOut = row_of(
    DeviceModel,
    without=("key", "merged_into_id"),
    name="ModelOut",
    maker="maker__name",
    device_type="device_type__name",
)
MergeOut = row_of(MergeCandidate, name="MergeOut")
BY_NAME = {"id": "id", "name": "name"}


def _types(by: Any) -> Any:
    return DeviceType.objects.visible_to(by).filter(merged_into=None)


def _models(by: Any) -> Any:
    return DeviceModel.objects.visible_to(by).filter(merged_into=None)


class OfType(BaseModel):
    """Of one device type only."""

    device_type_id: int | None = None


class OfModel(BaseModel):
    """Of one model only."""

    device_model_id: int | None = None


class MergeFilter(BaseModel):
    kind: str | None = Field(None, max_length=8)
    decision: str | None = Field(None, max_length=10)


VIEW = permissions.VIEW
register(
    router, "/device-types", "device_type", row=TypeOut, permission=VIEW, sortable=BY_NAME, rows=_types, table=TYPES
)
register(
    router,
    "/device-models",
    "device_model",
    row=ModelOut,
    permission=VIEW,
    sortable=BY_NAME,
    rows=_models,
    table=MODELS,
)
register(
    router,
    "/device-type-spellings",
    "type_spelling",
    row=row_of(DeviceTypeAlias),
    permission=VIEW,
    narrow=OfType,
    rows=rows_of(DeviceTypeAlias),
)
register(
    router,
    "/device-model-spellings",
    "model_spelling",
    row=row_of(DeviceModelAlias),
    permission=VIEW,
    narrow=OfModel,
    rows=rows_of(DeviceModelAlias),
)
register(
    router,
    "/merge-candidates",
    "candidate",
    plural="merge_candidates",
    row=MergeOut,
    permission=permissions.MERGE,
    narrow=MergeFilter,
    rows=rows_of(MergeCandidate),
)
operate(router, "/device-types", operations.create_device_type, rows=_types, out=TypeOut)
operate(router, "/device-models", operations.create_device_model, rows=_models, out=ModelOut)
for path, operation, method in (
    ("", operations.change_device_type, "PATCH"),
    ("/spellings", operations.add_type_alias, "POST"),
):
    operate(
        router,
        f"/device-types/{{device_type_id}}{path}",
        operation,
        key="device_type_id",
        rows=_types,
        out=TypeOut,
        method=method,
    )
for path, operation, method in (
    ("", operations.change_device_model, "PATCH"),
    ("/spellings", operations.add_model_alias, "POST"),
):
    operate(
        router,
        f"/device-models/{{device_model_id}}{path}",
        operation,
        key="device_model_id",
        rows=_models,
        out=ModelOut,
        method=method,
    )
operate(router, "/merge-candidates", operations.propose_merge, rows=rows_of(MergeCandidate), out=MergeOut)
operate(
    router,
    "/merge-candidates/{candidate_id}/decision",
    operations.decide_merge,
    key="candidate_id",
    rows=rows_of(MergeCandidate),
    out=MergeOut,
)
