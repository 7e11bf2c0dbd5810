"""The audit trail. Rows of these tables are only ever inserted: triggers refuse the rest."""

from __future__ import annotations

from typing import Any

from django.db import models


class ChangeQuerySet(models.QuerySet):
    def visible_to(self, by: Any) -> ChangeQuerySet:
        """The whole trail is for those who may read it everywhere; others see it asset by asset."""
        from wardwright.platform.access.scope import reach

        found = reach(by, "audit.view")
        return self if found and found.everything else self.none()


class AuditChange(models.Model):
    """One committed operation: who, what, why, and the Merkle root over the records it wrote.

    ``manifest`` packs (record id, leaf hash) of every record in order; ``mac`` is keyed, so that a change is
    protected from the moment it commits, before its batch is sealed.
    """

    id = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=120)
    operation = models.CharField(max_length=80)
    reason = models.TextField(blank=True)
    source = models.CharField(max_length=40, blank=True)
    notes = models.TextField(blank=True)
    records = models.IntegerField()
    root = models.BinaryField()
    manifest = models.BinaryField()
    mac = models.BinaryField()

    objects = ChangeQuerySet.as_manager()

    class Meta:
        db_table = "audit_change"
        indexes = [
            models.Index(fields=["operation", "-id"], name="audit_change_operation"),
            models.Index(fields=["actor_id", "-id"], name="audit_change_actor"),
            models.Index(fields=["-id"], name="audit_change_reasoned", condition=~models.Q(reason="")),
        ]


class AuditRecord(models.Model):
    """One touched row, written by trigger: kind I(nsert), U(pdate) or D(elete).

    ``before`` and ``after`` are JSON text: whole rows for I and D, only what differs for U.
    """

    id = models.BigAutoField(primary_key=True)
    change_id = models.BigIntegerField(db_index=True)
    table_name = models.CharField(max_length=63)
    row_id = models.BigIntegerField()
    kind = models.CharField(max_length=1)
    before = models.TextField(null=True)
    after = models.TextField(null=True)
    subject_id = models.BigIntegerField(null=True)

    class Meta:
        db_table = "audit_record"
        indexes = [
            models.Index(fields=["table_name", "row_id", "id"], name="audit_record_row"),
            models.Index(
                fields=["subject_id", "id"], name="audit_record_subject", condition=models.Q(subject_id__isnull=False)
            ),
        ]


class AuditSeal(models.Model):
    """A signed batch: the Merkle root over its changes, chained to the seal before. ``members`` packs their ids."""

    id = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    previous = models.BinaryField()
    root = models.BinaryField()
    count = models.IntegerField()
    members = models.BinaryField()
    key = models.BinaryField()
    signature = models.BinaryField()

    class Meta:
        db_table = "audit_seal"


class AuditLeaf(models.Model):
    """A change's place in its seal."""

    change_id = models.BigIntegerField(primary_key=True)
    seal_id = models.BigIntegerField()
    position = models.IntegerField()
    hash = models.BinaryField()

    class Meta:
        db_table = "audit_leaf"
        constraints = [models.UniqueConstraint(fields=["seal_id", "position"], name="audit_leaf_place")]


class AuditKey(models.Model):
    """A change of the house's key: from the seal after ``last_seal`` on ``new`` signs instead of ``old``.

    ``seals`` hashes every seal up to there; ``adopted`` packs the leaves of changes that the old key protected and that
    were not sealed yet. ``old_signature`` is empty where the old key was not there to sign (a restore without keys).
    """

    id = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    old = models.BinaryField()
    new = models.BinaryField()
    last_seal = models.BigIntegerField()
    seals = models.BinaryField()
    adopted = models.BinaryField()
    reason = models.CharField(max_length=200)
    old_signature = models.BinaryField()
    new_signature = models.BinaryField()

    class Meta:
        db_table = "audit_key"
