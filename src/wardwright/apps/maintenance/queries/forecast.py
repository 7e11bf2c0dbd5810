"""Four weeks of work against the hours there are: what is planned, what repairs are to be expected, what is left over.

Only the house's own hands are counted: work that companies do, and their people's hours, are told beside it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from time import monotonic
from typing import Any

from django.db import connection
from django.db.models import Case, Count, QuerySet, Sum, Value, When
from django.utils import timezone

from wardwright.apps.directory.models import Person
from wardwright.apps.maintenance.models import WorkOrder
from wardwright.apps.maintenance.states import Kind, WorkState
from wardwright.kernel.capacity import Hands, each_day, minutes_on
from wardwright.kernel.forecast import Expected, expected_count, usual_minutes

from .capacity import hands_of, hours, own_people
from .planning import WEEKS, monday_of, week_days, week_spans

HISTORY_DAYS = 365
HISTORY_WEEKS = 52
KEPT_SECONDS = 600
REPAIR_MINUTES = 60  # of a repair, where fewer than FEWEST_JOBS are done: said beside the figure
TIERS = (Person.Tier.JUNIOR, Person.Tier.ENGINEER, Person.Tier.SENIOR, Person.Tier.LEAD)


@dataclass
class Amount:
    """Jobs, and the minutes they are expected to take."""

    jobs: int = 0
    minutes: int = 0

    def add(self, jobs: int, minutes: int) -> None:
        self.jobs += jobs
        self.minutes += minutes

    @property
    def hours(self) -> float:
        return hours(self.minutes)


@dataclass
class Load(Amount):
    """An amount against the minutes there are for it."""

    capacity_minutes: int = 0

    @property
    def capacity_hours(self) -> float:
        return hours(self.capacity_minutes)

    @property
    def all_minutes(self) -> int:
        return self.minutes

    @property
    def percent(self) -> int | None:
        """None where there are no hours to compare with."""
        return round(100 * self.all_minutes / self.capacity_minutes) if self.capacity_minutes else None

    @property
    def is_over(self) -> bool:
        return self.all_minutes > self.capacity_minutes

    @property
    def shown_minutes(self) -> int:
        return min(self.all_minutes, self.capacity_minutes)


@dataclass
class Week(Load):
    """A week; its repairs are None where the history is too short to expect anything."""

    first_on: date = date.min
    last_on: date = date.min
    repairs: Expected | None = None
    repair_minutes_each: int = 0

    @property
    def is_over(self) -> bool:
        """Not at the end of this week, whose hours are spent: what is left of its work is told by its number."""
        is_spent = not self.capacity_minutes and self.first_on.isoweekday() > 1
        return super().is_over and not is_spent

    @property
    def number(self) -> int:
        return self.last_on.isocalendar().week

    def repair_hours(self, count: float) -> float:
        return hours(count * self.repair_minutes_each)

    @property
    def expected_hours(self) -> float:
        return self.repair_hours(self.repairs.mean) if self.repairs else 0

    @property
    def low_hours(self) -> float:
        return self.repair_hours(self.repairs.low) if self.repairs else 0

    @property
    def high_hours(self) -> float:
        return self.repair_hours(self.repairs.high) if self.repairs else 0

    @property
    def all_minutes(self) -> int:
        return self.minutes + (round(self.repairs.mean * self.repair_minutes_each) if self.repairs else 0)

    @property
    def all_hours(self) -> float:
        return hours(self.all_minutes)


@dataclass
class Group:
    """One site, person or tier with its four weeks; ``value`` is how the work list names it."""

    value: Any
    words: Any
    weeks: list[Load]


@dataclass
class Forecast:
    """The weeks, and what stands in none of them."""

    weeks: list[Week]
    before: Amount = field(default_factory=Amount)
    no_day: Amount = field(default_factory=Amount)
    companies: Amount = field(default_factory=Amount)
    estimated: int = 0
    repair_weeks: int = 0
    repairs_known: bool = False
    people: int = 0
    people_without_hours: int = 0
    groups: list[Group] = field(default_factory=list)

    @property
    def before_weeks(self) -> float | None:
        """What is left over in weeks of the people there are."""
        hands = max(week.capacity_minutes for week in self.weeks)
        return round(self.before.minutes / hands, 1) if hands else None


def forecast(by: Any, today: date, *, site_id: int | None = None, divided: str = "") -> Forecast:
    """The four weeks for a reader, of one site or all; ``divided`` by "site", "person" or "tier"."""
    people = own_people(by).select_related("site").order_by("name")
    rows = WorkOrder.objects.visible_to(by).unfinished()
    if site_id is not None:
        people, rows = people.filter(site_id=site_id), rows.filter(site_id=site_id)
    staff = list(people)
    spans = week_days(today)
    hands = hands_of(staff, monday_of(today), spans[-1][1])
    weeks = [
        Week(first_on=first, last_on=last, capacity_minutes=_minutes(hands.values(), first, last))
        for first, last in spans
    ]
    found = Forecast(weeks, people=len(staff), people_without_hours=sum(not one.hours_per_week for one in staff))
    times = usual_times(today)
    cells = _cells(rows, today, times)
    for cell in cells:
        _count(found, cell)
    _expect_repairs(found, by, today, site_id, times)
    found.groups = _groups(divided, cells, staff, hands, spans)
    return found


def _minutes(hands: Iterable[Hands], first: date, last: date) -> int:
    days = list(each_day(first, last))
    return sum(sum(minutes_on(one, days)) for one in hands)


# Planned work ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Cell:
    """Orders that have everything in common that the forecast asks about."""

    when: str
    own: bool
    site_id: int
    site_name: str
    person_id: int | None
    tier: str
    jobs: int
    minutes: int
    is_known: bool


def _cells(rows: QuerySet[WorkOrder], today: date, times: UsualTimes) -> list[_Cell]:
    when = Case(*(When(span, then=Value(name)) for name, span in week_spans(today).items()), default=Value("later"))
    keys = ("kind", "procedure_version__procedure_id", "asset__device_type_id")
    groups = rows.with_day().annotate(when=when).order_by().values(  # type: ignore[attr-defined]
        "when", "provider_id", "site_id", "site__name", "assigned_to_id", "required_tier", *keys
    )  # fmt: skip
    found = []
    for row in groups.annotate(jobs=Count("pk"), planned=Sum("minutes_planned")).exclude(when="later"):
        kind, procedure_id, type_id = (row[key] for key in keys)
        each, is_known = times.of(kind, procedure_id, type_id, round(row["planned"] / row["jobs"]))
        minutes = each * row["jobs"] if is_known else row["planned"]
        found.append(
            _Cell(
                row["when"], row["provider_id"] is None, row["site_id"], row["site__name"], row["assigned_to_id"],
                row["required_tier"], row["jobs"], minutes, is_known,
            )
        )  # fmt: skip
    return found


class UsualTimes:
    """How long jobs took in the last year, by their kind, procedure and device type; see :func:`usual_times`."""

    def __init__(self, today: date):
        since = _midnight(today - timedelta(days=HISTORY_DAYS))
        done = WorkOrder.objects.filter(state=WorkState.CLOSED, closed_at__gte=since, labour_minutes__gt=0)
        keys = ("kind", "procedure_version__procedure_id", "asset__device_type_id")
        sums = done.order_by().values_list(*keys).annotate(n=Count("pk"), minutes=Sum("labour_minutes"))
        self.sums = {tuple(key): (n, minutes) for *key, n, minutes in sums}

    def of(self, kind: str, procedure_id: int | None, type_id: int, estimate: int) -> tuple[int, bool]:
        """The usual minutes, and whether they come from enough done work or are the estimate."""
        return usual_minutes(*self.sums.get((kind, procedure_id, type_id), (0, 0)), estimate)

    def of_repairs(self, by_type: Counter[int]) -> tuple[int, bool]:
        """Of a mean repair where repairs are shared over the device types like this."""
        done: dict[int, list[int]] = defaultdict(lambda: [0, 0])
        for (kind, _procedure, type_id), (n, minutes) in self.sums.items():
            if kind == Kind.CORRECTIVE:
                done[type_id][0] += n
                done[type_id][1] += minutes
        every, is_known = usual_minutes(
            sum(n for n, _minutes in done.values()), sum(minutes for _n, minutes in done.values()), REPAIR_MINUTES
        )
        repairs = by_type.total()
        if not repairs:
            return every, is_known
        total = 0
        for type_id, count in by_type.items():
            n, minutes = done[type_id]
            total += count * usual_minutes(n, minutes, every)[0]
        return round(total / repairs), is_known


_kept_times: dict[tuple[Any, date], tuple[UsualTimes, float]] = {}


def usual_times(today: date) -> UsualTimes:
    """The usual times, counted anew after ten minutes: a year of work is long to count and changes little meanwhile."""
    key = (connection.settings_dict["NAME"], today)
    found, until = _kept_times.get(key, (None, 0.0))
    if found is None or monotonic() > until:
        found = UsualTimes(today)
        _kept_times.clear()
        _kept_times[key] = (found, monotonic() + KEPT_SECONDS)
    return found


def forget_usual_times() -> None:
    """Count them anew the next time."""
    _kept_times.clear()


def _count(found: Forecast, cell: _Cell) -> None:
    if not cell.own:
        if cell.when.startswith("week-"):
            found.companies.add(cell.jobs, cell.minutes)
        return
    if cell.when == "before":
        found.before.add(cell.jobs, cell.minutes)
    elif cell.when == "none":
        found.no_day.add(cell.jobs, cell.minutes)
    else:
        found.weeks[int(cell.when[-1])].add(cell.jobs, cell.minutes)
    found.estimated += 0 if cell.is_known else cell.jobs


# Repairs --------------------------------------------------------------------------------------------------------


def _expect_repairs(found: Forecast, by: Any, today: date, site_id: int | None, times: UsualTimes) -> None:
    """The mean and the interval of each week, from the counts of the whole weeks on record (at most a year)."""
    rows = WorkOrder.objects.visible_to(by).filter(provider=None)
    rows = rows.filter(site_id=site_id) if site_id is not None else rows
    monday = monday_of(today)
    mondays = [monday - timedelta(7 * n) for n in range(HISTORY_WEEKS + 1)]
    in_week = [When(reported_at__gte=_midnight(mondays[n]), then=Value(n)) for n in range(1, HISTORY_WEEKS)]
    counted = (
        rows.filter(kind=Kind.CORRECTIVE, reported_at__gte=_midnight(mondays[-1]), reported_at__lt=_midnight(monday))
        .order_by()
        .annotate(ago=Case(*in_week, default=Value(HISTORY_WEEKS)))  # far sooner than TruncWeek, which SQLite asks us
        .values_list("ago", "asset__device_type_id")
        .annotate(n=Count("pk"))
    )
    by_week: Counter[date] = Counter()
    by_type: Counter[int] = Counter()
    for ago, type_id, n in counted:
        by_week[mondays[ago]] += n
        by_type[type_id] += n
    weeks = min(HISTORY_WEEKS, (monday - _began(rows, by_week, monday)).days // 7)
    past = [by_week[mondays[n]] for n in range(1, weeks + 1)]
    minutes, found.repairs_known = times.of_repairs(by_type)
    found.repair_weeks = weeks
    for n, ahead in enumerate(found.weeks):
        ahead.repairs = expected_count(past, part=_part_left(today) if n == 0 else 1.0)
        ahead.repair_minutes_each = minutes


def _began(rows: QuerySet[WorkOrder], by_week: Counter[date], monday: date) -> date:
    """The first whole week on record: that of the first repair, or the one after the first order of any kind."""
    first = rows.order_by("pk").values_list("created_at", flat=True).first()
    begins = [monday_of(timezone.localtime(first).date()) + timedelta(7)] if first else []
    return min([*by_week, *begins, monday])


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def _part_left(today: date) -> float:
    """How much of this week's working days is left, today included."""
    return max(0, 5 - today.weekday()) / 5


