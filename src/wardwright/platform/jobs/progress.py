"""Progress of the job that runs in this thread; a call outside a job does nothing."""

from __future__ import annotations

from contextvars import ContextVar

from django.db import connection

from wardwright.platform.core.beside import beside

from .models import Job

_running: ContextVar[int | None] = ContextVar("wardwright_job", default=None)


def report_progress(done: int, total: int, words: str = "") -> None:
    """Show how far the running job is: on PostgreSQL at once, on SQLite with the job's own transaction."""
    job_id = _running.get()
    if job_id is None:
        return
    if connection.vendor == "postgresql" and connection.in_atomic_block:
        statement = "UPDATE jobs_job SET progress_done = %s, progress_total = %s, progress_words = %s WHERE id = %s"
        with beside() as other, other.cursor() as cursor:
            cursor.execute(statement, [done, total, words[:200], job_id])
            if cursor.rowcount:
                return
    Job.objects.filter(pk=job_id).update(progress_done=done, progress_total=total, progress_words=words[:200])
