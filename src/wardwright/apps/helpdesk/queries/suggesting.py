"""Who should take a request, and why in words. A suggestion is for a person to accept: it decides nothing.

Points, in the open: on call while the service is closed 60 (while it is open 5); has repaired this type within a year
5 for each repair, at most 20; has a job on the same floor 15, in the same building 8; is at this site 10; of the tier
that life support or harm asks for 15; and 3 less for each unfinished job, 10 less for an emergent one. Nobody is
suggested who does not service devices, has left, or belongs to another site without a job at this one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wardwright.apps.directory.models import Person
from wardwright.apps.helpdesk.models import Request, Shift
from wardwright.apps.helpdesk.states import Answer
from wardwright.apps.maintenance.models import WorkOrder
from wardwright.apps.maintenance.queries import Timetable
from wardwright.apps.maintenance.states import Kind, Priority, WorkState

YEAR = timedelta(days=365)
MOST_PEOPLE = 300
EXPERIENCED = (Person.Tier.ENGINEER, Person.Tier.SENIOR, Person.Tier.LEAD)
WORKING = (WorkState.ASSIGNED, WorkState.IN_PROGRESS, WorkState.ON_HOLD)


@dataclass(frozen=True)
class Choice:
    """One person for one request: their points and the reasons as short phrases."""

    person: Person
    points: int
    reasons: tuple[str, ...]

    @property
    def why(self) -> str:
        return "; ".join(self.reasons)


@dataclass
class _Staff:
    """What is known of the people, read once for the whole desk."""

    people: list[Person]
    jobs: Counter[int] = field(default_factory=Counter)
    emergent: Counter[int] = field(default_factory=Counter)
    sites: set[tuple[int, int]] = field(default_factory=set)
    floors: set[tuple[int, int]] = field(default_factory=set)
    buildings: set[tuple[int, int]] = field(default_factory=set)
    repaired: dict[tuple[int, int], int] = field(default_factory=dict)
    on_call: dict[int, list[Shift]] = field(default_factory=dict)


def suggestions(by: Any, requests: Iterable[Request], now: datetime) -> dict[int, Choice]:
    """The best choice for each request that has one: request id → choice. As many queries for one as for fifty."""
    return {key: choices[0] for key, choices in choices_for(by, requests, now).items() if choices}


def choices_for(by: Any, requests: Iterable[Request], now: datetime, most: int = 5) -> dict[int, list[Choice]]:
    """Everybody who suits, the best first: request id → at most ``most`` choices."""
    wanted = [request for request in requests if request.asset is not None]
    if not wanted:
        return {}
    staff = _staff(by, wanted, now)
    times = Timetable()
    open_now: dict[tuple[int | None, int | None], bool] = {}
    found = {}
    for request in wanted:
        place = (request.site_id, request.department_id)
        if place not in open_now:
            open_now[place] = times.is_open(*place, now)
        choices = [choice for person in staff.people if (choice := _judge(staff, person, request, open_now[place]))]
        found[request.pk] = sorted(choices, key=lambda choice: (-choice.points, choice.person.name))[:most]
    return found


def _staff(by: Any, requests: list[Request], now: datetime) -> _Staff:
    people = Person.objects.visible_to(by).filter(is_active=True, employer=None).exclude(tier=Person.Tier.NONE)
    staff = _Staff(list(people.order_by("pk")[:MOST_PEOPLE]))
    ids = [person.pk for person in staff.people]
    jobs = WorkOrder.objects.visible_to(by).filter(assigned_to__in=ids, state__in=WORKING)
    rows = jobs.values_list(
        "assigned_to_id", "site_id", "priority", "asset__room__floor_id", "asset__room__floor__building_id", "kind"
    )
    for person_id, site_id, priority, floor_id, building_id, kind in rows:
        staff.jobs[person_id] += 1
        staff.emergent[person_id] += kind == Kind.CORRECTIVE and priority == Priority.EMERGENT
        staff.sites.add((person_id, site_id))
        staff.floors.add((person_id, floor_id))
        staff.buildings.add((person_id, building_id))
    types = {request.asset.device_type_id for request in requests if request.asset is not None}
    past = WorkOrder.objects.visible_to(by).filter(
        done_by__in=ids, kind=Kind.CORRECTIVE, closed_at__gte=now - YEAR, asset__device_type__in=types
    )
    counted = past.order_by().values_list("done_by_id", "asset__device_type_id").annotate(n=Count("pk"))
    staff.repaired = {(person_id, type_id): n for person_id, type_id, n in counted}
    running = Shift.objects.filter(rota__is_active=True, from_at__lte=now, until_at__gt=now).select_related("rota")
    for shift in running:
        staff.on_call.setdefault(shift.person_id, []).append(shift)
    return staff


def _judge(staff: _Staff, person: Person, request: Request, is_open: bool) -> Choice | None:
    asset = request.asset
    assert asset is not None
    is_here = person.site_id == request.site_id or (person.pk, request.site_id) in staff.sites
    on_call = any(
        shift.rota.site_id == request.site_id and shift.rota.department_id in (None, request.department_id)
        for shift in staff.on_call.get(person.pk, ())
    )
    if not is_here and not on_call:
        return None
    points, reasons = 0, []
    if on_call:
        points += 5 if is_open else 60
        reasons.append(_("on call now"))
    near, words = _nearness(staff, person, request)
    points += near
    reasons += words
    repaired = staff.repaired.get((person.pk, asset.device_type_id), 0)
    if repaired:
        points += min(20, 5 * repaired)
        reasons.append(
            ngettext(
                "has repaired this type once this year",
                "has repaired this type %(n)s times this year",
                repaired,
            )
            % {"n": repaired}
        )
    if (asset.device_type.life_support or request.harm == Answer.YES) and person.tier in EXPERIENCED:
        points += 15
        reasons.append(_("of the tier for life support") if asset.device_type.life_support else _("experienced"))
    jobs, emergent = staff.jobs[person.pk], staff.emergent[person.pk]
    points -= 3 * jobs + 10 * emergent
    reasons.append(_load_words(jobs, emergent))
    return Choice(person, points, tuple(reasons))


def _nearness(staff: _Staff, person: Person, request: Request) -> tuple[int, list[str]]:
    points = 10 if person.site_id == request.site_id else 0
    room = request.asset.room if request.asset is not None else None
    floor = room.floor if room is not None else None
    if floor is None:
        return points, []
    if (person.pk, floor.pk) in staff.floors:
        return points + 15, [_("has a job on the same floor")]
    if (person.pk, floor.building_id) in staff.buildings:
        return points + 8, [_("has a job in the same building")]
    return points, []


def _load_words(jobs: int, emergent: int) -> str:
    if not jobs:
        return _("has nothing else open")
    words = ngettext("%(n)s open job", "%(n)s open jobs", jobs) % {"n": jobs}
    return _("%(jobs)s, one of them emergent") % {"jobs": words} if emergent else words
