"""Writing a line about the door, inside the change that is open."""

from __future__ import annotations

from typing import Any

from wardwright.platform.access.throttle import address_of
from wardwright.platform.core.figures import SIGN_INS

from .models import AccessEvent
from .sessions import device_of


def note(
    user_id: int | None, kind: str, *, method: str = "", address: str = "", device: str = "", detail: str = ""
) -> None:
    SIGN_INS.labels(str(kind)).inc()
    AccessEvent.objects.create(
        user_id=user_id, kind=kind, method=method, address=address[:45], device=device[:80], detail=detail[:120]
    )


def seen(request: Any) -> dict[str, str]:
    """Where a request comes from, as ``note`` takes it."""
    return {"address": address_of(request) or "", "device": device_of(request)}
