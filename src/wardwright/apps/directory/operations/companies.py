"""Makers, suppliers and service providers, their spellings and how they belong together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from wardwright.platform.access.builtin import MANAGE
from wardwright.platform.access.models import Grant, ScopeKind
from wardwright.platform.access.scope import Scope, allowed, authorize, authorize_everywhere
from wardwright.platform.audit.operation import operation
from wardwright.platform.core.change import require_change
from wardwright.platform.core.edits import apply_edit, lock
from wardwright.platform.core.errors import Denied, Invalid, NotNow
from wardwright.platform.core.values import cleaned, reachable, unique_or_invalid
from wardwright.platform.events.registry import publish

from ..events import CompaniesMerged, CompanyRenamed
from ..models import Company, CompanyAlias, CompanyRelation, Person
from ..permissions import CHANGE
from ..queries import company_key, company_named

COMPANY_FIELDS = (
    "name",
    "is_maker",
    "is_supplier",
    "is_provider",
    "address",
    "country",
    "email",
    "phone",
    "website",
)


@operation()
def create_company(*, by: Any, name: str, values: Mapping[str, Any] | None = None) -> Company:
    """A new company; refused when its name is already a known spelling."""
    authorize(by, CHANGE)
    _check_free(name, None)
    row = Company()
    for field, value in cleaned(row, {"name": name, **(values or {})}, COMPANY_FIELDS).items():
        setattr(row, field, value)
    row.key = company_key(row.name)
    with unique_or_invalid(row):
        row.save(force_insert=True)
    return row


@operation()
def change_company(
    *, by: Any, company_id: int, values: Mapping[str, Any], expected_version: int | None = None
) -> Company:
    """Change COMPANY_FIELDS; the name given up stays as a spelling."""
    row = lock(Company.objects, company_id)
    authorize_everywhere(by, CHANGE)
    good = cleaned(row, values, COMPANY_FIELDS)
    renamed_from = row.name if good.get("name", row.name) != row.name else ""
    if renamed_from:
        _check_free(good["name"], row)
        good["key"] = company_key(good["name"])
    with unique_or_invalid(row):
        apply_edit(row, good, expected_version=expected_version)
    if renamed_from:
        _keep_spelling(row, renamed_from, _("former name"))
        publish(CompanyRenamed(company_id=row.pk))
    return row


@operation()
def add_company_alias(*, by: Any, company_id: int, spelling: str, source: str = "") -> CompanyAlias:
    """Another spelling of a company's name."""
    row = lock(Company.objects, company_id)
    authorize_everywhere(by, CHANGE)
    if not company_key(spelling):
        raise Invalid(_("Enter the other spelling."), fields={"spelling": _("Enter the other spelling.")})
    _check_free(spelling, None, field="spelling")
    return CompanyAlias.objects.create(
        company=row, spelling=" ".join(spelling.split())[:160], key=company_key(spelling), source=source[:80]
    )


def _check_free(name: str, own: Company | None, *, field: str = "name") -> None:
    taken = company_named(name)
    if taken is not None and (own is None or taken.pk != own.pk):
        message = _("This is already the name or a spelling of %(company)s.") % {"company": taken.name}
        raise Invalid(message, _("Use that company."), fields={field: message})


def _keep_spelling(row: Company, spelling: str, source: str) -> None:
    key = company_key(spelling)
    if key and key != row.key and not CompanyAlias.objects.filter(key=key).exists():
        CompanyAlias.objects.create(company=row, spelling=spelling, key=key, source=source)


@operation()
def relate_companies(
    *, by: Any, company_id: int, other_id: int, kind: str = "related", note: str = ""
) -> CompanyRelation:
    """Say that two companies belong together without being one."""
    authorize_everywhere(by, CHANGE)
    return relate(company_id, other_id, kind=kind, note=note, by=by)


def relate(company_id: int, other_id: int, *, kind: str, note: str, by: Any) -> CompanyRelation:
    """The relation row of an already authorized change; said twice, it is changed."""
    require_change()
    company = reachable(Company.objects.visible_to(by), company_id, "company_id")
    other = reachable(Company.objects.visible_to(by), other_id, "other_id")
    if other is None or company is None or company.pk == other.pk:
        raise Invalid(_("Choose another company."), fields={"other_id": _("Choose another company.")})
    good = cleaned(CompanyRelation(), {"kind": kind, "note": note}, ("kind", "note"))
    return CompanyRelation.objects.update_or_create(company=company, other=other, defaults=good)[0]


