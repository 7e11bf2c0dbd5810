"""Reading jobs: what recurs when, and the newest verification of the trail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from wardwright.platform.core.words import step_words

from .builtin import verify_audit_trail
from .models import Job, Recurrence
from .recurring import RECURRING


@dataclass(frozen=True)
class Recurring:
    """A task that runs by itself; ``next_at`` is None until a worker saw it for the first time."""

    task: str
    interval: timedelta
    next_at: datetime | None
    last_at: datetime | None

    @property
    def words(self) -> str:
        return step_words(self.task)


def recurring_tasks() -> list[Recurring]:
    """Every recurring task with its next time, the next one first."""
    known = {row.task: row for row in Recurrence.objects.all()}
    found = [
        Recurring(path, interval, getattr(known.get(path), "next_at", None), getattr(known.get(path), "last_at", None))
        for path, interval in RECURRING.items()
    ]
    return sorted(found, key=lambda item: (item.next_at is None, item.next_at or item.task))


def newest_verification() -> Job | None:
    """The last time somebody had the trail verified; its result is for everybody who may read the trail."""
    return Job.objects.filter(task=verify_audit_trail.module_path).order_by("-id").first()
