"""The jobs table, which is also the outbox: a job exists exactly if the transaction that asked for it committed."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from wardwright.platform.access.scope import reach
from wardwright.platform.core.models import InsertedModel


class JobState(models.TextChoices):
    READY = "ready", _("waiting")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    FAILED = "failed", pgettext_lazy("run", "failed")


class JobQuerySet(models.QuerySet):
    def visible_to(self, by: Any) -> JobQuerySet:
        """Jobs belong to no site: all of them are for those who may see jobs everywhere, others see their own."""
        found = reach(by, "jobs.view")
        return self if found and found.everything else self.filter(asked_by_id=by.id or -1)


class Job(InsertedModel):
    """One call of a task with primitive arguments.

    A running job holds a lease that its worker renews; when the worker is killed the lease runs out and the job runs
    again. ``key`` makes asking idempotent: a second request with the key of a job not yet done is the same job.
    """

    id = models.BigAutoField(primary_key=True)
    task = models.CharField(max_length=200)
    args = models.JSONField(default=list)
    kwargs = models.JSONField(default=dict)
    queue = models.CharField(max_length=40, default="default")
    priority = models.SmallIntegerField(default=0)
    key = models.CharField(max_length=200, null=True)
    state = models.CharField(max_length=8, choices=JobState.choices, default=JobState.READY)
    run_after = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    max_attempts = models.PositiveSmallIntegerField(default=5)
    worker = models.CharField(max_length=80, blank=True)
    lease_until = models.DateTimeField(null=True)
    progress_done = models.BigIntegerField(default=0)
    progress_total = models.BigIntegerField(default=0)
    progress_words = models.CharField(max_length=200, blank=True)
    result = models.JSONField(null=True)
    error = models.TextField(blank=True)
    asked_by_id = models.BigIntegerField(null=True)
    asked_in = models.CharField(max_length=32, null=True)  # the id of the request that asked
    made_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        db_table = "jobs_job"
        indexes = [
            models.Index(fields=["-priority", "run_after", "id"], name="jobs_ready", condition=models.Q(state="ready")),
            models.Index(fields=["lease_until"], name="jobs_leased", condition=models.Q(state="running")),
            models.Index(fields=["-id"], name="jobs_newest"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["key"], name="jobs_key_once", condition=models.Q(state__in=["ready", "running"])
            )
        ]


class Recurrence(models.Model):
    """When a recurring task is due next; its interval is declared in code."""

    task = models.CharField(max_length=200, primary_key=True)
    next_at = models.DateTimeField()
    last_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "jobs_recurrence"
