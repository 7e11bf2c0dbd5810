"""Electronic signatures: who, when, what it means, and the hash of exactly what was signed."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from wardwright.platform.access.models import User
from wardwright.platform.core.models import AuditedModel


class Meaning(models.TextChoices):
    PERFORMED = "performed", _("performed")
    REVIEWED = "reviewed", _("reviewed")
    APPROVED = "approved", _("approved")


class Signature(AuditedModel):
    """One signature under one row (21 CFR 11.50, 11.70): never changed, superseded when what was signed changes."""

    audit_subject = "subject_id"

    signed_table = models.CharField(max_length=63)
    signed_id = models.BigIntegerField()
    subject_id = models.BigIntegerField(null=True)
    signer = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    printed_name = models.CharField(max_length=120)
    signed_at = models.DateTimeField()
    meaning = models.CharField(max_length=12, choices=Meaning.choices)
    snapshot = models.TextField()
    snapshot_hash = models.CharField(max_length=64)

    class Meta:
        db_table = "signatures_signature"
        indexes = [models.Index(fields=["signed_table", "signed_id"], name="signatures_signed")]
