"""Long checks and imports run as jobs, so that the page can be left. They act as the person who asked for them.

What they write once and for all (the file of rows not taken, a refusal, progress) is in the language of the page from
which they were asked for.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django_tasks import task

from wardwright.platform.access.models import User
from wardwright.platform.core.change import System
from wardwright.platform.core.errors import Denied, Refused
from wardwright.platform.jobs.worker import when_given_up

from . import progress as shown
from .models import ImportSession, SessionState
from .operations import commit_session, dry_run, fail_session

MACHINERY = System("import")


def _asker(asked_by_id: int | None) -> Any:
    """Whoever asked, with the rights they have now."""
    if asked_by_id is None:
        return MACHINERY
    user = User.objects.filter(pk=asked_by_id, is_active=True).first()
    if user is None:
        raise Denied(_("The log-in of whoever asked for this is closed."), _("Somebody else may start it again."))
    return user


def _state(session_id: int) -> SessionState:
    known = ImportSession.objects.visible_to(MACHINERY)
    return SessionState(known.values_list("state", flat=True).get(pk=session_id))


@task()
def check_import(session_id: int, asked_by_id: int | None, language: str = "") -> dict[str, Any]:
    """Dry run of a large file, unless it was given up meanwhile."""
    state = _state(session_id)
    if state != SessionState.READING:
        return {"error": f"Not checked: the session is “{state.label}” by now."}
    try:
        with translation.override(language or settings.LANGUAGE_CODE):
            session = dry_run(by=_asker(asked_by_id), session_id=session_id, progress=_teller(session_id))
    except Refused as error:
        fail_session(by=MACHINERY, session_id=session_id, error=str(error))
        return {"error": str(error)}
    finally:
        shown.forget_progress(session_id)
    return {"rows": session.counts["rows"]}


@task()
def run_import(session_id: int, asked_by_id: int | None, language: str = "") -> dict[str, Any]:
    """Import a checked session; running again after a kill imports what was not committed, or nothing.

    A session that failed meanwhile, or was given up, waits for somebody to ask again: a later attempt leaves it alone.
    """
    state = _state(session_id)
    if state not in (SessionState.RUNNING, SessionState.DONE):
        return {"error": f"Not imported: the session is “{state.label}” by now."}
    try:
        with translation.override(language or settings.LANGUAGE_CODE):
            session = commit_session(by=_asker(asked_by_id), session_id=session_id)
    except Refused as error:
        if _state(session_id) == SessionState.RUNNING:
            fail_session(by=MACHINERY, session_id=session_id, error=str(error))
        return {"error": str(error)}
    return {name: session.counts[name] for name in ("rows", "imported", "updated", "unchanged", "skipped", "refused")}


@when_given_up(check_import, run_import)
def session_given_up(session_id: int, asked_by_id: int | None, language: str = "", *, error: str) -> None:
    """Nobody works on the session any more: it says why, and can be taken up again."""
    if _state(session_id) in (SessionState.READING, SessionState.RUNNING):
        fail_session(by=MACHINERY, session_id=session_id, error=error)
    shown.forget_progress(session_id)


def _teller(session_id: int) -> Any:
    return lambda done, total, words: shown.show_progress(session_id, done, total, words)
