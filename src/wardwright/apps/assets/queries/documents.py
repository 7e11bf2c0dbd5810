"""The picture of a device type, and the manuals of a model."""

from __future__ import annotations

from django.db.models import QuerySet

from wardwright.platform.attachments.kinds import PICTURES
from wardwright.platform.attachments.models import MANUALS, Attachment, DocumentKind

from ..models import DeviceModel, DeviceType


def device_type_picture(device_type_id: int) -> Attachment | None:
    """The picture in use of a type, at most 300 kB; None where there is none.

    Everybody may see it, also who scans a label without a log-in: it shows a kind of device and no device of anybody.
    ``platform.attachments.serving.file_response`` gives it to a browser.
    """
    found = Attachment.objects.of(DeviceType._meta.db_table, device_type_id).in_force()
    return found.filter(kind=DocumentKind.PICTURE, media_type__in=PICTURES).order_by("-id").first()


def manuals_of_model(device_model_id: int) -> QuerySet[Attachment]:
    """The manuals in use of a model; models are shared by all sites. The caller asked who may see them."""
    found = Attachment.objects.of(DeviceModel._meta.db_table, device_model_id).in_force()
    return found.filter(kind__in=MANUALS).order_by("-kind", "-id")
