"""Analysers' files: each kept as it came, its records with what is wrong in them, and what they became."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import models
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from wardwright.apps.assets.models import Asset
from wardwright.apps.directory.models import Site
from wardwright.apps.testing.states import FileState, Graded, RecordState
from wardwright.platform.access.scope import Scope, allowed, scope_q
from wardwright.platform.core.models import AuditedModel, AuditedQuerySet, VersionedModel

from .instruments import Instrument
from .measurements import Measurement


class SharedQuerySet(AuditedQuerySet):
    def visible_to(self, by: Any) -> SharedQuerySet:
        """Mappings are shared by all sites."""
        return self if allowed(by, "testing.view") else self.none()


class ResultMapping(VersionedModel):
    """Which column of a table is what (kernel.analyser.Mapping), kept for the next file of that kind."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    mapping = models.JSONField(default=dict)
    saved_by_name = models.CharField(_("saved by"), max_length=120, blank=True)
    objects = SharedQuerySet.as_manager()

    class Meta:
        db_table = "testing_result_mapping"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class ResultFileQuerySet(AuditedQuerySet):
    def visible_to(self, by: Any) -> ResultFileQuerySet:
        return self.filter(scope_q(by, "testing.view", site="site_id"))


class ResultFile(VersionedModel):
    """One file of an analyser, or two tables that belong together, kept byte for byte.

    ``parts`` are the files as they came: name, SHA-256 and size of each. ``digest`` is by what the same upload is known
    again. ``problems`` are about the file as a whole (kernel.analyser.Problem).
    """

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+", verbose_name=_("site"))
    name = models.CharField(_("file"), max_length=240)
    digest = models.CharField(max_length=64, unique=True)
    parts = models.JSONField(default=list)
    form = models.CharField(_("form"), max_length=40, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=FileState.choices, default=FileState.REVIEW)
    mapping = models.JSONField(default=dict, blank=True)
    mapping_name = models.CharField(_("mapping"), max_length=120, blank=True)
    problems = models.JSONField(default=list, blank=True)
    came_at = models.DateTimeField(_("came"))
    came_by_name = models.CharField(_("sent by"), max_length=120, blank=True)
    objects = ResultFileQuerySet.as_manager()

    class Meta:
        db_table = "testing_result_file"
        ordering = ["-id"]
        indexes = [models.Index(fields=["site", "-id"], name="testing_result_file_site")]

    def __str__(self) -> str:
        return self.name

    def scope(self) -> Scope:
        return Scope(site_id=self.site_id)


class OfFileQuerySet(AuditedQuerySet):
    def visible_to(self, by: Any) -> OfFileQuerySet:
        return self.filter(scope_q(by, "testing.view", site="file__site_id"))


class TestRecord(AuditedModel):
    """One sitting of one device as a file tells it, and what becomes of it.

    ``record`` is the whole of it in the open form. ``found`` is what reading the file found wrong, ``problems`` what is
    wrong now, with the device, the instrument and the clock as they are known. ``verdict`` is ours, ``said_verdict``
    the analyser's.
    """

    __test__ = False  # not for pytest
    audit_subject = "asset_id"

    file = models.ForeignKey(ResultFile, on_delete=models.PROTECT, related_name="+", db_index=False)
    number = models.PositiveIntegerField(_("record"))
    row = models.CharField(_("row"), max_length=40, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=RecordState.choices, default=RecordState.LOOK)
    tag = models.CharField(_("asset number in the file"), max_length=120, blank=True)
    serial = models.CharField(_("serial number in the file"), max_length=120, blank=True)
    asset = models.ForeignKey(
        Asset, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("device")
    )
    asset_by_hand = models.BooleanField(default=False)
    analyser = models.CharField(_("analyser in the file"), max_length=160, blank=True)
    instrument = models.ForeignKey(
        Instrument, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("instrument")
    )
    instrument_by_hand = models.BooleanField(default=False)
    tested_at = models.DateTimeField(_("tested"), null=True, blank=True)
    shift_minutes = models.IntegerField(_("clock put right by (minutes)"), default=0)
    tester = models.CharField(_("tested by"), max_length=120, blank=True)
    record = models.JSONField(default=dict)
    found = models.JSONField(default=list, blank=True)
    problems = models.JSONField(default=list, blank=True)
    fingerprint = models.CharField(max_length=64)
    verdict = models.CharField(_("result"), max_length=12, choices=Graded.choices, default=Graded.NO_LIMIT)
    said_verdict = models.CharField(_("result by the analyser"), max_length=8, blank=True)
    reason = models.CharField(_("why left out"), max_length=300, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by_name = models.CharField(max_length=120, blank=True)
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)
    objects = OfFileQuerySet.as_manager()

    class Meta:
        db_table = "testing_test_record"
        ordering = ["file", "number"]
        constraints = [models.UniqueConstraint(fields=["file", "number"], name="testing_record_once")]
        indexes = [
            models.Index(
                fields=["fingerprint"], name="testing_record_taken", condition=models.Q(state=RecordState.TAKEN)
            )
        ]

    def __str__(self) -> str:
        return f"{self.file_id}/{self.number}"

    @property
    def at(self) -> datetime | None:
        """When it was tested, by a clock put right."""
        return None if self.tested_at is None else self.tested_at + timedelta(minutes=self.shift_minutes)

    @property
    def day(self) -> date:
        """The day of the test; only of a record that says when it was."""
        assert self.at is not None
        return localdate(self.at)


class OfRecordQuerySet(AuditedQuerySet):
    def visible_to(self, by: Any) -> OfRecordQuerySet:
        return self.filter(scope_q(by, "testing.view", site="test_record__file__site_id"))


class TestReading(AuditedModel):
    """Which measurement a reading of a record became; ``position`` counts the record's readings from 0."""

    __test__ = False

    test_record = models.ForeignKey(TestRecord, on_delete=models.PROTECT, related_name="+", db_index=False)
    measurement = models.OneToOneField(Measurement, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    said_verdict = models.CharField(_("result by the analyser"), max_length=8, blank=True)
    objects = OfRecordQuerySet.as_manager()

    class Meta:
        db_table = "testing_test_reading"
        ordering = ["test_record", "position"]
        constraints = [models.UniqueConstraint(fields=["test_record", "position"], name="testing_test_reading_once")]
