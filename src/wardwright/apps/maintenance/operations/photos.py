"""Photos that belong to a work order: kept the moment they are taken, so that none is lost."""

from __future__ import annotations

from typing import Any

from wardwright.apps.maintenance.permissions import PERFORM
from wardwright.platform.attachments.models import Attachment, DocumentKind
from wardwright.platform.attachments.operations import add_documents
from wardwright.platform.audit.operation import operation

from .certificates import WORK_DOCUMENTS
from .common import check_unfinished, take_order


@operation()
def add_photo(*, by: Any, work_order_id: int, sha256: str, name: str = "", caption: str = "") -> Attachment:
    """Add a kept picture to an order that is not finished; the same picture sent twice is there once.

    Raises:
        Invalid: not a JPEG, PNG or WebP picture by its content. NotNow: the order is closed.
    """
    order = take_order(by, work_order_id, PERFORM)
    check_unfinished(order)
    (photo,) = add_documents(
        by=by,
        owner=WORK_DOCUMENTS.key,
        owner_id=order.pk,
        files=[{"sha256": sha256, "name": name or "photo"}],
        kind=DocumentKind.PHOTO,
        caption=caption.strip()[:200],
    )
    return photo
