"""Devices, types and models over the API."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import AliasPath, BaseModel, Field

from wardwright.api.lists import ListPage, Out, PagingQuery, detail, listed, may

from . import permissions
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


_PATHS = {"maker_id": "device_model__maker_id", "life_support": "device_type__life_support"}


@router.get("/assets", response=ListPage[AssetRow], operation_id="list_assets")
def list_assets(request: HttpRequest, paging: PagingQuery, narrow: Annotated[AssetFilter, Query()]) -> Any:
    """Devices within reach, fifty at a time."""
    by = may(request, permissions.VIEW)
    wanted = {_PATHS.get(name, name): value for name, value in narrow.model_dump(exclude_none=True).items()}
    rows = Asset.objects.visible_to(by).filter(**wanted)
    return listed(rows, paging, AssetRow, sortable=SORTABLE, order="id", search=search_assets)


@router.get("/assets/{int:asset_id}", response=AssetOut, operation_id="get_asset")
def get_asset(request: HttpRequest, asset_id: int) -> Any:
    """One device."""
    return detail(Asset.objects.visible_to(may(request, permissions.VIEW)), asset_id, AssetOut)


class TypeOut(Out):
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


@router.get("/device-types", response=ListPage[TypeOut], operation_id="list_device_types")
def list_types(request: HttpRequest, paging: PagingQuery) -> Any:
    """Device types that are in use (merged ones are left out)."""
    rows = DeviceType.objects.visible_to(may(request, permissions.VIEW)).filter(merged_into=None)
    return listed(rows, paging, TypeOut, sortable={"id": "id", "name": "name"}, order="id")


class ModelOut(Out):
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


@router.get("/device-models", response=ListPage[ModelOut], operation_id="list_device_models")
def list_models(request: HttpRequest, paging: PagingQuery) -> Any:
    """Device models that are in use (merged ones are left out)."""
    rows = DeviceModel.objects.visible_to(may(request, permissions.VIEW)).filter(merged_into=None)
    return listed(rows, paging, ModelOut, sortable={"id": "id", "name": "name"}, order="id")
