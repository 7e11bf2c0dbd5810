"""Asking for a check or an import as a job: the page can be left, the work goes on."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from wardwright.platform.audit.operation import operation
from wardwright.platform.core.edits import apply_edit
from wardwright.platform.core.errors import NotNow
from wardwright.platform.jobs.backend import enqueue_once

from .jobs import check_import, run_import
from .models import ImportSession, SessionState
from .operations import begin_commit, dry_run, open_session, set_mapping


@operation()
def map_and_check(*, by: Any, session_id: int, decided: dict[str, Any], large_rows: int) -> ImportSession:
    """Say what the columns mean (arguments of ``set_mapping``) and check every row: at once, or by a worker for a file
    of
    more than ``large_rows`` rows."""
    session = set_mapping(by=by, session_id=session_id, **decided)
    if session.decisions["layout"]["rows"] > large_rows:
        return ask_check(by=by, session_id=session_id)
    return dry_run(by=by, session_id=session_id)


@operation()
def ask_check(*, by: Any, session_id: int) -> ImportSession:
    """Have a large file checked by a worker."""
    session = open_session(by, session_id)
    job = enqueue_once(check_import, f"import-check:{session.pk}", session.pk, by.id, get_language() or "", by=by)
    apply_edit(session, {"state": SessionState.READING, "job_id": job.pk, "error": "", "counts": {}, "report": {}})
    return session


@operation()
def ask_commit(*, by: Any, session_id: int) -> ImportSession:
    """Have a checked file imported by a worker, as ``by``."""
    session = begin_commit(by=by, session_id=session_id)
    if session.state != SessionState.RUNNING:
        raise NotNow(_("This import has not been checked yet."), _("Check it first."))
    job = enqueue_once(run_import, f"import:{session.pk}", session.pk, by.id, get_language() or "", by=by)
    apply_edit(session, {"job_id": job.pk})
    return session
