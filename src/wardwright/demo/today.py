"""The desk as it looks this morning: what came in overnight, who has what, what is overdue."""

from __future__ import annotations

from datetime import date
from typing import Any

from wardwright.platform.access.scope import authorize
from wardwright.platform.audit.operation import operation


@operation()
def set_the_desk(*, by: Any, seed: int, today: date) -> int:
    """Arrange the open work so that every role finds something to do; returns how many requests came in overnight."""
    authorize(by, "access.manage")
    return 0
