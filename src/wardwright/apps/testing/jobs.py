"""What testing does by itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django_tasks import task

from wardwright.platform.core.change import System
from wardwright.platform.jobs.recurring import every

from .operations import note_calibrations


@every(timedelta(hours=24))
@task(priority=-20)
def carry_calibrations_over() -> dict[str, Any]:
    """Every day: calibrations of instruments whose dates come from before calibrations were kept, or from an import."""
    return {"made": note_calibrations(by=System("testing"))}
