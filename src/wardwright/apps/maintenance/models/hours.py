"""When somebody is there: service hours of the house, a site or a department, and its holidays."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from wardwright.apps.directory.models import Department, Site
from wardwright.platform.access.scope import Scope, allowed, scope_q
from wardwright.platform.core.models import AuditedModel, AuditedQuerySet, VersionedModel


def _or_shared(by: Any, own: models.Q) -> models.Q:
    """What lies within reach, and what holds for every site. (An empty filter is everything already.)"""
    return own | models.Q(site=None) if own and allowed(by, "maintenance.view") else own


class HoursQuerySet(AuditedQuerySet):
    def visible_to(self, by: Any) -> HoursQuerySet:
        """Those of one's places, and those of the whole house for everybody who sees work."""
        return self.filter(_or_shared(by, scope_q(by, "maintenance.view", site="site_id", department="department_id")))


class ServiceHours(VersionedModel):
    """A week of opening times; those of a department go before those of its site, those before the house's.

    ``week`` holds seven texts from Monday, such as "07:00-17:00", empty for a closed day.
    """

    site = models.ForeignKey(
        Site, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("site")
    )
    department = models.ForeignKey(
        Department, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("department")
    )
    week = models.JSONField(_("opening times"), default=list)
    open_on_holidays = models.BooleanField(_("also on holidays"), default=False)
    objects = HoursQuerySet.as_manager()

    class Meta:
        db_table = "maintenance_service_hours"
        constraints = [
            models.UniqueConstraint(
                Coalesce("site", 0, output_field=models.BigIntegerField()),
                Coalesce("department", 0, output_field=models.BigIntegerField()),
                name="maintenance_hours_once",
                violation_error_message=_("There are service hours for this place already."),
            )
        ]

    def __str__(self) -> str:
        return str(self.department or self.site or _("the whole house"))

    def scope(self) -> Scope:
        return Scope(self.site_id, self.department_id)


class HolidayQuerySet(AuditedQuerySet):
    def visible_to(self, by: Any) -> HolidayQuerySet:
        return self.filter(_or_shared(by, scope_q(by, "maintenance.view", site="site_id")))


class Holiday(AuditedModel):
    """A day on which the service is closed, at one site or at all of them."""

    site = models.ForeignKey(
        Site, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("site")
    )
    on = models.DateField(_("day"))
    name = models.CharField(_("name"), max_length=80)
    objects = HolidayQuerySet.as_manager()

    class Meta:
        db_table = "maintenance_holiday"
        ordering = ["on"]
        constraints = [
            models.UniqueConstraint(
                Coalesce("site", 0, output_field=models.BigIntegerField()),
                models.F("on"),
                name="maintenance_holiday_once",
                violation_error_message=_("This day is in the list already."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def scope(self) -> Scope:
        return Scope(self.site_id)
