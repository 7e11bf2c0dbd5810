"""The pictures that came with a request."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from django.http import FileResponse, HttpRequest
from django.utils.translation import gettext as _

from wardwright.apps.helpdesk import permissions, queries
from wardwright.apps.helpdesk.operations.receiving import PICTURES
from wardwright.platform.attachments.store import read
from wardwright.platform.core.errors import NotFound
from wardwright.web.views import page

from .desk import request_or_404


@page(permissions.VIEW)
def request_file(request: HttpRequest, request_id: int, file_id: int) -> Any:
    """The picture itself; anything else is offered for download and never shown."""
    row = request_or_404(request, request_id)
    found = next((file for file in queries.photos_of(row) if file.pk == file_id), None)
    if found is None:
        raise NotFound(_("There is no such file."), _("Go back to the request."))
    is_picture = found.media_type in PICTURES
    response = FileResponse(
        BytesIO(read(found.sha256)),
        as_attachment=not is_picture,
        filename=found.name,
        content_type=found.media_type if is_picture else "application/octet-stream",
    )
    response["Cache-Control"] = "private, max-age=86400, immutable"
    return response
