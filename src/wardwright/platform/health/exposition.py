"""Everything a monitoring system may ask for, in the text format of Prometheus.

What processes count is in ``platform.core.figures``; here is what the database tells, read when somebody asks.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Count, Min
from django.utils import timezone
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from wardwright.platform.core.figures import COUNTED
from wardwright.platform.jobs.models import Job, JobState
from wardwright.platform.notify.mail.models import Mail, MailState
from wardwright.platform.notify.webhooks.models import Delivery, DeliveryState

from .checks import examine, unsealed_seconds, worker_seen_at

LATELY = timedelta(days=1)


class House(Collector):
    """Gauges read from the database; the same whichever process or host is asked."""

    def collect(self) -> Iterator[Metric]:
        now = timezone.now()
        yield from _health()
        yield from _jobs(now)
        yield from _messages(now)
        yield _gauge("wardwright_audit_unsealed_seconds", "Age of the oldest unsealed change.", unsealed_seconds())
        seen = worker_seen_at()
        if seen:
            yield _gauge("wardwright_worker_seen_seconds", "Since a worker was seen.", _since(seen, now))


def _health() -> Iterator[Metric]:
    well = GaugeMetricFamily("wardwright_check", "1 where a check of /ready holds, else 0.", labels=["check"])
    for finding in examine():
        well.add_metric([finding.name], float(finding.is_well))
    yield well


def _jobs(now: datetime) -> Iterator[Metric]:
    """Those done are left out: they are history, and many."""
    counts = GaugeMetricFamily("wardwright_jobs", "Background jobs, by state.", labels=["state"])
    oldest = GaugeMetricFamily(
        "wardwright_jobs_oldest_seconds", "How long the oldest job of a state is due or runs.", labels=["state"]
    )
    for state, moment in ((JobState.READY, "run_after"), (JobState.RUNNING, "started_at")):
        rows = Job.objects.filter(state=state)
        if state == JobState.READY:
            rows = rows.filter(run_after__lte=now)
        found = rows.aggregate(n=Count("id"), at=Min(moment))
        counts.add_metric([str(state)], found["n"])
        oldest.add_metric([str(state)], _since(found["at"], now) if found["at"] else 0)
    failed = GaugeMetricFamily("wardwright_jobs_failed", "Jobs given up within a day, by task.", labels=["task"])
    given_up = Job.objects.filter(state=JobState.FAILED, finished_at__gt=now - LATELY)
    for task, n in given_up.order_by("task").values_list("task").annotate(n=Count("id")):
        failed.add_metric([task.rsplit(".", 1)[-1]], n)
    yield from (counts, oldest, failed)


def _messages(now: datetime) -> Iterator[Metric]:
    family = GaugeMetricFamily(
        "wardwright_messages",
        "E-mails and webhook messages that wait, or were given up in a month.",
        labels=["kind", "state"],
    )
    family.add_metric(["mail", "waiting"], Mail.objects.filter(state=MailState.WAITING).count())
    family.add_metric(["mail", "failed"], Mail.objects.filter(state=MailState.FAILED).count())
    family.add_metric(["webhook", "waiting"], Delivery.objects.filter(state=DeliveryState.WAITING).count())
    family.add_metric(["webhook", "failed"], Delivery.objects.filter(state=DeliveryState.FAILED).count())
    yield family


def _gauge(name: str, words: str, value: float) -> Metric:
    return GaugeMetricFamily(name, words, value=value)


def _since(moment: datetime, now: datetime) -> float:
    return max(0.0, (now - moment).total_seconds())


def exposition(*, with_database: bool = True) -> bytes:
    """The text; without the database only what the processes counted."""
    registry = CollectorRegistry()
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        MultiProcessCollector(registry)
    else:
        registry.register(_Own())
    if with_database:
        registry.register(House())
    return generate_latest(registry)


class _Own(Collector):
    """The counters of this process alone: a single process, as in tests."""

    def collect(self) -> Iterator[Metric]:
        yield from COUNTED.collect()
