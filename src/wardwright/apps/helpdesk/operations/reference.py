"""Loading the symptoms that come with the package."""

from __future__ import annotations

from typing import Any

from wardwright.apps.helpdesk.data import reference
from wardwright.apps.helpdesk.models import Symptom
from wardwright.apps.helpdesk.permissions import TILES
from wardwright.apps.maintenance.models import FailureCode
from wardwright.apps.maintenance.states import CodeKind
from wardwright.platform.access.scope import authorize
from wardwright.platform.audit.operation import operation


@operation()
def load_reference(*, by: Any) -> int:
    """Add the shipped general symptoms to a house that has none; returns how many."""
    authorize(by, TILES)
    if Symptom.objects.filter(device_type=None).exists():
        return 0
    codes = {code.code: code for code in FailureCode.objects.filter(kind=CodeKind.PROBLEM)}
    rows = [Symptom(**{**row, "problem": codes.get(row["problem"])}) for row in reference()["symptoms"]]
    return len(Symptom.objects.bulk_create(rows))