@operation()
def unrelate_companies(*, by: Any, company_id: int, other_id: int) -> None:
    """Take a relation back, whichever side it was said from."""
    authorize_everywhere(by, CHANGE)
    pair = Q(company_id=company_id, other_id=other_id) | Q(company_id=other_id, other_id=company_id)
    for relation in CompanyRelation.objects.filter(pair):
        relation.delete()


def absorb_company(kept: Company, lost: Company) -> None:
    """Within an open, authorized change: everything the directory says of ``lost`` is said of ``kept`` from now on.

    Apps above move their own references and call this. ``lost`` stays as a signpost; its name becomes a spelling.

    Raises:
        NotNow: when people of both log in. Denied: when people of one do, and the actor does not manage access.
    """
    _check_grants(require_change().by, kept, lost)
    CompanyAlias.objects.filter(company=lost).update(company=kept)
    _keep_spelling(kept, lost.name, _("merged"))
    _move_relations(kept, lost)
    Person.objects.filter(employer=lost).update(employer=kept, version=F("version") + 1)
    _move_grants(kept, lost)
    Company.objects.filter(merged_into=lost).update(merged_into=kept)
    roles = {name: True for name in ("is_maker", "is_supplier", "is_provider") if getattr(lost, name)}
    gaps = {
        name: getattr(lost, name)
        for name in ("address", "country", "email", "phone", "website")
        if getattr(lost, name) and not getattr(kept, name)
    }
    apply_edit(kept, {**roles, **gaps})
    apply_edit(lost, {"merged_into": kept})
    publish(CompaniesMerged(kept_id=kept.pk, lost_id=lost.pk))


def _check_grants(by: Any, kept: Company, lost: Company) -> None:
    """A merge shows devices and work to the people of a company who could not see them: that is giving access."""
    held = Grant.objects.filter(scope_kind=ScopeKind.VENDOR).exclude(expires_at__lt=timezone.now())
    people = {
        company: sorted(set(held.filter(scope_id=company.pk).values_list("user__name", flat=True)))
        for company in (kept, lost)
    }
    if all(people.values()):
        words = ", ".join([*people[kept][:5], *people[lost][:5]])
        raise NotNow(
            _("People of both %(kept)s and %(lost)s log in (%(people)s), and would see each other's devices and work.")
            % {"kept": kept.name, "lost": lost.name, "people": words},
            _("Take the roles of one of the two companies back first (“Log-ins”), then decide again."),
        )
    if any(people.values()) and not allowed(by, MANAGE, Scope()):
        raise Denied(
            _("People of %(company)s log in, and would see the devices of both: that is a matter of access.")
            % {"company": next(company.name for company, names in people.items() if names)},
            _("Ask somebody who manages access for the whole hospital to decide this pair."),
        )


def _move_grants(kept: Company, lost: Company) -> None:
    """Roles limited to the one are limited to the other; a role that somebody holds for both is held once."""
    of_vendor = Grant.objects.filter(scope_kind=ScopeKind.VENDOR)
    held = set(of_vendor.filter(scope_id=kept.pk).values_list("user_id", "role_id"))
    for grant in of_vendor.filter(scope_id=lost.pk):
        if (grant.user_id, grant.role_id) in held:
            grant.delete()
        else:
            grant.scope_id = kept.pk
            grant.save(update_fields=["scope_id"])


def _move_relations(kept: Company, lost: Company) -> None:
    for relation in CompanyRelation.objects.filter(Q(company=lost) | Q(other=lost)):
        company_id = kept.pk if relation.company_id == lost.pk else relation.company_id
        other_id = kept.pk if relation.other_id == lost.pk else relation.other_id
        taken = CompanyRelation.objects.filter(company_id=company_id, other_id=other_id).exists()
        if company_id == other_id or taken:
            relation.delete()
        else:
            relation.company_id, relation.other_id = company_id, other_id
            relation.save()
