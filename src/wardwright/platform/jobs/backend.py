"""The django_tasks backend over our jobs table (``@task`` functions and ``.enqueue`` are the portable API).

Why a table of our own: ADR 0003. How its jobs reach the workers: ``delivery``.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from django_tasks.backends.base import BaseTaskBackend
from django_tasks.base import Task, TaskResult, TaskResultStatus

from wardwright.platform.core.change import current_change
from wardwright.platform.core.models import Taken
from wardwright.platform.core.tracing import current_trace

from .delivery import engine
from .models import Job, JobState

_STATUS = {
    JobState.READY: TaskResultStatus.READY,
    JobState.RUNNING: TaskResultStatus.RUNNING,
    JobState.DONE: TaskResultStatus.SUCCESSFUL,
    JobState.FAILED: TaskResultStatus.FAILED,
}


class JobsBackend(BaseTaskBackend):
    """Stores jobs in the main database, in the caller's transaction."""

    supports_defer = True
    supports_priority = True

    def enqueue(self, task: Task, args: Any, kwargs: Any) -> TaskResult:
        self.validate_task(task)
        return as_result(task, insert_job(task, list(args), dict(kwargs)))


def insert_job(task: Task, args: list[Any], kwargs: dict[str, Any], *, key: str | None = None, by: Any = None) -> Job:
    """Insert a job; with ``key``, return the waiting or running job that already has it instead."""
    job = _new_job(task, args, kwargs, key, by)
    with transaction.atomic(savepoint=False):
        try:
            job.save(force_insert=True)
        except Taken:
            waiting = Job.objects.filter(key=key, state__in=[JobState.READY, JobState.RUNNING]).first()
            if waiting is None:
                raise
            return waiting
        engine().deliver([job])
    return job


def insert_jobs(task: Task, calls: list[list[Any]]) -> None:
    """Insert one job for each list of arguments, with one statement."""
    jobs = [_new_job(task, args, {}) for args in calls]
    with transaction.atomic(savepoint=False):
        if len(jobs) == 1:  # as a rule; the short way
            jobs[0].save(force_insert=True)
        else:
            Job.objects.bulk_create(jobs, batch_size=500)
        engine().deliver(jobs)


def _new_job(task: Task, args: list[Any], kwargs: dict[str, Any], key: str | None = None, by: Any = None) -> Job:
    change = current_change()
    return Job(
        task=task.module_path,
        args=args,
        kwargs=kwargs,
        queue=task.queue_name,
        priority=task.priority,
        key=key,
        run_after=task.run_after or timezone.now(),
        asked_in=current_trace() or None,
        asked_by_id=by.id if by is not None else (change.by.id if change else None),
    )


def enqueue_once(task: Task, key: str, *args: Any, by: Any = None, **kwargs: Any) -> Job:
    """Ask for a job under a key; asking again while it waits or runs gives the same job."""
    return insert_job(task, list(args), kwargs, key=key, by=by)


def as_result(task: Task, job: Job) -> TaskResult:
    return TaskResult(
        task=task,
        id=str(job.pk),
        status=_STATUS[JobState(job.state)],
        enqueued_at=job.made_at,
        started_at=job.started_at,
        finished_at=job.finished_at,
        last_attempted_at=job.started_at,
        args=job.args,
        kwargs=job.kwargs,
        backend="default",
        errors=[],
        worker_ids=[job.worker] if job.worker else [],
    )
