"""Device types, models and their spellings, devices and where they have been."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from wardwright.apps.directory.models import Company, Department, Room, Site
from wardwright.platform.access.scope import Scope, allowed, reach, scope_q
from wardwright.platform.core.models import AuditedModel, AuditedQuerySet, VersionedModel
from wardwright.platform.search.text import searchable

from .states import MEANING, Condition, ElectricalClass, OutReason, Ownership, PartKind, Status


class CatalogueQuerySet(AuditedQuerySet):
    def visible_to(self, by: Any) -> CatalogueQuerySet:
        """Types and models are shared by all sites: whoever may see devices anywhere may see them."""
        return self if allowed(by, "assets.view") else self.none()


class DeviceType(VersionedModel):
    """A kind of device, such as "Infusion pump", with its codes, risk attributes and flags."""

    name = models.CharField(_("name"), max_length=160, unique=True)
    key = models.CharField(max_length=160, db_index=True, editable=False)
    emdn_code = models.CharField(_("EMDN code"), max_length=20, blank=True)
    gmdn_code = models.CharField(_("GMDN code"), max_length=20, blank=True)
    umdns_code = models.CharField(_("UMDNS code"), max_length=20, blank=True)
    fda_product_code = models.CharField(_("FDA product code"), max_length=3, blank=True)
    fs_function = models.PositiveSmallIntegerField(_("function (2–10)"), null=True, blank=True)
    fs_risk = models.PositiveSmallIntegerField(_("physical risk (1–5)"), null=True, blank=True)
    fs_maintenance = models.PositiveSmallIntegerField(_("maintenance need (1–5)"), null=True, blank=True)
    life_support = models.BooleanField(_("life support"), default=False)
    high_risk = models.BooleanField(_("high risk"), default=False)
    imaging = models.BooleanField(_("imaging or radiology"), default=False)
    laser = models.BooleanField(_("medical laser"), default=False)
    law_mandated = models.BooleanField(_("maker's maintenance required by law"), default=False)
    expected_life_years = models.PositiveSmallIntegerField(_("expected life (years)"), null=True, blank=True)
    icon = models.CharField(max_length=40, blank=True)
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    objects = CatalogueQuerySet.as_manager()

    class Meta:
        db_table = "assets_device_type"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class DeviceTypeAlias(AuditedModel):
    """Another name of a device type; ``key`` is normalised by ``kernel.names``."""

    device_type = models.ForeignKey(DeviceType, on_delete=models.PROTECT, related_name="+")
    spelling = models.CharField(max_length=160)
    key = models.CharField(max_length=160, unique=True)
    objects = CatalogueQuerySet.as_manager()

    class Meta:
        db_table = "assets_device_type_alias"


class DeviceModel(VersionedModel):
    """What a maker sells under one model name or number."""

    maker = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+", verbose_name=_("maker"))
    name = models.CharField(_("model"), max_length=160)
    key = models.CharField(max_length=160, editable=False)
    device_type = models.ForeignKey(DeviceType, on_delete=models.PROTECT, related_name="+", verbose_name=_("type"))
    catalogue_no = models.CharField(_("catalogue number"), max_length=80, blank=True)
    udi_di = models.CharField(_("UDI device identifier"), max_length=40, blank=True, db_index=True)
    electrical_class = models.CharField(
        _("electrical class"),
        max_length=4,
        choices=ElectricalClass.choices,
        default=ElectricalClass.UNKNOWN,
        blank=True,
    )
    applied_parts = models.CharField(
        _("applied parts"), max_length=80, blank=True, help_text=_("For example: ECG CF, SpO₂ BF.")
    )
    power_requirements = models.CharField(_("power"), max_length=80, blank=True)
    expected_life_years = models.PositiveSmallIntegerField(_("expected life (years)"), null=True, blank=True)
    end_of_support_on = models.DateField(_("end of support"), null=True, blank=True)
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    objects = CatalogueQuerySet.as_manager()

    class Meta:
        db_table = "assets_device_model"
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["maker", "key", "catalogue_no"], name="assets_device_model_once")
        ]
        indexes = [models.Index(fields=["name", "id"], name="assets_device_model_name")]

    def __str__(self) -> str:
        return self.name


class DeviceModelAlias(AuditedModel):
    """Another spelling of a model's name of the same maker."""

    device_model = models.ForeignKey(DeviceModel, on_delete=models.PROTECT, related_name="+")
    maker = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    spelling = models.CharField(max_length=160)
    key = models.CharField(max_length=160)
    objects = CatalogueQuerySet.as_manager()

    class Meta:
        db_table = "assets_device_model_alias"
        constraints = [models.UniqueConstraint(fields=["maker", "key"], name="assets_device_model_alias_once")]


class MergeQuerySet(AuditedQuerySet):
    def visible_to(self, by: Any) -> MergeQuerySet:
        """Names are shared by all sites; a pair of devices is for those who may see both."""
        found = reach(by, "assets.view")
        if found is None:
            return self.none()
        if found.everything:
            return self
        seen = Asset.objects.visible_to(by).order_by().values("pk")
        return self.exclude(models.Q(kind="asset") & ~(models.Q(left_id__in=seen) & models.Q(right_id__in=seen)))


class MergeCandidate(VersionedModel):
    """Two names that may be one: a person decides, and the decision is remembered."""

    class Kind(models.TextChoices):
        COMPANY = "company", _("company")
        MODEL = "model", _("model")
        TYPE = "type", _("device type")
        ASSET = "asset", _("device")

    class Decision(models.TextChoices):
        OPEN = "open", _("to decide")
        SAME = "same", _("the same")
        RELATED = "related", _("related, not the same")
        DIFFERENT = "different", _("different")

    kind = models.CharField(max_length=8, choices=Kind.choices)
    left_id = models.BigIntegerField()
    right_id = models.BigIntegerField()
    left_name = models.CharField(max_length=200)
    right_name = models.CharField(max_length=200)
    score = models.PositiveSmallIntegerField(default=0)
    why = models.CharField(max_length=300, blank=True)
    source = models.CharField(max_length=120, blank=True)
    decision = models.CharField(max_length=10, choices=Decision.choices, default=Decision.OPEN)
    decided_by_name = models.CharField(max_length=120, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    objects = MergeQuerySet.as_manager()

    class Meta:
        db_table = "assets_merge_candidate"
        constraints = [models.UniqueConstraint(fields=["kind", "left_id", "right_id"], name="assets_merge_once")]
        indexes = [models.Index(fields=["decision", "-score", "id"], name="assets_merge_waiting")]


class AssetQuerySet(AuditedQuerySet):
    def visible_to(self, by: Any) -> AssetQuerySet:
        return self.filter(scope_q(by, "assets.view", site="site_id", department="department_id", vendor="provider_id"))

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
        return Scope(self.site_id, self.department_id, self.provider_id)


searchable("assets_asset", "search_text")


class OfAssetQuerySet(AuditedQuerySet):
    def visible_to(self, by: Any) -> OfAssetQuerySet:
        return self.filter(
            scope_q(
                by, "assets.view", site="asset__site_id", department="asset__department_id", vendor="asset__provider_id"
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
