"""Work orders with their results, attempts, labour and parts."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from wardwright.apps.assets.models import Asset
from wardwright.apps.directory.models import Company, Department, Person, Site
from wardwright.apps.maintenance.states import (
    UNFINISHED,
    VERDICT_MEANING,
    AttemptKind,
    Certificate,
    HoldReason,
    Kind,
    Priority,
    SafetyVerdict,
    Verdict,
    WorkState,
)
from wardwright.apps.testing.models import Instrument, Measurement, ProcedureVersion
from wardwright.apps.testing.states import Outcome, StepKind
from wardwright.platform.access.scope import Scope, scope_q
from wardwright.platform.core.models import AuditedModel, AuditedQuerySet, VersionedModel

from .codes import FailureCode
from .plans import Plan, Schedule

#: The day on which work is to be done: the one it was planned for, else the one it is due.
PLANNED_DAY = Coalesce("planned_on", "due_on")


class WorkOrderQuerySet(AuditedQuerySet):
    def visible_to(self, by: Any) -> WorkOrderQuerySet:
        return self.filter(
            scope_q(
                by,
                "maintenance.view",
                site="site_id",
                department="department_id",
                vendor="provider_id",
                subject="asset_id",
            )
        )

    def unfinished(self) -> WorkOrderQuerySet:
        return self.filter(state__in=UNFINISHED)

    def with_day(self) -> WorkOrderQuerySet:
        """Each with the ``day`` on which it is to be done."""
        return self.annotate(day=PLANNED_DAY)

    def with_names(self) -> WorkOrderQuerySet:
        return self.select_related(
            "asset__device_type", "asset__device_model__maker", "asset__room", "site", "department", "assigned_to"
        )


class WorkOrder(VersionedModel):
    """One job on one device. ``site`` and ``department`` are where the device was when the job was made.

    ``moved_from_on`` keeps the due date of the plan when the job was rescheduled: every figure counts from it.
    ``planned_on`` is the day somebody means to do it; no figure counts by it.
    """

    audit_subject = "asset_id"

    number = models.CharField(_("number"), max_length=20)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    title = models.CharField(_("title"), max_length=200)
    description = models.TextField(_("description"), blank=True)
    asset = models.ForeignKey(
        Asset, on_delete=models.PROTECT, related_name="+", verbose_name=_("device"), db_index=False
    )
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+", verbose_name=_("site"), db_index=False)
    department = models.ForeignKey(
        Department, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("department")
    )
    provider = models.ForeignKey(
        Company,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("done by company"),
        db_index=False,
    )
    schedule = models.ForeignKey(
        Schedule, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    plan = models.ForeignKey(Plan, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    procedure_version = models.ForeignKey(
        ProcedureVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    steps = models.JSONField(
        default=list, blank=True, help_text=_("The procedure's steps as they were when work began.")
    )
    state = models.CharField(_("state"), max_length=12, choices=WorkState.choices, default=WorkState.OPEN)
    hold_reason = models.CharField(_("waiting for"), max_length=12, choices=HoldReason.choices, blank=True, default="")
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Priority.choices, default=Priority.ROUTINE)
    due_on = models.DateField(_("due"), null=True, blank=True)
    planned_on = models.DateField(_("planned for"), null=True, blank=True)
    moved_from_on = models.DateField(_("was due"), null=True, blank=True)
    window_opens_on = models.DateField(_("may be done from"), null=True, blank=True)
    window_end_on = models.DateField(_("window ends"), null=True, blank=True)
    out_of_compliance_on = models.DateField(_("out of compliance"), null=True, blank=True)
    why = models.JSONField(_("why is this due?"), default=list, blank=True)
    minutes_planned = models.PositiveSmallIntegerField(_("planned time (minutes)"), default=30)
    required_tier = models.CharField(max_length=10, choices=Person.Tier.choices, blank=True, default="")
    assigned_to = models.ForeignKey(
        Person,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("assigned to"),
        db_index=False,
    )
    reported_at = models.DateTimeField(_("reported"), null=True, blank=True)
    reported_by_name = models.CharField(_("reported by"), max_length=120, blank=True)
    respond_by_at = models.DateTimeField(_("answer by"), null=True, blank=True)
    finish_by_at = models.DateTimeField(_("finish by"), null=True, blank=True)
    responded_at = models.DateTimeField(null=True, blank=True)
    held_since_at = models.DateTimeField(null=True, blank=True)
    held_seconds = models.PositiveBigIntegerField(default=0)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    done_at = models.DateTimeField(_("done"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    returned_to_service_at = models.DateTimeField(_("returned to service"), null=True, blank=True)
    done_by = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    verdict = models.CharField(_("result"), max_length=16, choices=Verdict.choices, blank=True, default="")
    safety = models.CharField(_("safety test"), max_length=24, choices=SafetyVerdict.choices, blank=True, default="")
    safety_reasons = models.JSONField(_("about the safety test"), default=list, blank=True)
    problem = models.ForeignKey(
        FailureCode, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    cause = models.ForeignKey(
        FailureCode, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    action = models.ForeignKey(
        FailureCode, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    work_done = models.TextField(_("what was done"), blank=True)
    certificate = models.CharField(
        _("certificate"), max_length=8, choices=Certificate.choices, blank=True, default=Certificate.NONE
    )
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    needs_verification = models.BooleanField(default=False)
    verified_at = models.DateTimeField(null=True, blank=True)
    verified_by = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    verification_note = models.CharField(_("what the verification found"), max_length=300, blank=True)
    down_from_at = models.DateTimeField(_("down from"), null=True, blank=True)
    down_until_at = models.DateTimeField(_("down until"), null=True, blank=True)
    labour_minutes = models.PositiveIntegerField(default=0)
    labour_cost_cents = models.BigIntegerField(default=0)
    parts_cost_cents = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3, blank=True)
    objects = WorkOrderQuerySet.as_manager()

    class Meta:
        db_table = "maintenance_work_order"
        # A year of work for 100,000 devices goes into this table at once, so it has no index that no page asks for:
        # foreign keys that are usually empty have a partial one or none.
        constraints = [
            models.UniqueConstraint(fields=["number"], name="maintenance_work_number"),
            models.UniqueConstraint(
                models.F("schedule"),
                Coalesce("moved_from_on", "due_on"),
                name="maintenance_work_once",
                condition=models.Q(schedule__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["parent"],
                name="maintenance_corrective_once",
                condition=models.Q(kind="corrective", parent__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["asset", "-id"], name="maintenance_work_asset"),
            models.Index(fields=["state", "due_on", "id"], name="maintenance_work_state"),
            models.Index(fields=["site", "state", "due_on"], name="maintenance_work_site"),
            models.Index(
                fields=["assigned_to", "state", "due_on"],
                name="maintenance_work_person",
                condition=models.Q(assigned_to__isnull=False),
            ),
            models.Index(
                fields=["provider", "id"], name="maintenance_work_provider", condition=models.Q(provider__isnull=False)
            ),
            models.Index(fields=["parent"], name="maintenance_work_parent", condition=models.Q(parent__isnull=False)),
            models.Index(fields=["due_on", "id"], name="maintenance_work_due"),
            models.Index("state", PLANNED_DAY, name="maintenance_work_day"),
            models.Index(
                fields=["closed_at", "id"],
                name="maintenance_work_certificate",
                condition=models.Q(certificate="missing"),
            ),
            models.Index(
                fields=["closed_at"], name="maintenance_work_closed", condition=models.Q(closed_at__isnull=False)
            ),
            models.Index(
                fields=["reported_at"], name="maintenance_work_reported", condition=models.Q(kind="corrective")
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def scope(self) -> Scope:
        return Scope(self.site_id, self.department_id, self.provider_id, self.asset_id)

    def meaning_on(self, today: date) -> str:
        """Which of the six states of LOOK.md this order is in on ``today``."""
        if self.state == WorkState.CLOSED:
            return VERDICT_MEANING.get(Verdict(self.verdict), "ok") if self.verdict else "ok"
        if self.state == WorkState.CANCELLED:
            return "out"
        if self.due_on is not None and self.due_on < today:
            return "late"
        if self.state == WorkState.ON_HOLD:
            return "info"
        return "due" if self.due_on is not None and (self.due_on - today).days <= 14 else "info"

    @property
    def cost_cents(self) -> int:
        return self.labour_cost_cents + self.parts_cost_cents

    def signed_content(self) -> dict[str, Any]:
        """What a signature under this order covers: the device, the steps, every result and the verdict. (What is not
        set was not signed before it existed, and is left out.)"""
        safety = {"safety": self.safety, "safety_reasons": self.safety_reasons} if self.safety else {}
        results = StepResult.objects.filter(work_order=self).order_by("position")
        return {
            **safety,
            "number": self.number,
            "kind": self.kind,
            "asset": self.asset_id,
            "steps": self.steps,
            "verdict": self.verdict,
            "work_done": self.work_done,
            "problem": self.problem_id,
            "cause": self.cause_id,
            "action": self.action_id,
            "results": [result.as_data() for result in results],
        }


class OfWorkQuerySet(AuditedQuerySet):
    def visible_to(self, by: Any) -> OfWorkQuerySet:
        return self.filter(
            scope_q(
                by,
                "maintenance.view",
                site="work_order__site_id",
                department="work_order__department_id",
                vendor="work_order__provider_id",
                subject="work_order__asset_id",
            )
        )


class StepResult(AuditedModel):
    """The answer to one step, with the limits it was judged by."""

    audit_subject = "asset_id"

    work_order = models.ForeignKey(WorkOrder, on_delete=models.PROTECT, related_name="+")
    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=40)
    kind = models.CharField(max_length=10, choices=StepKind.choices)
    outcome = models.CharField(max_length=8, choices=Outcome.choices)
    value = models.DecimalField(max_digits=14, decimal_places=4, null=True, blank=True)
    text = models.CharField(max_length=300, blank=True)
    unit = models.CharField(max_length=20, blank=True)
    low = models.DecimalField(max_digits=14, decimal_places=4, null=True, blank=True)
    high = models.DecimalField(max_digits=14, decimal_places=4, null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    instrument = models.ForeignKey(Instrument, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    measurement = models.ForeignKey(
        Measurement, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    attachment_id = models.BigIntegerField(null=True, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by_name = models.CharField(max_length=120, blank=True)
    objects = OfWorkQuerySet.as_manager()

    class Meta:
        db_table = "maintenance_step_result"
        constraints = [models.UniqueConstraint(fields=["work_order", "key"], name="maintenance_result_once")]
        indexes = [models.Index(fields=["asset", "key", "-id"], name="maintenance_result_step")]

    def as_data(self) -> dict[str, Any]:
        value = None if self.value is None else f"{self.value.normalize():f}"
        return {
            "key": self.key,
            "outcome": self.outcome,
            "value": value,
            "text": self.text,
            "reason": self.reason,
            "instrument": self.instrument_id,
            "attachment": self.attachment_id,
        }


class Attempt(AuditedModel):
    """A visit that could not be done: the device was in use or was not found. Never dropped from any figure."""

    audit_subject = "asset_id"

    work_order = models.ForeignKey(WorkOrder, on_delete=models.PROTECT, related_name="+")
    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=AttemptKind.choices)
    at = models.DateTimeField()
    by_name = models.CharField(max_length=120, blank=True)
    note = models.CharField(max_length=300, blank=True)
    next_try_on = models.DateField(null=True, blank=True)
    objects = OfWorkQuerySet.as_manager()

    class Meta:
        db_table = "maintenance_attempt"
        indexes = [models.Index(fields=["work_order", "id"], name="maintenance_attempt_work")]


class Labour(AuditedModel):
    """Time somebody spent, with the rate of that day."""

    audit_subject = "asset_id"

    work_order = models.ForeignKey(WorkOrder, on_delete=models.PROTECT, related_name="+")
    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    person_name = models.CharField(max_length=120)
    on = models.DateField()
    minutes = models.PositiveIntegerField()
    rate_cents = models.PositiveIntegerField(default=0)
    cost_cents = models.BigIntegerField(default=0)
    objects = OfWorkQuerySet.as_manager()

    class Meta:
        db_table = "maintenance_labour"
        indexes = [models.Index(fields=["work_order", "id"], name="maintenance_labour_work")]


class Part(AuditedModel):
    """A part that was used."""

    audit_subject = "asset_id"

    work_order = models.ForeignKey(WorkOrder, on_delete=models.PROTECT, related_name="+")
    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=160)
    part_no = models.CharField(max_length=80, blank=True)
    quantity = models.PositiveIntegerField(default=1)
    unit_cost_cents = models.BigIntegerField(default=0)
    cost_cents = models.BigIntegerField(default=0)
    used_again = models.BooleanField(default=False)
    objects = OfWorkQuerySet.as_manager()

    class Meta:
        db_table = "maintenance_part"
        indexes = [models.Index(fields=["work_order", "id"], name="maintenance_part_work")]
