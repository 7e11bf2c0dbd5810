"""Requests for help: from a scanned label, a page, an e-mail or a call; and what was said about them."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from wardwright.apps.assets.models import Asset
from wardwright.apps.directory.models import Department, Site
from wardwright.apps.helpdesk.states import WAITING, Answer, NoteKind, RequestState, Source
from wardwright.apps.maintenance.models import WorkOrder
from wardwright.apps.maintenance.states import UNFINISHED, Priority
from wardwright.platform.access.scope import Scope, scope_q
from wardwright.platform.core.models import AuditedModel, AuditedQuerySet, VersionedModel

from .symptoms import Symptom


class RequestQuerySet(AuditedQuerySet):
    def visible_to(self, by: Any) -> RequestQuerySet:
        """A mail that names no device and came to no site is for those who reach every site."""
        return self.filter(scope_q(by, "helpdesk.view", site="site_id", department="department_id"))

    def waiting(self) -> RequestQuerySet:
        """What the desk has to decide about: new, asked back, or ordered and taken by nobody."""
        untaken = models.Q(
            state=RequestState.ORDERED, work_order__state__in=UNFINISHED, work_order__assigned_to__isnull=True
        )
        return self.filter(models.Q(state__in=WAITING) | untaken)

    def unfinished(self) -> RequestQuerySet:
        ordered = models.Q(state=RequestState.ORDERED, work_order__state__in=UNFINISHED)
        return self.filter(models.Q(state__in=WAITING) | ordered)

    def with_names(self) -> RequestQuerySet:
        return self.select_related(
            "asset__device_type",
            "asset__device_model__maker",
            "asset__room__floor__building",
            "asset__department",
            "site",
            "department",
            "symptom",
            "work_order__assigned_to",
        )


class Request(VersionedModel):
    """One request. ``code`` opens its status page to whoever has it and is the ticket that a nurse writes down.

    ``site`` and ``department`` are where the device was when help was asked for. Nothing about a patient belongs here.
    """

    audit_subject = "asset_id"

    code = models.CharField(_("ticket"), max_length=12, unique=True)
    source = models.CharField(_("came by"), max_length=8, choices=Source.choices)
    state = models.CharField(_("state"), max_length=8, choices=RequestState.choices, default=RequestState.NEW)
    asset = models.ForeignKey(
        Asset, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("device")
    )
    site = models.ForeignKey(
        Site, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("site"), db_index=False
    )
    department = models.ForeignKey(
        Department, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("department")
    )
    symptom = models.ForeignKey(
        Symptom, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    title = models.CharField(_("what is wrong"), max_length=200)
    words = models.TextField(_("in their words"), blank=True)
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Priority.choices, default=Priority.ROUTINE)
    unsafe = models.BooleanField(_("not safe to use"), default=False)
    harm = models.CharField(
        _("patient involved or harmed"), max_length=6, choices=Answer.choices, blank=True, default=""
    )
    wiped = models.CharField(_("clean"), max_length=6, choices=Answer.choices, blank=True, default="")
    reporter_name = models.CharField(_("first name"), max_length=120, blank=True)
    callback = models.CharField(_("extension to call back"), max_length=40, blank=True)
    reporter_email = models.EmailField(_("e-mail"), max_length=200, blank=True)
    message_id = models.CharField(max_length=200, null=True, blank=True, unique=True, editable=False)
    received_at = models.DateTimeField(_("received"))
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    respond_by_at = models.DateTimeField(_("answer by"), null=True, blank=True)
    finish_by_at = models.DateTimeField(_("finish by"), null=True, blank=True)
    why = models.JSONField(default=list, blank=True)
    work_order = models.ForeignKey(
        WorkOrder, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("work order")
    )
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    follows = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    echoes = models.PositiveIntegerField(_("also reported by"), default=0)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    closing_words = models.CharField(_("why it was closed"), max_length=300, blank=True)
    solved = models.BooleanField(_("solved"), null=True, blank=True)
    feedback = models.CharField(_("feedback"), max_length=500, blank=True)
    feedback_at = models.DateTimeField(null=True, blank=True)
    objects = RequestQuerySet.as_manager()

    class Meta:
        db_table = "helpdesk_request"
        indexes = [
            models.Index(fields=["state", "priority", "received_at"], name="helpdesk_request_state"),
            models.Index(fields=["received_at", "id"], name="helpdesk_request_received"),
            models.Index(fields=["site", "state"], name="helpdesk_request_site"),
        ]

    def __str__(self) -> str:
        return self.ticket

    @property
    def ticket(self) -> str:
        """The code as it is read out: K7M4-9PXQ."""
        return f"{self.code[:4]}-{self.code[4:]}".upper()

    def scope(self) -> Scope:
        return Scope(self.site_id, self.department_id)


class OfRequestQuerySet(AuditedQuerySet):
    def visible_to(self, by: Any) -> OfRequestQuerySet:
        return self.filter(scope_q(by, "helpdesk.view", site="request__site_id", department="request__department_id"))


class RequestNote(AuditedModel):
    """A question of the desk, or the answer to it."""

    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=8, choices=NoteKind.choices)
    text = models.CharField(max_length=1000, blank=True)
    at = models.DateTimeField()
    by_name = models.CharField(max_length=120, blank=True)
    objects = OfRequestQuerySet.as_manager()

    class Meta:
        db_table = "helpdesk_request_note"
        indexes = [models.Index(fields=["request", "id"], name="helpdesk_note_request")]
