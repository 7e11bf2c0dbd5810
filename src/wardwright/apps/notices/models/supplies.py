"""Consumables by lot, and what is with patients at home: what the register of devices does not hold one by one."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from wardwright.apps.directory.models import Department, Site
from wardwright.platform.access.scope import Scope, scope_q
from wardwright.platform.core.models import AuditedQuerySet, VersionedModel


class SupplyQuerySet(AuditedQuerySet):
    def visible_to(self, by: Any) -> SupplyQuerySet:
        return self.filter(scope_q(by, "notices.view", site="site_id", department="department_id"))

    def here(self) -> SupplyQuerySet:
        return self.filter(quantity__gt=0)


class Supply(VersionedModel):
    """So many of one lot of one product, at one place. ``holder`` is a ward's own reference where it is with a patient
    at home; it names nobody."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+", verbose_name=_("site"), db_index=False)
    department = models.ForeignKey(
        Department, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("department")
    )
    name = models.CharField(_("product"), max_length=160)
    maker = models.CharField(_("maker"), max_length=160, blank=True)
    catalogue_no = models.CharField(_("catalogue number"), max_length=80, blank=True)
    udi_di = models.CharField(_("UDI device identifier"), max_length=40, blank=True)
    lot = models.CharField(_("lot"), max_length=60, blank=True)
    serial = models.CharField(_("serial number"), max_length=120, blank=True)
    expires_on = models.DateField(_("expires"), null=True, blank=True)
    quantity = models.PositiveIntegerField(_("quantity"), default=1)
    at_home = models.BooleanField(_("with a patient at home"), default=False)
    holder = models.CharField(_("reference of the patient"), max_length=40, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    objects = SupplyQuerySet.as_manager()

    class Meta:
        db_table = "notices_supply"
        ordering = ["name", "id"]
        indexes = [models.Index(fields=["site", "id"], name="notices_supply_site")]

    def __str__(self) -> str:
        return f"{self.name} {self.lot}".strip()

    def scope(self) -> Scope:
        return Scope(self.site_id, self.department_id)
