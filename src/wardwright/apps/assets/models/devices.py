"""Devices, where they have been and what state they were in."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from wardwright.apps.assets.states import MEANING, Condition, OutReason, Ownership, PartKind, Status
from wardwright.apps.directory.models import Company, Department, Room, Site
from wardwright.platform.access.scope import Scope, scope_q
from wardwright.platform.core.models import AuditedModel, AuditedQuerySet, VersionedModel
from wardwright.platform.search.text import searchable

from .catalogue import DeviceModel, DeviceType


class AssetQuerySet(AuditedQuerySet):
    def visible_to(self, by: Any) -> AssetQuerySet:
        return self.filter(
            scope_q(by, "assets.view", site="site_id", department="department_id", vendor="provider_id", subject="pk")
        )

    def with_names(self) -> AssetQuerySet:
        """Everything a line of the register shows, in one query."""
        return self.select_related("device_model__maker", "device_type", "site", "department", "room")


class Asset(VersionedModel):
    """One device. ``tag`` is what is stuck on it; ``search_text`` is derived and not recorded in the trail."""

    audit_subject = "id"
    audit_exclude = ("search_text", "search_text_tsv")

    tag = models.CharField(_("asset number"), max_length=60, unique=True)
    serial = models.CharField(_("serial number"), max_length=120, blank=True)
    lot = models.CharField(_("lot"), max_length=60, blank=True)
    device_type = models.ForeignKey(DeviceType, on_delete=models.PROTECT, related_name="+", verbose_name=_("type"))
    device_model = models.ForeignKey(DeviceModel, on_delete=models.PROTECT, related_name="+", verbose_name=_("model"))
    description = models.CharField(_("description"), max_length=240, blank=True)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+", verbose_name=_("site"))
    department = models.ForeignKey(
        Department, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("department")
    )
    room = models.ForeignKey(
        Room, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("room")
    )
    status = models.CharField(_("status"), max_length=16, choices=Status.choices, default=Status.IN_SERVICE)
    status_since = models.DateTimeField(_("status since"), null=True, blank=True)
    out_reason = models.CharField(
        _("reason out of service"), max_length=20, choices=OutReason.choices, blank=True, default=""
    )
    condition = models.PositiveSmallIntegerField(_("condition"), choices=Condition.choices, default=Condition.ACTIVE)
    udi = models.CharField(_("UDI as scanned"), max_length=300, blank=True)
    udi_di = models.CharField(_("UDI device identifier"), max_length=40, blank=True)
    software_version = models.CharField(_("software version"), max_length=80, blank=True)
    firmware_version = models.CharField(_("firmware version"), max_length=80, blank=True)
    ownership = models.CharField(_("ownership"), max_length=10, choices=Ownership.choices, default=Ownership.OWNED)
    owner = models.ForeignKey(
        Company, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("owner, if not us")
    )
    supplier = models.ForeignKey(
        Company, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("supplier")
    )
    provider = models.ForeignKey(
        Company, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("maintained by")
    )
    purchased_on = models.DateField(_("purchased"), null=True, blank=True)
    purchase_cost_cents = models.BigIntegerField(_("purchase cost (cents)"), null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    installed_on = models.DateField(_("installed"), null=True, blank=True)
    accepted_on = models.DateField(_("accepted"), null=True, blank=True)
    warranty_until = models.DateField(_("warranty until"), null=True, blank=True)
    manufactured_year = models.PositiveSmallIntegerField(_("year of manufacture"), null=True, blank=True)
    manufactured_on = models.DateField(_("made"), null=True, blank=True)
    expected_life_years = models.PositiveSmallIntegerField(_("expected life (years)"), null=True, blank=True)
    country_of_origin = models.CharField(_("country of origin"), max_length=60, blank=True)
    power_requirements = models.CharField(_("power"), max_length=80, blank=True)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("belongs to")
    )
    part_kind = models.CharField(_("relation"), max_length=10, choices=PartKind.choices, blank=True, default="")
    risk_score = models.PositiveSmallIntegerField(_("risk score"), null=True, blank=True)
    usage_hours = models.DecimalField(_("hours of use"), max_digits=10, decimal_places=1, null=True, blank=True)
    inventoried_on = models.DateField(_("last seen in an inventory"), null=True, blank=True)
    last_seen_at = models.DateTimeField(_("last seen"), null=True, blank=True)
    retired_on = models.DateField(_("retired"), null=True, blank=True)
    external_ids = models.JSONField(_("numbers in other systems"), default=dict, blank=True)
    notes = models.TextField(_("notes"), blank=True)
    search_text = models.TextField(blank=True, editable=False)
    objects = AssetQuerySet.as_manager()

    class Meta:
        db_table = "assets_asset"
        indexes = [
            models.Index(fields=["serial", "id"], name="assets_asset_serial"),
            models.Index(fields=["site", "id"], name="assets_asset_site"),
            models.Index(fields=["department", "id"], name="assets_asset_department"),
            models.Index(fields=["device_type", "id"], name="assets_asset_type"),
            models.Index(fields=["device_model", "id"], name="assets_asset_model"),
            models.Index(fields=["status", "id"], name="assets_asset_status"),
            models.Index(fields=["warranty_until", "id"], name="assets_asset_warranty"),
            models.Index(fields=["udi_di"], name="assets_asset_di", condition=~models.Q(udi_di="")),
        ]

    def __str__(self) -> str:
        return self.tag

    @property
    def meaning(self) -> str:
        """Which of the six states of LOOK.md the status is."""
        return MEANING[Status(self.status)]

    @property
    def state_label(self) -> str:
        return str(Status(self.status).label)  # get_status_display() would translate every choice first

    def scope(self) -> Scope:
        return Scope(self.site_id, self.department_id, self.provider_id, self.pk)


searchable("assets_asset", "search_text")


class OfAssetQuerySet(AuditedQuerySet):
    def visible_to(self, by: Any) -> OfAssetQuerySet:
        return self.filter(
            scope_q(
                by,
                "assets.view",
                site="asset__site_id",
                department="asset__department_id",
                vendor="asset__provider_id",
                subject="asset_id",
            )
        )


class AssetMove(AuditedModel):
    """Where a device was from a moment on; the newest row is where it is."""

    audit_subject = "asset_id"

    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="+")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")
    department = models.ForeignKey(Department, null=True, on_delete=models.PROTECT, related_name="+")
    room = models.ForeignKey(Room, null=True, on_delete=models.PROTECT, related_name="+")
    moved_at = models.DateTimeField()
    moved_by_name = models.CharField(max_length=120, blank=True)
    note = models.CharField(max_length=200, blank=True)
    objects = OfAssetQuerySet.as_manager()

    class Meta:
        db_table = "assets_asset_move"
        indexes = [models.Index(fields=["asset", "-id"], name="assets_move_asset")]


class StatusPeriod(AuditedModel):
    """How long a device was in a status; uptime and downtime are counted from these rows."""

    audit_subject = "asset_id"

    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=16, choices=Status.choices)
    out_reason = models.CharField(max_length=20, blank=True, default="")
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True)
    by_name = models.CharField(max_length=120, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    objects = OfAssetQuerySet.as_manager()

    class Meta:
        db_table = "assets_status_period"
        indexes = [models.Index(fields=["asset", "-id"], name="assets_status_asset")]
