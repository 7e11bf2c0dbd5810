"""Work orders with a meaning: due, mine, of a device; the last readings of a step; the codes to choose from."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from wardwright.apps.assets.queries import all_found
from wardwright.apps.directory.models import Person
from wardwright.apps.maintenance.models import FailureCode, StepResult, WorkOrder
from wardwright.apps.maintenance.states import Certificate, CodeKind, Kind, WorkState
from wardwright.apps.testing.states import Outcome


def due_work(by: Any, today: date) -> QuerySet[WorkOrder]:
    """Unfinished work whose day has come, and every unfinished repair; the oldest and most urgent first."""
    found = WorkOrder.objects.visible_to(by).unfinished().filter(Q(due_on__lte=today) | Q(kind=Kind.CORRECTIVE))
    return found.order_by("priority", "due_on", "id")


def my_work(by: Any, person: Person | int, today: date) -> QuerySet[WorkOrder]:
    """Unfinished work of a person whose window is open, begun work first."""
    person_id = person if isinstance(person, int) else person.pk
    found = WorkOrder.objects.visible_to(by).unfinished().filter(assigned_to_id=person_id)
    may_begin = (
        Q(due_on=None) | Q(window_opens_on=None) | Q(window_opens_on__lte=today) | Q(state=WorkState.IN_PROGRESS)
    )
    return found.filter(may_begin).order_by("due_on", "priority", "id")


def work_of_asset(by: Any, asset_id: int) -> QuerySet[WorkOrder]:
    """Every order of a device, the newest first."""
    return WorkOrder.objects.visible_to(by).filter(asset_id=asset_id).order_by("-id")


def with_words(rows: QuerySet[WorkOrder], text: str) -> QuerySet[WorkOrder]:
    """The orders whose number begins with ``text``, whose title has its words, or whose device is found by it."""
    return rows.filter(Q(number__istartswith=text) | in_title(text) | Q(asset__in=all_found(text)))


def in_title(text: str) -> Q:
    """Every word of ``text`` stands in the title."""
    words = Q(pk__in=()) if not text.split() else Q()
    for word in text.split():
        words &= Q(title__icontains=word)
    return words


def last_results(asset_id: int, key: str, n: int = 3) -> list[StepResult]:
    """The last answers to a step on this device, newest first, whichever version of the procedure asked."""
    answered = StepResult.objects.filter(asset_id=asset_id, key=key).exclude(outcome=Outcome.SKIPPED)
    return list(answered.select_related("work_order", "instrument").order_by("-id")[:n])


def failure_codes(kind: CodeKind | str) -> QuerySet[FailureCode]:
    """The codes in use of one kind, in the order to choose from."""
    return FailureCode.objects.filter(kind=kind, is_active=True).order_by("label")


def certificates_missing(by: Any) -> QuerySet[WorkOrder]:
    """Finished work whose certificate has not come, the oldest first."""
    return WorkOrder.objects.visible_to(by).filter(certificate=Certificate.MISSING).order_by("closed_at", "id")
