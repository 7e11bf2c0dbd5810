"""What was searched for, by which rules and over which inventory: evidence also where nothing was found."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from wardwright.apps.assets.models import DeviceModel
from wardwright.platform.core.models import AuditedModel
from wardwright.platform.core.said import SaidCharField

from .notices import Notice
from .sources import SharedQuerySet


class Search(AuditedModel):
    """One search for one notice over the whole inventory. ``devices``, ``supplies`` and ``guests`` count what was
    looked through, ``changes`` names what differs from the search before: [kind, id, before, after]."""

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="+", db_index=False)
    searched_at = models.DateTimeField(_("searched"))
    by_name = models.CharField(_("by"), max_length=120, blank=True)
    cause = models.CharField(_("because of"), max_length=12)
    rules = models.CharField(_("rules"), max_length=40)
    scope_digest = models.CharField(max_length=64)
    devices = models.PositiveIntegerField(_("devices looked through"), default=0)
    supplies = models.PositiveIntegerField(_("lots looked through"), default=0)
    guests = models.PositiveIntegerField(_("patients' devices looked through"), default=0)
    confirmed = models.PositiveIntegerField(_("affected"), default=0)
    model_only = models.PositiveIntegerField(_("unit not known"), default=0)
    review = models.PositiveIntegerField(_("to be looked at"), default=0)
    excluded = models.PositiveIntegerField(_("not among the units"), default=0)
    changes = models.JSONField(_("what differs from before"), default=list, blank=True)
    words = SaidCharField(_("result"), max_length=400, blank=True)
    objects = SharedQuerySet.as_manager()

    class Meta:
        db_table = "notices_search"
        ordering = ["-id"]
        indexes = [models.Index(fields=["notice", "-id"], name="notices_search_notice")]


class Candidate(AuditedModel):
    """A notice may be about this model: where a device of the model comes or changes, only these are asked."""

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="+", db_index=False)
    device_model = models.ForeignKey(DeviceModel, on_delete=models.PROTECT, related_name="+", db_index=False)
    objects = SharedQuerySet.as_manager()

    class Meta:
        db_table = "notices_candidate"
        constraints = [models.UniqueConstraint(fields=["notice", "device_model"], name="notices_candidate_once")]
        indexes = [models.Index(fields=["device_model", "notice"], name="notices_candidate_model")]


class SearchedModel(AuditedModel):
    """By which names and identifiers a model was last looked for among all notices; where they differ, it is again."""

    device_model = models.OneToOneField(DeviceModel, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)
    rules = models.CharField(max_length=40)
    objects = SharedQuerySet.as_manager()

    class Meta:
        db_table = "notices_searched_model"
