"""Failure codes and service levels: reference data that a house edits."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from wardwright.apps.maintenance.states import CodeKind, Kind, Priority
from wardwright.platform.access.scope import Scope
from wardwright.platform.core.models import VersionedModel

from .shared import SharedQuerySet


class FailureCode(VersionedModel):
    """A problem, cause or action code; ``verified`` says whether its source could be checked."""

    kind = models.CharField(_("used for"), max_length=8, choices=CodeKind.choices)
    code = models.CharField(_("code"), max_length=12)
    label = models.CharField(_("what it means"), max_length=120)
    source = models.CharField(_("source"), max_length=200, blank=True)
    verified = models.BooleanField(_("source checked"), default=False)
    is_active = models.BooleanField(_("in use"), default=True)
    objects = SharedQuerySet.as_manager()

    class Meta:
        db_table = "maintenance_failure_code"
        ordering = ["kind", "label"]
        constraints = [models.UniqueConstraint(fields=["kind", "code"], name="maintenance_code_once")]

    def __str__(self) -> str:
        return f"{self.code} {self.label}"

    def scope(self) -> Scope:
        """Codes are shared by all sites: only who plans everywhere edits them."""
        return Scope()


class ServiceLevel(VersionedModel):
    """How soon a kind of work of a priority must be answered and finished; the clock stops while it waits.

    ``…_in_hours``: the promise counts in the service hours of the place, else round the clock.
    """

    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Priority.choices)
    respond_hours = models.PositiveIntegerField(_("answer within (hours)"))
    finish_hours = models.PositiveIntegerField(_("finish within (hours)"))
    respond_in_hours = models.BooleanField(_("the answer counts in service hours only"), default=False)
    finish_in_hours = models.BooleanField(_("the end counts in service hours only"), default=False)
    source = models.CharField(_("source"), max_length=200, blank=True)
    objects = SharedQuerySet.as_manager()

    class Meta:
        db_table = "maintenance_service_level"
        constraints = [models.UniqueConstraint(fields=["kind", "priority"], name="maintenance_level_once")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.get_priority_display()}"

    def scope(self) -> Scope:
        """Levels are shared by all sites."""
        return Scope()
