"""Reads of the directory with a meaning: trees of places and wards, names of companies, who may do what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from wardwright.kernel.names.keys import name_key
from wardwright.kernel.names.makers import known_maker
from wardwright.platform.access import builtin
from wardwright.platform.access.models import ApiToken, Grant, Role, ScopeKind
from wardwright.platform.access.permissions import PERMISSIONS
from wardwright.platform.access.scope import allowed
from wardwright.platform.access.tokens import days_used
from wardwright.platform.signon.models import AccessEvent, Identity, Provider
from wardwright.platform.signon.sessions import open_sessions

from .models import Building, Company, CompanyAlias, CompanyRelation, Department, Floor, Person, Room, Site


def company_key(name: str) -> str:
    """The key under which spellings of a company's name meet; the one place that chooses the rule."""
    return (name_key(name) or " ".join(name.casefold().split()))[:160]


def company_named(name: str) -> Company | None:
    """The company of this name or spelling, following merges; None when there is none.

    A well-known maker is found under any of its usual spellings; names that only resemble each other are not one.
    """
    key = company_key(name)
    alias = CompanyAlias.objects.filter(key=key).select_related("company__merged_into").first()
    found = alias.company if alias else _company_keyed([key]) or _company_keyed(_usual_keys(name))
    return found.merged_into or found if found else None


def _company_keyed(keys: list[str]) -> Company | None:
    rows = Company.objects.filter(key__in=keys).select_related("merged_into") if keys else Company.objects.none()
    return rows.order_by("merged_into_id", "pk").first()


def _usual_keys(name: str) -> list[str]:
    maker = known_maker(name)
    return [company_key(spelling) for spelling in (maker.name, *maker.spellings)] if maker else []


def companies_in_use(by: Any) -> QuerySet[Company]:
    """Companies that were not merged into another."""
    return Company.objects.visible_to(by).filter(merged_into=None)


def departments_of(by: Any, site_id: int | None = None) -> QuerySet[Department]:
    """Departments within reach, of one site or of all."""
    found = Department.objects.visible_to(by).select_related("site")
    return found.filter(site_id=site_id) if site_id else found


# Trees ----------------------------------------------------------------------------------------------------------


@dataclass
class Branch:
    """One row of a tree with what hangs below it."""

    row: Any
    children: list[Branch] = field(default_factory=list)


def place_tree(by: Any, site: Site) -> tuple[list[Branch], list[Room]]:
    """Buildings → floors → rooms of one site in three queries, and the rooms that no floor is known for."""
    rooms: dict[int | None, list[Branch]] = defaultdict(list)
    for room in Room.objects.visible_to(by).filter(site=site).order_by("name"):
        rooms[room.floor_id].append(Branch(room))
    floors: dict[int, list[Branch]] = defaultdict(list)
    for floor in Floor.objects.visible_to(by).filter(site=site).order_by("level", "name"):
        floors[floor.building_id].append(Branch(floor, rooms.get(floor.pk, [])))
    buildings = Building.objects.visible_to(by).filter(site=site).order_by("name")
    return [Branch(b, floors.get(b.pk, [])) for b in buildings], [branch.row for branch in rooms.get(None, [])]


def department_tree(by: Any) -> list[Branch]:
    """Sites → departments → their parts, as far as the reader may see; a part whose whole is hidden stands on top."""
    departments = list(Department.objects.visible_to(by).select_related("site").order_by("name"))
    branches = {d.pk: Branch(d) for d in departments}
    sites: dict[int, Branch] = {}
    for d in departments:
        parent = branches.get(d.parent_id) if d.parent_id else None
        (parent or sites.setdefault(d.site_id, Branch(d.site))).children.append(branches[d.pk])
    return sorted(sites.values(), key=lambda branch: branch.row.name)


def is_within(department: Department, ancestor_id: int) -> bool:
    """Whether ``ancestor_id`` is the department itself or lies above it."""
    seen: set[int] = set()
    here: Department | None = department
    while here is not None and here.pk not in seen:
        if here.pk == ancestor_id:
            return True
        seen.add(here.pk)
        here = here.parent
    return False


# Companies ------------------------------------------------------------------------------------------------------


def spellings_of(by: Any, company: Company) -> QuerySet[CompanyAlias]:
    return CompanyAlias.objects.visible_to(by).filter(company=company).order_by("spelling")


@dataclass(frozen=True)
class Related:
    """A related company seen from one side: ``words`` reads "<this> <words> <other>" or the reverse."""

    other: Company
    words: str
    outgoing: bool
    note: str


def relations_of(by: Any, company: Company) -> list[Related]:
    """Owners, successors, brands and the like, from both sides."""
    found = CompanyRelation.objects.visible_to(by).filter(Q(company=company) | Q(other=company))
    return [
        Related(
            r.other if r.company_id == company.pk else r.company,
            r.get_kind_display(),
            r.company_id == company.pk,
            r.note,
        )
        for r in found.select_related("company", "other")
    ]


# People and access ----------------------------------------------------------------------------------------------


def person_of(user: Any) -> Person | None:
    """The person behind a log-in."""
    return Person.objects.filter(user_id=user.id).first() if user and user.id else None


