"""Photos that belong to a work order: kept the moment they are taken, so that none is lost."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from wardwright.apps.maintenance.models import WorkOrder
from wardwright.apps.maintenance.permissions import PERFORM
from wardwright.platform.attachments.models import Attachment
from wardwright.platform.attachments.store import put, safe_name, sniff
from wardwright.platform.audit.operation import operation
from wardwright.platform.core.errors import Invalid

from .common import check_unfinished, take_order

PICTURES = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp"}
MAX_PHOTO_BYTES = 15_000_000


@operation()
def add_photo(*, by: Any, work_order_id: int, data: bytes, name: str = "", caption: str = "") -> Attachment:
    """Keep a photo with the order; the same picture sent twice is kept once.

    Raises:
        Invalid: not a JPEG, PNG or WebP picture by its content, or larger than 15 MB. NotNow: the order is closed.
    """
    order = take_order(by, work_order_id, PERFORM)
    check_unfinished(order)
    media_type = sniff(data)
    if media_type not in PICTURES:
        raise Invalid(
            _("This file is not a picture."),
            _("Take a photo, or choose a JPEG, PNG or WebP file."),
            fields={"photo": _("Choose a JPEG, PNG or WebP picture.")},
        )
    digest = put(data, max_bytes=MAX_PHOTO_BYTES)
    own = {"owner_table": WorkOrder._meta.db_table, "owner_id": order.pk, "sha256": digest}
    known = Attachment.objects.filter(**own).first()
    return known or Attachment.objects.create(
        **own,
        name=safe_name(name or f"photo.{PICTURES[media_type]}"),
        media_type=media_type,
        size_bytes=len(data),
        subject_id=order.asset_id,
        caption=caption.strip()[:200],
        added_by_name=str(by)[:120],
    )
