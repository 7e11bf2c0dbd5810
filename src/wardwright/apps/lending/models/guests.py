"""Devices that are not ours: rented ones, and those that patients bring."""

from __future__ import annotations

from datetime import date
from typing import Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from wardwright.apps.assets.models import Asset
from wardwright.apps.directory.models import Company, Department, Site
from wardwright.platform.access.scope import Scope
from wardwright.platform.core.models import VersionedModel

from .loans import OfWardQuerySet
from .pools import OfDeviceQuerySet


class RentalQuerySet(OfDeviceQuerySet):
    def running(self) -> Self:
        return self.filter(returned_on=None)


class Rental(VersionedModel):
    """A rented device: from whom, until when, at what price a day. Both days count."""

    audit_subject = "asset_id"

    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="+", verbose_name=_("device"))
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+", verbose_name=_("rented from"))
    reference = models.CharField(_("contract or order number"), max_length=60, blank=True)
    from_on = models.DateField(_("from"))
    until_on = models.DateField(_("until"), null=True, blank=True)
    daily_price_cents = models.PositiveIntegerField(_("price a day (cents)"), default=0)
    currency = models.CharField(_("currency"), max_length=3)
    returned_on = models.DateField(_("given back"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    objects = RentalQuerySet.as_manager()

    class Meta:
        db_table = "lending_rental"
        constraints = [
            models.UniqueConstraint(
                fields=["asset"], condition=models.Q(returned_on=None), name="lending_rental_running_once"
            )
        ]
        indexes = [models.Index(fields=["from_on", "id"], name="lending_rental_from")]

    def __str__(self) -> str:
        return f"{self.asset_id} {self.from_on}"

    def scope(self) -> Scope:
        return self.asset.scope()

    def days_until(self, today: date) -> int:
        """Days that are paid for up to ``today``, the first and the last included."""
        return max(0, (min(today, self.returned_on or today) - self.from_on).days + 1)

    @property
    def cost_cents(self) -> int:
        return self.days_until(timezone.localdate()) * self.daily_price_cents

    @property
    def is_late(self) -> bool:
        return self.returned_on is None and self.until_on is not None and self.until_on < timezone.localdate()


class PatientDevice(VersionedModel):
    """A device that a patient brought. ``reference`` is a number of the ward, which alone knows whose it is."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+", db_index=False)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+", verbose_name=_("ward"))
    reference = models.CharField(_("reference number"), max_length=20)
    description = models.CharField(_("what it is"), max_length=120)
    maker = models.CharField(_("maker"), max_length=80, blank=True)
    model = models.CharField(_("model"), max_length=80, blank=True)
    serial = models.CharField(_("serial number"), max_length=80, blank=True)
    failed_checks = models.JSONField(default=list, blank=True)
    is_accepted = models.BooleanField(_("may be used"), default=False)
    note = models.CharField(_("note"), max_length=200, blank=True)
    came_at = models.DateTimeField(_("came"))
    received_by_name = models.CharField(_("checked by"), max_length=120, blank=True)
    left_at = models.DateTimeField(_("left"), null=True, blank=True)
    left_by_name = models.CharField(max_length=120, blank=True)
    objects = OfWardQuerySet.as_manager()

    class Meta:
        db_table = "lending_patient_device"
        indexes = [models.Index(fields=["came_at", "id"], name="lending_patient_came")]

    def __str__(self) -> str:
        return self.description

    def scope(self) -> Scope:
        return Scope(self.site_id, self.department_id)
