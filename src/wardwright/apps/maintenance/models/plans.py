"""Plans, and one schedule for each device a plan applies to."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from wardwright.apps.assets.models import Asset, DeviceModel, DeviceType
from wardwright.apps.directory.models import Person, Site
from wardwright.apps.maintenance.states import (
    AnchorFrom,
    AppliesTo,
    Basis,
    IntervalKind,
    PlanState,
    Priority,
    Strategy,
)
from wardwright.apps.testing.models import Procedure
from wardwright.platform.access.scope import Scope, scope_q
from wardwright.platform.core.models import AuditedModel, AuditedQuerySet, VersionedModel

from .shared import SharedQuerySet


class PlanQuerySet(SharedQuerySet):
    def visible_to(self, by: Any) -> SharedQuerySet:
        """Plans are shared by all sites; one for a single device is for those who may see the device."""
        near = scope_q(
            by,
            "maintenance.view",
            site="asset__site_id",
            department="asset__department_id",
            vendor="asset__provider_id",
        )
        rows = super().visible_to(by)
        return rows.filter(models.Q(asset__isnull=True) | near) if near else rows


class Plan(VersionedModel):
    """What is done how often to which devices, and why; ``site`` empty means at every site.

    With ``meter_interval`` beside a calendar interval the work is due by whichever comes first.
    """

    name = models.CharField(_("name"), max_length=160)
    state = models.CharField(_("state"), max_length=10, choices=PlanState.choices, default=PlanState.PROPOSED)
    site = models.ForeignKey(
        Site, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("site")
    )
    applies_to = models.CharField(_("applies to"), max_length=8, choices=AppliesTo.choices, default=AppliesTo.TYPE)
    asset = models.ForeignKey(Asset, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    device_model = models.ForeignKey(DeviceModel, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    device_type = models.ForeignKey(DeviceType, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    filter = models.JSONField(_("filter"), default=dict, blank=True)
    procedure = models.ForeignKey(Procedure, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    strategy = models.CharField(_("strategy"), max_length=8, choices=Strategy.choices, default=Strategy.MAKER)
    interval_kind = models.CharField(
        _("interval in"), max_length=10, choices=IntervalKind.choices, default=IntervalKind.MONTHS
    )
    interval = models.PositiveIntegerField(_("interval"), default=12)
    meter_interval = models.PositiveIntegerField(_("or after hours of use"), null=True, blank=True)
    season_months = models.JSONField(_("months of the year"), default=list, blank=True)
    season_day = models.PositiveSmallIntegerField(_("day of the month"), default=1)
    basis = models.CharField(_("basis"), max_length=10, choices=Basis.choices, default=Basis.FIXED)
    window_before_days = models.PositiveSmallIntegerField(_("may be done earlier by (days)"), default=30)
    window_after_days = models.PositiveSmallIntegerField(_("window after the due date (days)"), default=0)
    grace_days = models.PositiveSmallIntegerField(_("out of compliance after (days)"), default=30)
    minutes = models.PositiveSmallIntegerField(_("usual time (minutes)"), default=30)
    required_tier = models.CharField(
        _("required tier"), max_length=10, choices=Person.Tier.choices, blank=True, default=""
    )
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Priority.choices, default=Priority.ROUTINE)
    why = models.TextField(_("why"), blank=True)
    risk_score = models.PositiveSmallIntegerField(_("risk score"), null=True, blank=True)
    judged = models.JSONField(
        default=dict, blank=True, help_text=_("The inclusion rule that proposed the plan: its inputs and its result.")
    )
    objects = PlanQuerySet.as_manager()

    class Meta:
        db_table = "maintenance_plan"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def scope(self) -> Scope:
        """A plan for every site belongs to no site: only who plans everywhere writes, changes or ends it."""
        return Scope(self.site_id)


class ScheduleQuerySet(AuditedQuerySet):
    def visible_to(self, by: Any) -> ScheduleQuerySet:
        return self.filter(
            scope_q(
                by,
                "maintenance.view",
                site="asset__site_id",
                department="asset__department_id",
                vendor="asset__provider_id",
                subject="asset_id",
            )
        )


class Schedule(AuditedModel):
    """One plan on one device. Several with different labels may run side by side (the four quarters of a register).

    ``anchor_from`` says where the series' start comes from; ``meter_from`` is the meter (hours) it counts from.
    """

    audit_subject = "asset_id"

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="+")
    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="+")
    label = models.CharField(max_length=60, blank=True)
    anchor_on = models.DateField()
    anchor_from = models.CharField(max_length=12, choices=AnchorFrom.choices, default=AnchorFrom.GIVEN)
    meter_from = models.DecimalField(max_digits=10, decimal_places=1, null=True, blank=True)
    last_due_on = models.DateField(null=True, blank=True)
    last_done_on = models.DateField(null=True, blank=True)
    is_active = models.BooleanField(default=True)
    objects = ScheduleQuerySet.as_manager()

    class Meta:
        db_table = "maintenance_schedule"
        constraints = [models.UniqueConstraint(fields=["plan", "asset", "label"], name="maintenance_schedule_once")]
        indexes = [models.Index(fields=["asset", "id"], name="maintenance_schedule_asset")]
