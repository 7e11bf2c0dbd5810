"""Names and devices that may be one and the same."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from wardwright.platform.access.scope import reach
from wardwright.platform.core.models import AuditedQuerySet, VersionedModel
from wardwright.platform.core.said import SaidCharField

from .devices import Asset


class MergeQuerySet(AuditedQuerySet):
    def visible_to(self, by: Any) -> MergeQuerySet:
        """Names are shared by all sites; a pair of devices is for those who may see both."""
        found = reach(by, "assets.view")
        if found is None:
            return self.none()
        if found.everything:
            return self
        seen = Asset.objects.visible_to(by).order_by().values("pk")
        return self.exclude(models.Q(kind="asset") & ~(models.Q(left_id__in=seen) & models.Q(right_id__in=seen)))


class MergeCandidate(VersionedModel):
    """Two names that may be one: a person decides, and the decision is remembered."""

    class Kind(models.TextChoices):
        COMPANY = "company", _("company")
        MODEL = "model", _("model")
        TYPE = "type", _("device type")
        ASSET = "asset", _("device")

    class Decision(models.TextChoices):
        OPEN = "open", _("to decide")
        SAME = "same", _("the same")
        RELATED = "related", _("related, not the same")
        DIFFERENT = "different", _("different")

    kind = models.CharField(max_length=8, choices=Kind.choices)
    left_id = models.BigIntegerField()
    right_id = models.BigIntegerField()
    left_name = models.CharField(max_length=200)
    right_name = models.CharField(max_length=200)
    score = models.PositiveSmallIntegerField(default=0)
    why = SaidCharField(max_length=300, blank=True)
    source = models.CharField(max_length=120, blank=True)
    decision = models.CharField(max_length=10, choices=Decision.choices, default=Decision.OPEN)
    decided_by_name = models.CharField(max_length=120, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    objects = MergeQuerySet.as_manager()

    class Meta:
        db_table = "assets_merge_candidate"
        constraints = [models.UniqueConstraint(fields=["kind", "left_id", "right_id"], name="assets_merge_once")]
        indexes = [models.Index(fields=["decision", "-score", "id"], name="assets_merge_waiting")]
