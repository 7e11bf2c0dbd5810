"""Limits of the hospital's own: tighter than the standard's, or where the standard has none."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from wardwright.apps.assets.states import ElectricalClass
from wardwright.apps.testing.states import Condition, EquipmentKind, Method, PartType, SafetyTest
from wardwright.kernel.limits import Origin, SafetyLimit
from wardwright.kernel.verification import Verification
from wardwright.platform.access.scope import allowed
from wardwright.platform.core.models import AuditedModel, AuditedQuerySet


class OwnLimitQuerySet(AuditedQuerySet):
    def visible_to(self, by: Any) -> OwnLimitQuerySet:
        return self if allowed(by, "testing.view") else self.none()


class OwnLimit(AuditedModel):
    """One limit of the hospital's own. It is never changed, only ended: work keeps the figure it was judged by."""

    standard = models.CharField(_("standard"), max_length=40)
    edition = models.CharField(_("edition"), max_length=20)
    test = models.CharField(_("test"), max_length=40, choices=SafetyTest.choices)
    equipment_class = models.CharField(
        _("electrical class"),
        max_length=4,
        blank=True,
        choices=[("", _("any class")), *((one.value, one.label) for one in list(ElectricalClass)[:3])],
    )
    applied_part = models.CharField(
        _("applied part"), max_length=4, blank=True, choices=[("", _("any")), *PartType.choices]
    )
    method = models.CharField(_("method"), max_length=20, choices=Method.choices, default=Method.NONE)
    condition = models.CharField(_("condition"), max_length=4, choices=Condition.choices, default=Condition.NONE)
    equipment = models.CharField(_("kind of equipment"), max_length=40, blank=True, choices=EquipmentKind.choices)
    low = models.DecimalField(_("not below"), max_digits=14, decimal_places=4, null=True, blank=True)
    high = models.DecimalField(_("not above"), max_digits=14, decimal_places=4, null=True, blank=True)
    unit = models.CharField(_("unit"), max_length=20)
    valid_from = models.DateField(_("holds from"))
    valid_until = models.DateField(_("holds until"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=200, help_text=_("House rule, maker's manual, resolution."))
    override_reason = models.CharField(_("why it is looser than the standard"), max_length=300, blank=True)
    set_at = models.DateTimeField()
    set_by_name = models.CharField(_("set by"), max_length=120, blank=True)
    objects = OwnLimitQuerySet.as_manager()

    class Meta:
        db_table = "testing_own_limit"
        ordering = ["standard", "test", "-valid_from", "-id"]

    def __str__(self) -> str:
        return f"{self.standard}:{self.edition} {self.get_test_display()}"

    def as_limit(self) -> SafetyLimit:
        """The row of the table that it is."""
        return SafetyLimit(
            standard=self.standard,
            edition=self.edition,
            clause="",
            test=self.test,
            valid_from=self.valid_from,
            valid_until=self.valid_until,
            source=self.source,
            verified=Verification.PRIMARY,
            equipment_class=(self.equipment_class,) if self.equipment_class else (),
            applied_part=(self.applied_part,) if self.applied_part else (),
            method=(self.method,),
            condition=(self.condition,),
            equipment=(self.equipment,),
            low=self.low,
            high=self.high,
            unit=self.unit,
            origin=Origin.ORGANISATION,
            override_reason=self.override_reason,
        )
