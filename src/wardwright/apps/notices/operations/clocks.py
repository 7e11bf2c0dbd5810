"""Clocks that ran out are told upwards: once for each clock of a case, and again while nothing happens."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from wardwright.apps.notices.events import CaseEscalated
from wardwright.apps.notices.models import Case
from wardwright.apps.notices.permissions import RESPOND
from wardwright.apps.notices.states import CaseState, Clock
from wardwright.platform.access.scope import authorize
from wardwright.platform.audit.operation import operation
from wardwright.platform.events.registry import publish

from .common import say_of

#: A clock that ran out is told again after this, until something happens.
AGAIN = timedelta(days=2)


@operation()
def escalate_cases(*, by: Any) -> int:
    """Tell of every case whose clock ran out since it was last told; returns how many."""
    authorize(by, RESPOND)
    now = timezone.now()
    late = Q(state=CaseState.NEW, triage_by_at__lt=now) | Q(
        Q(locate_by_at__lt=now, located_at=None) | Q(close_by_at__lt=now), state=CaseState.OPEN
    )
    told = 0
    for case in Case.objects.filter(late).order_by("pk"):
        clock = late_clock(case)
        if clock is None:
            continue
        if case.escalated_clock == clock and case.escalated_at is not None and now - case.escalated_at < AGAIN:
            continue
        case.escalations += 1
        case.escalated_clock, case.escalated_at = clock, now
        Case.objects.filter(pk=case.pk).update(escalations=case.escalations, escalated_clock=clock, escalated_at=now)
        say_of(case, by, _("Late: the time to %(clock)s is over.") % {"clock": clock.label})
        publish(CaseEscalated(case_id=case.pk, clock=clock, level=case.escalations))
        told += 1
    return told


def late_clock(case: Case) -> Clock | None:
    """Which clock of a case ran out; the last one where several did."""
    now = timezone.now()
    if case.state == CaseState.NEW:
        return Clock.TRIAGE if case.triage_by_at is not None and case.triage_by_at < now else None
    if case.state != CaseState.OPEN:
        return None
    if case.close_by_at is not None and case.close_by_at < now:
        return Clock.CLOSE
    if case.locate_by_at is not None and case.locate_by_at < now and case.located_at is None:
        return Clock.LOCATE
    return None
