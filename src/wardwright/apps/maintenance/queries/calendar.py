"""Work by the day it is planned for, in lanes: a few cards of each day, and how much there is in all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, F, QuerySet, Sum, Window
from django.db.models.functions import RowNumber

from wardwright.apps.maintenance.models import WorkOrder
from wardwright.kernel.capacity import Hands, minutes_on

from .boards import URGENT_FIRST

#: How the calendar may be divided: the name in the address, and the column of the work order.
CALENDAR_LANES = {"person": "assigned_to_id", "site": "site_id"}


@dataclass
class DayCell:
    """One day of a lane; ``capacity_minutes`` is None where nobody's hours belong to it."""

    day: date
    jobs: int = 0
    minutes: int = 0
    cards: list[WorkOrder] = field(default_factory=list)
    capacity_minutes: int | None = None
    is_away: bool = False

    @property
    def more(self) -> int:
        return self.jobs - len(self.cards)

    @property
    def is_over(self) -> bool:
        return self.capacity_minutes is not None and self.minutes > self.capacity_minutes

    def give(self, hands: Sequence[Hands]) -> None:
        """The hours of these people on this day; away is a day on which none of them who would work is there."""
        self.capacity_minutes = sum(minutes_on(one, [self.day])[0] for one in hands)
        self.is_away = bool(hands) and all(one.is_away(self.day) for one in hands)


def by_day(
    rows: QuerySet[WorkOrder], days: Sequence[date], lanes: str, most_cards: int
) -> dict[Any, dict[date, DayCell]]:
    """Lane value → day → what is planned; the most urgent ``most_cards`` of each with their names."""
    column = CALENDAR_LANES.get(lanes)
    keys = ["day", column] if column else ["day"]
    planned: Any = rows
    planned = planned.with_day().filter(day__gte=days[0], day__lte=days[-1])
    found: dict[Any, dict[date, DayCell]] = {}
    for row in planned.order_by().values(*keys).annotate(jobs=Count("pk"), minutes=Sum("minutes_planned")):
        lane = found.setdefault(row[column] if column else None, {})
        lane[row["day"]] = DayCell(row["day"], row["jobs"], row["minutes"])
    place = Window(RowNumber(), partition_by=[F(key) for key in keys], order_by=URGENT_FIRST)
    ranked = planned.with_names().annotate(place=place).filter(place__lte=most_cards)
    for order in ranked.order_by("place"):
        found[getattr(order, column) if column else None][order.day].cards.append(order)
    return found
