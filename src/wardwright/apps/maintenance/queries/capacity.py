"""The hours of the people who service devices: by day, less holidays and days away."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import QuerySet

from wardwright.apps.directory.models import Absence, Person
from wardwright.kernel.capacity import Days, Hands

from .hours import Timetable


def own_people(by: Any) -> QuerySet[Person]:
    """Those of the house who service devices; the hours of a company's people are the company's affair."""
    return Person.objects.visible_to(by).filter(is_active=True, employer=None).exclude(tier=Person.Tier.NONE)


def hours(minutes: float) -> float:
    """Minutes as the hours a page shows: whole ones from ten on, else with one decimal where there is one."""
    shown = round(minutes / 60, 1)
    return round(shown) if shown >= 10 or shown == round(shown) else shown


def hands_of(people: Iterable[Person], first: date, last: date) -> dict[int, Hands]:
    """Each person's hours, and when between two days they are away. Why they are away is not told."""
    people = list(people)
    days_of = _days_of_sites({person.site_id for person in people})
    away: dict[int, list[tuple[date, date]]] = defaultdict(list)
    absent = Absence.objects.counting().filter(person__in=[person.pk for person in people])
    for person_id, *span in absent.filter(first_on__lte=last, last_on__gte=first).values_list(
        "person_id", "first_on", "last_on"
    ):
        away[person_id].append((span[0], span[1]))
    return {
        person.pk: Hands(60 * person.hours_per_week, days_of[person.site_id], tuple(away[person.pk]))
        for person in people
    }


def _days_of_sites(site_ids: Iterable[int | None]) -> dict[int | None, Days]:
    """The open days of each site; where no hours are entered, the usual week without the holidays."""
    timetable = Timetable()
    return {site_id: _days_of(timetable, site_id) for site_id in site_ids}


def _days_of(timetable: Timetable, site_id: int | None) -> Days:
    place = timetable.at(site_id, None)
    if place is not None:
        return Days.of(place.hours)
    return Days(closed=timetable.closed_at(site_id))
