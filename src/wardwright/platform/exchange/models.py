"""Import sessions: the file, what was decided about it, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from wardwright.platform.access.scope import allowed, reach
from wardwright.platform.core.models import AuditedQuerySet, VersionedModel
from wardwright.platform.core.said import SaidJSONField

from .targets import TARGETS


class SessionState(models.TextChoices):
    READING = "reading", _("being read")
    MAPPING = "mapping", _("columns to confirm")
    CHECKED = "checked", _("checked, ready to import")
    RUNNING = "running", _("being imported")
    DONE = "done", _("imported")
    FAILED = "failed", _("could not be imported")


class SessionQuerySet(AuditedQuerySet):
    def visible_to(self, by: Any) -> SessionQuerySet:
        """Imports belong to no site: all of them are for those who may see them everywhere, others see their own."""
        found = reach(by, "exchange.see_all")
        return self if found and found.everything else self.filter(owner_id=by.id or -1)


class ImportSession(VersionedModel):
    """One file on its way in. The file lies in the attachment store; every decision about it is kept here."""

    audit_exclude = ("report",)

    target = models.CharField(max_length=40)
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=SessionState.choices, default=SessionState.READING)
    options = models.JSONField(default=dict)
    mapping = models.JSONField(default=dict)
    decisions = SaidJSONField(default=dict)
    report = SaidJSONField(default=dict)
    counts = SaidJSONField(default=dict)
    job_id = models.BigIntegerField(null=True)
    owner_id = models.BigIntegerField(null=True)
    owner_name = models.CharField(max_length=120, blank=True)
    error = models.TextField(blank=True)
    objects = SessionQuerySet.as_manager()

    class Meta:
        db_table = "exchange_import_session"


class MappingQuerySet(AuditedQuerySet):
    def visible_to(self, by: Any) -> MappingQuerySet:
        """Mappings are for everybody who may import what they are about."""
        return self.filter(target__in=[key for key, target in TARGETS.items() if allowed(by, target.permission)])


class SavedMapping(VersionedModel):
    """A mapping somebody corrected, found again by the headings it was made for."""

    target = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    headings_key = models.CharField(max_length=64)
    mapping = models.JSONField(default=dict)
    decisions = models.JSONField(default=dict)
    owner_id = models.BigIntegerField(null=True)
    objects = MappingQuerySet.as_manager()

    class Meta:
        db_table = "exchange_saved_mapping"
        constraints = [models.UniqueConstraint(fields=["target", "headings_key"], name="exchange_mapping_once")]


def stored_files() -> Iterator[tuple[int, str, str]]:
    """(session, SHA-256, name) of each file in the store that an import refers to: what came, and what was left."""
    for pk, sha256, name, report in ImportSession.objects.values_list("pk", "sha256", "file_name", "report").iterator():
        yield pk, sha256, name
        if report.get("error_file"):
            yield pk, report["error_file"], f"{name}: not taken"
