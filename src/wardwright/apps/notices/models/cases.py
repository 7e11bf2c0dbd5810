"""A case: everything that several sources say of one action, and what the hospital does about it."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from wardwright.apps.directory.models import Person
from wardwright.apps.notices.states import RUNNING, CaseState, CheckResult, Kind, Severity
from wardwright.platform.access.scope import allowed
from wardwright.platform.core.models import AuditedModel, VersionedModel

from .sources import SharedQuerySet


class CaseQuerySet(SharedQuerySet):
    def visible_to(self, by: Any) -> CaseQuerySet:
        return self if allowed(by, "notices.view") else self.none()

    def running(self) -> CaseQuerySet:
        """To be decided, or being dealt with."""
        return self.filter(state__in=RUNNING)


class Case(VersionedModel):
    """One action of a maker, with its class, its owner, its clocks and its end. ``number`` is ours: N2026-0001.

    ``severity`` is the gravest that any of its notices says, or what a person set (``severity_by_hand``). ``counts``
    are those of its exposures over all sites, kept for the lists of those who see every site; a page counts what its
    reader may see. ``closing`` is how each device stood when the case was closed: what the signature covers.
    """

    number = models.CharField(_("number"), max_length=20, unique=True)
    title = models.CharField(_("title"), max_length=400)
    maker = models.CharField(_("maker"), max_length=200, blank=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    severity = models.CharField(_("class"), max_length=12, choices=Severity.choices, default=Severity.UNCLASSIFIED)
    severity_by_hand = models.CharField(
        _("class set by hand"), max_length=12, choices=Severity.choices, blank=True, editable=False
    )
    gravity = models.PositiveSmallIntegerField(default=4, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=CaseState.choices, default=CaseState.NEW)
    came_at = models.DateTimeField(_("came"))
    published_on = models.DateField(_("published"), null=True, blank=True)
    needs_reading = models.BooleanField(_("not wholly read"), default=False)
    owner = models.ForeignKey(
        Person,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=pgettext_lazy("case", "owner"),
    )
    triage_by_at = models.DateTimeField(_("decide by"), null=True, blank=True)
    locate_by_at = models.DateTimeField(_("locate by"), null=True, blank=True)
    close_by_at = models.DateTimeField(_("close by"), null=True, blank=True)
    triaged_at = models.DateTimeField(_("decided"), null=True, blank=True)
    triaged_by_name = models.CharField(max_length=120, blank=True)
    located_at = models.DateTimeField(_("all located"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    closed_by_name = models.CharField(max_length=120, blank=True)
    plan = models.TextField(_("what we do"), blank=True)
    loaner_plan = models.TextField(_("replacements meanwhile"), blank=True)
    reason = models.CharField(_("why"), max_length=500, blank=True)
    closing = models.JSONField(default=list, blank=True, editable=False)
    conclusion = models.TextField(_("conclusion"), blank=True)
    answer_by_on = models.DateField(_("maker wants the form by"), null=True, blank=True)
    answered_on = models.DateField(_("form sent"), null=True, blank=True)
    answered_by_name = models.CharField(max_length=120, blank=True)
    answer_note = models.CharField(_("how the form was sent"), max_length=300, blank=True)
    check_on = models.DateField(_("effectiveness check"), null=True, blank=True)
    check_result = models.CharField(_("result of the check"), max_length=14, choices=CheckResult.choices, blank=True)
    check_note = models.CharField(_("what the check found"), max_length=500, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    checked_by_name = models.CharField(max_length=120, blank=True)
    escalations = models.PositiveSmallIntegerField(_("escalated"), default=0)
    escalated_clock = models.CharField(max_length=8, blank=True)
    escalated_at = models.DateTimeField(null=True, blank=True)
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    counts = models.JSONField(default=dict, blank=True)
    objects = CaseQuerySet.as_manager()

    class Meta:
        db_table = "notices_case"
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["state", "gravity", "id"], name="notices_case_state"),
            models.Index(fields=["came_at", "id"], name="notices_case_came"),
        ]

    def __str__(self) -> str:
        return self.number

    def signed_content(self) -> dict[str, Any]:
        """What a signature under the closing of a case covers."""
        names = ("number", "title", "severity", "plan", "conclusion", "closing")
        return {name: getattr(self, name) for name in names}


class SharedNumber(AuditedModel):
    """A number by which some source names the action of a case: recall number, field safety reference, advisory."""

    number = models.CharField(max_length=120, unique=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    objects = SharedQuerySet.as_manager()

    class Meta:
        db_table = "notices_shared_number"


class CaseNote(AuditedModel):
    """What was said or done about a case, in the order in which it happened."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    by_name = models.CharField(max_length=120, blank=True)
    text = models.CharField(_("note"), max_length=1000)
    objects = SharedQuerySet.as_manager()

    class Meta:
        db_table = "notices_case_note"
        ordering = ["id"]


class ResponseTime(VersionedModel):
    """How long the hospital gives itself for a class: our own figures until the hospital sets its own."""

    severity = models.CharField(_("class"), max_length=12, choices=Severity.choices, unique=True)
    triage_hours = models.PositiveSmallIntegerField(_("decide within (hours)"))
    locate_days = models.PositiveSmallIntegerField(_("locate within (days)"))
    close_days = models.PositiveSmallIntegerField(_("close within (days)"))
    check_days = models.PositiveSmallIntegerField(_("effectiveness check after (days)"))
    objects = SharedQuerySet.as_manager()

    class Meta:
        db_table = "notices_response_time"
        ordering = ["severity"]

    def __str__(self) -> str:
        return str(self.get_severity_display())
