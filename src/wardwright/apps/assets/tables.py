"""The lists of devices, types and models."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from wardwright.apps.directory.models import Company, Department, Site
from wardwright.web.tables import Action, Column, Filter, Table, by_id
from wardwright.web.templatetags import ui

from . import permissions
from .models import Asset, DeviceModel, DeviceType
from .queries import search_assets
from .states import MEANING, Condition, Status

WARRANTY_SOON_DAYS = 90
GONE = (Status.RETIRED, Status.DISPOSED)


# Devices --------------------------------------------------------------------------------------------------------


def status_pill(row: Asset) -> SafeString:
    return _status_pill(row.status, get_language())


@cache
def _status_pill(status: str, language: str | None) -> SafeString:
    """One pill per status and language; a list shows fifty."""
    return ui.pill(MEANING[Status(status)], str(Status(status).label))


def _serial(row: Asset) -> SafeString | str:
    return format_html('<span class="code serial">{}</span>', row.serial) if row.serial else "–"


def _where(row: Asset) -> SafeString | str:
    place = row.department.name if row.department else row.site.name
    return ui.two_lines(place, row.room.name if row.room else "")


def _where_text(row: Asset) -> str:
    return ", ".join(part.name for part in (row.site, row.department, row.room) if part is not None)


def _by_warranty(rows: QuerySet, value: str) -> QuerySet:
    today = timezone.localdate()
    return {
        "soon": rows.filter(warranty_until__gte=today, warranty_until__lte=today + timedelta(days=WARRANTY_SOON_DAYS)),
        "running": rows.filter(warranty_until__gte=today),
        "over": rows.filter(warranty_until__lt=today),
        "none": rows.filter(warranty_until=None),
    }.get(value, rows)


def _by_missing(rows: QuerySet, value: str) -> QuerySet:
    return {
        "serial": rows.filter(serial=""),
        "department": rows.filter(department=None),
        "room": rows.filter(room=None),
        "udi": rows.filter(udi_di=""),
        "risk": rows.filter(risk_score=None),
        "software": rows.filter(software_version=""),
        "purchase": rows.filter(purchased_on=None),
        "never-seen": rows.filter(last_seen_at=None, inventoried_on=None),
    }.get(value, rows)


def _by_status(rows: QuerySet, value: str) -> QuerySet:
    if value == "here":
        return rows.exclude(status__in=GONE)
    return rows.filter(status=value) if value in Status.values else rows.none()


def _by_flag(rows: QuerySet, value: str) -> QuerySet:
    flags = {"life-support": "life_support", "high-risk": "high_risk", "imaging": "imaging", "laser": "laser"}
    return rows.filter(**{f"device_type__{flags[value]}": True}) if value in flags else rows


def _types(by: Any) -> Any:
    return DeviceType.objects.visible_to(by).filter(merged_into=None).values_list("pk", "name")


def _makers(by: Any) -> Any:
    return Company.objects.visible_to(by).filter(is_maker=True, merged_into=None).values_list("pk", "name")


def _sentence(count: str, request: HttpRequest) -> str:
    count = count[:1].upper() + count[1:]
    if any(value for key, value in request.GET.items() if key not in ("sort", "after", "format")):
        return _("%(count)s found") % {"count": count}
    return _("%(count)s in the register") % {"count": count}


def _device_actions(by: Any) -> list[Action]:
    return [
        Action(_("Import a register"), reverse("new-import"), permissions.IMPORT, "upload"),
        Action(_("Register a device"), reverse("register-asset"), permissions.REGISTER, "plus", True),
    ]


def _device_bulk_actions(by: Any) -> list[Action]:
    return [
        Action(_("Move"), reverse("move-assets"), permissions.MOVE, "map-pin"),
        Action(_("Change status"), reverse("change-statuses"), permissions.CHANGE_STATUS, "refresh"),
        Action(_("Print labels"), reverse("print-labels"), permissions.CHANGE, "printer"),
    ]


def _device_found_actions(by: Any) -> list[Action]:
    return [Action(_("Labels"), reverse("print-labels"), permissions.CHANGE, "printer")]


#: What a line of the register shows. Reading the other fifty columns would cost more than writing the page.
LINE = [
    "tag",
    "serial",
    "status",
    "warranty_until",
    "device_type__name",
    "device_model__name",
    "device_model__maker__name",
    "site__name",
    "department__name",
    "room__name",
]

DEVICES = Table(
    key="devices",
    rows=lambda by: Asset.objects.visible_to(by).with_names().only(*LINE),
    columns=[
        Column(
            "tag",
            gettext_lazy("Asset number"),
            lambda r: format_html('<span class="code">{}</span>', r.tag),
            order="tag",
            text=lambda r: r.tag,
        ),
        Column("type", gettext_lazy("Type"), lambda r: r.device_type.name, order="device_type__name"),
        Column(
            "model",
            gettext_lazy("Maker and model"),
            lambda r: ui.two_lines(r.device_model.maker.name, r.device_model.name),
            text=lambda r: f"{r.device_model.maker.name} {r.device_model.name}",
        ),
        Column("serial", gettext_lazy("Serial number"), _serial, order="serial", text=lambda r: r.serial),
        Column("where", gettext_lazy("Where"), _where, text=_where_text),
        Column("status", gettext_lazy("Status"), status_pill, order="status", text=lambda r: r.state_label),
        Column(
            "warranty",
            gettext_lazy("Warranty until"),
            lambda r: ui.date(r.warranty_until),
            order="warranty_until",
            text=lambda r: r.warranty_until or "",
        ),
    ],
    row_url=lambda r: reverse("asset", args=[r.pk]),
    sentence=_sentence,
    order="-id",
    search=search_assets,
    filters=[
        Filter(
            "site",
            gettext_lazy("Site"),
            by_id("site_id"),
            lambda by: Site.objects.visible_to(by).values_list("pk", "name"),
        ),
        Filter(
            "department",
            gettext_lazy("Department"),
            by_id("department_id"),
            lambda by: Department.objects.visible_to(by).values_list("pk", "name"),
        ),
        Filter("type", gettext_lazy("Type"), by_id("device_type_id"), _types),
        Filter("maker", gettext_lazy("Maker"), by_id("device_model__maker_id"), _makers),
        Filter(
            "status", gettext_lazy("Status"), _by_status, lambda by: [("here", _("all but retired")), *Status.choices]
        ),
        Filter(
            "condition",
            gettext_lazy("Condition"),
            lambda rows, v: rows.filter(condition=int(v)) if v.isdecimal() and len(v) < 3 else rows.none(),
            lambda by: Condition.choices,
        ),
        Filter(
            "flag",
            gettext_lazy("Kind"),
            _by_flag,
            lambda by: [
                ("life-support", _("life support")),
                ("high-risk", _("high risk")),
                ("imaging", _("imaging or radiology")),
                ("laser", _("medical laser")),
            ],
        ),
        Filter(
            "warranty",
            gettext_lazy("Warranty"),
            _by_warranty,
            lambda by: [
                ("soon", _("ends within 90 days")),
                ("running", _("running")),
                ("over", _("over")),
                ("none", _("not known")),
            ],
        ),
        Filter(
            "missing",
            gettext_lazy("Missing"),
            _by_missing,
            lambda by: [
                ("serial", _("serial number")),
                ("department", _("department")),
                ("room", _("room")),
                ("udi", _("UDI")),
                ("risk", _("risk score")),
                ("software", _("software version")),
                ("purchase", _("purchase date")),
                ("never-seen", _("never seen")),
            ],
        ),
    ],
    empty=(
        gettext_lazy("No device fits"),
        gettext_lazy(
            "Clear the filters above, look for fewer words, register the device, or import the list you have."
        ),
    ),
    noun=("device", "devices"),
    actions=_device_actions,
    bulk_actions=_device_bulk_actions,
    found_actions=_device_found_actions,
)


# The catalogue --------------------------------------------------------------------------------------------------


def _count_of(by: Any, column: str) -> Any:
    devices = Asset.objects.visible_to(by).exclude(status__in=GONE).filter(**{column: OuterRef("pk")}).order_by()
    return Coalesce(Subquery(devices.values(column).annotate(n=Count("pk")).values("n")), 0)


def device_count(query: str) -> Any:
    """A number that opens the list it counts."""

    def cell(row: Any) -> SafeString | str:
        if not row.devices:
            return "0"
        return format_html('<a href="{}?{}={}">{}</a>', reverse("devices"), query, row.pk, row.devices)

    return cell


def _flags(row: DeviceType) -> SafeString | str:
    said = [
        label
        for flag, label in (
            (row.life_support, _("life support")),
            (row.high_risk, _("high risk")),
            (row.imaging, _("imaging")),
            (row.laser, _("laser")),
            (row.law_mandated, _("required by law")),
        )
        if flag
    ]
    return ", ".join(said) or "–"


def risk_total(row: DeviceType) -> int | None:
    parts = (row.fs_function, row.fs_risk, row.fs_maintenance)
    return None if None in parts else sum(part or 0 for part in parts)


TYPES = Table(
    key="device-types",
    rows=lambda by: (
        DeviceType.objects.visible_to(by).filter(merged_into=None).annotate(devices=_count_of(by, "device_type_id"))
    ),
    columns=[
        Column("name", gettext_lazy("Type"), lambda r: r.name, order="name"),
        Column("flags", gettext_lazy("Kind"), _flags),
        Column(
            "risk",
            gettext_lazy("Risk score"),
            lambda r: risk_total(r) if risk_total(r) is not None else "–",
            numeric=True,
        ),
        Column("life", gettext_lazy("Expected life (years)"), lambda r: r.expected_life_years or "–", numeric=True),
        Column(
            "codes",
            gettext_lazy("Codes"),
            lambda r: ", ".join(c for c in (r.emdn_code, r.gmdn_code, r.umdns_code, r.fda_product_code) if c) or "–",
        ),
        Column("devices", gettext_lazy("Devices"), lambda r: r.devices, numeric=True),
    ],
    row_url=lambda r: reverse("device-type", args=[r.pk]),
    sentence=lambda count, request: _("%(count)s with their risk and how many there are") % {"count": count},
    order="name",
    search=lambda rows, q: rows.filter(
        Q(name__icontains=q) | Q(gmdn_code=q) | Q(emdn_code=q) | Q(umdns_code=q) | Q(fda_product_code=q)
    ),
    filters=[
        Filter(
            "flag",
            gettext_lazy("Kind"),
            lambda rows, v: (
                rows.filter(**{v: True}) if v in ("life_support", "high_risk", "imaging", "laser") else rows
            ),
            lambda by: [
                ("life_support", _("life support")),
                ("high_risk", _("high risk")),
                ("imaging", _("imaging or radiology")),
                ("laser", _("medical laser")),
            ],
        ),
        Filter(
            "missing",
            gettext_lazy("Missing"),
            lambda rows, v: rows.filter(Q(fs_function=None) | Q(fs_risk=None) | Q(fs_maintenance=None)),
            lambda by: [("risk", _("risk attributes"))],
        ),
    ],
    empty=(gettext_lazy("No type fits"), gettext_lazy("Types come with an import, or with a new device.")),
    noun=("device type", "device types"),
    actions=lambda by: [Action(_("New type"), reverse("new-device-type"), permissions.CATALOGUE, "plus", True)],
)


def _by_support(rows: QuerySet, value: str) -> QuerySet:
    today = timezone.localdate()
    return {
        "over": rows.filter(end_of_support_on__lt=today),
        "soon": rows.filter(end_of_support_on__gte=today, end_of_support_on__lte=today + timedelta(days=365)),
    }.get(value, rows)


MODELS = Table(
    key="device-models",
    rows=lambda by: (
        DeviceModel.objects.visible_to(by)
        .filter(merged_into=None)
        .select_related("maker", "device_type")
        .annotate(devices=_count_of(by, "device_model_id"))
    ),
    columns=[
        Column("name", gettext_lazy("Model"), lambda r: r.name, order="name"),
        Column("maker", gettext_lazy("Maker"), lambda r: r.maker.name),
        Column("type", gettext_lazy("Type"), lambda r: r.device_type.name),
        Column("catalogue", gettext_lazy("Catalogue number"), lambda r: r.catalogue_no or "–"),
        Column(
            "support",
            gettext_lazy("End of support"),
            lambda r: ui.date(r.end_of_support_on),
            text=lambda r: r.end_of_support_on or "",
        ),
        Column("devices", gettext_lazy("Devices"), lambda r: r.devices, numeric=True),
    ],
    row_url=lambda r: reverse("device-model", args=[r.pk]),
    sentence=lambda count, request: _("%(count)s in the catalogue") % {"count": count},
    order="name",
    search=lambda rows, q: rows.filter(
        Q(name__icontains=q) | Q(maker__name__icontains=q) | Q(catalogue_no__iexact=q) | Q(udi_di=q)
    ),
    filters=[
        Filter("maker", gettext_lazy("Maker"), by_id("maker_id"), _makers),
        Filter("type", gettext_lazy("Type"), by_id("device_type_id"), _types),
        Filter(
            "support",
            gettext_lazy("Support"),
            _by_support,
            lambda by: [("over", _("ended")), ("soon", _("ends within a year"))],
        ),
    ],
    empty=(gettext_lazy("No model fits"), gettext_lazy("Models come with an import, or with a new device.")),
    noun=("model", "models"),
    actions=lambda by: [Action(_("New model"), reverse("new-device-model"), permissions.CATALOGUE, "plus", True)],
)
