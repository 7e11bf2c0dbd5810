"""What the portal offers to tap on."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from wardwright.apps.assets.models import DeviceType
from wardwright.apps.maintenance.models import FailureCode
from wardwright.apps.maintenance.states import Priority
from wardwright.platform.access.scope import Scope, allowed
from wardwright.platform.core.models import AuditedQuerySet, VersionedModel


class SymptomQuerySet(AuditedQuerySet):
    def visible_to(self, by: Any) -> SymptomQuerySet:
        """Symptoms are shared by all sites, as codes and types are."""
        return self if allowed(by, "helpdesk.view") or allowed(by, "helpdesk.tiles") else self.none()


class Symptom(VersionedModel):
    """One tile of the portal: those of a device type go before the general ones (without a type)."""

    device_type = models.ForeignKey(
        DeviceType,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("device type"),
        help_text=_("Empty: for every type that has no symptoms of its own."),
    )
    position = models.PositiveSmallIntegerField(_("place in the order"), default=50)
    label = models.CharField(_("what the tile says"), max_length=40)
    icon = models.CharField(_("icon"), max_length=40, default="help")
    problem = models.ForeignKey(
        FailureCode,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("problem code"),
    )
    priority = models.PositiveSmallIntegerField(_("how soon"), choices=Priority.choices, default=Priority.ROUTINE)
    unsafe = models.BooleanField(
        _("not safe to use"), default=False, help_text=_("The device is taken out of service at once.")
    )
    is_active = models.BooleanField(_("offered"), default=True)
    objects = SymptomQuerySet.as_manager()

    class Meta:
        db_table = "helpdesk_symptom"
        ordering = ["position", "id"]
        indexes = [models.Index(fields=["device_type", "position"], name="helpdesk_symptom_type")]

    def __str__(self) -> str:
        return self.label

    def scope(self) -> Scope:
        """Only who may write symptoms everywhere changes one."""
        return Scope()
