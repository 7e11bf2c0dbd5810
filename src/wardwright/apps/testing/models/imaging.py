"""Image quality: how a device's phantom is analysed, each analysis with its figures, and the doses a device reports."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from wardwright.apps.assets.models import Asset
from wardwright.apps.testing.states import ImagingKind, ImagingState
from wardwright.kernel.imaging import ANALYSES, Analysis, Quantity, quantity
from wardwright.kernel.limits import Limits, around, around_percent
from wardwright.kernel.verification import Verification
from wardwright.platform.access.scope import Scope, scope_q
from wardwright.platform.core.models import AuditedModel, AuditedQuerySet, VersionedModel

from .measurements import Measurement


class OfDeviceQuerySet(AuditedQuerySet):
    def visible_to(self, by: Any) -> OfDeviceQuerySet:
        return self.filter(
            scope_q(
                by, "testing.view", site="asset__site_id", department="asset__department_id",
                vendor="asset__provider_id", subject="asset_id",
            )
        )  # fmt: skip


class ImagingSetup(VersionedModel):
    """How one device's phantom is scanned and analysed. Its limits and its runs hang on it."""

    audit_subject = "asset_id"

    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="+", verbose_name=_("device"))
    kind = models.CharField(_("analysis"), max_length=10, choices=ImagingKind.choices)
    phantom = models.CharField(_("phantom"), max_length=30)
    name = models.CharField(_("name"), max_length=80, help_text=_("For example: monthly, head protocol."))
    options = models.JSONField(default=dict, blank=True)
    is_active = models.BooleanField(_("in use"), default=True)
    objects = OfDeviceQuerySet.as_manager()

    class Meta:
        db_table = "testing_imaging_setup"
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["asset", "name"], name="testing_imaging_setup_once")]

    def __str__(self) -> str:
        return self.name

    def scope(self) -> Scope:
        return Scope(self.asset.site_id, self.asset.department_id, self.asset.provider_id, self.asset_id)

    @property
    def analysis(self) -> Analysis:
        return ANALYSES[self.kind]


class OfSetupQuerySet(AuditedQuerySet):
    def visible_to(self, by: Any) -> OfSetupQuerySet:
        return self.filter(
            scope_q(
                by, "testing.view", site="setup__asset__site_id", department="setup__asset__department_id",
                vendor="setup__asset__provider_id", subject="setup__asset_id",
            )
        )  # fmt: skip


class ImagingLimit(VersionedModel):
    """What one figure of a set-up may be: a baseline with its tolerance, limits that hold whatever it was, or both."""

    setup = models.ForeignKey(ImagingSetup, on_delete=models.PROTECT, related_name="+", db_index=False)
    quantity = models.CharField(_("figure"), max_length=40)
    baseline = models.DecimalField(_("baseline"), max_digits=18, decimal_places=6, null=True, blank=True)
    baseline_on = models.DateField(_("baseline of"), null=True, blank=True)
    tolerance = models.DecimalField(_("tolerance ±"), max_digits=18, decimal_places=6, null=True, blank=True)
    is_percent = models.BooleanField(_("tolerance in percent of the baseline"), default=False)
    low = models.DecimalField(_("not below"), max_digits=18, decimal_places=6, null=True, blank=True)
    high = models.DecimalField(_("not above"), max_digits=18, decimal_places=6, null=True, blank=True)
    source = models.CharField(_("source"), max_length=160, blank=True)
    verified = models.CharField(_("checked in"), max_length=2, default=Verification.MEMORY.value)
    objects = OfSetupQuerySet.as_manager()

    class Meta:
        db_table = "testing_imaging_limit"
        ordering = ["quantity"]
        constraints = [models.UniqueConstraint(fields=["setup", "quantity"], name="testing_imaging_limit_once")]

    def __str__(self) -> str:
        return self.quantity

    def scope(self) -> Scope:
        return self.setup.scope()

    @property
    def about(self) -> Quantity:
        return quantity(self.quantity) or Quantity(self.quantity, self.quantity)  # type: ignore[arg-type]

    @property
    def limits(self) -> Limits:
        """Both kinds of limits together; where both name a side, the tighter. Raises ValueError where none is left."""
        lows, highs = [self.low], [self.high]
        if self.baseline is not None and self.tolerance is not None:
            near = (around_percent if self.is_percent else around)(self.baseline, self.tolerance)
            lows.append(near.low)
            highs.append(near.high)
        return Limits(_tightest(lows, max), _tightest(highs, min), self.about.unit)


def _tightest(sides: list[Decimal | None], choose: Any) -> Decimal | None:
    return choose((side for side in sides if side is not None), default=None)


