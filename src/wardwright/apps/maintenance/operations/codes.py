"""Problem, cause and action codes: added, renamed, retired. None is ever deleted, because finished work names it."""

from __future__ import annotations

from typing import Any

from wardwright.apps.maintenance.models import FailureCode
from wardwright.apps.maintenance.permissions import PLAN
from wardwright.platform.access.scope import Scope, authorize
from wardwright.platform.audit.operation import operation
from wardwright.platform.core.edits import apply_edit, lock
from wardwright.platform.core.values import cleaned, unique_or_invalid

OWN = ("label", "source")


@operation()
def add_code(*, by: Any, kind: str, code: str, label: str, source: str = "") -> FailureCode:
    """Add a code of the house. Raises Invalid when the kind has this code already. Denied."""
    authorize(by, PLAN, Scope())
    row = FailureCode()
    values = {"kind": kind, "code": code, "label": label, "source": source}
    for name, value in cleaned(row, values, (*OWN, "kind", "code")).items():
        setattr(row, name, value)
    with unique_or_invalid(row):
        row.save()
    return row


@operation()
def rename_code(
    *, by: Any, code_id: int, label: str, source: str = "", expected_version: int | None = None
) -> FailureCode:
    """Change what a code is called and where it comes from; its letters stay. Raises Invalid, StaleEdit, Denied."""
    authorize(by, PLAN, Scope())
    row = lock(FailureCode.objects, code_id)
    good = cleaned(row, {"label": label, "source": source}, OWN)
    if good["source"] != row.source:
        good["verified"] = False
    apply_edit(row, good, expected_version=expected_version)
    return row


@operation()
def retire_code(*, by: Any, code_id: int) -> FailureCode:
    """Offer a code no more; work that names it keeps it."""
    return _set_active(by, code_id, False)


@operation()
def restore_code(*, by: Any, code_id: int) -> FailureCode:
    """Offer a retired code again."""
    return _set_active(by, code_id, True)


def _set_active(by: Any, code_id: int, is_active: bool) -> FailureCode:
    authorize(by, PLAN, Scope())
    row = lock(FailureCode.objects, code_id)
    apply_edit(row, {"is_active": is_active})
    return row
