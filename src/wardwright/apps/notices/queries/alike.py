"""Cases that may speak of one action although their sources share no number: a maker's letter and the recall of it."""

from __future__ import annotations

from datetime import date

from django.db.models import Count
from django.utils import timezone

from wardwright.apps.notices.models import Case, Exposure
from wardwright.apps.notices.states import RUNNING

#: Within so many days of each other: a letter comes before its recall is published, rarely by more.
DAYS = 180
MOST = 3


def alike_cases(case: Case) -> list[tuple[Case, int]]:
    """Running cases that mean mostly the same devices, published in the same months, with how many both mean.

    Over all sites: for whoever may join cases. A proposal only; two recalls of one pump are two cases.
    """
    mine = Exposure.objects.filter(case=case, asset__isnull=False).unsettled()
    size = mine.count()
    if not size:
        return []
    both = Exposure.objects.filter(asset__in=mine.values("asset"), case__state__in=RUNNING).unsettled()
    shared = dict(both.exclude(case=case).order_by().values_list("case").annotate(Count("pk")))
    found = [
        (other, shared[other.pk])
        for other in Case.objects.filter(pk__in=shared)
        if abs((_day(other) - _day(case)).days) <= DAYS
        and 2 * shared[other.pk] > min(size, other.counts.get("affected", 0) + other.counts.get("undecided", 0))
    ]
    return sorted(found, key=lambda one: (-one[1], one[0].pk))[:MOST]


def _day(case: Case) -> date:
    return case.published_on or timezone.localdate(case.came_at)
