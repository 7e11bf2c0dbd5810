"""What the head of department looks at first: does the planned work fit the hands there are, and how much is late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q, Sum

from wardwright.apps.directory.models import Person
from wardwright.apps.maintenance.models import WorkOrder

WEEKS = 4


@dataclass(frozen=True)
class Week:
    """A calendar week with its planned minutes against the hours of the people who service devices."""

    first_on: date
    last_on: date
    minutes: int
    jobs: int
    capacity_minutes: int

    @property
    def number(self) -> int:
        return self.last_on.isocalendar().week

    @property
    def hours(self) -> int:
        return round(self.minutes / 60)

    @property
    def capacity_hours(self) -> int:
        return round(self.capacity_minutes / 60)

    @property
    def percent(self) -> int | None:
        """None where no hours are entered to compare with."""
        return round(100 * self.minutes / self.capacity_minutes) if self.capacity_minutes else None

    @property
    def is_over(self) -> bool:
        return self.percent is not None and self.percent > 100

    @property
    def shown_minutes(self) -> int:
        return min(self.minutes, self.capacity_minutes)


def _ends(today: date) -> list[date]:
    """The Sundays of this week and the three after it."""
    return [today + timedelta(days=6 - today.weekday() + 7 * n) for n in range(WEEKS)]


def week_spans(today: date) -> dict[str, Q]:
    """The due dates of this week and the three after it, by the name the work list has for them; the first holds
    what is late too."""
    ends = _ends(today)
    return {
        f"week-{n}": Q(due_on__lte=end) & (Q() if n == 0 else Q(due_on__gt=ends[n - 1])) for n, end in enumerate(ends)
    }


def planned_weeks(by: Any, today: date) -> list[Week]:
    """The work due in this week and the three after it, what is late counted into the first."""
    ends = _ends(today)
    spans = {f"w{n}": span for n, span in enumerate(week_spans(today).values())}
    sums = (
        WorkOrder.objects.visible_to(by)
        .unfinished()
        .aggregate(
            **{name: Sum("minutes_planned", filter=span, default=0) for name, span in spans.items()},
            **{f"n{name}": Count("pk", filter=span) for name, span in spans.items()},
        )
    )
    people = Person.objects.visible_to(by).filter(is_active=True).exclude(tier=Person.Tier.NONE)
    capacity = 60 * people.aggregate(hours=Sum("hours_per_week", default=0))["hours"]
    return [Week(end - timedelta(days=6), end, sums[f"w{n}"], sums[f"nw{n}"], capacity) for n, end in enumerate(ends)]


def late_work(by: Any, today: date, capacity_minutes: int) -> dict[str, Any]:
    """Late planned work in hours, and in weeks of the people there are (None where their hours are not entered)."""
    late = WorkOrder.objects.visible_to(by).unfinished().filter(due_on__lt=today)
    minutes = late.aggregate(total=Sum("minutes_planned", default=0))["total"]
    weeks = round(minutes / capacity_minutes, 1) if capacity_minutes else None
    return {"hours": round(minutes / 60), "weeks": weeks}
