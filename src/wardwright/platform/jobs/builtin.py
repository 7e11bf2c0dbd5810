"""The platform's own tasks."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone
from django_tasks import task

from wardwright.platform.access.limits import forget_buckets
from wardwright.platform.audit.sealing import seal_pending
from wardwright.platform.audit.verify import verify
from wardwright.platform.core.once import forget_old
from wardwright.platform.events.registry import handle

from .backend import insert_jobs
from .models import Job, JobState
from .recurring import every

KEEP_DONE_DAYS = 30
PROBLEMS_SHOWN = 200


@task()
def handle_event(name: str, subscriber: str, payload: dict[str, Any]) -> None:
    """Run one subscriber for one event."""
    handle(name, subscriber, payload)


def deliver_events(name: str, subscriber: str, payloads: list[dict[str, Any]]) -> None:
    """The outbox: one job per event and subscriber, in the publisher's transaction."""
    insert_jobs(handle_event, [[name, subscriber, payload] for payload in payloads])


@every(timedelta(seconds=20))
@task(priority=50)
def seal_audit_trail() -> dict[str, int]:
    """Seal what was committed since the last time."""
    return seal_pending()._asdict()


@task()
def verify_audit_trail() -> dict[str, Any]:
    """Verify every record of the trail; the command line shows all problems, the page the first ones."""
    report = verify().as_dict()
    return {**report, "problems": report["problems"][:PROBLEMS_SHOWN], "problem_count": len(report["problems"])}


@every(timedelta(hours=6))
@task(priority=-50)
def tidy_up() -> dict[str, int]:
    """Forget old submission keys, ended sessions, finished jobs, and callers who stayed away."""
    sessions = Session.objects.filter(expire_date__lt=timezone.now()).delete()[0]
    old = Job.objects.filter(state=JobState.DONE, finished_at__lt=timezone.now() - timedelta(days=KEEP_DONE_DAYS))
    quick = Job.objects.filter(
        state=JobState.DONE, task=seal_audit_trail.module_path, finished_at__lt=timezone.now() - timedelta(hours=1)
    )
    return {
        "keys": forget_old(),
        "sessions": sessions,
        "jobs": old.delete()[0] + quick.delete()[0],
        "callers": forget_buckets(),
    }


@every(timedelta(hours=1))
@task(priority=-50)
def refresh_statistics() -> None:
    """SQLite chooses its indexes by statistics that nobody else refreshes (PostgreSQL does so by itself)."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA analysis_limit = 2000")
            cursor.execute("ANALYZE")
