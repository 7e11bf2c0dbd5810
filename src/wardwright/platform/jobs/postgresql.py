"""Delivery on PostgreSQL by Procrastinate: its table brings the numbers of our jobs to workers, and it sees who died.

The row in our table stays what pages read and what is true: a delivery whose job is done, or runs under another
delivery, is dropped.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import logging
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from asgiref.sync import async_to_sync, sync_to_async
from django.apps import apps
from django.conf import settings
from django.db import close_old_connections, connection, transaction
from django.db.models import BigIntegerField, Exists, OuterRef, Q, QuerySet
from django.db.models.fields.json import KT
from django.db.models.functions import Cast
from django.utils import timezone
from procrastinate import App, PsycopgConnector, sql
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.contrib.django.utils import connector_params
from procrastinate.job_context import JobContext
from procrastinate.jobs import Job as Delivery
from procrastinate.worker import Worker

from .models import Job, JobState
from .recurring import enqueue_due
from .worker import begin, run_job, worker_name

log = logging.getLogger("wardwright.jobs")
STALLED_SECONDS = 30  # without a heartbeat, of which a worker sends one every ten seconds
HAND_ON_SECONDS = 10
PAUSE_SECONDS = 1.0
_HANDING_ON = 0x6A6F6273  # any number that no other program locks in this database


def deliver(jobs: Sequence[Job]) -> None:
    """Written in the caller's transaction; the workers that listen hear of it at its commit."""
    now = timezone.now()
    app.job_manager.batch_defer_jobs(
        [
            Delivery(
                id=None,
                queue=job.queue,
                lock=None,
                queueing_lock=None,
                task_name=bring.name,
                task_kwargs={"job_id": job.pk},
                priority=job.priority,
                scheduled_at=job.run_after if job.run_after > now else None,
            )
            for job in jobs
        ]
    )


def worker_seen_at() -> datetime | None:
    """By the newest heartbeat."""
    beats = _its("Worker").order_by("-last_heartbeat")
    return beats.values_list("last_heartbeat", flat=True).first()


def _its(rows: str) -> Any:
    """Its models exist only where PostgreSQL is in use, and this module is read elsewhere too."""
    return apps.get_model("procrastinate", f"Procrastinate{rows}")._default_manager


# On Django's own connection in the worker's main thread, whatever thread the event loop is in.
@app.task(name="wardwright.job", pass_context=True)
async def bring(context: JobContext, job_id: int) -> None:
    """Run the job that a delivery names."""
    await sync_to_async(_run)(job_id, context.job.id, **context.additional_context)


def _run(job_id: int, delivery: int | None, worker: str, count: Counter[str]) -> None:
    if not connection.in_atomic_block:
        close_old_connections()
    mine = Q(worker="") | Q(worker__endswith=f"#{delivery}")
    with transaction.atomic():
        known = Job.objects.select_for_update().filter(Q(state=JobState.READY) | Q(mine, state=JobState.RUNNING))
        job = known.filter(pk=job_id).first()
        if job is None or not begin(job, f"{worker}#{delivery}"):
            return
    count["ran"] += 1
    run_job(job)


