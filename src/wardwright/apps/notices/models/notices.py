"""Notices as their sources have them, each revision kept, with the scope that was read out of them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from wardwright.apps.notices.states import Kind, ScopeState, Severity
from wardwright.kernel.scope import Scope as NoticeScope
from wardwright.kernel.scope.printing import from_plain
from wardwright.platform.core.models import AuditedModel, VersionedModel
from wardwright.platform.core.said import SaidCharField, SaidJSONField

from .cases import Case
from .sources import Run, SharedQuerySet, Source


class NoticeQuerySet(SharedQuerySet):
    def unsearched(self) -> NoticeQuerySet:
        """Not searched for since they came, or since their source or a person changed them."""
        return self.filter(models.Q(searched_at=None) | models.Q(searched_at__lt=models.F("updated_at")))


class Notice(VersionedModel):
    """One notice of one source. ``text`` is what a person reads; ``scope`` is kernel.scope on it in plain JSON, and
    ``understood`` how much of it was read.

    ``revision`` is the source's own, or a digest: what has the same one says the same. ``also_known_as`` are numbers by
    which other sources name the same action. ``read_by`` is the version of the reader (``kernel.scope.READER``) that
    made the scope, ``searched_rules`` that of the rules of the last search.
    """

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+", db_index=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    ref = models.CharField(_("number"), max_length=120)
    revision = models.CharField(max_length=80)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    title = models.CharField(_("title"), max_length=400)
    issuer = models.CharField(_("published by"), max_length=200, blank=True)
    maker = models.CharField(_("maker"), max_length=200, blank=True)
    severity = models.CharField(_("class"), max_length=12, choices=Severity.choices, default=Severity.UNCLASSIFIED)
    cvss = models.DecimalField(_("CVSS base score"), max_digits=3, decimal_places=1, null=True, blank=True)
    status = models.CharField(_("status at its source"), max_length=40, blank=True)
    published_on = models.DateField(_("published"), null=True, blank=True)
    updated_on = models.DateField(_("updated"), null=True, blank=True)
    started_on = models.DateField(_("began"), null=True, blank=True)
    ended_on = models.DateField(_("ended"), null=True, blank=True)
    event = models.CharField(max_length=120, blank=True)
    also_known_as = models.JSONField(default=list, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    action = models.TextField(_("what to do"), blank=True)
    url = models.CharField(_("address"), max_length=500, blank=True)
    brands = models.JSONField(default=list, blank=True)
    product_codes = models.JSONField(default=list, blank=True)
    cves = models.JSONField(default=list, blank=True)
    remarks = SaidJSONField(default=list, blank=True)
    text = models.TextField(_("text"), blank=True)
    scope = models.JSONField(default=dict)
    scope_state = models.CharField(_("scope"), max_length=10, choices=ScopeState.choices, default=ScopeState.PROPOSED)
    scope_by_name = models.CharField(max_length=120, blank=True)
    scope_at = models.DateTimeField(null=True, blank=True)
    text_changed = models.BooleanField(_("text changed since"), default=False, editable=False)
    understood = models.CharField(max_length=8)
    read_by = models.CharField(max_length=40, blank=True, editable=False)
    conditions = models.PositiveSmallIntegerField(default=0)
    searched_at = models.DateTimeField(_("searched"), null=True, blank=True)
    searched_rules = models.CharField(max_length=40, blank=True)
    search_words = SaidCharField(max_length=400, blank=True)
    objects = NoticeQuerySet.as_manager()

    class Meta:
        db_table = "notices_notice"
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["source", "ref"], name="notices_notice_once")]
        indexes = [
            models.Index(fields=["event"], name="notices_notice_event", condition=~models.Q(event="")),
            models.Index(fields=["ref"], name="notices_notice_ref"),
        ]

    def __str__(self) -> str:
        return self.ref

    @property
    def is_unsearched(self) -> bool:
        return self.searched_at is None or self.searched_at < self.updated_at

    @property
    def read_scope(self) -> NoticeScope:
        """The scope as the kernel has it, on its own text."""
        return from_plain(self.scope)


class SourceDocument(AuditedModel):
    """One revision of a notice as it came, kept whole: what the scope was read from can always be shown."""

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="+")
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="+", db_index=False)
    revision = models.CharField(_("revision"), max_length=80)
    came_at = models.DateTimeField(_("came"))
    digest = models.CharField(_("SHA-256"), max_length=64)
    body = models.TextField(_("as it came"))
    objects = SharedQuerySet.as_manager()

    class Meta:
        db_table = "notices_document"
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["notice", "revision"], name="notices_document_once")]
