"""Making a long run of due work in the background: the page can be left, the work goes on."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks import task

from wardwright.apps.directory.models import Site
from wardwright.apps.maintenance.permissions import GENERATE
from wardwright.platform.access.models import User
from wardwright.platform.access.scope import authorize
from wardwright.platform.audit.operation import operation
from wardwright.platform.core.errors import Denied
from wardwright.platform.core.values import reachable
from wardwright.platform.jobs.backend import enqueue_once
from wardwright.platform.jobs.models import Job
from wardwright.platform.jobs.progress import report_progress

from .generate import Generated, generate_due_work

#: Up to so many schedules a run is done while the page loads.
FEW_SCHEDULES = 300


@task(priority=-10)
def generate_until(until: str, site_id: int | None, asked_by_id: int) -> dict[str, Any]:
    """Make the work due up to ``until`` (ISO date) as whoever asked for it, with the rights they have now."""
    by = User.objects.filter(pk=asked_by_id, is_active=True).first()
    if by is None:
        raise Denied(_("The log-in of whoever asked for this is closed."), _("Somebody else may start it again."))
    done = generate_due_work(
        by=by,
        until=date.fromisoformat(until),
        today=timezone.localdate(),
        site_id=site_id,
        progress=lambda done, total: report_progress(done, total, _("Schedules")),
    )
    return {**as_data(done), "until": until}


def as_data(done: Generated) -> dict[str, Any]:
    """What a run did, as JSON holds it."""
    return {
        "created": done.created,
        "existing": done.existing,
        "brought_forward": done.brought_forward,
        "schedules": done.schedules,
        "without_date": done.without_date,
        "by_plan": {str(plan_id): count for plan_id, count in done.by_plan.items()},
        "skipped": dict(done.skipped_by_status),
    }


@operation()
def ask_generation(*, by: Any, until: date, site_id: int | None = None) -> Job:
    """Have due work made by a worker; asking again while a run of the same person waits or runs gives that one."""
    authorize(by, GENERATE)
    reachable(Site.objects.visible_to(by), site_id, "site_id")
    return enqueue_once(generate_until, f"generate-work:{by.id}", until.isoformat(), site_id, by.id, by=by)