class ImagingRun(VersionedModel):
    """One series of a phantom, without patient data, and what its analysis came to."""

    audit_subject = "asset_id"

    setup = models.ForeignKey(ImagingSetup, on_delete=models.PROTECT, related_name="+")
    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="+", db_index=False)
    state = models.CharField(_("state"), max_length=8, choices=ImagingState.choices, default=ImagingState.WAITING)
    sha256 = models.CharField(max_length=64)
    series = models.JSONField(default=dict)
    phantom = models.CharField(_("phantom"), max_length=30)
    options = models.JSONField(default=dict, blank=True)
    software = models.CharField(_("analysed with"), max_length=80, blank=True)
    notices = models.JSONField(default=list, blank=True)
    not_found = models.JSONField(default=list, blank=True)
    problem = models.JSONField(default=list, blank=True)
    failed = models.PositiveSmallIntegerField(_("figures out of limits"), default=0)
    taken_at = models.DateTimeField(_("scanned"))
    sent_at = models.DateTimeField(_("sent"))
    sent_by_name = models.CharField(_("sent by"), max_length=120, blank=True)
    objects = OfDeviceQuerySet.as_manager()

    class Meta:
        db_table = "testing_imaging_run"
        ordering = ["-taken_at", "-id"]
        indexes = [models.Index(fields=["asset", "-taken_at"], name="testing_imaging_run_of")]
        constraints = [models.UniqueConstraint(fields=["setup", "sha256"], name="testing_imaging_run_once")]

    def __str__(self) -> str:
        return f"{self.setup} {self.taken_at:%Y-%m-%d}"

    def scope(self) -> Scope:
        return Scope(self.asset.site_id, self.asset.department_id, self.asset.provider_id, self.asset_id)


class OfRunQuerySet(AuditedQuerySet):
    def visible_to(self, by: Any) -> OfRunQuerySet:
        return self.filter(
            scope_q(
                by, "testing.view", site="run__asset__site_id", department="run__asset__department_id",
                vendor="run__asset__provider_id", subject="run__asset_id",
            )
        )  # fmt: skip


class ImagingFigure(AuditedModel):
    """Which measurements an analysis made."""

    run = models.ForeignKey(ImagingRun, on_delete=models.PROTECT, related_name="+", db_index=False)
    measurement = models.OneToOneField(Measurement, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    objects = OfRunQuerySet.as_manager()

    class Meta:
        db_table = "testing_imaging_figure"
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["run", "position"], name="testing_imaging_figure_position")]


class DoseReport(AuditedModel):
    """One dose report that a device made of an examination: nothing by which the patient could be found."""

    audit_subject = "asset_id"

    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="+", db_index=False)
    digest = models.CharField(max_length=64)
    kind = models.CharField(max_length=10)
    events = models.PositiveIntegerField(_("irradiations"))
    taken_at = models.DateTimeField(_("examined"))
    read_at = models.DateTimeField(_("read"))
    read_by_name = models.CharField(_("by"), max_length=120, blank=True)
    objects = OfDeviceQuerySet.as_manager()

    class Meta:
        db_table = "testing_dose_report"
        ordering = ["-taken_at", "-id"]
        constraints = [models.UniqueConstraint(fields=["asset", "digest"], name="testing_dose_report_once")]


class OfReportQuerySet(AuditedQuerySet):
    def visible_to(self, by: Any) -> OfReportQuerySet:
        return self.filter(
            scope_q(
                by, "testing.view", site="report__asset__site_id", department="report__asset__department_id",
                vendor="report__asset__provider_id", subject="report__asset_id",
            )
        )  # fmt: skip


class DoseFigure(AuditedModel):
    """Which measurements a report made, and under which protocol of the device; "" is the whole examination."""

    report = models.ForeignKey(DoseReport, on_delete=models.PROTECT, related_name="+")
    measurement = models.OneToOneField(Measurement, on_delete=models.PROTECT, related_name="+")
    protocol = models.CharField(_("protocol"), max_length=120, blank=True)
    phantom = models.CharField(_("dose phantom"), max_length=120, blank=True)
    objects = OfReportQuerySet.as_manager()

    class Meta:
        db_table = "testing_dose_figure"


class DoseReference(VersionedModel):
    """The level that the median dose of a protocol is compared with on one device. Never a limit for one patient."""

    audit_subject = "asset_id"

    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="+", db_index=False)
    protocol = models.CharField(_("protocol"), max_length=120, blank=True)
    quantity = models.CharField(_("figure"), max_length=40)
    level = models.DecimalField(_("reference level"), max_digits=18, decimal_places=6)
    source = models.CharField(_("source"), max_length=160)
    verified = models.CharField(_("checked in"), max_length=2, default=Verification.MEMORY.value)
    objects = OfDeviceQuerySet.as_manager()

    class Meta:
        db_table = "testing_dose_reference"
        constraints = [
            models.UniqueConstraint(fields=["asset", "protocol", "quantity"], name="testing_dose_reference_once")
        ]

    def __str__(self) -> str:
        return f"{self.protocol} {self.quantity}"

    def scope(self) -> Scope:
        return Scope(self.asset.site_id, self.asset.department_id, self.asset.provider_id, self.asset_id)
