"""Recurring tasks: declared in code with an interval, kept in the database so that they survive restarts."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from .backend import enqueue_once
from .models import Recurrence

RECURRING: dict[str, timedelta] = {}


def every(interval: timedelta) -> Any:
    """Run the task below this line every ``interval``; write it above ``@task``."""

    def mark(task: Any) -> Any:
        RECURRING[task.module_path] = interval
        return task

    return mark


def enqueue_due(now: datetime | None = None) -> int:
    """Enqueue each recurring task that is due, once, however long the worker was away; returns how many."""
    now = now or timezone.now()
    known = dict(Recurrence.objects.values_list("task", "next_at"))
    count = 0
    for path, interval in RECURRING.items():
        due_at = known.get(path)
        # A clock that jumped forward and back must not silence a task for long: never wait more than one interval.
        if due_at is not None and now < due_at <= now + interval:
            continue
        with transaction.atomic():
            if take(path, due_at, next_at=now + interval, last_at=now):
                enqueue_once(import_string(path), f"recurring:{path}")
                count += 1
    return count


def take(path: str, due_at: datetime | None, **moments: datetime) -> bool:
    """Of all workers that saw a task due, one takes it: the row still has to be as it was seen."""
    if due_at is None:
        return Recurrence.objects.get_or_create(task=path, defaults=moments)[1]
    return Recurrence.objects.filter(task=path, next_at=due_at).update(**moments) == 1
