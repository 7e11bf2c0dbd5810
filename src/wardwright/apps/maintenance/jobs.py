"""What maintenance does by itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone
from django_tasks import task

from wardwright.platform.core.change import System
from wardwright.platform.jobs.recurring import every

from .operations import carry_readings, generate_due_work, match_schedules

AHEAD_DAYS = 60


@every(timedelta(hours=24))
@task(priority=-30)
def carry_readings_over() -> dict[str, Any]:
    """Every day: readings of before measurements had their own table come into it; on a new house there are none."""
    after_id, portions = 0, 0
    while after_id or not portions:
        after_id = carry_readings(by=System("maintenance"), after_id=after_id)
        portions += 1
    return {"portions": portions}


@every(timedelta(hours=24))
@task(priority=-20)
def keep_work_ahead() -> dict[str, Any]:
    """Every day: bring schedules in line with plans and make the work of the next weeks."""
    today = timezone.localdate()
    changed = match_schedules(by=System("maintenance"), today=today)
    done = generate_due_work(by=System("maintenance"), until=today + timedelta(days=AHEAD_DAYS), today=today)
    return {"schedules": changed, "created": done.created}
