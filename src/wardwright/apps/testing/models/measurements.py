"""Readings taken on devices, each with the instrument that took it and the limits it was judged by."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from wardwright.apps.assets.models import Asset
from wardwright.apps.directory.models import Site
from wardwright.apps.testing.states import Graded, MeasurementSource
from wardwright.platform.access.scope import Scope, scope_q
from wardwright.platform.core.models import AuditedModel, AuditedQuerySet

from .instruments import Calibration, Instrument


class MeasurementQuerySet(AuditedQuerySet):
    def visible_to(self, by: Any) -> MeasurementQuerySet:
        return self._within(by, "testing.view")

    def compared_by_person_for(self, by: Any) -> MeasurementQuerySet:
        """Those that ``by`` may see compared by the people who took them."""
        return self._within(by, "testing.reports")

    def _within(self, by: Any, permission: str) -> MeasurementQuerySet:
        found = scope_q(
            by, permission, site="site_id", department="asset__department_id", vendor="asset__provider_id",
            subject="asset_id",
        )  # fmt: skip
        return self.filter(found)


class Measurement(AuditedModel):
    """One reading on one device. Whatever took it, a step of a work order or an analyser's file, it is a row here."""

    audit_subject = "asset_id"

    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="+", db_index=False)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+", db_index=False)
    instrument = models.ForeignKey(
        Instrument, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    calibration = models.ForeignKey(
        Calibration, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    source = models.CharField(_("taken by"), max_length=8, choices=MeasurementSource.choices)
    quantity = models.CharField(_("quantity"), max_length=40, help_text=_("Readings of one quantity are compared."))
    name = models.CharField(_("reading"), max_length=160, blank=True)
    value = models.DecimalField(_("value"), max_digits=18, decimal_places=6)
    bound = models.CharField(max_length=1, blank=True, default="")
    unit = models.CharField(_("unit"), max_length=20, blank=True)
    as_read = models.DecimalField(
        _("as read"), max_digits=18, decimal_places=6, null=True, blank=True,
        help_text=_("Before it was normalised to the nominal mains voltage."),
    )  # fmt: skip
    mains_volts = models.DecimalField(_("mains voltage"), max_digits=7, decimal_places=2, null=True, blank=True)
    low = models.DecimalField(_("not below"), max_digits=18, decimal_places=6, null=True, blank=True)
    high = models.DecimalField(_("not above"), max_digits=18, decimal_places=6, null=True, blank=True)
    limit_source = models.CharField(max_length=200, blank=True)
    uncertainty = models.DecimalField(max_digits=18, decimal_places=6, null=True, blank=True)
    rule = models.CharField(_("decision rule"), max_length=20, blank=True)
    verdict = models.CharField(_("result"), max_length=12, choices=Graded.choices)
    taken_at = models.DateTimeField(_("taken"))
    taken_by_name = models.CharField(_("by"), max_length=120, blank=True)
    identity = models.CharField(_("instrument answered"), max_length=200, blank=True, default="")
    objects = MeasurementQuerySet.as_manager()

    class Meta:
        db_table = "testing_measurement"
        indexes = [
            models.Index(
                fields=["instrument", "taken_at"],
                name="testing_measured_with",
                condition=models.Q(instrument__isnull=False),
            ),
            models.Index(fields=["asset", "quantity", "taken_at"], name="testing_measured_on"),
        ]

    def __str__(self) -> str:
        return f"{self.bound}{self.value.normalize():f} {self.unit}".strip()

    def scope(self) -> Scope:
        return Scope(site_id=self.site_id, subject_id=self.asset_id)
