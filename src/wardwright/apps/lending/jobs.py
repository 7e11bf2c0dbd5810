"""What the library does by itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django_tasks import task

from wardwright.platform.core.change import System
from wardwright.platform.jobs.recurring import every

from .operations import remind_overdue


@every(timedelta(hours=24))
@task(priority=-10)
def remind_wards() -> dict[str, Any]:
    """Every day: remind of loans past their end and of rentals that end."""
    return dict(remind_overdue(by=System("lending")))
