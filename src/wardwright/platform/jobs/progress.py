"""Progress of the job that runs in this thread; a call outside a job does nothing."""

from __future__ import annotations

from contextvars import ContextVar

from .models import Job

_running: ContextVar[int | None] = ContextVar("wardwright_job", default=None)


def report_progress(done: int, total: int, words: str = "") -> None:
    """Show how far the running job is. Written outside the job's own transaction only where the database allows it."""
    job_id = _running.get()
    if job_id is not None:
        Job.objects.filter(pk=job_id).update(progress_done=done, progress_total=total, progress_words=words[:200])
