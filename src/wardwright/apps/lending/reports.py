"""Reports of the equipment library: use of devices, waiting wards, loans overdue, what rented devices cost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from wardwright.apps.assets.queries import types_in_use
from wardwright.apps.directory.queries import department_choices, house_currency, site_choices
from wardwright.platform.reports.declaration import (
    Asked,
    Audience,
    Case,
    Chart,
    Column,
    Figure,
    Frequency,
    Kind,
    Link,
    Money,
    Parameter,
    Report,
    report,
)
from wardwright.platform.reports.words import labels

from . import permissions
from .models import Loan, LoanRequest, Pool, Rental
from .queries import UseLine, has_waited, library_use
from .states import RequestState

POOL = Parameter("pool", _("Library"), lambda by: Pool.objects.visible_to(by).values_list("pk", "name"))
TYPE = Parameter("type", _("Device type"), lambda by: types_in_use(by).values_list("pk", "name"))
SITE = Parameter("site", _("Site"), site_choices)
WARD = Parameter("department", _("Ward"), department_choices)
DEVICE = Column("device", _("Device"), Kind.LINK)
OF_TYPE = Column("type", _("Type"), group=True)
IN_POOL = Column("pool", _("Library"), group=True)
OF_WARD = Column("ward", _("Ward"), group=True)


def _start(day: date) -> datetime:
    return datetime.combine(day, time.min, timezone.get_current_timezone())


def _day(moment: datetime | None) -> date | None:
    return timezone.localtime(moment).date() if moment else None


def _lines(by: Any, asked: Asked) -> list[UseLine]:
    first, last = _start(asked.first), min(asked.now, _start(asked.last + timedelta(days=1)))
    return library_use(by, first, last, pool_id=asked["pool"], type_id=asked["type"])


def _use(by: Any, asked: Asked) -> Iterator[Case]:
    for line in _lines(by, asked):
        for device in sorted(line.devices, key=lambda one: one.out_hours):
            holding = device.holding
            days, out = device.fleet_hours / 24, device.out_hours / 24
            yield Case(
                (
                    Link(holding.asset.tag, "library-device", holding.asset_id), line.name, line.pool, device.loans,
                    out, days, device.unready_hours / 24,
                ),
                {"out": (out, days) if days else "no_days", "unready": (device.unready_hours / 24, days) if days
                 else "no_days", "loans": (device.loans, 1)},
            )  # fmt: skip


NO_DAYS = {"no_days": _("was not in the library in the period")}
report(
    Report(
        key="library-use",
        title=_("How much are the library's devices used?"),
        goal=_("See which types are idle and which are always out."),
        audience=Audience.HEAD,
        frequency=Frequency.QUARTERLY,
        permission=permissions.VIEW,
        period="last-12-months",
        parameters=(POOL, TYPE),
        columns=(
            DEVICE, OF_TYPE, IN_POOL,
            Column("loans", _("Loans"), Kind.NUMBER),
            Column("out", _("With wards"), Kind.NUMBER, _("days")),
            Column("days", _("In the library"), Kind.NUMBER, _("days")),
            Column("unready", _("Not fit or not clean"), Kind.NUMBER, _("days")),
        ),
        cases=_use,
        figures=(
            Figure(
                "out", _("of fleet-days with wards"),
                _("Days with wards of all devices, divided by the days they were in the library."), "%",
                _("days with wards"), _("fleet-days"), NO_DAYS,
            ),
            Figure(
                "unready", _("of fleet-days not fit or not clean"),
                _("Days out of service, or between return and the end of cleaning, divided by days in the library."),
                "%", _("days not ready"), _("fleet-days"), NO_DAYS,
            ),
            Figure("loans", _("loans"), _("Deliveries in the period."), decimals=0),
        ),
        group="type",
        chart=Chart("out", _("Which types are out most?")),
    )
)  # fmt: skip


def _need(by: Any, asked: Asked) -> Iterator[Case]:
    for line in sorted(_lines(by, asked), key=lambda one: -one.too_few):
        most = line.peak
        yield Case(
            (
                line.name, line.pool, line.owned, most.count if most else 0, _day(most.start) if most else None,
                line.usual_need, line.needed, line.too_few, line.requests, line.waited, line.refused,
            ),
            {"short": (max(0, line.too_few), 1), "spare": (max(0, -line.too_few), 1), "peak": (most.count, 1) if most
             else "no_need"},
        )  # fmt: skip


report(
    Report(
        key="library-need",
        title=_("How many devices does the library really need?"),
        goal=_("Buy what is short, give away what is never out."),
        audience=Audience.FINANCE,
        frequency=Frequency.YEARLY,
        permission=permissions.VIEW,
        period="last-12-months",
        parameters=(POOL, TYPE),
        columns=(
            OF_TYPE, IN_POOL,
            Column("owned", _("Owned"), Kind.NUMBER),
            Column("peak", _("Peak"), Kind.NUMBER),
            Column("on", _("On"), Kind.DATE),
            Column("usual", _("Usual need"), Kind.NUMBER),
            Column("needed", _("To be owned"), Kind.NUMBER),
            Column("short", _("Too few"), Kind.NUMBER),
            Column("requests", _("Requests"), Kind.NUMBER),
            Column("waited", _("Waited"), Kind.NUMBER),
            Column("refused", _("Refused"), Kind.NUMBER),
        ),
        cases=_need,
        figures=(
            Figure(
                "short", _("devices are missing"),
                _(
                    "Needed at once are the devices with wards and those waited for. Enough is the number that covered"
                    " 95 % of the time; divided by the share of the time in which a device is fit and clean, it is the"
                    " number to be owned. Summed over the types that own fewer."
                ),
                decimals=0,
            ),
            Figure("spare", _("devices more than needed"), _("The same, over the types that own more."), decimals=0),
            Figure("peak", _("most needed at once"), _("Summed over types; their peaks need not be on one day."),
                   left_out={"no_need": _("nothing was needed")}, decimals=0),
        ),
        group="type",
        chart=Chart("peak", _("How many are needed at once?")),
    )
)  # fmt: skip


def _requests(by: Any, asked: Asked) -> Iterator[Case]:
    now = asked.now
    rows = LoanRequest.objects.visible_to(by).filter(
        from_at__gte=_start(asked.first), from_at__lt=min(now, _start(asked.last + timedelta(days=1)))
    )
    rows = asked.narrow(rows, pool="pool_id", type="device_type_id", department="department_id")
    names = ("pk", "number", "device_type__name", "kit__name", "pool__name", "department__name", "quantity", "from_at",
             "filled_at", "state")  # fmt: skip
    state_words = labels(RequestState)
    for row in rows.exclude(state=RequestState.CANCELLED).order_by("from_at", "pk").values(*names).iterator():
        refused = row["state"] == RequestState.REFUSED
        late = has_waited(row["state"], row["from_at"], row["filled_at"], now)
        hours = None if refused else max(0.0, ((row["filled_at"] or now) - row["from_at"]).total_seconds() / 3600)
        yield Case(
            (
                Link(row["number"], "loan-request", row["pk"]), row["device_type__name"] or row["kit__name"],
                row["pool__name"], row["department__name"], row["quantity"], _day(row["from_at"]), hours,
                state_words[row["state"]],
            ),
            {"waited": (float(late), 1), "refused": (float(refused), 1), "hours": "refused" if hours is None
             else (hours, 1)},
            _day(row["from_at"]),
        )  # fmt: skip


report(
    Report(
        key="library-waiting",
        title=_("How often do wards wait for equipment?"),
        goal=_("No ward waits for a device that stands idle elsewhere."),
        audience=Audience.WARDS,
        frequency=Frequency.MONTHLY,
        permission=permissions.VIEW,
        period="last-12-months",
        parameters=(POOL, TYPE, WARD),
        columns=(
            Column("number", _("Request"), Kind.LINK), OF_TYPE, IN_POOL, OF_WARD,
            Column("quantity", _("How many"), Kind.NUMBER),
            Column("from", _("Needed from"), Kind.DATE),
            Column("hours", _("Waited"), Kind.NUMBER, _("h")),
            Column("state", _("State"), group=True),
        ),
        cases=_requests,
        figures=(
            Figure(
                "waited", _("of requests waited"),
                _("Requests met, or still waiting, more than one hour after the moment they were needed."), "%",
                _("waited"), _("requests"),
            ),
            Figure("refused", _("of requests refused"), _("Requests that the library could not meet."), "%",
                   _("refused"), _("requests")),
            Figure("hours", _("mean wait"), _("From the moment it was needed to the delivery of the last device."),
                   _("h"), _("hours"), _("requests"), {"refused": _("refused")}),
        ),
        group="type",
        chart=Chart("waited", _("For which types do wards wait?")),
    )
)  # fmt: skip


def _overdue(by: Any, asked: Asked) -> Iterator[Case]:
    rows = Loan.objects.visible_to(by).overdue(asked.now)
    rows = asked.narrow(rows, site="site_id", department="department_id")
    names = ("asset_id", "asset__tag", "asset__device_type__name", "department__name", "department__phone", "due_at",
             "taken_by_name", "reminders")  # fmt: skip
    for row in rows.order_by("due_at", "pk").values(*names).iterator():
        due = _day(row["due_at"])
        days = (asked.today - due).days if due else 0
        yield Case(
            (
                Link(row["asset__tag"], "library-device", row["asset_id"]), row["asset__device_type__name"],
                row["department__name"], row["department__phone"], row["taken_by_name"], due, days, row["reminders"],
            ),
            {"loans": (1, 1), "days": (days, 1)},
        )  # fmt: skip


report(
    Report(
        key="library-overdue",
        title=_("Which loans are overdue?"),
        goal=_("Devices come back; a call is enough."),
        audience=Audience.WARDS,
        frequency=Frequency.WEEKLY,
        permission=permissions.VIEW,
        parameters=(SITE, WARD),
        columns=(
            DEVICE, OF_TYPE, OF_WARD, Column("phone", _("Phone")), Column("taken", _("Taken by")),
            Column("due", _("Back by"), Kind.DATE), Column("days", _("Late"), Kind.NUMBER, _("days")),
            Column("reminders", _("Reminded"), Kind.NUMBER),
        ),
        cases=_overdue,
        figures=(
            Figure("loans", _("loans are overdue"), _("Loans past their end and not back."), decimals=0),
            Figure("days", _("mean delay"), _("Days past the end."), _("days"), _("days"), _("loans")),
        ),
        group="ward",
        chart=Chart("loans", _("Which wards keep devices too long?")),
        nothing=_("No loan is overdue."),
    )
)  # fmt: skip


def _rented(by: Any, asked: Asked) -> Iterator[Case]:
    currency = house_currency(by, asked["site"])
    rows = Rental.objects.visible_to(by).filter(from_on__lte=asked.last).exclude(returned_on__lt=asked.first)
    rows = asked.narrow(rows, site="asset__site_id").select_related("asset__device_type", "company")
    for row in rows.order_by("-daily_price_cents", "pk"):
        first, last = max(row.from_on, asked.first), min(row.returned_on or asked.today, asked.last, asked.today)
        days = max(0, (last - first).days + 1)
        cents = days * row.daily_price_cents
        yield Case(
            (
                Link(row.asset.tag, "rental", row.pk), row.asset.device_type.name, row.company.name, row.from_on,
                row.until_on, row.returned_on, days, Money(cents, row.currency),
            ),
            {"cost": (cents, 1) if row.currency == currency else "currency", "days": (days, 1)},
            row.from_on,
        )  # fmt: skip


report(
    Report(
        key="library-rentals",
        title=_("What do rented devices cost?"),
        goal=_("Give back what is no longer needed; buy what is rented all the time."),
        audience=Audience.FINANCE,
        frequency=Frequency.MONTHLY,
        permission=permissions.VIEW,
        period="this-year",
        parameters=(SITE,),
        columns=(
            DEVICE, OF_TYPE, Column("company", _("Rented from"), group=True), Column("from", _("From"), Kind.DATE),
            Column("until", _("Until"), Kind.DATE), Column("back", _("Went back"), Kind.DATE),
            Column("days", _("Days"), Kind.NUMBER), Column("cost", _("Cost"), Kind.MONEY),
        ),
        cases=_rented,
        figures=(
            Figure("cost", _("for rented devices"),
                   _("Days of the period, the first and the last included, times the price a day."), "money",
                   left_out={"currency": _("in another currency")}),
            Figure("days", _("rented days"), _("Days of all rented devices in the period."), decimals=0),
        ),
        group="type",
        chart=Chart("cost", _("What do we pay most rent for?")),
        currency=lambda by, asked: house_currency(by, asked["site"]),
        nothing=_("Nothing was rented."),
    )
)  # fmt: skip
