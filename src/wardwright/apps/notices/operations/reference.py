"""The times a hospital gives itself, as shipped and as it changes them."""

from __future__ import annotations

from typing import Any

from wardwright.apps.notices.data import reference
from wardwright.apps.notices.models import ResponseTime
from wardwright.apps.notices.permissions import RESPOND
from wardwright.platform.access.scope import authorize, authorize_everywhere
from wardwright.platform.audit.operation import operation
from wardwright.platform.core.edits import apply_edit, lock
from wardwright.platform.core.values import cleaned

from .sources import load_sources

TIMES = ("triage_hours", "locate_days", "close_days", "check_days")


@operation()
def load_reference(*, by: Any) -> int:
    """Add the shipped response times and sources that are missing and return how many; what was changed stays."""
    authorize(by, RESPOND)
    there = set(ResponseTime.objects.values_list("severity", flat=True))
    rows = [ResponseTime(**row) for row in reference()["response_times"] if row["severity"] not in there]
    return len(ResponseTime.objects.bulk_create(rows)) + load_sources(by=by)


@operation()
def change_response_time(
    *, by: Any, response_time_id: int, expected_version: int | None = None, **values: Any
) -> ResponseTime:
    """Change the times of a class. Cases that run already keep theirs."""
    row: ResponseTime = lock(ResponseTime.objects, response_time_id)
    authorize_everywhere(by, RESPOND)
    apply_edit(row, cleaned(row, values, TIMES), expected_version=expected_version)
    return row
