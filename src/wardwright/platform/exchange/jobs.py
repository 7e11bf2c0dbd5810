"""Long checks and imports run as jobs, so that the page can be left."""

from __future__ import annotations

from typing import Any

from django_tasks import task

from wardwright.platform.access.models import User
from wardwright.platform.core.change import System
from wardwright.platform.core.errors import Refused

from . import progress as shown
from .models import ImportSession, SessionState
from .operations import commit_session, dry_run, fail_session


def _owner(session_id: int) -> Any:
    session = ImportSession.objects.visible_to(System("import")).get(pk=session_id)
    return User.objects.get(pk=session.owner_id) if session.owner_id else System("import")


def _state(session_id: int) -> SessionState:
    known = ImportSession.objects.visible_to(System("import"))
    return SessionState(known.values_list("state", flat=True).get(pk=session_id))


@task()
def check_import(session_id: int) -> dict[str, Any]:
    """Dry run of a large file, unless it was given up meanwhile."""
    state = _state(session_id)
    if state != SessionState.READING:
        return {"error": f"Not checked: the session is “{state.label}” by now."}
    by = _owner(session_id)
    try:
        session = dry_run(by=by, session_id=session_id, progress=_teller(session_id))
    except Refused as error:
        fail_session(by=by, session_id=session_id, error=str(error))
        return {"error": str(error)}
    finally:
        shown.forget_progress(session_id)
    return {"rows": session.counts["rows"]}


@task()
def run_import(session_id: int) -> dict[str, Any]:
    """Import a checked session; running again after a kill imports what was not committed, or nothing.

    A session that failed meanwhile, or was given up, waits for its owner to ask again: a later attempt leaves it alone.
    """
    state = _state(session_id)
    if state not in (SessionState.RUNNING, SessionState.DONE):
        return {"error": f"Not imported: the session is “{state.label}” by now."}
    try:
        session = commit_session(by=_owner(session_id), session_id=session_id)
    except Refused as error:
        return {"error": str(error)}
    return {name: session.counts[name] for name in ("rows", "imported", "updated", "unchanged", "skipped", "refused")}


def _teller(session_id: int) -> Any:
    return lambda done, total, words: shown.show_progress(session_id, done, total, words)
