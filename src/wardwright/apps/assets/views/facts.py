"""What the page of a device says about it, as label and value; empty facts are left out and named as missing."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from wardwright.web.templatetags import ui

from ..models import Asset, DeviceType
from ..states import ElectricalClass, Ownership

Fact = tuple[Any, Any]


def icon_of(kind: DeviceType) -> str:
    """The icon of a type: its own, or one for its flags."""
    flags = ((kind.life_support, "lungs"), (kind.imaging, "scan"), (kind.laser, "bolt"))
    return kind.icon or next((icon for flag, icon in flags if flag), "device-heart-monitor")


def _code(text: str) -> SafeString | str:
    return format_html('<span class="code">{}</span>', text) if text else ""


def _link(url_name: str, row: Any) -> SafeString | str:
    return format_html('<a href="{}">{}</a>', reverse(url_name, args=[row.pk]), row) if row else ""


def place_words(asset: Asset) -> str:
    """Site, building, floor, room and department, from wide to narrow."""
    floor = asset.room.floor if asset.room else None
    parts = [asset.site, floor and floor.building, floor, asset.room]
    return ", ".join(str(part) for part in parts if part)


def asset_facts(asset: Asset) -> list[Fact]:
    """Identity first, then make, then money; only what is known."""
    model = asset.device_model
    facts: list[Fact] = [
        (_("Asset number"), _code(asset.tag)),
        (_("Serial number"), _code(asset.serial)),
        (_("Type"), _link("device-type", asset.device_type)),
        (_("Maker"), _link("company", model.maker)),
        (_("Model"), _link("device-model", model)),
        (_("Description"), asset.description),
        (_("Where"), place_words(asset)),
        (_("Department"), _link("department", asset.department)),
        (_("Condition"), asset.get_condition_display()),
        (_("UDI"), _code(asset.udi or asset.udi_di)),
        (_("Lot"), _code(asset.lot)),
        (_("Software"), asset.software_version),
        (_("Firmware"), asset.firmware_version),
        (_("Electrical class"), model.get_electrical_class_display() if model.electrical_class else ""),
        (_("Applied parts"), model.applied_parts),
        (_("Power"), asset.power_requirements or model.power_requirements),
        *_life(asset),
        *_money(asset),
        *((name, _code(str(value))) for name, value in asset.external_ids.items()),
    ]
    return [(label, value) for label, value in facts if value not in ("", None)]


def _life(asset: Asset) -> list[Fact]:
    return [
        (_("Made"), _day(asset.manufactured_on) or asset.manufactured_year),
        (_("Installed"), _day(asset.installed_on)),
        (_("Accepted"), _day(asset.accepted_on)),
        (_("Expected life"), _years(asset)),
        (_("Hours of use"), asset.usage_hours),
        (_("Last seen"), _day(asset.last_seen_at)),
        (_("Last seen in an inventory"), _day(asset.inventoried_on)),
        (
            _("End of support"),
            ui.due(asset.device_model.end_of_support_on) if asset.device_model.end_of_support_on else "",
        ),
        (_("Retired"), _day(asset.retired_on)),
    ]


def _money(asset: Asset) -> list[Fact]:
    owned = Ownership(asset.ownership).label if asset.ownership != Ownership.OWNED else ""
    return [
        (_("Ownership"), owned),
        (_("Owner"), _link("company", asset.owner)),
        (_("Supplier"), _link("company", asset.supplier)),
        (_("Maintained by"), _link("company", asset.provider)),
        (_("Purchased"), _day(asset.purchased_on)),
        (
            _("Purchase cost"),
            ui.money(asset.purchase_cost_cents, asset.currency or asset.site.currency)
            if asset.purchase_cost_cents is not None
            else "",
        ),
        (_("Warranty until"), _with_distance(asset.warranty_until)),
    ]


def _with_distance(value: Any) -> Any:
    """A day that is no deadline: an old warranty is over, not late."""
    return format_html('{} <span class="when">{}</span>', ui.date(value), ui.ago(value)) if value else ""


def _day(value: Any) -> Any:
    return ui.date(value) if value else ""


def _years(asset: Asset) -> str:
    years = asset.expected_life_years or asset.device_model.expected_life_years or asset.device_type.expected_life_years
    return _("%(n)s years") % {"n": years} if years else ""


def missing_facts(asset: Asset) -> list[str]:
    """What a complete record would have (WHO 2025 inventory fields) and this one does not."""
    needed = (
        (asset.serial, _("serial number")),
        (asset.department_id, _("department")),
        (asset.room_id, _("room")),
        (asset.purchased_on or asset.manufactured_on or asset.manufactured_year, _("age")),
        (asset.risk_score is not None, _("risk attributes of its type")),
        (asset.device_model.electrical_class != ElectricalClass.UNKNOWN, _("electrical class of its model")),
    )
    return [words for value, words in needed if not value]
