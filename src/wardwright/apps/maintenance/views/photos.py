"""Taking photos at a step, and showing them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wardwright.apps.maintenance import operations, permissions
from wardwright.apps.maintenance.models import WorkOrder
from wardwright.apps.maintenance.operations.photos import add_photo as add_kept_photo
from wardwright.apps.maintenance.queries.photos import photo_of
from wardwright.platform.attachments.models import Attachment, DocumentKind
from wardwright.platform.attachments.serving import file_response
from wardwright.platform.attachments.uploads import keep_files
from wardwright.platform.core.errors import NotFound, Refused
from wardwright.web.views import page

from .orders import order_or_404


def keep_photo(by: Any, order: WorkOrder, file: Any) -> Attachment:
    """Keep a sent file as a photo of the order. Raises Refused, before storing what is no picture."""
    kept = keep_files(by, operations.WORK_DOCUMENTS, order, DocumentKind.PHOTO, [file])
    # Nothing is kept for somebody who may not; the operation says so.
    return add_kept_photo(by=by, work_order_id=order.pk, **(kept[0] if kept else {"sha256": ""}))


@require_POST
@page(permissions.PERFORM)
def add_photo(request: HttpRequest, work_order_id: int) -> JsonResponse:
    """Keep the sent file ``photo``; answers its ``id`` and ``url``, or ``words`` that say what is wrong."""
    order = order_or_404(request, work_order_id)
    sent = request.FILES.get("photo")
    if sent is None:
        return JsonResponse({"words": _("No photo arrived. Take it again.")}, status=422)
    try:
        photo = keep_photo(request.user, order, sent)
    except Refused as error:
        return JsonResponse({"words": str(error)}, status=error.status)
    return JsonResponse({"id": photo.pk, "url": reverse("work-photo", args=[order.pk, photo.pk])})


@page(permissions.VIEW)
def work_photo(request: HttpRequest, work_order_id: int, attachment_id: int) -> Any:
    """The picture of a step, which may belong to the order or to its device."""
    photo = photo_of(order_or_404(request, work_order_id), attachment_id)
    if photo is None:
        raise NotFound(_("There is no such photo."), _("Go back to the work order."))
    return file_response(photo)
