"""People who do or ask for work."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wardwright.platform.access.models import User
from wardwright.platform.access.scope import Scope, authorize
from wardwright.platform.audit.operation import operation
from wardwright.platform.core.edits import apply_edit, lock
from wardwright.platform.core.values import cleaned, reachable, unique_or_invalid
from wardwright.platform.events.registry import publish

from ..events import PersonDeactivated
from ..models import Company, Department, Person, Site
from ..permissions import CHANGE

PERSON_FIELDS = (
    "name",
    "job_title",
    "tier",
    "user_id",
    "site_id",
    "department_id",
    "employer_id",
    "email",
    "phone",
    "hourly_rate_cents",
    "hours_per_week",
)


@operation()
def create_person(*, by: Any, name: str, values: Mapping[str, Any] | None = None) -> Person:
    """A person of a site, department or outside company."""
    row = Person()
    good = cleaned(row, {"name": name, **(values or {})}, PERSON_FIELDS)
    _check_places(by, good)
    for field, value in good.items():
        setattr(row, field, value)
    authorize(by, CHANGE, row)
    with unique_or_invalid(row):
        row.save(force_insert=True)
    return row


@operation()
def change_person(*, by: Any, person_id: int, values: Mapping[str, Any], expected_version: int | None = None) -> Person:
    """Change PERSON_FIELDS; moving somebody needs the permission at both ends."""
    row = lock(Person.objects, person_id)
    authorize(by, CHANGE, row)
    good = cleaned(row, values, PERSON_FIELDS)
    _check_places(by, good)
    authorize(by, CHANGE, _scope_after(row, good))
    with unique_or_invalid(row):
        apply_edit(row, good, expected_version=expected_version)
    return row


def _scope_after(row: Person, good: Mapping[str, Any]) -> Scope:
    return Scope(
        good.get("site_id", row.site_id),
        good.get("department_id", row.department_id),
        good.get("employer_id", row.employer_id),
    )


def _check_places(by: Any, good: Mapping[str, Any]) -> None:
    for name, model in (("site_id", Site), ("department_id", Department), ("employer_id", Company), ("user_id", User)):
        if good.get(name):
            reachable(model.objects.visible_to(by), good[name], name)


@operation()
def set_person_active(*, by: Any, person_id: int, is_active: bool, reason: str = "") -> Person:
    """Somebody left, or is back. The log-in is closed separately."""
    row = lock(Person.objects, person_id)
    authorize(by, CHANGE, row)
    if "is_active" in apply_edit(row, {"is_active": is_active}) and not is_active:
        publish(PersonDeactivated(person_id=row.pk))
    return row