def hand_on() -> None:
    """Give to the living what dead workers had, and what was never delivered: of a house restored, or of an older one.

    One worker at a time: of two, the second would take back what the first has just handed to a third.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_HANDING_ON])
        if not cursor.fetchone()[0]:
            return
        cursor.execute(
            sql.queries["select_stalled_jobs_by_heartbeat"],
            {"seconds_since_heartbeat": STALLED_SECONDS, "queue": None, "task_name": bring.name},
        )
        at_once = timezone.now() - timedelta(hours=1)  # by the database's clock, whatever this one says
        for row in cursor.fetchall():
            app.job_manager.retry_job_by_id(row[0], retry_at=at_once)
        if jobs := list(_undelivered()):
            _undelivered().filter(state=JobState.RUNNING).update(worker="")
            deliver(jobs)


def _undelivered() -> QuerySet[Job]:
    named = Cast(KT("args__job_id"), BigIntegerField())
    known = _its("Job").filter(status__in=["todo", "doing"]).annotate(named=named)
    unfinished = Job.objects.filter(state__in=[JobState.READY, JobState.RUNNING])
    return unfinished.filter(~Exists(known.filter(named=OuterRef("pk")))).order_by("id")


def work(*, stop: Callable[[], bool], once: bool) -> int:
    count: Counter[str] = Counter()
    waiter = threading.Event()
    while not stop():
        try:
            hand_on()
            async_to_sync(_work)(_app(), stop, once, {"worker": worker_name(), "count": count})
        except Exception:
            if once:
                raise
            log.warning("The database did not answer; trying again", exc_info=True)
            connection.close()
            waiter.wait(PAUSE_SECONDS)
        if once:
            break
    return count["ran"]


async def _work(its: App, stop: Callable[[], bool], once: bool, context: dict[str, Any]) -> None:
    """One of Procrastinate's workers, until it is done, ``stop()``, or a part of it fails; its job comes to an end."""
    async with its.open_async():
        worker = _Worker(
            its,
            concurrency=1,
            wait=not once,
            delete_jobs="always",  # the history is our own table
            listen_notify=not (once or settings.POOLED),  # a pooler that changes connections does not pass it on
            fetch_job_polling_interval=PAUSE_SECONDS,
            install_signal_handlers=False,
            stalled_worker_timeout=STALLED_SECONDS,
            additional_context=context,
        )
        parts = [asyncio.create_task(part) for part in (worker.run(), _until(stop), *([] if once else [_keep_time()]))]
        await asyncio.wait(parts, return_when=asyncio.FIRST_COMPLETED)
        for part in parts:
            part.cancel()
        for end in await asyncio.gather(*parts, return_exceptions=True):
            if isinstance(end, Exception):
                raise end


class _Worker(Worker):
    """Procrastinate's, which otherwise lets go of its heartbeat and listener once they failed or it waits to stop."""

    async def _periodic_deferrer(self) -> None:
        """For ever: nothing recurs here, and when the first part returns, nobody minds the others any more."""
        await asyncio.get_running_loop().create_future()

    async def _update_heartbeat(self) -> None:
        while True:
            try:
                await super()._update_heartbeat()
            except Exception:
                log.warning("The heartbeat could not be sent just now", exc_info=True)

    async def _shutdown(self, side_tasks: list[asyncio.Task[Any]]) -> None:
        beating = asyncio.create_task(self._update_heartbeat())
        try:
            await super()._shutdown(side_tasks)
        finally:
            beating.cancel()


def _app() -> App:
    """Procrastinate over connections of its own, since it sends heartbeats while Django's is used by a job.

    Inside a caller's transaction its rows can be seen on the caller's connection only.
    """
    if connection.in_atomic_block:
        return app.with_connector(_CallersConnection())
    return app.with_connector(PsycopgConnector(kwargs=connector_params(), min_size=1, max_size=2, timeout=5))


class _CallersConnection(DjangoConnector):
    """Django's connections give JSON as text; a worker wants it read."""

    async def execute_query_one_async(self, query: Any, **arguments: Any) -> dict[str, Any]:
        row = await super().execute_query_one_async(query, **arguments)
        return {**row, "args": json.loads(row["args"])} if row.get("args") else row


async def _until(stop: Callable[[], bool]) -> None:
    while not stop():
        await asyncio.sleep(0.2)


async def _keep_time() -> None:
    """What recurs, and what the dead left behind; while a job runs here, another worker sees to it."""
    for second in itertools.count(1):
        await asyncio.sleep(PAUSE_SECONDS)
        await sync_to_async(_tick)(second)


def _tick(second: int) -> None:
    close_old_connections()
    enqueue_due()
    if second % HAND_ON_SECONDS == 0:
        hand_on()
