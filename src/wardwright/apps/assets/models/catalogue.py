"""Device types, models and their other spellings: shared by all sites."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from wardwright.apps.assets.states import DataHeld, ElectricalClass
from wardwright.apps.directory.models import Company
from wardwright.kernel.limits import AppliedPart, parse_applied_parts
from wardwright.platform.access.scope import allowed
from wardwright.platform.core.models import AuditedModel, AuditedQuerySet, VersionedModel


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
    holds_data = models.CharField(
        _("holds patient or network data"), max_length=8, choices=DataHeld.choices, default=DataHeld.UNKNOWN
    )
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
        _("applied parts"),
        max_length=200,
        blank=True,
        help_text=_("Each with its type: ECG CF defib-proof, SpO₂ BF. Write none where there are none."),
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

    @property
    def parts(self) -> tuple[AppliedPart, ...] | None:
        """The applied parts one by one; None where they are not known, or cannot be read."""
        try:
            return parse_applied_parts(self.applied_parts)
        except ValueError:
            return None


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
