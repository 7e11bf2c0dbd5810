"""Looking back: what an instrument that was found wrong has measured since it was last known to be right."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from wardwright.apps.assets.models import Asset
from wardwright.apps.testing.states import ItemDecision, LookbackState, VerdictChange
from wardwright.platform.access.scope import Scope, scope_q
from wardwright.platform.core.models import AuditedModel, AuditedQuerySet, VersionedModel

from .instruments import Calibration, Instrument
from .measurements import Measurement


class LookbackQuerySet(AuditedQuerySet):
    def visible_to(self, by: Any) -> LookbackQuerySet:
        return self.filter(scope_q(by, "testing.view", site="instrument__site_id"))


class Lookback(VersionedModel):
    """One search from a calibration that found an instrument wrong. ``spans`` and ``counts`` are what it found.

    A span: instrument, from, until, and the chain of calibrations from the instrument that was wrong to it.
    """

    calibration = models.ForeignKey(Calibration, on_delete=models.PROTECT, related_name="+", db_index=False)
    instrument = models.ForeignKey(Instrument, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(_("state"), max_length=10, choices=LookbackState.choices, default=LookbackState.OPEN)
    since_on = models.DateField(_("last known to be right"), null=True, blank=True)
    found_on = models.DateField(_("found wrong"))
    spans = models.JSONField(default=list)
    counts = models.JSONField(default=dict)
    conclusion = models.TextField(_("conclusion"), blank=True)
    searched_at = models.DateTimeField(_("searched"))
    searched_by_name = models.CharField(_("by"), max_length=120, blank=True)
    concluded_at = models.DateTimeField(_("concluded"), null=True, blank=True)
    objects = LookbackQuerySet.as_manager()

    class Meta:
        db_table = "testing_lookback"
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["calibration"], name="testing_lookback_once")]

    def __str__(self) -> str:
        return f"{self.instrument} {self.found_on}"

    def scope(self) -> Scope:
        return self.instrument.scope()

    def signed_content(self) -> dict[str, Any]:
        """What a signature under the statement covers: the search, every reading in doubt and what was decided."""
        items = LookbackItem.objects.filter(lookback=self).order_by("rank", "pk")
        columns = ("measurement_id", "asset_id", "change", "error", "corrected", "decision", "reason", "order_number")
        return {
            "instrument": self.instrument_id,
            "calibration": self.calibration_id,
            "since": self.since_on,
            "found": self.found_on,
            "spans": self.spans,
            "counts": self.counts,
            "conclusion": self.conclusion,
            "items": [[str(value) for value in row] for row in items.values_list(*columns)],
        }


class LookbackItemQuerySet(AuditedQuerySet):
    def visible_to(self, by: Any) -> LookbackItemQuerySet:
        """Whoever works on the lookback sees all of its devices: an impact statement with gaps would be false."""
        return self.filter(scope_q(by, "testing.view", site="lookback__instrument__site_id"))


class LookbackItem(AuditedModel):
    """One reading whose verdict does not stand any more; the lower its rank the sooner it matters."""

    audit_subject = "asset_id"

    lookback = models.ForeignKey(Lookback, on_delete=models.PROTECT, related_name="+", db_index=False)
    measurement = models.ForeignKey(Measurement, on_delete=models.PROTECT, related_name="+", db_index=False)
    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="+", db_index=False)
    rank = models.PositiveIntegerField()
    change = models.CharField(_("what changes"), max_length=14, choices=VerdictChange.choices)
    error = models.DecimalField(_("error"), max_digits=18, decimal_places=6, null=True, blank=True)
    corrected = models.DecimalField(_("corrected"), max_digits=18, decimal_places=6, null=True, blank=True)
    margin = models.DecimalField(max_digits=18, decimal_places=6, null=True, blank=True)
    retested = models.BooleanField(_("tested since with a sound instrument"), default=False)
    decision = models.CharField(_("decision"), max_length=10, choices=ItemDecision.choices, default=ItemDecision.OPEN)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    order_number = models.CharField(_("order"), max_length=20, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by_name = models.CharField(max_length=120, blank=True)
    objects = LookbackItemQuerySet.as_manager()

    class Meta:
        db_table = "testing_lookback_item"
        constraints = [models.UniqueConstraint(fields=["lookback", "measurement"], name="testing_lookback_item_once")]
        indexes = [models.Index(fields=["lookback", "rank", "id"], name="testing_lookback_rank")]

    def __str__(self) -> str:
        return f"{self.lookback_id}/{self.measurement_id}"
