"""Delivery on SQLite: a worker asks the jobs table about once a second, and holds a lease on the job that it runs."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import close_old_connections, connection, transaction
from django.utils import timezone

from .models import Job, JobState
from .recurring import enqueue_due
from .worker import begin, run_job, worker_name

log = logging.getLogger("wardwright.jobs")
LEASE = timedelta(seconds=60)
RENEW_SECONDS = 20
PAUSE_SECONDS = 1.0


def deliver(jobs: Sequence[Job]) -> None:
    """Workers see the rows."""


def worker_seen_at() -> datetime | None:
    """By the newest lease."""
    running = Job.objects.filter(state=JobState.RUNNING).order_by("-lease_until")
    lease = running.values_list("lease_until", flat=True).first()
    return lease and lease - LEASE


def take_job(worker: str) -> Job | None:
    """Lease the next ready job, or one whose lease ran out because its worker died."""
    now = timezone.now()
    with transaction.atomic():
        jobs = Job.objects.all()
        job = (
            jobs.filter(state=JobState.RUNNING, lease_until__lt=now).order_by("lease_until").first()
            or jobs.filter(state=JobState.READY, run_after__lte=now).order_by("-priority", "run_after", "id").first()
        )
        if job is None or begin(job, worker, now + LEASE):
            return job
        return take_job(worker)


@contextmanager
def leased(job: Job) -> Iterator[None]:
    """Renew the lease of a job until it ends."""
    stop = threading.Event()
    threading.Thread(target=_renew, args=(job.pk, job.worker, stop), daemon=True).start()
    try:
        yield
    finally:
        stop.set()


def _renew(job_id: int, worker: str, stop: threading.Event) -> None:
    while not stop.wait(RENEW_SECONDS):
        try:
            Job.objects.filter(pk=job_id, worker=worker, state=JobState.RUNNING).update(
                lease_until=timezone.now() + LEASE
            )
        except Exception:
            log.warning("The lease of job %s could not be renewed just now", job_id, exc_info=True)
    connection.close()


def work(*, stop: Callable[[], bool], once: bool) -> int:
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
            with leased(job):
                run_job(job)
            count += 1
        elif once:
            break
        else:
            waiter.wait(PAUSE_SECONDS)
    return count