# Groups ---------------------------------------------------------------------------------------------------------


def _groups(
    divided: str, cells: list[_Cell], staff: list[Person], hands: dict[int, Hands], spans: list[tuple[date, date]]
) -> list[Group]:
    names: dict[Any, Any]
    of_person: Callable[[Person], list[Any]]
    of_cell: Callable[[_Cell], list[Any]]
    if divided == "site":
        names = {cell.site_id: cell.site_name for cell in cells if cell.own}
        names |= {person.site_id: str(person.site) for person in staff if person.site_id}
        of_person, of_cell = lambda person: [person.site_id], lambda cell: [cell.site_id]
    elif divided == "person":
        names = {None: None, **{person.pk: person.name for person in staff}}
        of_person, of_cell = lambda person: [person.pk], lambda cell: [cell.person_id]
    elif divided == "tier":
        names = {tier.value: tier.label for tier in TIERS}
        of_person, of_cell = lambda person: _up_to(person.tier), lambda cell: _up_to(cell.tier)
    else:
        return []
    groups = {value: Group(value, words, [Load() for _week in range(WEEKS)]) for value, words in names.items()}
    for person in staff:
        for value in of_person(person):
            for load, span in zip(groups[value].weeks if value in groups else (), spans, strict=False):
                load.capacity_minutes += _minutes([hands[person.pk]], *span)
    for cell in cells:
        if cell.own and cell.when.startswith("week-"):
            for value in of_cell(cell):
                if value in groups:
                    groups[value].weeks[int(cell.when[-1])].add(cell.jobs, cell.minutes)
    return list(groups.values())


def _up_to(tier: str) -> list[str]:
    """A tier and those below it: who may do harder work may do easier work; what asks for none anybody may do."""
    return [one.value for one in TIERS[: TIERS.index(Person.Tier(tier)) + 1]] if tier in TIERS else []
