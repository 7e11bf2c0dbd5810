"""Time and parts, to the cent; an order's totals are the sums of its lines."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from wardwright.apps.maintenance.models import Labour, Part, WorkOrder
from wardwright.apps.maintenance.permissions import PERFORM
from wardwright.apps.maintenance.states import WorkState
from wardwright.kernel.money import labour_cost_minor, times
from wardwright.platform.audit.operation import operation
from wardwright.platform.core.errors import Invalid, NotNow

from .common import people_for, person_of, save, take_order

DAY_MINUTES = 24 * 60


@operation()
def add_labour(
    *, by: Any, work_order_id: int, minutes: int, person_id: int | None = None, on: date | None = None
) -> Labour:
    """Record time somebody spent, at their rate of today; also on an order that is closed already.

    Raises:
        Invalid: for no time, more than a day, or a day to come.
    """
    order = _take(by, work_order_id)
    if not 1 <= minutes <= DAY_MINUTES:
        raise Invalid(_("Enter the time in minutes."), fields={"minutes": _("Enter 1 to 1,440 minutes.")})
    on = on or timezone.localdate()
    if on > timezone.localdate():
        raise Invalid(_("This day has not come yet."), fields={"on": _("Choose today or an earlier day.")})
    person = people_for(by, order).filter(pk=person_id).first() if person_id else person_of(by)
    if person_id and person is None:
        raise Invalid(_("There is no such person."), fields={"person_id": _("Choose somebody from the list.")})
    rate = person.hourly_rate_cents if person else 0
    labour = Labour.objects.create(
        work_order=order,
        asset_id=order.asset_id,
        person=person,
        person_name=(person.name if person else str(by))[:120],
        on=on,
        minutes=minutes,
        rate_cents=rate,
        cost_cents=labour_cost_minor(minutes, rate),
    )
    sums = Labour.objects.filter(work_order=order).aggregate(minutes=Sum("minutes"), cost=Sum("cost_cents"))
    order.labour_minutes, order.labour_cost_cents = sums["minutes"], sums["cost"]
    save(order)
    return labour


@operation()
def add_part(
    *,
    by: Any,
    work_order_id: int,
    name: str,
    quantity: int,
    unit_cost_cents: int,
    part_no: str = "",
    used_again: bool = False,
) -> Part:
    """Record a part that was used. Raises Invalid for no name, a quantity below 1 or a negative price."""
    order = _take(by, work_order_id)
    wrong: dict[str, Any] = {}
    if not name.strip():
        wrong["name"] = _("Enter the part.")
    if not 1 <= quantity <= 100_000:
        wrong["quantity"] = _("Enter at least 1.")
    if not 0 <= unit_cost_cents <= 10**12:
        wrong["unit_cost_cents"] = _("Enter the price, 0 or more.")
    if wrong:
        raise Invalid(_("The part cannot be recorded."), " ".join(map(str, wrong.values())), fields=wrong)
    part = Part.objects.create(
        work_order=order,
        asset_id=order.asset_id,
        name=name.strip()[:160],
        part_no=part_no.strip()[:80],
        quantity=quantity,
        unit_cost_cents=unit_cost_cents,
        cost_cents=times(unit_cost_cents, quantity),
        used_again=used_again,
    )
    order.parts_cost_cents = Part.objects.filter(work_order=order).aggregate(cost=Sum("cost_cents"))["cost"]
    save(order)
    return part


def _take(by: Any, work_order_id: int) -> WorkOrder:
    order = take_order(by, work_order_id, PERFORM)
    if order.state == WorkState.CANCELLED:
        raise NotNow(
            _("Work order %(number)s is cancelled.") % {"number": order.number}, _("Record it on another order.")
        )
    return order
