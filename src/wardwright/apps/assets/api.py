"""Devices, types and models over the API."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router
from pydantic import AliasPath, BaseModel, Field

from wardwright.api.lists import In, Out, detail, seen
from wardwright.api.registers import register

from . import operations, permissions
from .models import Asset, DeviceModel, DeviceType
from .search import search_assets

router = Router(tags=["devices"])
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
    search=search_assets,
)


class Registration(In):
    """A new device: its model by id, or by maker and model name (found or made in the catalogue)."""

    site_id: int
    department_id: int | None = None
    room_id: int | None = None
    device_model_id: int | None = None
    maker: str = Field("", max_length=160)
    model: str = Field("", max_length=160)
    device_type: str = Field("", max_length=160)
    catalogue_no: str = Field("", max_length=80)
    status: str = Field("received", max_length=16)
    values: dict[str, Any] = Field(default_factory=dict, description="any other entries of a device")


class Edit(In):
    """Changed entries. ``version`` is the one you read; a device changed meanwhile is answered with 409."""

    version: int
    values: dict[str, Any]
    reason: str = Field("", max_length=2000)


class Move(In):
    site_id: int | None = None
    department_id: int | None = None
    room_id: int | None = None
    note: str = Field("", max_length=200)


class StatusChange(In):
    status: str = Field(max_length=16)
    reason: str = Field("", max_length=300)
    out_reason: str = Field("", max_length=20)


def _device(request: HttpRequest, asset_id: int, *, status: int = 200) -> Any:
    return detail(Asset.objects.visible_to(request.user), asset_id, AssetOut, status=status)


def _reached(request: HttpRequest, asset_id: int) -> int:
    return seen(Asset.objects.visible_to(request.user), asset_id)


@router.post("/assets", response={201: AssetOut}, operation_id="register_asset")
def post_asset(request: HttpRequest, payload: Registration) -> Any:
    """Register a device."""
    made = operations.register_asset(by=request.user, **payload.model_dump())
    return _device(request, made.pk, status=201)


@router.patch("/assets/{int:asset_id}", response=AssetOut, operation_id="change_asset")
def patch_asset(request: HttpRequest, asset_id: int, payload: Edit) -> Any:
    """Change a device."""
    operations.change_asset(
        by=request.user,
        asset_id=_reached(request, asset_id),
        expected_version=payload.version,
        values=payload.values,
        reason=payload.reason,
    )
    return _device(request, asset_id)


@router.post("/assets/{int:asset_id}/move", response=AssetOut, operation_id="move_asset")
def post_move(request: HttpRequest, asset_id: int, payload: Move) -> Any:
    """Move a device."""
    operations.move_asset(by=request.user, asset_id=_reached(request, asset_id), **payload.model_dump())
    return _device(request, asset_id)


@router.post("/assets/{int:asset_id}/status", response=AssetOut, operation_id="change_asset_status")
def post_status(request: HttpRequest, asset_id: int, payload: StatusChange) -> Any:
    """Change a device's status; the reason is recorded."""
    operations.change_status(by=request.user, asset_id=_reached(request, asset_id), **payload.model_dump())
    return _device(request, asset_id)


class TypeOut(Out):
    """A device type in use, with its codes, risk attributes and flags."""

    id: int
    version: int
    name: str
    emdn_code: str
    gmdn_code: str
    umdns_code: str
    fda_product_code: str
    fs_function: int | None
    fs_risk: int | None
    fs_maintenance: int | None
    life_support: bool
    high_risk: bool
    imaging: bool
    laser: bool
    expected_life_years: int | None


register(
    router,
    "/device-types",
    "device_type",
    row=TypeOut,
    permission=permissions.VIEW,
    sortable={"id": "id", "name": "name"},
    rows=lambda by: DeviceType.objects.visible_to(by).filter(merged_into=None),
)


class ModelOut(Out):
    """A model in use."""

    id: int
    version: int
    name: str
    maker_id: int
    maker: str | None = _name("maker", "name")
    device_type_id: int
    catalogue_no: str
    udi_di: str
    electrical_class: str
    applied_parts: str
    expected_life_years: int | None
    end_of_support_on: date | None


register(
    router,
    "/device-models",
    "device_model",
    row=ModelOut,
    permission=permissions.VIEW,
    sortable={"id": "id", "name": "name"},
    rows=lambda by: DeviceModel.objects.visible_to(by).filter(merged_into=None),
)
