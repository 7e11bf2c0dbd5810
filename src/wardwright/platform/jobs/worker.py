"""The worker: takes one job at a time under a lease, renews the lease while it runs, retries with growing pauses."""

from __future__ import annotations

import logging
import os
import secrets
import socket
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import close_old_connections, connection, transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from wardwright.platform.core.change import set_source
from wardwright.platform.core.tracing import begin_trace, end_trace

from . import progress
from .models import Job, JobState
from .recurring import enqueue_due

log = logging.getLogger("wardwright.jobs")
LEASE = timedelta(seconds=60)
RENEW_SECONDS = 20
WHEN_GIVEN_UP: dict[str, Callable[..., None]] = {}


def when_given_up(*tasks: Any) -> Any:
    """Call the function below with a task's arguments and ``error`` once a job of it has failed for good."""

    def mark(tell: Callable[..., None]) -> Callable[..., None]:
        WHEN_GIVEN_UP.update({task.module_path: tell for task in tasks})
        return tell

    return mark


def worker_name() -> str:
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(2)}"


def take_job(worker: str) -> Job | None:
    """Lease the next ready job, or one whose lease ran out because its worker died."""
    now = timezone.now()
    with transaction.atomic():
        jobs = Job.objects.all()
        if connection.features.has_select_for_update_skip_locked:
            jobs = jobs.select_for_update(skip_locked=True)
        job = (
            jobs.filter(state=JobState.RUNNING, lease_until__lt=now).order_by("lease_until").first()
            or jobs.filter(state=JobState.READY, run_after__lte=now).order_by("-priority", "run_after", "id").first()
        )
        if job is None:
            return None
        if job.state == JobState.RUNNING and job.attempts >= job.max_attempts:
            finish(job, error="The worker died each time this job ran; it is not tried again by itself.")
            return take_job(worker)
        job.state, job.worker, job.lease_until = JobState.RUNNING, worker, now + LEASE
        job.attempts += 1
        job.started_at = now
        job.error = ""
        job.save(update_fields=["state", "worker", "lease_until", "attempts", "started_at", "error"])
    return job


def finish(job: Job, *, result: object = None, error: str = "") -> None:
    """Write a job's end. A job that failed is tried again later until its attempts are used up."""
    now = timezone.now()
    mine = Job.objects.filter(pk=job.pk, worker=job.worker, state=JobState.RUNNING)
    if not error:
        mine.update(state=JobState.DONE, result=result, finished_at=now, lease_until=None, error="")
    elif job.attempts < job.max_attempts:
        pause = timedelta(seconds=5 * 4 ** (job.attempts - 1))
        mine.update(state=JobState.READY, run_after=now + pause, lease_until=None, error=error)
    else:
        with transaction.atomic():
            if mine.update(state=JobState.FAILED, finished_at=now, lease_until=None, error=error):
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
    """Run one leased job to its end; returns whether it succeeded."""
    token = progress._running.set(job.pk)
    set_source(f"job {job.pk}")
    begin_trace(job.asked_in or "")
    stop = threading.Event()
    renewer = threading.Thread(target=_renew, args=(job.pk, job.worker, stop), daemon=True)
    renewer.start()
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
        stop.set()
        progress._running.reset(token)


def _renew(job_id: int, worker: str, stop: threading.Event) -> None:
    while not stop.wait(RENEW_SECONDS):
        try:
            Job.objects.filter(pk=job_id, worker=worker, state=JobState.RUNNING).update(
                lease_until=timezone.now() + LEASE
            )
        except Exception:
            log.warning("The lease of job %s could not be renewed just now", job_id, exc_info=True)
    connection.close()


def work(*, stop: Callable[[], bool], pause_seconds: float = 1.0, once: bool = False) -> int:
    """Run jobs until ``stop()``; with ``once``, until none is ready. Returns how many ran."""
    worker, count = worker_name(), 0
    waiter = threading.Event()
    while not stop():
        try:
            if not connection.in_atomic_block:  # inside a caller's transaction there is nothing old
                close_old_connections()
            if not once:
                enqueue_due()
            job = take_job(worker)
        except Exception:
            log.warning("The database did not answer; trying again", exc_info=True)
            job = None
            if once:
                raise
        if job is not None:
            run_job(job)
            count += 1
        elif once:
            break
        else:
            waiter.wait(pause_seconds)
    return count
