"""Reminding of loans that are overdue and of rentals that end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import F, Q
from django.utils import timezone

from wardwright.platform.access.scope import Scope, authorize
from wardwright.platform.audit.operation import operation
from wardwright.platform.events.registry import publish_all

from ..events import LoanOverdue, RentalEnding
from ..models import Loan, Rental
from ..permissions import HANDLE

AGAIN_HOURS = 20  # the job runs once a day; a run that comes a little early must not skip a day
RENTAL_DAYS = 3


@operation()
def remind_overdue(*, by: Any) -> dict[str, int]:
    """Remind of every loan past its end (at most once a day each) and of rentals that end within three days.

    Returns how many of each.
    """
    authorize(by, HANDLE, Scope())
    now = timezone.now()
    late = Loan.objects.overdue(now).filter(delivered_at__isnull=False)
    late = late.filter(Q(reminded_at=None) | Q(reminded_at__lt=now - timedelta(hours=AGAIN_HOURS)))
    rows = list(late.order_by("pk").values_list("pk", "asset_id", "department_id", "reminders"))
    Loan.objects.filter(pk__in=[row[0] for row in rows]).update(
        reminded_at=now, reminders=F("reminders") + 1, version=F("version") + 1, updated_at=now
    )
    publish_all(LoanOverdue(pk, asset_id, ward, reminders + 1) for pk, asset_id, ward, reminders in rows)
    soon = timezone.localdate(now) + timedelta(days=RENTAL_DAYS)
    ending = list(Rental.objects.running().filter(until_on__lte=soon).values_list("pk", "asset_id", "until_on"))
    publish_all(RentalEnding(pk, asset_id, until_on.isoformat()) for pk, asset_id, until_on in ending)
    return {"loans": len(rows), "rentals": len(ending)}
