"""Jobs in tests: run here and now what waits, on either database."""

from datetime import timedelta

from django.db import connection
from django.utils import timezone

from wardwright.platform.jobs.models import Job, JobState
from wardwright.platform.jobs.worker import work


def run_all() -> int:
    return work(stop=lambda: False, once=True)


def make_due() -> None:
    """The time has come of everything that waits."""
    Job.objects.filter(state=JobState.READY).update(run_after=timezone.now() - timedelta(seconds=1))
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("UPDATE procrastinate_jobs SET scheduled_at = now() WHERE status = 'todo'")
