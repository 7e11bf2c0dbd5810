"""Which columns of a device people enter, and what is checked about them together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from wardwright.apps.directory.models import Company
from wardwright.kernel.udi import Udi, UdiError, parse_udi
from wardwright.platform.core.errors import Invalid
from wardwright.platform.core.values import cleaned, reachable
from wardwright.platform.core.words import error_words

from ..models import Asset

TEXTS = (
    "tag",
    "serial",
    "lot",
    "description",
    "udi",
    "software_version",
    "firmware_version",
    "country_of_origin",
    "power_requirements",
    "notes",
)
CHOICES = ("ownership", "condition", "currency")
DATES = ("purchased_on", "installed_on", "accepted_on", "warranty_until", "manufactured_on", "inventoried_on")
NUMBERS = ("purchase_cost_cents", "manufactured_year", "expected_life_years", "usage_hours")
COMPANIES = ("owner_id", "supplier_id", "provider_id")
EDITABLE = (*TEXTS, *CHOICES, *DATES, *NUMBERS, *COMPANIES, "external_ids")


def clean_asset(by: Any, row: Asset, values: Mapping[str, Any]) -> dict[str, Any]:
    """The entries as columns of ``row``; companies must be visible, a UDI must be one, dates must be in order."""
    good = cleaned(row, values, EDITABLE)
    for name in COMPANIES:
        if good.get(name):
            reachable(Company.objects.visible_to(by), good[name], name)
    if not isinstance(good.get("external_ids", {}), dict):
        words = _("Give each number with the name of its system.")
        raise Invalid(words, fields={"external_ids": words})
    if "currency" in good:
        good["currency"] = good["currency"].upper()
    if good.get("udi"):
        _fill_from_udi(row, good)
    elif "udi" in good:
        good["udi_di"] = ""
    _check_order(row, good)
    return good


def read_udi(text: str) -> Udi:
    """The UDI as parsed; refused with the parser's own words beside the field."""
    try:
        return parse_udi(text, today=timezone.localdate())
    except UdiError as error:
        words = error_words(error)
        raise Invalid(_("This UDI cannot be right."), words, fields={"udi": words}) from None


def _fill_from_udi(row: Asset, good: dict[str, Any]) -> None:
    """What the label says fills what was left empty; it never overwrites what somebody typed."""
    udi = read_udi(good["udi"])
    good["udi_di"] = udi.device_identifier[:40]
    said = {
        "serial": udi.serial,
        "lot": udi.lot,
        "manufactured_on": udi.manufactured_on,
        "software_version": udi.software_version,
    }
    for name, value in said.items():
        if value and not good.get(name, getattr(row, name)):
            good[name] = value


def _check_order(row: Asset, good: Mapping[str, Any]) -> None:
    def value(name: str) -> Any:
        return good.get(name, getattr(row, name))

    pairs = (
        ("manufactured_on", "purchased_on", _("It cannot be purchased before it was made.")),
        ("purchased_on", "warranty_until", _("The warranty cannot end before the purchase.")),
    )
    for earlier, later, words in pairs:
        touched = earlier in good or later in good
        if touched and value(earlier) and value(later) and value(earlier) > value(later):
            raise Invalid(words, _("Check both dates."), fields={later: words})
    if (good.get("purchase_cost_cents") or 0) < 0:
        words = _("A cost cannot be negative.")
        raise Invalid(words, fields={"purchase_cost_cents": words})
