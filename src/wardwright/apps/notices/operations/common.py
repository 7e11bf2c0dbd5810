"""What several operations of notices share: taking a case, its moves, its clocks and its figures."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from wardwright.apps.notices.models import Case, CaseNote, Exposure, ResponseTime
from wardwright.apps.notices.queries import counts_of
from wardwright.apps.notices.states import CASE_TRANSITIONS, GRAVITY, CaseState, Severity
from wardwright.platform.access.scope import authorize_everywhere
from wardwright.platform.core.edits import check_version, lock
from wardwright.platform.core.errors import NotFound, NotNow
from wardwright.platform.numbering.numbers import take_numbers


def take_case(by: Any, case_id: int, permission: Any, expected_version: int | None = None) -> Case:
    """The case, locked, for somebody who may do this at every site: a case is the whole hospital's."""
    try:
        row: Case = lock(Case.objects, case_id)
    except Case.DoesNotExist:
        raise NotFound(_("There is no such case."), _("Go back to the notices.")) from None
    authorize_everywhere(by, permission)
    check_version(row, expected_version)
    return row


def lock_cases(case_ids: Iterable[int]) -> dict[int, Case]:
    """The cases as they are now, one object for each; nobody else changes them, or what is in them, before this change
    ends. Whoever changes exposures or notices of a case locks the case first."""
    rows = Case.objects.select_for_update().filter(pk__in=set(case_ids)).order_by("pk")
    return {row.pk: row for row in rows}


def move(case: Case, state: CaseState) -> None:
    """Into the state, where the transition table has the step. Raises NotNow."""
    if state not in CASE_TRANSITIONS[case.state]:
        possible = ", ".join(str(CaseState(one).label) for one in CASE_TRANSITIONS[case.state])
        raise NotNow(
            _("%(number)s is “%(state)s”.") % {"number": case.number, "state": case.get_state_display()},
            _("From here it can become: %(possible)s.") % {"possible": possible} if possible else "",
        )
    case.state = state


def save(case: Case) -> Case:
    case.version += 1
    case.save()
    return case


def say_of(case: Case, by: Any, text: str) -> None:
    """A line in the case's diary."""
    CaseNote.objects.create(case=case, at=timezone.now(), by_name=str(by)[:120], text=text[:1000])


def set_clocks(case: Case, *, again: bool = False) -> None:
    """When the case is to be decided, its devices located and it is to be closed, by its class.

    The first clock runs from when the notice came, the others from when it was decided. ``again``: the class changed.
    """
    times = ResponseTime.objects.filter(severity=case.severity).first()
    if times is None:
        return
    if case.triage_by_at is None or again:
        case.triage_by_at = case.came_at + timedelta(hours=times.triage_hours)
    if case.triaged_at is not None and (case.locate_by_at is None or again):
        case.locate_by_at = case.triaged_at + timedelta(days=times.locate_days)
        case.close_by_at = case.triaged_at + timedelta(days=times.close_days)


def back_on_desk(case: Case) -> None:
    """What was put aside is to be decided again, with a clock of its own."""
    case.state, case.reason = CaseState.NEW, ""
    case.closed_at, case.closed_by_name = None, ""
    case.came_at, case.triage_by_at = timezone.now(), None
    set_clocks(case)


def set_severity(case: Case, severities: Iterable[str]) -> bool:
    """The gravest of what its notices say; whether it changed. What a person set counts instead, or a graver one."""
    said = [Severity(one) for one in severities]
    if case.severity_by_hand:
        by_hand = Severity(case.severity_by_hand)
        said = [by_hand, *(one for one in said if one is not Severity.UNCLASSIFIED and GRAVITY[one] < GRAVITY[by_hand])]
    found = min(said, key=lambda one: GRAVITY[one], default=Severity.UNCLASSIFIED)
    changed = found != case.severity
    case.severity, case.gravity = found, GRAVITY[found]
    return changed


def recount(cases: Iterable[Case]) -> None:
    """Keep the figures of cases after their exposures changed, and note when all affected devices are located."""
    for case in cases:
        counts = counts_of(Exposure.objects.filter(case=case))
        everything = counts["affected"] > 0 and counts["located"] == counts["affected"] and not counts["undecided"]
        values: dict[str, Any] = {}
        if counts != case.counts:
            values["counts"] = counts
        if everything != (case.located_at is not None):
            values["located_at"] = timezone.now() if everything else None
        if values:
            for name, value in values.items():
                setattr(case, name, value)
            Case.objects.filter(pk=case.pk).update(**values)


def new_numbers(at: datetime, count: int) -> list[str]:
    """So many numbers of cases: N2026-0001."""
    year = timezone.localtime(at).year
    return [f"N{year}-{number:04d}" for number in take_numbers(f"case-{year}", count)] if count else []
