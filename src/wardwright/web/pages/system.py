"""The system: what runs here, how large it has grown, and how far the audit trail is sealed."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from wardwright import __version__
from wardwright.platform.access.builtin import MANAGE
from wardwright.platform.audit.keys import public_bytes
from wardwright.platform.audit.queries import standing
from wardwright.platform.core.storage import database_facts
from wardwright.platform.health.checks import examine
from wardwright.web.views import page


@page(MANAGE)
def system(request: HttpRequest) -> HttpResponse:
    return render(
        request,
        "web/pages/system.html",
        {
            "version": __version__,
            "database": database_facts(),
            "home": settings.WARDWRIGHT_HOME,
            "standing": standing(),
            "findings": examine(),
            "key": public_bytes().hex(),
        },
    )
