"""Where notices come from, and what every run of a source brought."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from wardwright.apps.notices.states import RunState, SourceKind
from wardwright.platform.access.scope import allowed
from wardwright.platform.core.models import AuditedModel, AuditedQuerySet, VersionedModel
from wardwright.platform.core.said import SaidCharField


class SharedQuerySet(AuditedQuerySet):
    def visible_to(self, by: Any) -> Self:
        """Notices are published by others and shared by all sites: whoever may see any may see them all."""
        return self if allowed(by, "notices.view") else self.none()


class Source(VersionedModel):
    """One feed. ``cursor`` is where the next run goes on; ``last_good_at`` is when it was last read to its end.

    ``options``: ``only`` (names of documents begin so, or the set of a list of files) and ``per_minute`` (requests).
    """

    audit_exclude = ("cursor",)
    name = models.CharField(_("name"), max_length=120, unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=SourceKind.choices)
    url = models.CharField(_("address"), max_length=400, blank=True)
    mapping = models.JSONField(_("columns"), default=dict, blank=True)
    options = models.JSONField(default=dict, blank=True)
    is_on = models.BooleanField(_("asked by itself"), default=False)
    every_hours = models.PositiveSmallIntegerField(_("asked every (hours)"), default=24)
    cursor = models.JSONField(default=dict, blank=True)
    next_run_at = models.DateTimeField(_("next run"), null=True, blank=True)
    last_run_at = models.DateTimeField(_("last run"), null=True, blank=True)
    last_good_at = models.DateTimeField(_("last read to the end"), null=True, blank=True)
    failures = models.PositiveSmallIntegerField(_("failed since"), default=0)
    last_words = SaidCharField(_("what was said last"), max_length=500, blank=True)
    objects = SharedQuerySet.as_manager()

    class Meta:
        db_table = "notices_source"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Run(AuditedModel):
    """One run of a source: what was fetched, and what came of it. ``part_of``: files that were brought together hold
    notices of several sources; each of these has its run, which is a part of the one that read the files. ``place``:
    how many records of its files were taken in, where a reading that was stopped goes on."""

    audit_exclude = ("place",)

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+", db_index=False)
    part_of = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(_("state"), max_length=8, choices=RunState.choices, default=RunState.RUNNING)
    began_at = models.DateTimeField(_("began"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    asked_by_name = models.CharField(_("asked by"), max_length=120, blank=True)
    files = models.JSONField(_("files"), default=list, blank=True)
    place = models.PositiveIntegerField(default=0, editable=False)
    fetched = models.PositiveIntegerField(_("read"), default=0)
    new = models.PositiveIntegerField(_("new"), default=0)
    changed = models.PositiveIntegerField(_("changed"), default=0)
    unchanged = models.PositiveIntegerField(_("unchanged"), default=0)
    refused = models.PositiveIntegerField(_("refused"), default=0)
    requests = models.PositiveIntegerField(_("requests"), default=0)
    bytes_read = models.PositiveBigIntegerField(_("bytes"), default=0)
    words = SaidCharField(_("what was said"), max_length=500, blank=True)
    objects = SharedQuerySet.as_manager()

    class Meta:
        db_table = "notices_run"
        ordering = ["-id"]
        indexes = [models.Index(fields=["source", "-id"], name="notices_run_source")]

    def __str__(self) -> str:
        return f"{self.source_id}/{self.pk}"


class Refusal(AuditedModel):
    """One record of a source that could not be taken in, with why and the beginning of what it said."""

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="+")
    where = models.CharField(_("where"), max_length=240)
    ref = models.CharField(_("number"), max_length=120, blank=True)
    words = SaidCharField(_("what is wrong"), max_length=500)
    record = models.TextField(_("record"), blank=True)
    objects = SharedQuerySet.as_manager()

    class Meta:
        db_table = "notices_refusal"
        ordering = ["id"]
