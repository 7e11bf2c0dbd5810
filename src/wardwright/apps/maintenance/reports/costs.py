"""What service costs: by device, against the purchase price, and what could be claimed under warranty."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import F, Q, Sum
from django.utils.translation import gettext_lazy as _

from wardwright.apps.assets.models import Asset
from wardwright.apps.assets.states import MAINTAINED
from wardwright.apps.directory.queries import house_currency
from wardwright.apps.maintenance import permissions
from wardwright.apps.maintenance.states import WorkState
from wardwright.platform.reports.declaration import (
    Asked,
    Audience,
    Case,
    Chart,
    Column,
    Count,
    Figure,
    Frequency,
    Limit,
    Money,
    Report,
    report,
)
from wardwright.platform.reports.declaration import Kind as Holds

from .common import (
    DEVICE_COLUMNS,
    DEVICE_VALUES,
    ORDER_COLUMNS,
    ORDER_VALUES,
    OWN,
    PLACE,
    WORK,
    day_of,
    device_cells,
    order_cells,
    orders,
    repairs,
    within,
)

OTHER_CURRENCY = _("in another currency")


def _currency(by: Any, asked: Asked) -> str:
    return house_currency(by, asked["site"])


# Cost per device ------------------------------------------------------------------------------------------------


def _costs(by: Any, asked: Asked) -> Iterator[Case]:
    """Every maintained device with the cost of its work in the period; the dearest first, then those without any."""
    currency = _currency(by, asked)
    done = orders(by, asked, state=WorkState.CLOSED, **within(asked, "closed_at")).order_by()
    sums = done.filter(Q(currency=currency) | Q(currency="")).values("asset_id")
    spent = {
        row["asset_id"]: (row["labour"], row["parts"])
        for row in sums.annotate(labour=Sum("labour_cost_cents"), parts=Sum("parts_cost_cents"))
        if row["labour"] or row["parts"]
    }
    foreign = set(done.exclude(currency__in=("", currency)).values_list("asset_id", flat=True))
    rows = Asset.objects.visible_to(by).filter(status__in=MAINTAINED)
    rows = asked.narrow(rows, site="site", department="department", type="device_type")
    dear, others = rows.filter(pk__in=list(spent)), rows.order_by("pk")
    names = (*DEVICE_VALUES, "device_model__maker__name", "device_model__name", "purchase_cost_cents", "currency")
    first = sorted(dear.values(*names), key=lambda row: (-sum(spent[row["pk"]]), row["pk"])) if len(spent) < 900 else []
    shown = {row["pk"] for row in first}
    for row in first:
        yield _cost_case(row, spent, foreign, currency, asked)
    for row in others.values(*names).iterator():
        if row["pk"] not in shown:
            yield _cost_case(row, spent, foreign, currency, asked)


def _cost_case(row: dict[str, Any], spent: Any, foreign: set[int], currency: str, asked: Asked) -> Case:
    labour, parts = spent.get(row["pk"], (0, 0))
    price, whole = row["purchase_cost_cents"], labour + parts
    per_year = whole * 365 / asked.days
    cosr: Count = (per_year, price) if price else "no_price"
    if row["pk"] in foreign or (price and row["currency"] not in ("", currency)):
        cosr = "currency"
    ratio = 100 * per_year / price if price and cosr != "currency" else None
    return Case(
        (
            *device_cells(row),
            row["device_model__maker__name"],
            row["device_model__name"],
            Money(labour, currency),
            Money(parts, currency),
            Money(price, row["currency"] or currency) if price else None,
            ratio,
        ),
        {
            "cost": (whole, 1),
            "per_device": "currency" if row["pk"] in foreign else (whole, 1),
            "cosr": cosr,
            "parts": (parts, whole) if whole else "no_cost",
        },
    )


report(
    Report(
        key="service-cost",
        title=_("What does service cost, compared with the price?"),
        goal=_("Find what costs more to keep than it is worth; prepare replacement."),
        audience=Audience.FINANCE,
        frequency=Frequency.QUARTERLY,
        permission=permissions.REPORTS,
        period="last-12-months",
        parameters=PLACE,
        currency=_currency,
        columns=(
            *DEVICE_COLUMNS,
            Column("maker", _("Maker"), group=True),
            Column("model", _("Model"), group=True, within="maker"),
            Column("labour", _("Labour"), Holds.MONEY),
            Column("parts", _("Parts"), Holds.MONEY),
            Column("price", _("Purchase price"), Holds.MONEY),
            Column("ratio", _("A year, of the price"), Holds.PERCENT, "%"),
        ),
        cases=_costs,
        figures=(
            Figure(
                "cosr",
                _("cost of service ratio (COSR)"),
                _(
                    "Labour and parts of work closed in the period, as a year's cost (× 365 ÷ days of the period), of"
                    " the purchase prices of the same devices. Contracts with outside companies are not in it: their"
                    " cost is not recorded here yet."
                ),
                "%",
                _("cost of a year"),
                _("purchase price"),
                {"no_price": _("no purchase price recorded"), "currency": OTHER_CURRENCY},
                sums_money=True,
            ),
            Figure(
                "per_device",
                _("cost per device"),
                _("Labour and parts of work closed in the period, divided by all maintained devices."),
                "money",
                _("labour and parts"),
                _("devices"),
                {"currency": OTHER_CURRENCY},
            ),
            Figure("cost", _("labour and parts"), _("Labour and parts of work closed in the period."), "money"),
            Figure(
                "parts",
                _("of the cost was parts"),
                _("Cost of parts, of labour and parts together."),
                "%",
                _("for parts"),
                _("for labour and parts"),
                {"no_cost": _("no cost in the period")},
                sums_money=True,
            ),
        ),
        chart=Chart(
            "cosr",
            _("Which types cost most in a year, compared with their price?"),
            limit=Limit(30, _("30 %, a rule of thumb of sellers, not verified")),
        ),
        source=_("WHO 2011, table 2 and WHO 2025, annex 2 (COSR, cost by device and department)"),
    )
)


# Warranty -------------------------------------------------------------------------------------------------------


def _claims(by: Any, asked: Asked) -> Iterator[Case]:
    rows = repairs(by, asked, "reported_at").filter(asset__warranty_until__isnull=False)
    rows = rows.filter(reported_at__date__lte=F("asset__warranty_until")).order_by("-reported_at")
    currency = _currency(by, asked)
    names = (
        "reported_at", "asset__warranty_until", "asset__supplier__name", "asset__device_model__maker__name",
        "cause__label", "provider__name", "labour_cost_cents", "parts_cost_cents", "currency",
    )  # fmt: skip
    own = str(OWN)
    for row in rows.values(*ORDER_VALUES, *names).iterator():
        cost = row["labour_cost_cents"] + row["parts_cost_cents"]
        foreign = row["currency"] not in ("", currency)
        yield Case(
            (
                *order_cells(row),
                row["asset__device_model__maker__name"],
                row["asset__supplier__name"],
                row["provider__name"] or own,
                day_of(row["reported_at"]),
                row["asset__warranty_until"],
                row["cause__label"],
                Money(cost, row["currency"] or currency),
            ),
            {"claims": (1, 1), "cost": "currency" if foreign else (cost, 1)},
        )


report(
    Report(
        key="warranty-claims",
        title=_("Which repairs could be claimed under warranty?"),
        goal=_("Nobody pays for what the maker owes."),
        audience=Audience.FINANCE,
        frequency=Frequency.MONTHLY,
        permission=permissions.VIEW,
        period="last-12-months",
        parameters=WORK,
        currency=_currency,
        columns=(
            *ORDER_COLUMNS,
            Column("maker", _("Maker"), group=True),
            Column("supplier", _("Supplier"), group=True),
            Column("provider", _("Repaired by"), group=True),
            Column("reported", _("Reported"), Holds.DATE),
            Column("until", _("Warranty until"), Holds.DATE),
            Column("cause", _("Cause"), group=True),
            Column("cost", _("Cost"), Holds.MONEY),
        ),
        cases=_claims,
        figures=(
            Figure(
                "claims",
                _("repairs within warranty"),
                _("Faults reported in the period on or before the day the warranty of the device ends."),
                decimals=0,
            ),
            Figure(
                "cost",
                _("their cost to us"),
                _("Labour and parts recorded on these repairs."),
                "money",
                left_out={"currency": OTHER_CURRENCY},
            ),
        ),
        group="maker",
        chart=Chart("claims", _("Whose devices failed within warranty?")),
        source=_("WHO 2025, annex 2: warranty claims"),
        nothing=_("No repair in this period fell within a warranty that is on record."),
    )
)
