"""The desk as it looks this morning: what came in overnight, who has what, what waits and for whom."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from django.db.models import F

from wardwright.apps.assets.models import Asset, StatusPeriod
from wardwright.apps.directory.models import Absence, Person, Site
from wardwright.apps.maintenance.models import WorkOrder
from wardwright.apps.maintenance.states import UNFINISHED
from wardwright.platform.access.scope import authorize
from wardwright.platform.audit.operation import operation
from wardwright.platform.numbering.numbers import take_numbers

from . import moments
from .facts import data
from .programme import levels

# (days ago, minute of the day, state, what it waits for, device out of service, who)
SCENES: tuple[tuple[int, int, str, str, bool, str], ...] = (
    (1, 1395, "open", "", False, ""), (1, 1290, "open", "", False, ""), (1, 1341, "open", "", True, ""),
    (1, 1225, "open", "", False, ""), (1, 1172, "open", "", False, ""), (1, 1068, "open", "", False, ""),
    (9, 640, "on_hold", "parts", True, "tina"), (13, 820, "on_hold", "parts", True, "sam"),
    (19, 555, "on_hold", "parts", True, "tom"), (6, 700, "on_hold", "vendor", True, "sam"),
    (3, 610, "in_progress", "", True, "tina"), (2, 905, "assigned", "", False, "tina"), (4, 500, "to_verify", "",
    True, "tina"),
)  # fmt: skip
ROUND = {"tina": 8, "tom": 5, "sam": 2}
# (who, why, state, days after this week's Monday on which it begins, how many days)
AWAY: tuple[tuple[str, str, str, int, int], ...] = (
    ("tina", "training", "agreed", 9, 1), ("sam", "holiday", "agreed", 14, 5), ("tom", "holiday", "asked", 21, 3),
    ("sam", "sick", "agreed", -12, 2),
)  # fmt: skip


@operation()
def set_the_desk(*, by: Any, seed: int, today: date) -> int:
    """Arrange the open work so that every role finds something to do; returns how many requests came in overnight."""
    authorize(by, "access.manage")
    known = Person.objects.exclude(user=None).select_related("user")
    people = {person.user.username: person for person in known if person.user is not None}
    sites = list(Site.objects.order_by("pk"))
    desk = _Desk(Random(f"{seed}:today"), moments.of(today), today, people)
    overnight = 0
    for scene in SCENES:
        site = sites[1] if scene[5] == "tom" else sites[0]
        overnight += desk.request(site, *scene)
    for username, count in ROUND.items():
        _round(people[username], sites[1] if username == "tom" else sites[0], today, count)
    Absence.objects.bulk_create(_away(people, today - timedelta(days=today.weekday())))
    return overnight


def _away(people: dict[str, Person], monday: date) -> list[Absence]:
    """Who is not there in the weeks to come, and what somebody asks for."""
    found = []
    for who, kind, state, after, days in AWAY:
        first = monday + timedelta(days=after)
        last = first + timedelta(days=days - 1)
        found.append(Absence(person=people[who], kind=kind, state=state, first_on=first, last_on=last))
    return found


def _round(person: Person, site: Site, today: date, count: int) -> None:
    """Give a technician the most pressing maintenance of the site, that of life support first."""
    orders = WorkOrder.objects.filter(
        kind="planned", state="open", site=site, provider=None, assigned_to=None,
        due_on__lte=today + timedelta(days=12),
        asset__status="in_service",
    ).order_by("-asset__device_type__life_support", "due_on", "pk")  # fmt: skip
    chosen = list(orders.values_list("pk", flat=True)[:count])
    WorkOrder.objects.filter(pk__in=chosen).update(assigned_to=person, state="assigned", version=F("version") + 1)


class _Desk:
    """Makes repairs in the state in which they are this morning."""

    def __init__(self, rng: Random, now: int, today: date, people: dict[str, Person]) -> None:
        self.rng, self.now, self.today, self.people = rng, now, today, people
        self.levels = levels()
        self.used: set[int] = set()

    def request(self, site: Site, days: int, minute: int, state: str, hold: str, out: bool, who: str) -> int:
        """One repair; returns 1 for a request nobody has taken yet, else 0 (also when no device suits)."""
        reported = self.now - days * moments.DAY + minute
        asset = next(self._devices(site, reported, life_support=out and state == "open"), None)
        if asset is None:
            return 0
        self.used.add(asset.pk)
        order = self._order(asset, reported, state, hold, self.people.get(who))
        order.down_from_at = moments.as_datetime(reported) if out else None
        order.save(force_insert=True)
        if out:
            self._out_of_service(asset, order, hold)
        return int(state == "open")

    def _devices(self, site: Site, since: int, *, life_support: bool) -> Iterator[Asset]:
        """Devices in service to which nothing happened for a week before, in an order that looks like chance."""
        quiet = moments.as_datetime(since - 7 * moments.DAY)
        busy = WorkOrder.objects.filter(asset__site=site, kind__in=("corrective", "incoming"), state__in=UNFINISHED)
        lately = WorkOrder.objects.filter(asset__site=site, closed_at__gte=quiet)
        found = Asset.objects.filter(
            site=site,
            status="in_service",
            status_since__lt=quiet,
            provider=None,
            department__isnull=False,
            device_type__life_support=life_support,
        ).exclude(pk__in=self.used)
        found = found.exclude(pk__in=busy.values("asset_id")).exclude(pk__in=lately.values("asset_id"))
        ids = list(found.order_by("pk").values_list("pk", flat=True))
        if ids:
            yield Asset.objects.select_related("device_type", "site", "department").get(pk=self.rng.choice(ids))

    def _order(self, asset: Asset, reported: int, state: str, hold: str, person: Person | None) -> WorkOrder:
        kind = next(given for given in data("types") if given["name"] == asset.device_type.name)
        complaints = data("words")["complaints"]
        title = self.rng.choice(complaints.get(kind["procedure"]) or complaints[""])
        priority = 1 if asset.device_type.life_support else 2 if asset.device_type.high_risk else 3
        respond, finish = self.levels["corrective", priority]
        order = WorkOrder(
            number=self._number(reported), kind="corrective", title=title, asset=asset, site=asset.site,
            department=asset.department, state=state, hold_reason=hold, priority=priority, assigned_to=person,
            reported_at=moments.as_datetime(reported), reported_by_name=self._reporter(), currency="EUR",
            respond_by_at=moments.as_datetime(reported + respond * 60),
            finish_by_at=moments.as_datetime(reported + finish * 60),
        )  # fmt: skip
        self._progress(order, reported, state, person)
        return order

    def _progress(self, order: WorkOrder, reported: int, state: str, person: Person | None) -> None:
        if person is None:
            return
        order.responded_at = moments.as_datetime(reported + 45)
        if state == "assigned":
            return
        started = moments.in_hours(reported + 90)
        order.started_at = moments.as_datetime(started)
        if state == "on_hold":
            order.held_since_at = moments.as_datetime(started + 40)
        if state == "to_verify":
            done = min(moments.in_hours(started + moments.DAY), self.now - 480)
            order.done_at, order.done_by, order.needs_verification = moments.as_datetime(done), person, True
            order.verdict, order.work_done = "repaired", "Power supply replaced; function test passed."

    def _number(self, reported: int) -> str:
        year = moments.as_datetime(reported).year
        return f"WO-{year}-{take_numbers(f'work-order-{year}')[0]:06d}"

    def _reporter(self) -> str:
        names = data("hospital")
        return f"{self.rng.choice(names['first_names'])} {self.rng.choice(names['last_names'])}"

    def _out_of_service(self, asset: Asset, order: WorkOrder, hold: str) -> None:
        """The device is out from the report on; from the order of parts on it waits for them."""
        reported = order.reported_at
        assert reported is not None
        self._period(asset, reported, "under_repair", order.reported_by_name, order.title)
        if hold == "parts" and order.held_since_at is not None:
            self._period(asset, order.held_since_at, "awaiting_parts", str(order.assigned_to), "Part ordered")
        asset.status = "out_of_service"
        asset.condition = 2
        asset.version += 1
        asset.save()

    def _period(self, asset: Asset, at: datetime, reason: str, who: str, why: str) -> None:
        StatusPeriod.objects.filter(asset=asset, until_at=None).update(until_at=at)
        StatusPeriod.objects.create(
            asset=asset, status="out_of_service", out_reason=reason, from_at=at, by_name=who, reason=why
        )
        asset.status_since, asset.out_reason = at, reason
