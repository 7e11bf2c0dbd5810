"""What maintenance does by itself."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from django_tasks import task

from wardwright.platform.core.change import System
from wardwright.platform.jobs.progress import report_progress
from wardwright.platform.jobs.recurring import every

from .operations import generate_due_work, match_schedules

AHEAD_DAYS = 60


@task(priority=-10)
def generate_until(until: str, site_id: int | None = None) -> dict[str, Any]:
    """Make the work due up to ``until`` (ISO date), as a job with progress."""
    done = generate_due_work(
        by=System("maintenance"),
        until=date.fromisoformat(until),
        today=timezone.localdate(),
        site_id=site_id,
        progress=report_progress,
    )
    return {
        "created": done.created,
        "existing": done.existing,
        "schedules": done.schedules,
        "skipped": dict(done.skipped_by_status),
    }


@every(timedelta(hours=24))
@task(priority=-20)
def keep_work_ahead() -> dict[str, Any]:
    """Every day: bring schedules in line with plans and make the work of the next weeks."""
    today = timezone.localdate()
    changed = match_schedules(by=System("maintenance"), today=today)
    done = generate_due_work(by=System("maintenance"), until=today + timedelta(days=AHEAD_DAYS), today=today)
    return {"schedules": changed, "created": done.created}
