"""Reminding of loans that are overdue and of rentals that end."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from wardwright.platform.access.scope import Scope, authorize
from wardwright.platform.audit.operation import operation
from wardwright.platform.events.registry import publish_all
from wardwright.platform.notify.mail.outbox import is_on, queue_mail

from ..events import LoanOverdue, RentalEnding
from ..models import Holding, Loan, Rental
from ..permissions import HANDLE
from .telling import tell_overdue

AGAIN_HOURS = 20  # the job runs once a day; a run that comes a little early must not skip a day
RENTAL_DAYS = 3


@operation()
def remind_overdue(*, by: Any) -> dict[str, int]:
    """Remind of every loan past its end (at most once a day each) and of rentals that end within three days.

    The library reads all of it every day, a ward less and less often. Returns how many of each, and of mails to
    libraries and wards that have an address.
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
    publish_all(RentalEnding(pk, asset_id, str(until_on)) for pk, asset_id, until_on in ending)
    mails = 0
    if is_on():
        now_told = [pk for pk, _asset_id, _ward, reminders in rows if is_for_ward(reminders + 1)]
        some = Loan.objects.filter(pk__in=now_told, ready_at=None).with_names().order_by("due_at", "pk")
        mails = _mail([row[0] for row in rows], soon) + tell_overdue(some)
    return {"loans": len(rows), "rentals": len(ending), "mails": mails}


def is_for_ward(times: int) -> bool:
    """Of the daily reminders of a loan its ward reads the first, the one three days later, and then one a week."""
    return times == 1 or times % 7 == 4


def _mail(loan_ids: list[int], soon: date) -> int:
    """One mail to each library that has an address: what to ask for by telephone, and what must go back."""
    lines: dict[str, list[str]] = defaultdict(list)
    late = Loan.objects.filter(pk__in=loan_ids).exclude(pool__email="").with_names().select_related("pool")
    for loan in late.order_by("due_at", "pk"):
        lines[loan.pool.email].append(
            _("%(tag)s %(type)s: with %(ward)s (%(phone)s), back by %(day)s")
            % {
                "tag": loan.asset.tag, "type": loan.asset.device_type.name, "ward": loan.department.name,
                "phone": loan.department.phone or "–",
                "day": date_format(timezone.localtime(loan.due_at), "DATE_FORMAT"),
            }
        )  # fmt: skip
    held = dict(Holding.objects.held().exclude(pool__email="").values_list("asset_id", "pool__email"))
    ending = Rental.objects.running().filter(until_on__lte=soon, asset_id__in=held)
    for rental in ending.select_related("asset", "company"):
        lines[held[rental.asset_id]].append(
            _("%(tag)s: rented from %(company)s until %(day)s")
            % {
                "tag": rental.asset.tag,
                "company": rental.company.name,
                "day": date_format(rental.until_on or soon, "DATE_FORMAT"),
            }
        )
    for to, some in lines.items():
        text = "\n".join([*some, "", f"{settings.BASE_URL}{reverse('loans')}?state=overdue"])
        queue_mail(to=to, subject=_("Equipment library: loans and rentals past their end"), text=text)
    return len(lines)
