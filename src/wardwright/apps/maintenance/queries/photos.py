"""The photos of work orders."""

from __future__ import annotations

from wardwright.apps.maintenance.models import WorkOrder
from wardwright.platform.attachments.models import Attachment


def photo_of(order: WorkOrder, attachment_id: int) -> Attachment | None:
    """One photo, if it belongs to this order (which the caller may see) or to its device."""
    own = Attachment.objects.filter(owner_table=WorkOrder._meta.db_table, owner_id=order.pk)
    of_device = Attachment.objects.filter(subject_id=order.asset_id, media_type__startswith="image/")
    return (own | of_device).filter(pk=attachment_id).first()
