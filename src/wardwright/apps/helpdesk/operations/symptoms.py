"""The symptoms of the portal: added, changed, retired. None is deleted, because requests name it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from wardwright.apps.helpdesk.models import Symptom
from wardwright.apps.helpdesk.permissions import TILES
from wardwright.apps.maintenance.models import FailureCode
from wardwright.apps.maintenance.states import CodeKind
from wardwright.platform.access.scope import authorize_everywhere
from wardwright.platform.audit.operation import operation
from wardwright.platform.core.edits import apply_edit, lock
from wardwright.platform.core.errors import Invalid
from wardwright.platform.core.values import cleaned
from wardwright.web.icons import icon_names

OWN = ("device_type", "position", "label", "icon", "problem", "priority", "unsafe")


@operation()
def add_symptom(
    *,
    by: Any,
    label: str,
    device_type_id: int | None = None,
    position: int = 50,
    icon: str = "help",
    problem_id: int | None = None,
    priority: int = 3,
    unsafe: bool = False,
) -> Symptom:
    """Offer a symptom for one device type, or with ``device_type_id`` None for all that have none of their own.

    Raises:
        Invalid: without words, or for an icon, priority or problem code that does not exist. Denied.
    """
    authorize_everywhere(by, TILES)
    row = Symptom()
    values = {"label": label, "position": position, "icon": icon, "priority": priority, "unsafe": unsafe,
              "device_type_id": device_type_id, "problem_id": problem_id}  # fmt: skip
    for name, value in _good(row, values).items():
        setattr(row, name, value)
    row.save()
    return row


@operation()
def change_symptom(*, by: Any, symptom_id: int, expected_version: int | None = None, **values: Any) -> Symptom:
    """Change what a tile says and means; requests that named it keep their own words. Raises Invalid, StaleEdit."""
    authorize_everywhere(by, TILES)
    row = lock(Symptom.objects, symptom_id)
    apply_edit(row, _good(row, values), expected_version=expected_version)
    return row


@operation()
def retire_symptom(*, by: Any, symptom_id: int) -> Symptom:
    """Offer a symptom no more."""
    return _set_active(by, symptom_id, False)


@operation()
def restore_symptom(*, by: Any, symptom_id: int) -> Symptom:
    """Offer a retired symptom again."""
    return _set_active(by, symptom_id, True)


def _set_active(by: Any, symptom_id: int, is_active: bool) -> Symptom:
    authorize_everywhere(by, TILES)
    row = lock(Symptom.objects, symptom_id)
    apply_edit(row, {"is_active": is_active})
    return row


def _good(row: Symptom, values: dict[str, Any]) -> dict[str, Any]:
    allowed = {field.attname for field in Symptom._meta.concrete_fields if field.name in OWN}
    good = cleaned(row, values, allowed)
    if good.get("icon", "help") not in icon_names():
        raise Invalid(_("There is no such icon."), fields={"icon": _("Choose one from the list.")})
    problems = FailureCode.objects.filter(kind=CodeKind.PROBLEM, is_active=True)
    problem_id = good.get("problem_id")
    if problem_id is not None and not problems.filter(pk=problem_id).exists():
        raise Invalid(_("There is no such problem code."), fields={"problem_id": _("Choose one from the list.")})
    return good
