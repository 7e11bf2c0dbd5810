"""What every page's frame needs."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from .nav import nav_for


def frame(request: HttpRequest) -> dict[str, Any]:
    """The rail and the reader; nothing for those who are not logged in."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"nav": [], "user": None}
    return {"nav": nav_for(user, request.path), "user": user}
