"""Inclusion rules: which device types belong in the programme, and how often they are looked at."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _

from wardwright.apps.maintenance.states import RuleState
from wardwright.kernel.risk import Band, InclusionRule, preset_rule, read_rule
from wardwright.platform.access.scope import Scope
from wardwright.platform.core.models import VersionedModel

from .shared import SharedQuerySet


class Rule(VersionedModel):
    """A formula over the attributes of a device type, the score it is included from, and the intervals.

    A rule that was in force once never changes again; its next ``number`` is a new row. ``preset`` is the letter of a
    shipped one, which nobody edits. ``bands`` are objects with measure, low (points, as text) and months.
    """

    name = models.CharField(_("name"), max_length=80)
    number = models.PositiveSmallIntegerField(_("version"), default=1)
    state = models.CharField(_("state"), max_length=8, choices=RuleState.choices, default=RuleState.DRAFT)
    preset = models.CharField(max_length=1, blank=True, default="")
    formula = models.CharField(_("formula"), max_length=500)
    included_from = models.DecimalField(_("included from"), max_digits=8, decimal_places=2, default=Decimal(12))
    bands = models.JSONField(_("intervals"), default=list, blank=True)
    source = models.CharField(_("source"), max_length=300, blank=True)
    approved_at = models.DateTimeField(_("approved"), null=True, blank=True)
    approved_by_name = models.CharField(_("approved by"), max_length=120, blank=True)
    approval_reason = models.CharField(_("why it was put in force"), max_length=300, blank=True)
    objects = SharedQuerySet.as_manager()

    class Meta:
        db_table = "maintenance_rule"
        ordering = ["name", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["name", "number"], name="maintenance_rule_once"),
            models.UniqueConstraint(
                fields=["state"], name="maintenance_rule_in_force", condition=models.Q(state="active")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {_('version')} {self.number}"

    def scope(self) -> Scope:
        """One rule is in force for the whole house: only who plans everywhere writes it."""
        return Scope()

    def read(self) -> InclusionRule:
        """The rule as the kernel takes it. Raises RuleError or ValueError where it cannot be used."""
        if self.preset:
            return preset_rule(self.preset)
        bands = [Band(band["measure"], Decimal(band["low"]), band["months"]) for band in self.bands]
        return read_rule(self.name, self.number, self.formula, Decimal(self.included_from), bands)
