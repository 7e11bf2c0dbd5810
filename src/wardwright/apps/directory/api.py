"""Places, departments, companies and people over the API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ninja import Router
from pydantic import BaseModel

from wardwright.api.lists import Out
from wardwright.api.operating import operate
from wardwright.api.registers import register, rows_of
from wardwright.api.rows import row_of
from wardwright.platform.access.builtin import MANAGE
from wardwright.platform.access.models import ApiToken, Grant, Role, User
from wardwright.platform.signon.models import AccessEvent

from . import operations, permissions
from .models import Absence, Building, Company, CompanyAlias, CompanyRelation, Department, Floor, Person, Room, Site
from .queries import grants_visible_to, roles_visible_to
from .tables import ABSENCES, COMPANIES, PEOPLE, SIGN_INS, USERS

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
    table=COMPANIES,
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
    table=PEOPLE,
)


class OfCompany(BaseModel):
    """Of one company only."""

    company_id: int | None = None


class OfUser(BaseModel):
    """Of one log-in only."""

    user_id: int | None = None


class OfToken(OfUser):
    read_only: bool | None = None


AbsenceOut = row_of(Absence, name="AbsenceOut")
UserOut = row_of(User, name="UserOut")
RoleOut = row_of(Role, name="RoleOut")
GrantOut = row_of(Grant, name="GrantOut")
TokenOut = row_of(ApiToken, name="TokenOut")
register(
    router,
    "/company-spellings",
    "spelling",
    plural="company_spellings",
    row=row_of(CompanyAlias),
    permission=VIEW,
    narrow=OfCompany,
    rows=rows_of(CompanyAlias),
)
register(
    router,
    "/company-relations",
    "relation",
    plural="company_relations",
    row=row_of(CompanyRelation),
    permission=VIEW,
    narrow=OfCompany,
    rows=rows_of(CompanyRelation),
)
register(
    router,
    "/absences",
    "absence",
    row=AbsenceOut,
    permission=VIEW,
    rows=rows_of(Absence),
    sortable={"id": "id", "first_on": "first_on"},
    table=ABSENCES,
)
register(
    router,
    "/log-ins",
    "user",
    plural="log_ins",
    row=UserOut,
    permission=MANAGE,
    rows=rows_of(User),
    sortable=BY_NAME,
    table=USERS,
)
register(router, "/roles", "role", row=RoleOut, permission=MANAGE, rows=roles_visible_to, sortable=BY_NAME)
register(router, "/grants", "grant", row=GrantOut, permission=MANAGE, rows=grants_visible_to, narrow=OfUser)
register(
    router,
    "/tokens",
    "token",
    row=TokenOut,
    permission=None,
    rows=lambda by: ApiToken.objects.visible_to(by),
    narrow=OfToken,
)

register(
    router,
    "/sign-ins",
    "sign_in",
    row=row_of(AccessEvent, name="SignInOut"),
    permission=MANAGE,
    rows=rows_of(AccessEvent),
    table=SIGN_INS,
)

operation: Callable[..., Any]
for path, key, model, out, create, change in (
    ("/sites", "site_id", Site, SiteOut, operations.create_site, operations.change_site),
    ("/buildings", "building_id", Building, BuildingOut, operations.create_building, operations.change_building),
    ("/floors", "floor_id", Floor, FloorOut, operations.create_floor, operations.change_floor),
    ("/rooms", "room_id", Room, RoomOut, operations.create_room, operations.change_room),
    (
        "/departments",
        "department_id",
        Department,
        DepartmentOut,
        operations.create_department,
        operations.change_department,
    ),
    ("/companies", "company_id", Company, CompanyOut, operations.create_company, operations.change_company),
    ("/people", "person_id", Person, PersonOut, operations.create_person, operations.change_person),
    ("/log-ins", "user_id", User, UserOut, operations.create_user, operations.change_user),
):
    operate(router, path, create, rows=rows_of(model), out=out)
    operate(router, f"{path}/{{{key}}}", change, key=key, rows=rows_of(model), out=out, method="PATCH")
for path, operation in (
    ("spellings", operations.add_company_alias),
    ("relations", operations.relate_companies),
    ("relations/removal", operations.unrelate_companies),
):
    operate(
        router,
        f"/companies/{{company_id}}/{path}",
        operation,
        key="company_id",
        rows=rows_of(Company),
        out=CompanyOut,
    )
operate(
    router,
    "/people/{person_id}/active",
    operations.set_person_active,
    key="person_id",
    rows=rows_of(Person),
    out=PersonOut,
)
for path, operation in (("active", operations.set_user_active), ("password", operations.set_password)):
    operate(router, f"/log-ins/{{user_id}}/{path}", operation, key="user_id", rows=rows_of(User), out=UserOut)
operate(router, "/absences", operations.enter_absence, rows=rows_of(Absence), out=AbsenceOut)
operate(router, "/absences/own", operations.ask_absence, rows=rows_of(Absence), out=AbsenceOut)
for path, operation in (("decision", operations.decide_absence), ("withdrawal", operations.withdraw_absence)):
    operate(
        router, f"/absences/{{absence_id}}/{path}", operation, key="absence_id", rows=rows_of(Absence), out=AbsenceOut
    )
operate(router, "/roles", operations.create_role, rows=roles_visible_to, out=RoleOut)
operate(
    router,
    "/roles/{role_id}",
    operations.change_role,
    key="role_id",
    rows=roles_visible_to,
    out=RoleOut,
    method="PATCH",
)
operate(router, "/grants", operations.grant_role, rows=grants_visible_to, out=GrantOut)
operate(
    router,
    "/grants/{grant_id}/removal",
    operations.revoke_grant,
    key="grant_id",
    rows=grants_visible_to,
    out=GrantOut,
)
operate(
    router,
    "/tokens/{token_id}/removal",
    operations.revoke_api_token,
    key="token_id",
    rows=rows_of(ApiToken),
    out=TokenOut,
)
