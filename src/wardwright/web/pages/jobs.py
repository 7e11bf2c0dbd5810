"""Background jobs: what ran, what runs, what failed and why, what recurs when."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from wardwright.platform.access.scope import allowed
from wardwright.platform.core.words import number_words, step_words
from wardwright.platform.jobs import operations
from wardwright.platform.jobs.models import Job, JobState
from wardwright.platform.jobs.permissions import RETRY, VIEW
from wardwright.platform.jobs.queries import recurring_tasks
from wardwright.platform.jobs.recurring import RECURRING
from wardwright.web.errors import error_page
from wardwright.web.tables import Action, Column, Filter, Table, list_page
from wardwright.web.templatetags import ui
from wardwright.web.views import OnceForm, asks_for, page, run_form, visible_or_404

MEANING = {JobState.READY: "due", JobState.RUNNING: "info", JobState.DONE: "ok", JobState.FAILED: "late"}


def state_pill(job: Job) -> Any:
    """The state of a job; one that waits after a failure says so."""
    words = job.get_state_display()
    if job.state == JobState.READY and job.error:
        words = _("waiting to try again")
    return ui.pill(MEANING[JobState(job.state)], words)


def _task(job: Job) -> Any:
    detail = job.progress_words or job.error.split("\n")[0][:120]
    words = step_words(job.task)
    return format_html('{}<span class="cell-2">{}</span>', words, detail) if detail else words


def _took(job: Job) -> str:
    if job.started_at is None or job.finished_at is None:
        return "–"
    return number_words((job.finished_at - job.started_at).total_seconds())


UNDONE = "undone"


def _in_state(rows: Any, state: str) -> Any:
    return rows.exclude(state=JobState.DONE) if state == UNDONE else rows.filter(state=state)


def _states(by: Any) -> list[tuple[str, Any]]:
    return [(UNDONE, gettext_lazy("not done: failed, running or waiting")), *JobState.choices]


def _of_kind(rows: Any, kind: str) -> Any:
    """Those that people or changes asked for, or those that recur by themselves."""
    recurring = list(RECURRING)
    return rows.filter(task__in=recurring) if kind == "recurring" else rows.exclude(task__in=recurring)


JOBS = Table(
    key="jobs",
    rows=lambda by: Job.objects.visible_to(by),
    columns=[
        Column("task", gettext_lazy("Job"), _task, text=lambda j: step_words(j.task)),
        Column("state", gettext_lazy("State"), state_pill, text=lambda j: j.state),
        Column("made", gettext_lazy("Asked for"), lambda j: ui.date(j.made_at), text=lambda j: j.made_at.isoformat()),
        Column("finished", gettext_lazy("Finished"), lambda j: ui.date(j.finished_at), text=lambda j: j.finished_at),
        Column("took", gettext_lazy("Took (s)"), _took, numeric=True),
        Column("attempts", gettext_lazy("Attempts"), lambda j: f"{j.attempts} / {j.max_attempts}", numeric=True),
    ],
    row_url=lambda j: reverse("job", args=[j.pk]),
    sentence=lambda count, request: _("%(count)s, newest first") % {"count": count},
    order="-id",
    first_look=f"state={UNDONE}",
    filters=[
        Filter("state", gettext_lazy("State"), _in_state, choices=_states),
        Filter(
            "kind",
            gettext_lazy("Kind"),
            _of_kind,
            choices=lambda by: [
                ("asked", gettext_lazy("asked for")),
                ("recurring", gettext_lazy("recurring")),
            ],
        ),
    ],
    empty=(gettext_lazy("No job fits."), gettext_lazy("Jobs appear here as soon as something runs in the background.")),
    noun=("background job", "background jobs"),
    actions=lambda by: [Action(gettext_lazy("Recurring jobs"), reverse("recurring-jobs"), icon="refresh")],
)


@page(VIEW)
def job_list(request: HttpRequest) -> HttpResponse:
    return list_page(request, JOBS)


@page(VIEW)
def job_page(request: HttpRequest, job_id: int) -> HttpResponse:
    """One job; while it waits or runs, its part of the page asks for itself again every two seconds."""
    job = visible_or_404(Job.objects.visible_to(request.user), job_id)
    context = {
        "job": job,
        "words": step_words(job.task),
        "pill": state_pill(job),
        "form": OnceForm(),
        "unfinished": job.state in (JobState.READY, JobState.RUNNING),
        "may_retry": job.state == JobState.FAILED and allowed(request.user, RETRY),
    }
    only_state = asks_for(request, "job-state")
    return render(request, "web/pages/_job_state.html" if only_state else "web/pages/job.html", context)


@page(RETRY)
@require_POST
def retry_job(request: HttpRequest, job_id: int) -> HttpResponse:
    """Try a failed job again."""
    form = OnceForm(request.POST)

    def run(cleaned: dict[str, Any]) -> str:
        operations.retry_job(by=request.user, job_id=job_id)
        return reverse("job", args=[job_id])

    answer = run_form(request, form, run)
    if answer is not None:
        return answer
    words = " ".join(str(error) for error in form.non_field_errors())
    return error_page(request, getattr(form, "status", 422), words)


@page(VIEW)
def recurring_jobs(request: HttpRequest) -> HttpResponse:
    """Everything that runs by itself, with its interval and its next time."""
    recurring = [(item, _interval(item.interval)) for item in recurring_tasks()]
    return render(request, "web/pages/recurring_jobs.html", {"recurring": recurring})


def _interval(length: timedelta) -> str:
    """A length of time in its largest whole unit."""
    seconds = int(length.total_seconds())
    if seconds % 86400 == 0:
        return ngettext("%(n)d day", "%(n)d days", seconds // 86400) % {"n": seconds // 86400}
    if seconds % 3600 == 0:
        return ngettext("%(n)d hour", "%(n)d hours", seconds // 3600) % {"n": seconds // 3600}
    if seconds % 60 == 0:
        return ngettext("%(n)d minute", "%(n)d minutes", seconds // 60) % {"n": seconds // 60}
    return ngettext("%(n)d second", "%(n)d seconds", seconds) % {"n": seconds}
