"""What every page's frame needs."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from .nav import nav_html
from .site import working_site


def frame(request: HttpRequest) -> dict[str, Any]:
    """The rail and the reader; nothing for those who are not logged in."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"user": None}
    links = [{"label": _("My account"), "url": reverse("my-account")}] if user.link_id is None else []
    site = working_site(request) if user.link_id is None else None
    return {"nav": nav_html(user, request.path), "user": user, "user_links": links, "working_site": site}
