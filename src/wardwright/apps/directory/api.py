"""Places, departments, companies and people over the API."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router
from pydantic import BaseModel, Field

from wardwright.api.lists import In, Out, detail
from wardwright.api.registers import register

from . import operations, permissions
from .models import Building, Company, Department, Floor, Person, Room, Site

router = Router(tags=["directory"])
BY_NAME = {"id": "id", "name": "name"}


class SiteOut(Out):
    """A hospital or clinic."""

    id: int
    version: int
    code: str
    name: str
    currency: str
    country: str


class OfSite(BaseModel):
    """Of one site only."""

    site_id: int | None = None


class BuildingOut(Out):
    """A building of a site."""

    id: int
    version: int
    site_id: int
    name: str


class FloorOut(Out):
    """A floor of a building."""

    id: int
    version: int
    site_id: int
    building_id: int
    name: str
    level: int


class RoomOut(Out):
    """A room or store."""

    id: int
    version: int
    site_id: int
    floor_id: int | None
    name: str
    is_store: bool


class DepartmentOut(Out):
    """A ward or unit."""

    id: int
    version: int
    site_id: int
    parent_id: int | None
    name: str
    code: str
    cost_centre: str
    use_window: str


class CompanyOut(Out):
    """A maker, supplier or service provider."""

    id: int
    version: int
    name: str
    is_maker: bool
    is_supplier: bool
    is_provider: bool
    country: str
    email: str
    phone: str
    website: str


class PersonOut(Out):
    """Somebody who does or asks for work."""

    id: int
    version: int
    name: str
    job_title: str
    tier: str
    site_id: int | None
    department_id: int | None
    employer_id: int | None
    is_active: bool


VIEW = permissions.VIEW
register(
    router,
    "/sites",
    "site",
    row=SiteOut,
    permission=VIEW,
    rows=lambda by: Site.objects.visible_to(by),
    sortable=BY_NAME,
)
register(
    router,
    "/buildings",
    "building",
    row=BuildingOut,
    permission=VIEW,
    narrow=OfSite,
    rows=lambda by: Building.objects.visible_to(by),
)
register(
    router,
    "/floors",
    "floor",
    row=FloorOut,
    permission=VIEW,
    narrow=OfSite,
    rows=lambda by: Floor.objects.visible_to(by),
)
register(
    router, "/rooms", "room", row=RoomOut, permission=VIEW, narrow=OfSite, rows=lambda by: Room.objects.visible_to(by)
)
register(
    router,
    "/departments",
    "department",
    row=DepartmentOut,
    permission=VIEW,
    narrow=OfSite,
    sortable=BY_NAME,
    rows=lambda by: Department.objects.visible_to(by),
)
register(
    router,
    "/companies",
    "company",
    plural="companies",
    row=CompanyOut,
    permission=VIEW,
    sortable=BY_NAME,
    rows=lambda by: Company.objects.visible_to(by).filter(merged_into=None),
)
register(
    router,
    "/people",
    "person",
    plural="people",
    row=PersonOut,
    permission=VIEW,
    narrow=OfSite,
    rows=lambda by: Person.objects.visible_to(by),
)


class NewDepartment(In):
    site_id: int
    name: str = Field(max_length=120)
    code: str = Field("", max_length=40)
    cost_centre: str = Field("", max_length=40)


@router.post("/departments", response={201: DepartmentOut}, operation_id="create_department")
def post_department(request: HttpRequest, payload: NewDepartment) -> Any:
    """Make a department."""
    made = operations.create_department(by=request.user, **payload.model_dump())
    return detail(Department.objects.visible_to(request.user), made.pk, DepartmentOut, status=201)
