"""Making due work from the page: at once where it is little, else as a job whose progress the page shows."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wardwright.apps.assets.states import Status
from wardwright.apps.maintenance import operations, permissions
from wardwright.apps.maintenance.forms import GenerateForm
from wardwright.apps.maintenance.models import Plan
from wardwright.apps.maintenance.tables import work_rows
from wardwright.platform.core.words import number_words
from wardwright.platform.jobs.models import Job, JobState
from wardwright.web.views import asks_for, form_page, go, page

WAITING = (JobState.READY, JobState.RUNNING)


@page(permissions.GENERATE)
def generate_work(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    form = GenerateForm(request.user, request.POST or None, initial={"until": _year_end(today)})
    if request.method == "POST" and form.is_valid():
        site, until = form.cleaned_data["site"], form.cleaned_data["until"]
        site_id = site and site.pk
        if operations.count_schedules(by=request.user, site_id=site_id) > operations.FEW_SCHEDULES:
            operations.ask_generation(by=request.user, until=until, site_id=site_id)
            return go(request, reverse("generation"))
        made = operations.generate_due_work(by=request.user, until=until, today=today, site_id=site_id)
        return _show(request, operations.as_data(made), until)
    return form_page(
        request,
        form,
        lambda cleaned: reverse("plans"),
        title=_("Until when shall due work be made?"),
        submit=_("Make the work"),
        cancel_url=reverse("plans"),
    )


def _year_end(today: date) -> date:
    """The end of this year, or of the next when it is near."""
    end = date(today.year, 12, 31)
    return end if (end - today).days > 90 else end + timedelta(days=365)


@page(permissions.GENERATE)
def generation(request: HttpRequest) -> HttpResponse:
    """The reader's newest run: its progress, which asks for itself every second, then what it did."""
    runs = Job.objects.visible_to(request.user).filter(
        task=operations.generate_until.module_path, asked_by_id=request.user.pk
    )
    job = runs.order_by("-id").first()
    only_state = asks_for(request, "generation-state")
    if job is not None and job.state == JobState.DONE:
        if only_state:
            return go(request, reverse("generation"))
        return _show(request, job.result, date.fromisoformat(job.result["until"]))
    template = "maintenance/_generation.html" if only_state else "maintenance/generation.html"
    return render(request, template, {"job": job, "unfinished": job is not None and job.state in WAITING})


def _show(request: HttpRequest, made: dict[str, Any], until: date) -> HttpResponse:
    """What a run did, by plan."""
    ids = [int(pk) for pk in made["by_plan"]]
    plans = Plan.objects.visible_to(request.user).in_bulk(ids) if ids else {}
    by_plan = [(plans[int(pk)], n) for pk, n in made["by_plan"].items() if int(pk) in plans]
    title = ngettext("%(n)s work order was made", "%(n)s work orders were made", made["created"]) % {
        "n": number_words(made["created"])
    }
    return render(
        request,
        "maintenance/generated.html",
        {
            "made": made,
            "until": until,
            "by_plan": sorted(by_plan, key=lambda pair: -pair[1]),
            "skipped": [(Status(status).label, n) for status, n in made["skipped"].items()],
            "title": title,
            "late": work_rows(request.user, due="late").count(),
        },
    )
