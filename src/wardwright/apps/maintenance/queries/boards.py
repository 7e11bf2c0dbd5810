"""The work board: unfinished work by state and lane, a few cards of each, and how many there are in all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, F, QuerySet, Window
from django.db.models.functions import RowNumber

from wardwright.apps.maintenance.models import WorkOrder
from wardwright.apps.maintenance.states import UNFINISHED, WorkState

#: How the board may be divided into lanes: the name in the address, and the column of the work order.
LANES = {"person": "assigned_to", "department": "department", "priority": "priority"}
CARDS = 30
CARDS_IN_LANE = 6
MOST_LANES = 20
URGENT_FIRST = ("priority", F("due_on").asc(nulls_last=True), "id")


@dataclass
class Lane:
    """One row of the board: ``value`` is what its orders have in common (None: nothing entered, or no lanes)."""

    value: Any = None
    cards: dict[str, list[WorkOrder]] = field(default_factory=lambda: defaultdict(list))
    counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    @property
    def count(self) -> int:
        return sum(self.counts.values())


@dataclass
class Board:
    """The lanes with the most work first (by priority: the most urgent), and how many more there are."""

    lanes: list[Lane]
    lanes_more: int
    counts: dict[str, int]


def board(rows: QuerySet[WorkOrder], lanes: str = "") -> Board:
    """The board of ``rows`` (unfinished orders the reader may see), in lanes by a key of LANES or in none."""
    column = LANES.get(lanes)
    keys = ["state", column] if column else ["state"]
    found: dict[Any, Lane] = {}
    counts: dict[str, int] = dict.fromkeys(UNFINISHED, 0)
    for row in rows.order_by().values(*keys).annotate(n=Count("pk")):
        value = row[column] if column else None
        found.setdefault(value, Lane(value)).counts[row["state"]] += row["n"]
        counts[row["state"]] += row["n"]
    ordered = sorted(found.values(), key=_by_priority if lanes == "priority" else _by_size) or [Lane()]
    shown = ordered[:MOST_LANES]
    for order in _cards(rows, column, [lane.value for lane in shown]):
        found[getattr(order, column_id(column)) if column else None].cards[order.state].append(order)
    return Board(shown, len(ordered) - len(shown), counts)


def column_id(column: str) -> str:
    return column if column == "priority" else f"{column}_id"


def _by_priority(lane: Lane) -> int:
    return lane.value


def _by_size(lane: Lane) -> tuple[bool, int, int]:
    """What belongs to nobody stands first: it waits for a decision."""
    return lane.value is not None, -lane.count, lane.value or 0


def _cards(rows: QuerySet[WorkOrder], column: str | None, values: list[Any]) -> Iterable[WorkOrder]:
    """The most urgent of each cell."""
    if column is None:
        for state in UNFINISHED:
            yield from rows.filter(state=state).order_by(*URGENT_FIRST)[:CARDS]
        return
    place = Window(RowNumber(), partition_by=[F("state"), F(column)], order_by=URGENT_FIRST)
    ranked = rows.annotate(place=place).filter(place__lte=CARDS_IN_LANE)
    kept = set(values)
    yield from (row for row in ranked.order_by("place") if getattr(row, column_id(column)) in kept)


def next_states(order: WorkOrder) -> list[WorkState]:
    """Where an order may go on the board: what ``states.WORK_TRANSITIONS`` allows and one operation does.

    Work that waits goes back to where it was (``resume_work``), or on.
    """
    before = WorkState.ASSIGNED if order.assigned_to_id else WorkState.OPEN
    if order.state == WorkState.ON_HOLD:
        return [WorkState.IN_PROGRESS] if order.started_at else [before, WorkState.IN_PROGRESS]
    return {
        WorkState.OPEN: [WorkState.ASSIGNED, WorkState.IN_PROGRESS, WorkState.ON_HOLD],
        WorkState.ASSIGNED: [WorkState.OPEN, WorkState.IN_PROGRESS, WorkState.ON_HOLD],
        WorkState.IN_PROGRESS: [WorkState.ON_HOLD, *([WorkState.TO_VERIFY] if order.needs_verification else [])],
        WorkState.TO_VERIFY: [WorkState.IN_PROGRESS],
    }.get(WorkState(order.state), [])
