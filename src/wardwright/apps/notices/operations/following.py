"""What a search means for its case: filed by itself where nothing is owned, back on the desk where something is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from wardwright.apps.notices.events import CaseClosed
from wardwright.apps.notices.models import Case, Exposure, Notice
from wardwright.apps.notices.queries import subject_of
from wardwright.apps.notices.states import CaseState
from wardwright.kernel.matching import Subject
from wardwright.platform.events.registry import publish

from .common import back_on_desk, recount, say_of


def follow(by: Any, case: Case, subjects: Sequence[Subject]) -> None:
    """Move the case by what is known now.

    "None owned" is said without a person only where every notice of the case was wholly read, can be searched for, and
    nothing was found that is or may be meant. What a person put aside comes back where more is found than they knew of.
    """
    known = dict(case.counts)
    recount([case])
    grew = any(case.counts.get(one, 0) > known.get(one, 0) for one in ("affected", "undecided"))
    unread = needs_reading(case, subjects)
    waiting = bool(case.counts.get("affected") or case.counts.get("undecided"))
    before = (case.state, case.needs_reading)
    case.needs_reading = unread
    if case.state == CaseState.NEW and not unread and not waiting:
        case.state, case.closed_at, case.closed_by_name = CaseState.NONE_OWNED, timezone.now(), ""
        case.reason = _("Searched by the rules: none owned.")
    elif _comes_back(case, waiting=waiting, grew=grew, unread=unread):
        back_on_desk(case)
        say_of(case, by, _("Back on the desk: something of ours may be meant now."))
    elif case.state == CaseState.CLOSED and _unsettled(case):
        case.state, case.closed_at = CaseState.OPEN, None
        say_of(case, by, _("Opened again: a further device is or may be affected."))
    if (case.state, case.needs_reading) == before:
        return
    case.version += 1
    case.save()
    if case.state != before[0] and case.state == CaseState.NONE_OWNED:
        publish(CaseClosed(case_id=case.pk, state=case.state))


def _comes_back(case: Case, *, waiting: bool, grew: bool, unread: bool) -> bool:
    if case.state == CaseState.NONE_OWNED:
        return waiting or (unread and not case.closed_by_name)  # a person who filed it had read it
    return case.state == CaseState.DISMISSED and (grew or bool(case.counts.get("affected")))


def needs_reading(case: Case, subjects: Sequence[Subject] = ()) -> bool:
    """Whether a part of any of its notices was not understood, or changed after a person had settled what it means."""
    some = subjects or [subject_of(row) for row in Notice.objects.filter(case=case)]
    if any(subject.unsearchable or subject.scope.residue for subject in some):
        return True
    return Notice.objects.filter(case=case, text_changed=True).exists()


def _unsettled(case: Case) -> bool:
    return Exposure.objects.filter(case=case).unsettled().exists()
