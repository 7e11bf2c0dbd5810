"""The ready-made reports about devices: what there is, how old it is, how complete its record, how long it runs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from wardwright.apps.assets import permissions
from wardwright.apps.assets.models import Asset
from wardwright.apps.assets.queries import types_in_use
from wardwright.apps.assets.queries.uptime import device_hours
from wardwright.apps.assets.states import MAINTAINED, Condition, Ownership, Status
from wardwright.apps.directory.queries import (
    companies_in_use,
    department_choices,
    house_currency,
    provider_choices,
    site_choices,
)
from wardwright.platform.reports.declaration import (
    Asked,
    Audience,
    Case,
    Chart,
    Column,
    Count,
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

SITE = Parameter("site", _("Site"), site_choices)
DEPARTMENT = Parameter("department", _("Department"), department_choices)
TYPE = Parameter("type", _("Device type"), lambda by: types_in_use(by).values_list("pk", "name"))
MAKER = Parameter("maker", _("Maker"), lambda by: companies_in_use(by).filter(is_maker=True).values_list("pk", "name"))
PROVIDER = Parameter("provider", _("Maintained by"), provider_choices)
DEVICES = (SITE, DEPARTMENT, TYPE, MAKER)
_PATHS = {
    "site": "site", "department": "department", "type": "device_type", "maker": "device_model__maker",
    "provider": "provider",
}  # fmt: skip

DEVICE_COLUMNS = (
    Column("device", _("Device"), Kind.LINK),
    Column("type", _("Type"), group=True),
    Column("maker", _("Maker"), group=True),
    Column("model", _("Model"), group=True, within="maker"),
    Column("site", _("Site"), group=True),
    Column("department", _("Department"), group=True, within="site"),
)
_VALUES = (
    "pk", "tag", "device_type__name", "device_model__maker__name", "device_model__name", "site__name",
    "department__name",
)  # fmt: skip


def _devices(by: Any, asked: Asked) -> Any:
    """Devices within reach that were not retired, narrowed to what was asked."""
    rows = Asset.objects.visible_to(by).filter(status__in=MAINTAINED)
    return asked.narrow(rows, **{key: path for key, path in _PATHS.items() if asked[key] is not None})


def _cells(row: dict[str, Any]) -> tuple[Any, ...]:
    return (Link(row["tag"], "asset", row["pk"]), *(row[name] for name in _VALUES[2:]))


def _currency(by: Any, asked: Asked) -> str:
    return house_currency(by, asked["site"])


# What there is --------------------------------------------------------------------------------------------------

USABLE = (Condition.ACTIVE, Condition.STORED)


def _inventory(by: Any, asked: Asked) -> Iterator[Case]:
    currency = _currency(by, asked)
    names = (
        "serial",
        "room__name",
        "status",
        "condition",
        "ownership",
        "purchased_on",
        "purchase_cost_cents",
        "currency",
    )
    status_words, condition_words, ownership_words = labels(Status), labels(Condition), labels(Ownership)
    for row in _devices(by, asked).order_by("tag").values(*_VALUES, *names).iterator():
        price, own = row["purchase_cost_cents"], row["currency"] in ("", currency)
        works = row["status"] in (Status.IN_SERVICE, Status.IN_STORE) and row["condition"] in USABLE
        yield Case(
            (
                *_cells(row),
                row["room__name"],
                row["serial"],
                status_words[row["status"]],
                condition_words[row["condition"]],
                ownership_words[row["ownership"]],
                row["purchased_on"],
                Money(price, row["currency"] or currency) if price is not None else None,
            ),
            {
                "devices": (1, 1),
                "working": (float(works), 1),
                "value": "no_price" if price is None else (price, 1) if own else "currency",
            },
        )


report(
    Report(
        key="inventory",
        title=_("What devices do we have, and where?"),
        goal=_("The inventory by site, department, type, maker or state, as authorities and insurers ask for it."),
        audience=Audience.HEAD,
        frequency=Frequency.YEARLY,
        permission=permissions.VIEW,
        parameters=(*DEVICES, PROVIDER),
        currency=_currency,
        columns=(
            *DEVICE_COLUMNS,
            Column("room", _("Room")),
            Column("serial", _("Serial number")),
            Column("status", _("Status"), group=True),
            Column("condition", _("Condition"), group=True),
            Column("ownership", _("Ownership"), group=True),
            Column("purchased", _("Purchased"), Kind.DATE),
            Column("price", _("Purchase price"), Kind.MONEY),
        ),
        cases=_inventory,
        figures=(
            Figure("devices", _("devices"), _("Devices in the register that were not retired."), decimals=0),
            Figure(
                "working",
                _("are functional and available"),
                _("Devices in service or in store whose condition is active or stored, of all that were not retired."),
                "%",
                _("functional and available"),
                _("devices"),
            ),
            Figure(
                "value",
                _("purchase value"),
                _("Sum of the purchase prices that are recorded."),
                "money",
                left_out={"no_price": _("no purchase price recorded"), "currency": _("in another currency")},
            ),
        ),
        chart=Chart("devices", _("Which types do we have most of?")),
        source=_("WHO 2011, table 2 (lists by facility, department, maker); WHO 2025, functional capacity ratio"),
        nothing=_("No device fits."),
    )
)


# How old --------------------------------------------------------------------------------------------------------


def _ages(by: Any, asked: Asked) -> Iterator[Case]:
    names = (
        "installed_on", "accepted_on", "purchased_on", "manufactured_on", "manufactured_year", "expected_life_years",
        "device_model__expected_life_years", "device_type__expected_life_years",
    )  # fmt: skip
    found = []
    for row in _devices(by, asked).order_by("pk").values(*_VALUES, *names).iterator():
        since = _since(row)
        life = next((row[name] for name in names[5:] if row[name]), None)
        age = (asked.today - since).days / 365.25 if since else None
        left = life - age if life and age is not None else None
        found.append((row, since, age, life, left))
    for row, since, age, life, left in sorted(found, key=lambda one: (one[4] is None, one[4] or 0, one[0]["pk"])):
        yield Case(
            (*_cells(row), since, age, life, left),
            {
                "past": "no_age" if age is None else "no_life" if left is None else (float(left < 0), 1),
                "age": "no_age" if age is None else (age, 1),
            },
        )


def _since(row: dict[str, Any]) -> date | None:
    """Since when a device is in use, by the best date that is on record."""
    known = next(
        (row[name] for name in ("installed_on", "accepted_on", "purchased_on", "manufactured_on") if row[name]), None
    )
    return known or (date(row["manufactured_year"], 7, 1) if row["manufactured_year"] else None)


_NO_AGE = {"no_age": _("no date of installation, purchase or make")}
report(
    Report(
        key="ages",
        title=_("How old are our devices, and which are past their life?"),
        goal=_("Plan replacement before devices force it."),
        audience=Audience.FINANCE,
        frequency=Frequency.YEARLY,
        permission=permissions.VIEW,
        parameters=DEVICES,
        columns=(
            *DEVICE_COLUMNS,
            Column("since", _("In use since"), Kind.DATE),
            Column("age", _("Age"), Kind.NUMBER, _("years")),
            Column("life", _("Expected life"), Kind.NUMBER, _("years")),
            Column("left", _("Left"), Kind.NUMBER, _("years")),
        ),
        cases=_ages,
        figures=(
            Figure(
                "past",
                _("are past their expected life"),
                _(
                    "Devices older than the expected life of the device, its model or its type, of all whose age and"
                    " expected life are known. Age counts from installation, acceptance, purchase or make, whichever"
                    " is recorded first in this order."
                ),
                "%",
                _("past their life"),
                _("devices"),
                {**_NO_AGE, "no_life": _("no expected life recorded")},
            ),
            Figure(
                "age",
                _("mean age"),
                _("Years in use, over all devices whose age is known."),
                _("years"),
                _("years"),
                _("devices"),
                _NO_AGE,
            ),
        ),
        chart=Chart("past", _("What share is past its life, by type?")),
        source=_("WHO 2025, annex 2 (asset life cycle)"),
    )
)


# Ends of support and warranty -----------------------------------------------------------------------------------


def _support(by: Any, asked: Asked) -> Iterator[Case]:
    rows = _devices(by, asked).order_by("device_model__end_of_support_on", "pk")
    end = "device_model__end_of_support_on"
    flags = ("device_type__life_support", "software_version")
    for row in rows.values(*_VALUES, end, *flags).iterator():
        ends = row[end]
        soon = ends is not None and ends <= asked.last
        if ends is not None and not soon:
            counted: Count = (0, 1)
        else:
            counted = "no_date" if ends is None else (1, 1)
        if soon:
            life = _("life support") if row["device_type__life_support"] else ""
            yield Case(
                (*_cells(row), ends, (ends - asked.today).days, str(life), row["software_version"]), {"ends": counted}
            )
        else:
            yield Case((*_cells(row), ends, None, "", row["software_version"]), {"ends": counted})


report(
    Report(
        key="end-of-support",
        title=_("Which devices lose the maker's support?"),
        goal=_("Replace or isolate devices before parts and security updates end."),
        audience=Audience.FINANCE,
        frequency=Frequency.QUARTERLY,
        permission=permissions.VIEW,
        period="next-12-months",
        parameters=DEVICES,
        columns=(
            *DEVICE_COLUMNS,
            Column("ends", _("Support ends"), Kind.DATE),
            Column("days", _("From now"), Kind.NUMBER, _("days")),
            Column("life", _("Life support"), group=True),
            Column("software", _("Software")),
        ),
        cases=_support,
        figures=(
            Figure(
                "ends",
                _("are without support by the end of the period"),
                _("Devices whose model's support ends by the last day of the period, of all whose end is known."),
                "%",
                _("without support"),
                _("devices"),
                {"no_date": _("no end of support recorded for the model")},
            ),
        ),
        chart=Chart("ends", _("What share loses support, by type?")),
    )
)


def _warranties(by: Any, asked: Asked) -> Iterator[Case]:
    rows = _devices(by, asked).filter(warranty_until__range=(asked.first, asked.last)).order_by("warranty_until", "pk")
    for row in rows.values(*_VALUES, "warranty_until", "supplier__name").iterator():
        days = (row["warranty_until"] - asked.today).days
        yield Case(
            (*_cells(row), row["supplier__name"], row["warranty_until"], days), {"ends": (1, 1)}, row["warranty_until"]
        )


report(
    Report(
        key="warranty-ends",
        title=_("Which warranties end?"),
        goal=_("Inspect and claim while it is free; decide who maintains afterwards."),
        audience=Audience.FINANCE,
        frequency=Frequency.MONTHLY,
        permission=permissions.VIEW,
        period="next-12-months",
        parameters=DEVICES,
        columns=(
            *DEVICE_COLUMNS,
            Column("supplier", _("Supplier"), group=True),
            Column("until", _("Warranty until"), Kind.DATE),
            Column("days", _("From now"), Kind.NUMBER, _("days")),
        ),
        cases=_warranties,
        figures=(Figure("ends", _("warranties end"), _("Devices whose warranty ends within the period."), decimals=0),),
        group="maker",
        chart=Chart("ends", _("Whose warranties end?")),
        nothing=_("No warranty that is on record ends in this period."),
    )
)


# How complete the record is -------------------------------------------------------------------------------------

#: WHO, introduction to medical equipment inventory management 2011, table 1: minimum data (STANDARDS 15.1).
ASKED_FOR: dict[str, Any] = {
    "serial": _("serial number"),
    "department": _("department"),
    "room": _("room"),
    "supplier": _("supplier"),
    "provider": _("who maintains it, or a risk score"),
    "inventoried": _("date of inventory"),
    "purchased": _("date of purchase or installation"),
    "power": _("power"),
    "nomenclature": _("nomenclature code"),
}


def _missing(row: dict[str, Any]) -> list[str]:
    missing = {
        "serial": not row["serial"],
        "department": not row["department__name"],
        "room": row["room_id"] is None,
        "supplier": row["supplier_id"] is None,
        "provider": row["provider_id"] is None and row["risk_score"] is None,
        "inventoried": row["inventoried_on"] is None and row["last_seen_at"] is None,
        "purchased": row["purchased_on"] is None and row["installed_on"] is None,
        "power": not row["power_requirements"] and not row["device_model__power_requirements"],
        "nomenclature": not any(row[f"device_type__{kind}_code"] for kind in ("emdn", "gmdn", "umdns")),
    }
    return [key for key, is_missing in missing.items() if is_missing]


def _completeness(by: Any, asked: Asked) -> Iterator[Case]:
    names = (
        "serial", "room_id", "supplier_id", "provider_id", "risk_score", "inventoried_on", "last_seen_at",
        "purchased_on", "installed_on", "power_requirements", "device_model__power_requirements",
        "device_type__emdn_code", "device_type__gmdn_code", "device_type__umdns_code",
    )  # fmt: skip
    for row in _devices(by, asked).order_by("pk").values(*_VALUES, *names).iterator():
        missing = _missing(row)
        there = len(ASKED_FOR) - len(missing)
        words = ", ".join(str(ASKED_FOR[key]) for key in missing)
        yield Case(
            (*_cells(row), 100 * there / len(ASKED_FOR), words),
            {"score": (there, len(ASKED_FOR)), "complete": (float(not missing), 1)},
        )


report(
    Report(
        key="data-quality",
        title=_("How complete is the record of our devices?"),
        goal=_("Dirty inventory data kills every report: mend it department by department."),
        audience=Audience.TEAM,
        frequency=Frequency.MONTHLY,
        permission=permissions.VIEW,
        parameters=DEVICES,
        columns=(
            *DEVICE_COLUMNS,
            Column("score", _("Complete"), Kind.PERCENT, "%"),
            Column("missing", _("Missing")),
        ),
        cases=_completeness,
        figures=(
            Figure(
                "score",
                _("data-quality score"),
                _(
                    "Entries that are filled, of those asked for: serial number, department, room, supplier, who"
                    " maintains it or a risk score, date of inventory, date of purchase or installation, power,"
                    " nomenclature code. Number, type, maker, model and site are always there and not counted."
                ),
                "%",
                _("entries filled"),
                _("entries asked for"),
            ),
            Figure(
                "complete",
                _("of the devices lack nothing"),
                _("Devices with all of these entries, of all devices."),
                "%",
                _("complete"),
                _("devices"),
            ),
        ),
        group="department",
        chart=Chart("score", _("How complete is the record, by department?")),
        source=_("WHO, inventory management 2011, table 1 (minimum data)"),
    )
)


# How long they run ----------------------------------------------------------------------------------------------


def _uptime(by: Any, asked: Asked) -> Iterator[Case]:
    found = sorted(device_hours(by, asked), key=lambda one: (-one.down, -one.planned, one.asset_id))
    for one in found:
        whole = one.in_service + one.down + one.planned
        left_out = "no_history" if not one.is_known else "not_in_use"
        yield Case(
            (
                Link(one.tag, "asset", one.asset_id),
                one.type,
                one.model,
                one.site,
                one.department,
                one.in_service,
                one.down,
                one.planned,
                100 * one.in_service / whole if whole else None,
            ),
            {
                "uptime": (one.in_service, whole) if whole else left_out,
                "down": (one.down, 1) if whole else left_out,
                "planned": (one.planned, 1) if whole else left_out,
            },
        )


_NOT_COUNTED = {"no_history": _("no history of states"), "not_in_use": _("never in service in the period")}
report(
    Report(
        key="uptime",
        title=_("How much of the time can devices be used?"),
        goal=_("Availability for the wards; see which types and departments lose most hours."),
        audience=Audience.WARDS,
        frequency=Frequency.MONTHLY,
        permission=permissions.VIEW,
        period="last-12-months",
        parameters=DEVICES[:3],
        columns=(
            DEVICE_COLUMNS[0],
            Column("type", _("Type"), group=True),
            Column("model", _("Model"), group=True),
            *DEVICE_COLUMNS[4:],
            Column("up", _("In service"), Kind.NUMBER, _("h")),
            Column("down", _("Down"), Kind.NUMBER, _("h")),
            Column("planned", _("Planned downtime"), Kind.NUMBER, _("h")),
            Column("share", _("Uptime"), Kind.PERCENT, "%"),
        ),
        cases=_uptime,
        figures=(
            Figure(
                "uptime",
                _("uptime"),
                _(
                    "Hours in service, of hours in service, out of service and quarantined, day and night (operational"
                    " availability). Hours in store are not counted. Clinical hours are not taken into account."
                ),
                "%",
                _("hours in service"),
                _("hours"),
                _NOT_COUNTED,
            ),
            Figure(
                "down",
                _("down"),
                _("Hours out of service or quarantined for another reason than planned work."),
                _("h"),
                left_out=_NOT_COUNTED,
                decimals=0,
            ),
            Figure(
                "planned",
                _("planned downtime"),
                _("Hours out of service because maintenance or calibration was due."),
                _("h"),
                left_out=_NOT_COUNTED,
                decimals=0,
            ),
        ),
        chart=Chart("down", _("Which types lose most hours?")),
        source=_("WHO 2025, annex 2 (up and down time); A_o as in kernel.reliability"),
    )
)
