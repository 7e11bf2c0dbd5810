"""Taking photos at a step, and showing them."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, HttpRequest, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wardwright.apps.maintenance import permissions
from wardwright.apps.maintenance.operations.photos import MAX_PHOTO_BYTES, PICTURES
from wardwright.apps.maintenance.operations.photos import add_photo as keep_photo
from wardwright.apps.maintenance.queries.photos import photo_of
from wardwright.platform.attachments.store import path_of
from wardwright.platform.core.errors import Invalid, NotFound, Refused
from wardwright.web.views import page

from .orders import order_or_404


def photo_bytes(file: Any) -> bytes:
    """The content of a sent file. Raises Invalid before reading one that is too large."""
    if file.size is None or file.size > MAX_PHOTO_BYTES:
        limit = MAX_PHOTO_BYTES // 1_000_000
        raise Invalid(_("The photo is larger than %(limit)s MB.") % {"limit": limit}, _("Take a smaller one."))
    file.seek(0)
    return file.read()


@require_POST
@page(permissions.PERFORM)
def add_photo(request: HttpRequest, work_order_id: int) -> JsonResponse:
    """Keep the sent file ``photo``; answers its ``id`` and ``url``, or ``words`` that say what is wrong."""
    order = order_or_404(request, work_order_id)
    sent = request.FILES.get("photo")
    if sent is None:
        return JsonResponse({"words": _("No photo arrived. Take it again.")}, status=422)
    try:
        photo = keep_photo(by=request.user, work_order_id=order.pk, data=photo_bytes(sent), name=sent.name or "")
    except Refused as error:
        return JsonResponse({"words": str(error)}, status=error.status)
    return JsonResponse({"id": photo.pk, "url": reverse("work-photo", args=[order.pk, photo.pk])})


@page(permissions.VIEW)
def work_photo(request: HttpRequest, work_order_id: int, attachment_id: int) -> Any:
    """The picture itself. Only pictures are shown in the browser; anything else is offered for download."""
    photo = photo_of(order_or_404(request, work_order_id), attachment_id)
    if photo is None or not path_of(photo.sha256).exists():
        raise NotFound(_("There is no such photo."), _("Go back to the work order."))
    is_picture = photo.media_type in PICTURES
    response = FileResponse(
        path_of(photo.sha256).open("rb"),
        as_attachment=not is_picture,
        filename=photo.name,
        content_type=photo.media_type if is_picture else "application/octet-stream",
    )
    response["Cache-Control"] = "private, max-age=86400, immutable"
    return response
