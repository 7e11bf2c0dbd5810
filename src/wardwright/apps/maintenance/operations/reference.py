"""Loading the reference data that comes with the package."""

from __future__ import annotations

from typing import Any

from wardwright.apps.maintenance.data import reference
from wardwright.apps.maintenance.models import FailureCode, Rule, ServiceLevel
from wardwright.apps.maintenance.permissions import PLAN
from wardwright.platform.access.scope import authorize
from wardwright.platform.audit.operation import operation

from .rules import new_presets


@operation()
def load_reference(*, by: Any) -> int:
    """Add the shipped failure codes, service levels and preset rules that are missing and return how many; what was
    changed stays."""
    authorize(by, PLAN)
    codes = set(FailureCode.objects.values_list("kind", "code"))
    levels = set(ServiceLevel.objects.values_list("kind", "priority"))
    new_codes = [FailureCode(**row) for row in reference()["failure_codes"] if (row["kind"], row["code"]) not in codes]
    new_levels = [
        ServiceLevel(**{name: value for name, value in row.items() if name != "verified"})
        for row in reference()["service_levels"]
        if (row["kind"], row["priority"]) not in levels
    ]
    FailureCode.objects.bulk_create(new_codes)
    ServiceLevel.objects.bulk_create(new_levels)
    rules = Rule.objects.bulk_create(new_presets())
    return len(new_codes) + len(new_levels) + len(rules)
