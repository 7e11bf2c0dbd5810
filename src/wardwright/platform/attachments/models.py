"""Files kept by the hash of their content; rows of any app refer to them by id."""

from __future__ import annotations

from django.db import models

from wardwright.platform.core.models import AuditedModel


class Attachment(AuditedModel):
    """One file: where it belongs is said by ``owner_table``/``owner_id``; the bytes lie under their SHA-256."""

    audit_subject = "subject_id"

    sha256 = models.CharField(max_length=64, db_index=True)
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=80)
    size_bytes = models.BigIntegerField()
    owner_table = models.CharField(max_length=63)
    owner_id = models.BigIntegerField()
    subject_id = models.BigIntegerField(null=True)
    caption = models.CharField(max_length=200, blank=True)
    added_at = models.DateTimeField(auto_now_add=True)
    added_by_name = models.CharField(max_length=120, blank=True)

    class Meta:
        db_table = "attachments_attachment"
        indexes = [models.Index(fields=["owner_table", "owner_id"], name="attachments_owner")]
