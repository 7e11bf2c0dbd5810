"""One thing of ours that a case may mean: what the rules say of it, what a person decided and what was done."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from wardwright.apps.assets.models import Asset
from wardwright.apps.lending.models import PatientDevice
from wardwright.apps.notices.states import Decision, Outcome, Standing
from wardwright.platform.access.scope import Scope, scope_q
from wardwright.platform.core.models import AuditedQuerySet, VersionedModel
from wardwright.platform.core.said import SaidCharField

from .cases import Case
from .notices import Notice
from .supplies import Supply

RANKED = (Standing.CONFIRMED, Standing.MODEL_ONLY, Standing.REVIEW, Standing.EXCLUDED, Standing.GONE)
#: Neither said not to be meant, nor settled.
AFFECTED = models.Q(decision=Decision.AFFECTED) | models.Q(decision=Decision.OPEN, standing=Standing.CONFIRMED)
UNDECIDED = models.Q(decision=Decision.OPEN, standing__in=(Standing.MODEL_ONLY, Standing.REVIEW))


class ExposureQuerySet(AuditedQuerySet):
    def visible_to(self, by: Any) -> ExposureQuerySet:
        """A device of the register by its place, as everything of it; the rest by the place where it is kept."""
        devices = scope_q(
            by, "notices.view", site="asset__site_id", department="asset__department_id",
            vendor="asset__provider_id", subject="asset_id",
        )  # fmt: skip
        supplies = scope_q(by, "notices.view", site="supply__site_id", department="supply__department_id")
        guests = scope_q(by, "notices.view", site="patient_device__site_id", department="patient_device__department_id")
        return self.filter(
            (models.Q(asset__isnull=False) & devices)
            | (models.Q(supply__isnull=False) & supplies)
            | (models.Q(patient_device__isnull=False) & guests)
        )

    def affected(self) -> ExposureQuerySet:
        """Meant by the rules or by a person."""
        return self.filter(AFFECTED)

    def undecided(self) -> ExposureQuerySet:
        """Nobody knows yet whether they are meant."""
        return self.filter(UNDECIDED)

    def unsettled(self) -> ExposureQuerySet:
        """Affected, or perhaps, and nothing done yet."""
        return self.filter(AFFECTED | UNDECIDED, done_at=None)

    def with_names(self) -> ExposureQuerySet:
        return self.select_related(
            "asset__device_model__maker", "asset__device_type", "asset__department", "asset__site", "asset__room",
            "supply__department", "supply__site", "patient_device__department", "patient_device__site", "notice",
        )  # fmt: skip


class Exposure(VersionedModel):
    """A device, a lot in stock or a patient's own device, in one case. ``start`` and ``end`` are the characters of the
    scope's text of ``notice`` that decided; 0, 0 where no single place did."""

    audit_subject = "asset_id"

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+", db_index=False)
    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="+")
    asset = models.ForeignKey(
        Asset, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("device"),
        db_index=False,
    )  # fmt: skip
    supply = models.ForeignKey(
        Supply, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("lot in stock")
    )
    patient_device = models.ForeignKey(
        PatientDevice, null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        verbose_name=_("patient's device"),
    )  # fmt: skip
    standing = models.CharField(_("by the rules"), max_length=10, choices=Standing.choices)
    rung = models.CharField(_("found by"), max_length=16, blank=True)
    rank = models.PositiveSmallIntegerField(default=2, editable=False)
    score = models.PositiveSmallIntegerField(_("score"), default=0)
    reason = SaidCharField(_("why"), max_length=900, blank=True)
    start = models.PositiveIntegerField(default=0)
    end = models.PositiveIntegerField(default=0)
    decision = models.CharField(_("decision"), max_length=8, choices=Decision.choices, default=Decision.OPEN)
    decision_reason = models.CharField(_("why decided so"), max_length=300, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by_name = models.CharField(max_length=120, blank=True)
    located_at = models.DateTimeField(_("located"), null=True, blank=True)
    located_by_name = models.CharField(max_length=120, blank=True)
    order_number = models.CharField(_("order"), max_length=20, blank=True)
    outcome = models.CharField(_("what was done"), max_length=12, choices=Outcome.choices, blank=True)
    evidence = models.CharField(_("evidence"), max_length=500, blank=True)
    done_at = models.DateTimeField(_("done"), null=True, blank=True)
    done_by_name = models.CharField(max_length=120, blank=True)
    objects = ExposureQuerySet.as_manager()

    class Meta:
        db_table = "notices_exposure"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "asset"], name="notices_exposure_asset", condition=models.Q(asset__isnull=False)
            ),
            models.UniqueConstraint(
                fields=["case", "supply"], name="notices_exposure_supply", condition=models.Q(supply__isnull=False)
            ),
            models.UniqueConstraint(
                fields=["case", "patient_device"],
                name="notices_exposure_patient",
                condition=models.Q(patient_device__isnull=False),
            ),
            models.CheckConstraint(
                name="notices_exposure_one_thing",
                condition=models.Q(asset__isnull=False, supply__isnull=True, patient_device__isnull=True)
                | models.Q(asset__isnull=True, supply__isnull=False, patient_device__isnull=True)
                | models.Q(asset__isnull=True, supply__isnull=True, patient_device__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["case", "rank", "id"], name="notices_exposure_case"),
            models.Index(fields=["asset", "id"], name="notices_exposure_of", condition=models.Q(asset__isnull=False)),
            models.Index(fields=["order_number"], name="notices_exposure_order", condition=~models.Q(order_number="")),
        ]

    def __str__(self) -> str:
        return self.case.number

    @property
    def thing(self) -> Any:
        """The row of ours that it is about."""
        return self.asset or self.supply or self.patient_device

    @property
    def is_affected(self) -> bool:
        return self.decision == Decision.AFFECTED or (
            self.decision == Decision.OPEN and self.standing == Standing.CONFIRMED
        )

    def set_rank(self) -> None:
        """Where it stands in a list: affected, unit not known, to be looked at, and what is not meant at the end."""
        if self.is_affected:
            self.rank = 0
        elif self.decision == Decision.CLEARED:
            self.rank = len(RANKED)
        else:
            self.rank = RANKED.index(Standing(self.standing))

    @property
    def is_undecided(self) -> bool:
        return self.decision == Decision.OPEN and self.standing in (Standing.MODEL_ONLY, Standing.REVIEW)

    def scope(self) -> Scope:
        return self.thing.scope()
