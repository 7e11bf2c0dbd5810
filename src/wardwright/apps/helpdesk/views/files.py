"""The pictures that came with a request, and the picture of a device type for whoever scanned a label."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from wardwright.apps.assets.queries import device_type_picture
from wardwright.apps.helpdesk import permissions, queries
from wardwright.platform.attachments.serving import file_response
from wardwright.platform.core.errors import NotFound
from wardwright.web.views import page

from . import gate
from .desk import request_or_404


@page(permissions.VIEW)
def request_file(request: HttpRequest, request_id: int, file_id: int) -> Any:
    """The picture itself."""
    row = request_or_404(request, request_id)
    found = next((file for file in queries.photos_of(row) if file.pk == file_id), None)
    if found is None:
        raise NotFound(_("There is no such file."), _("Go back to the request."))
    return file_response(found)


def type_picture(request: HttpRequest, device_type_id: int) -> Any:
    """Shows a kind of device and no device of anybody: open to whoever asks for help."""
    found = device_type_picture(device_type_id) if gate.is_open(gate.BY_CODE) else None
    if found is None:
        return gate.nothing_here(request)
    return file_response(found, cache="public, max-age=86400")
