"""Who is on call: a rota for a site or a part of its organisation, its shifts, and what is handed over."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from wardwright.apps.directory.models import Department, Person, Site
from wardwright.platform.access.scope import Scope, scope_q
from wardwright.platform.core.models import AuditedQuerySet, VersionedModel


class RotaQuerySet(AuditedQuerySet):
    def visible_to(self, by: Any) -> RotaQuerySet:
        return self.filter(scope_q(by, "helpdesk.view", site="site_id", department="department_id"))


class Rota(VersionedModel):
    """Who answers out of hours for a site, or for one of its departments and all that is part of it."""

    name = models.CharField(_("name"), max_length=80)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+", verbose_name=_("site"))
    department = models.ForeignKey(
        Department,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("for"),
        help_text=_("With all that is part of it. Empty: the whole site."),
    )
    phone = models.CharField(_("phone of whoever is on call"), max_length=40, blank=True)
    is_active = models.BooleanField(_("in use"), default=True)
    objects = RotaQuerySet.as_manager()

    class Meta:
        db_table = "helpdesk_rota"
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["site", "name"],
                name="helpdesk_rota_once",
                violation_error_message=_("There is a rota of this name already."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def scope(self) -> Scope:
        return Scope(self.site_id, self.department_id)


class ShiftQuerySet(AuditedQuerySet):
    def visible_to(self, by: Any) -> ShiftQuerySet:
        return self.filter(scope_q(by, "helpdesk.view", site="rota__site_id", department="rota__department_id"))


class Shift(VersionedModel):
    """One person from a moment until another; ``handover`` is what the next one has to know."""

    rota = models.ForeignKey(Rota, on_delete=models.PROTECT, related_name="+", db_index=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", verbose_name=_("who"))
    from_at = models.DateTimeField(_("from"))
    until_at = models.DateTimeField(_("until"))
    instead_of = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    swap_reason = models.CharField(max_length=300, blank=True)
    handover = models.TextField(_("for the next one"), max_length=4000, blank=True)
    handed_over_at = models.DateTimeField(null=True, blank=True)
    objects = ShiftQuerySet.as_manager()

    class Meta:
        db_table = "helpdesk_shift"
        constraints = [
            models.CheckConstraint(condition=models.Q(until_at__gt=models.F("from_at")), name="helpdesk_shift_forward")
        ]
        indexes = [models.Index(fields=["rota", "from_at"], name="helpdesk_shift_rota")]

    def __str__(self) -> str:
        return f"{self.rota}, {self.person}"

    def scope(self) -> Scope:
        return self.rota.scope()
