"""What people do with background jobs: try a failed one again, have the trail verified."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from wardwright.platform.access.scope import Scope, authorize
from wardwright.platform.audit import permissions as audit_permissions
from wardwright.platform.audit.operation import operation
from wardwright.platform.core.edits import lock
from wardwright.platform.core.errors import NotNow

from . import permissions
from .backend import enqueue_once
from .builtin import verify_audit_trail
from .delivery import engine
from .models import Job, JobState

# Jobs and the trail belong to no site: whoever has the right at one site only is refused.
EVERYWHERE = Scope()


@operation()
def retry_job(*, by: Any, job_id: int) -> Job:
    """Let a failed job run again from its first attempt.

    Raises:
        NotNow: when it has not failed, or when the same job waits or runs already.
    """
    authorize(by, permissions.RETRY, EVERYWHERE)
    job = lock(Job.objects.visible_to(by), job_id)
    if job.state != JobState.FAILED:
        raise NotNow(
            _("This job is %(state)s, so there is nothing to retry.") % {"state": job.get_state_display()},
            _("Only a failed job can be retried."),
        )
    job.state, job.attempts, job.run_after = JobState.READY, 0, timezone.now()
    job.finished_at = job.lease_until = None
    job.worker = job.error = job.progress_words = ""
    job.progress_done = job.progress_total = 0
    try:
        with transaction.atomic():
            job.save()
            engine().deliver([job])
    except IntegrityError:
        raise NotNow(
            _("The same job is waiting or running already."), _("Wait for that one; this one stays as it is.")
        ) from None
    return job


@operation()
def verify_trail(*, by: Any) -> Job:
    """Have the whole trail verified in the background; asking again while it runs gives the same job."""
    authorize(by, audit_permissions.VIEW, EVERYWHERE)
    return enqueue_once(verify_audit_trail, "verify-audit-trail", by=by)