def roles_visible_to(by: Any) -> QuerySet[Role]:
    """Roles are shown to those who manage access."""
    return Role.objects.all() if allowed(by, builtin.MANAGE) else Role.objects.none()


def _in_force(prefix: str = "") -> Q:
    return Q(**{f"{prefix}expires_at__isnull": True}) | Q(**{f"{prefix}expires_at__gt": timezone.now()})


def people_per_role() -> dict[int, int]:
    """How many users hold each role now, by role id."""
    rows = Grant.objects.filter(_in_force()).values_list("role_id").annotate(n=Count("user_id", distinct=True))
    return dict(rows)


def grants_visible_to(by: Any) -> QuerySet[Grant]:
    """Grants are shown to those who manage access; everybody sees their own."""
    return Grant.objects.all() if allowed(by, builtin.MANAGE) else Grant.objects.filter(user_id=by.id)


@dataclass(frozen=True)
class GrantLine:
    """One grant in words."""

    grant: Grant
    where: str

    @property
    def is_over(self) -> bool:
        return self.grant.expires_at is not None and self.grant.expires_at <= timezone.now()


def grant_lines(by: Any, **only: Any) -> list[GrantLine]:
    """Grants (``user_id=``, ``role_id=``) with the name of the place each is limited to, in at most four queries."""
    grants = list(
        grants_visible_to(by).filter(**only).select_related("user", "role").order_by("user__name", "role__name")
    )
    names = scope_names(grants)
    return [GrantLine(grant, names.get((grant.scope_kind, grant.scope_id), "")) for grant in grants]


def scope_names(grants: Iterable[Any]) -> dict[tuple[str, int | None], str]:
    """The name of the place that each of these (grants, roles of groups) is limited to, by its kind and number."""
    names: dict[tuple[str, int | None], str] = {}
    for kind, model in ((ScopeKind.SITE, Site), (ScopeKind.DEPARTMENT, Department), (ScopeKind.VENDOR, Company)):
        ids = {grant.scope_id for grant in grants if grant.scope_kind == kind}
        if ids:
            names |= {(str(kind), row.pk): row.name for row in model.objects.filter(pk__in=ids)}
    return names


def tokens_of(user: Any) -> QuerySet[ApiToken]:
    """API tokens of a user, the newest first."""
    return ApiToken.objects.filter(user=user).order_by("-id")


def tokens_visible_to(by: Any) -> QuerySet[ApiToken]:
    """One's own tokens; whoever manages access sees everybody's."""
    return ApiToken.objects.visible_to(by)


@dataclass(frozen=True)
class TokenLine:
    """A token with what it may do in words, and the day it was last used."""

    token: ApiToken
    used_on: date | None

    @property
    def may(self) -> str:
        labels = [str(PERMISSIONS[code].label) if code in PERMISSIONS else code for code in self.token.permissions]
        what = ", ".join(labels) or _("all that its owner may do")
        return _("%(what)s; reading only") % {"what": what} if self.token.read_only else what

    @property
    def is_over(self) -> bool:
        return self.token.expires_at <= timezone.now()


def token_lines(tokens: Iterable[ApiToken]) -> list[TokenLine]:
    """Tokens as their pages show them, in one more query."""
    rows = list(tokens)
    used = days_used([row.pk for row in rows])
    return [TokenLine(row, used.get(row.pk)) for row in rows]


def at_the_door(user_id: Any) -> dict[str, Any]:
    """Somebody's open sessions, connected accounts and what happened lately."""
    return {
        "sessions": list(open_sessions(user_id)[:50]),
        "identities": list(Identity.objects.filter(user_id=user_id).select_related("provider")),
        "events": list(AccessEvent.objects.filter(user_id=user_id).order_by("-id")[:20]),
    }


def providers_to_connect(user_id: Any) -> list[Provider]:
    """The providers in use that somebody has no account connected with."""
    connected = Identity.objects.filter(user_id=user_id).values("provider_id")
    return list(Provider.objects.filter(is_active=True).exclude(pk__in=connected))


# Choices above reports ------------------------------------------------------------------------------------------


def site_choices(by: Any) -> list[tuple[int, str]]:
    return list(Site.objects.visible_to(by).order_by("name").values_list("pk", "name"))


def department_choices(by: Any) -> list[tuple[int, str]]:
    """Departments with the code of their site, because two sites may have one of the same name."""
    rows = Department.objects.visible_to(by).order_by("site__name", "name").values_list("pk", "name", "site__code")
    return [(pk, f"{name} · {code}") for pk, name, code in rows]


def provider_choices(by: Any) -> list[tuple[int, str]]:
    return list(companies_in_use(by).filter(is_provider=True).order_by("name").values_list("pk", "name"))


def house_currency(by: Any, site_id: int | None = None) -> str:
    """The currency of one site, or the one that most sites within reach have: amounts in another are not added up."""
    rows = Site.objects.visible_to(by)
    rows = rows.filter(pk=site_id) if site_id else rows
    found = rows.values_list("currency").annotate(n=Count("pk")).order_by("-n", "currency").first()
    return found[0] if found else "EUR"
