"""Importing registers of devices and catalogues of models."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from wardwright.platform.exchange.targets import ImportField, ImportTarget, import_target

from ..permissions import IMPORT
from .catalogue import ModelPlanner, is_catalogue
from .planning import DevicePlanner

TABLES = frozenset(
    {
        "assets_asset",
        "assets_device_type",
        "assets_device_type_alias",
        "assets_device_model",
        "assets_device_model_alias",
        "directory_company",
        "directory_company_alias",
        "directory_site",
        "directory_department",
        "directory_building",
        "directory_floor",
        "directory_room",
    }
)

CATALOGUE_FIELDS = (
    ImportField("type", _("type of device"), max_length=160),
    ImportField("maker", _("maker"), max_length=160),
    ImportField("model", _("model"), max_length=160),
    ImportField("brand", _("brand"), max_length=160, help=_("Used as the model where there is none.")),
    ImportField("catalogue_no", _("catalogue number"), max_length=80),
    ImportField("description", _("description"), max_length=240),
    ImportField("udi_di", _("UDI device identifier"), max_length=40),
    ImportField("gmdn_term", _("GMDN term"), max_length=160),
    ImportField("gmdn_code", _("GMDN code"), max_length=20),
    ImportField("emdn_code", _("EMDN code"), max_length=20),
    ImportField("umdns_code", _("UMDNS code"), max_length=20),
    ImportField("fda_product_code", _("FDA product code"), max_length=3),
)

DEVICE_FIELDS = (
    ImportField("tag", _("asset number"), max_length=60, help=_("What is stuck on the device.")),
    ImportField("serial", _("serial number"), "serial", 120),
    *CATALOGUE_FIELDS,
    ImportField("udi", _("UDI as scanned"), max_length=300),
    ImportField("site", _("site"), max_length=120),
    ImportField("building", _("building"), max_length=80),
    ImportField("floor", _("floor"), max_length=40),
    ImportField("department", _("department"), max_length=120),
    ImportField("room", _("room"), max_length=80),
    ImportField(
        "location", _("location"), max_length=200, help=_("One text such as “Main / ER / 424”: site, department, room.")
    ),
    ImportField("status", _("status"), max_length=80),
    ImportField("condition", _("condition"), max_length=80),
    ImportField("risk", _("risk class"), max_length=40, help=_("Kept as the register says it.")),
    ImportField("ownership", _("ownership"), max_length=80),
    ImportField("purchased_on", _("purchased on"), "date"),
    ImportField("installed_on", _("installed on"), "date"),
    ImportField("manufactured_on", _("made on"), "date"),
    ImportField("manufactured_year", _("year of manufacture"), "year"),
    ImportField("warranty_until", _("warranty until"), "date"),
    ImportField("purchase_cost", _("purchase cost"), "money"),
    ImportField(
        "quantity",
        _("quantity"),
        "quantity",
        help=_("Rows that stand for several devices are named; one is registered."),
    ),
    ImportField("supplier", _("supplier"), max_length=160),
    ImportField("service_provider", _("maintained by"), max_length=160),
    ImportField("country_of_origin", _("country of origin"), max_length=60),
    ImportField("software_version", _("software version"), max_length=80),
    ImportField("expected_life_years", _("expected life (years)"), "integer"),
    ImportField("power", _("power"), max_length=80),
    ImportField("notes", _("notes")),
)

DEVICES = import_target(
    ImportTarget(
        key="assets",
        label=_("Devices"),
        noun=(_("device"), _("devices")),
        permission=IMPORT,
        fields=DEVICE_FIELDS,
        planner=DevicePlanner(),
        tables=TABLES,
        redirect=is_catalogue,
        needs_one_of=frozenset(
            {"tag", "serial", "type", "model", "description", "gmdn_term", "udi", "udi_di", "catalogue_no", "brand"}
        ),
    )
)
MODELS = import_target(
    ImportTarget(
        key="models",
        label=_("Models"),
        noun=(_("model"), _("models")),
        permission=IMPORT,
        fields=CATALOGUE_FIELDS,
        planner=ModelPlanner(),
        tables=TABLES,
    )
)
