"""Procedures in versions, and their steps."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from wardwright.apps.assets.models import DeviceType
from wardwright.apps.testing.states import Section, StepKind, VersionState
from wardwright.platform.access.scope import allowed
from wardwright.platform.core.models import AuditedModel, AuditedQuerySet, VersionedModel


class ProcedureQuerySet(AuditedQuerySet):
    def visible_to(self, by: Any) -> ProcedureQuerySet:
        return self if allowed(by, "testing.view") else self.none()


class Procedure(VersionedModel):
    """What is done to a device, independent of when; its text lives in versions."""

    code = models.CharField(_("code"), max_length=40, unique=True)
    title = models.CharField(_("title"), max_length=160)
    device_type = models.ForeignKey(
        DeviceType, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("for the type")
    )
    objects = ProcedureQuerySet.as_manager()

    class Meta:
        db_table = "testing_procedure"
        ordering = ["title"]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


class ProcedureVersion(VersionedModel):
    """One version of a procedure. Once approved its steps never change; work keeps the version it was done by."""

    procedure = models.ForeignKey(Procedure, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField(_("version number"))
    state = models.CharField(max_length=10, choices=VersionState.choices, default=VersionState.DRAFT)
    minutes = models.PositiveSmallIntegerField(_("usual time (minutes)"), default=30)
    source = models.CharField(
        _("source"), max_length=200, blank=True, help_text=_("Maker's manual, standard or house rule.")
    )
    needs_certificate = models.BooleanField(
        _("leaves a certificate"),
        default=False,
        help_text=_("Work by this procedure is chased until its certificate is attached."),
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by_name = models.CharField(max_length=120, blank=True)
    objects = ProcedureQuerySet.as_manager()

    class Meta:
        db_table = "testing_procedure_version"
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["procedure", "number"], name="testing_version_once")]

    def __str__(self) -> str:
        return f"{self.procedure} v{self.number}"

    def signed_content(self) -> dict[str, Any]:
        """What an approval signs: the version and each of its steps. (A flag that is not set was not signed before it
        existed, and is left out.)"""
        flags = {"needs_certificate": True} if self.needs_certificate else {}
        return {
            **flags,
            "procedure": self.procedure.code,
            "number": self.number,
            "minutes": self.minutes,
            "source": self.source,
            "steps": self.frozen_steps(),
        }

    def frozen_steps(self) -> list[dict[str, Any]]:
        """The steps as plain data, the form in which work keeps them."""
        return [step.as_data() for step in Step.objects.filter(procedure_version=self).order_by("position")]


class Step(AuditedModel):
    """One step: a check, a reading with unit and limits, a choice, a photo or a signature."""

    procedure_version = models.ForeignKey(ProcedureVersion, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    key = models.CharField(
        max_length=40, help_text=_("Stays the same over versions, so that readings can be compared.")
    )
    section = models.CharField(max_length=12, choices=Section.choices, default=Section.FUNCTION)
    kind = models.CharField(max_length=10, choices=StepKind.choices, default=StepKind.CHECK)
    text = models.CharField(max_length=300)
    help = models.CharField(max_length=300, blank=True)
    unit = models.CharField(max_length=20, blank=True)
    low = models.DecimalField(max_digits=14, decimal_places=4, null=True, blank=True)
    high = models.DecimalField(max_digits=14, decimal_places=4, null=True, blank=True)
    limit_source = models.CharField(max_length=120, blank=True)
    quantity = models.CharField(
        max_length=40, blank=True, help_text=_("What is measured; readings of one quantity are compared.")
    )
    limit = models.JSONField(
        default=dict, blank=True, help_text=_("A row of the table of limits, looked up for each device.")
    )
    rule = models.CharField(max_length=20, blank=True, help_text=_("Decision rule; simple acceptance if empty."))
    choices = models.JSONField(
        default=list, blank=True, help_text=_("Texts to choose from; those starting with ! fail.")
    )
    required = models.BooleanField(default=True)
    needs_instrument = models.BooleanField(default=False)
    objects = ProcedureQuerySet.as_manager()

    class Meta:
        db_table = "testing_step"
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["procedure_version", "position"], name="testing_step_position"),
            models.UniqueConstraint(fields=["procedure_version", "key"], name="testing_step_key"),
        ]

    def as_data(self) -> dict[str, Any]:
        """Plain data. What is not set was not signed before it existed, and is left out."""
        later = {"quantity": self.quantity, "limit": self.limit, "rule": self.rule}
        return {
            "key": self.key,
            "section": self.section,
            "kind": self.kind,
            "text": self.text,
            "help": self.help,
            "unit": self.unit,
            "low": None if self.low is None else f"{self.low.normalize():f}",
            "high": None if self.high is None else f"{self.high.normalize():f}",
            "limit_source": self.limit_source,
            "choices": self.choices,
            "required": self.required,
            "needs_instrument": self.needs_instrument,
            **{name: value for name, value in later.items() if value},
        }
