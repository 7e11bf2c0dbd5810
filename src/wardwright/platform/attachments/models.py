"""Files kept by the hash of their content; rows of any app refer to them by id."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from wardwright.platform.core.models import AuditedModel, AuditedQuerySet

from .kinds import CERTIFICATES, MANUALS, DocumentKind
from .owners import OWNERS

__all__ = ["CERTIFICATES", "MANUALS", "Attachment", "DocumentKind"]


class AttachmentQuerySet(AuditedQuerySet):
    def visible_to(self, by: Any) -> AttachmentQuerySet:
        """A file is seen by those who see the row it belongs to (``owners.OWNERS``)."""
        kept = Q(pk__in=())
        for owner in OWNERS.values():
            # One look-up by number for each file: the rows of a site may be a million.
            seen = owner.rows(by).order_by().filter(pk=OuterRef("owner_id"))
            kept |= Q(Exists(seen), owner_table=owner.table)
        return self.filter(kept)

    def of(self, table: str, owner_id: int) -> AttachmentQuerySet:
        return self.filter(owner_table=table, owner_id=owner_id)

    def in_force(self) -> AttachmentQuerySet:
        """Neither withdrawn nor replaced by a newer one."""
        return self.filter(withdrawn_at=None, superseded_by=None)


class Attachment(AuditedModel):
    """One file: where it belongs is said by ``owner_table``/``owner_id``; the bytes lie under their SHA-256.

    It is never deleted: it is withdrawn with a reason, or superseded by a newer one.
    """

    audit_subject = "subject_id"

    sha256 = models.CharField(max_length=64, db_index=True)
    name = models.CharField(_("name"), max_length=200)
    media_type = models.CharField(max_length=80)
    size_bytes = models.BigIntegerField()
    owner_table = models.CharField(max_length=63)
    owner_id = models.BigIntegerField()
    subject_id = models.BigIntegerField(null=True)
    kind = models.CharField(_("kind"), max_length=16, choices=DocumentKind.choices, default=DocumentKind.OTHER)
    caption = models.CharField(_("what it shows"), max_length=200, blank=True)
    language = models.CharField(_("language"), max_length=12, blank=True)
    revision = models.CharField(_("version"), max_length=60, blank=True)
    dated_on = models.DateField(_("date of the document"), null=True, blank=True)
    valid_until_on = models.DateField(_("valid until"), null=True, blank=True)
    superseded_by = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by_name = models.CharField(max_length=120, blank=True)
    withdrawn_reason = models.CharField(max_length=300, blank=True)
    added_at = models.DateTimeField(auto_now_add=True)
    added_by_name = models.CharField(max_length=120, blank=True)
    objects = AttachmentQuerySet.as_manager()

    class Meta:
        db_table = "attachments_attachment"
        verbose_name = _("document")
        indexes = [models.Index(fields=["owner_table", "owner_id"], name="attachments_owner")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_in_force(self) -> bool:
        return self.withdrawn_at is None and self.superseded_by_id is None
