"""The worker: runs one job at a time to its end, and has it tried again with growing pauses."""

from __future__ import annotations

import logging
import os
import secrets
import socket
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from wardwright.platform.core.change import set_source
from wardwright.platform.core.tracing import begin_trace, end_trace

from . import progress
from .delivery import engine
from .models import Job, JobState

log = logging.getLogger("wardwright.jobs")
WHEN_GIVEN_UP: dict[str, Callable[..., None]] = {}


def when_given_up(*tasks: Any) -> Any:
    """Call the function below with a task's arguments and ``error`` once a job of it has failed for good."""

    def mark(tell: Callable[..., None]) -> Callable[..., None]:
        WHEN_GIVEN_UP.update({task.module_path: tell for task in tasks})
        return tell

    return mark


def worker_name() -> str:
    return f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(2)}"


def begin(job: Job, worker: str, lease_until: datetime | None = None) -> bool:
    """Write that this worker runs the job now; one whose worker died each time fails instead."""
    if job.state == JobState.RUNNING and job.attempts >= job.max_attempts:
        finish(job, error="The worker died each time this job ran; it is not tried again by itself.")
        return False
    job.state, job.worker, job.lease_until = JobState.RUNNING, worker, lease_until
    job.attempts += 1
    job.started_at = timezone.now()
    job.error = ""
    job.save(update_fields=["state", "worker", "lease_until", "attempts", "started_at", "error"])
    return True


def finish(job: Job, *, result: object = None, error: str = "") -> None:
    """Write a job's end. A job that failed is tried again later until its attempts are used up."""
    now = timezone.now()
    mine = Job.objects.filter(pk=job.pk, worker=job.worker, state=JobState.RUNNING)
    if not error:
        mine.update(state=JobState.DONE, result=result, finished_at=now, lease_until=None, error="")
        return
    with transaction.atomic():
        if job.attempts < job.max_attempts:
            job.run_after = now + timedelta(seconds=5 * 4 ** (job.attempts - 1))
            if mine.update(state=JobState.READY, run_after=job.run_after, lease_until=None, error=error):
                engine().deliver([job])
        elif mine.update(state=JobState.FAILED, finished_at=now, lease_until=None, error=error):
            _tell(job, error)


def _tell(job: Job, error: str) -> None:
    """Let whoever waits for the job learn that it has failed for good; that cannot fail the job once more."""
    try:
        with transaction.atomic():
            import_string(job.task)  # its module says who waits
            if job.task in WHEN_GIVEN_UP:
                WHEN_GIVEN_UP[job.task](*job.args, **job.kwargs, error=error)
    except Exception:
        log.exception("Nobody could be told that job %s (%s) has failed for good", job.pk, job.task)


def run_job(job: Job) -> bool:
    """Run a job that this worker began to its end; returns whether it succeeded."""
    token = progress._running.set(job.pk)
    set_source(f"job {job.pk}")
    begin_trace(job.asked_in or "")
    try:
        result = import_string(job.task).func(*job.args, **job.kwargs)
    except Exception as error:
        log.exception("Job failed", extra={"job": job.pk, "task": job.task})
        finish(job, error=f"{type(error).__name__}: {error}")
        return False
    else:
        finish(job, result=result)
        log.debug("ran", extra={"job": job.pk, "task": job.task})
        return True
    finally:
        end_trace()
        progress._running.reset(token)


def work(*, stop: Callable[[], bool], once: bool = False) -> int:
    """Run jobs until ``stop()``; with ``once``, until none is ready. Returns how many ran."""
    return engine().work(stop=stop, once=once)
