"""The day work is planned for, and what it means to plan it for another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from wardwright.apps.maintenance.models import WorkOrder
from wardwright.apps.maintenance.states import UNFINISHED, WorkState
from wardwright.kernel.capacity import Hands, minutes_on
from wardwright.platform.core.words import day_words

WEEKS = 4
PLANNABLE = tuple(state for state in UNFINISHED if state != WorkState.TO_VERIFY)


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def week_days(today: date) -> list[tuple[date, date]]:
    """From today to Sunday, and the three weeks after it."""
    monday = monday_of(today)
    return [(max(today, monday + timedelta(7 * n)), monday + timedelta(7 * n + 6)) for n in range(WEEKS)]


def week_spans(today: date) -> dict[str, Q]:
    """Conditions on ``day`` (``with_day``) by the name the work list has for them: four weeks, and days gone by."""
    spans = {f"week-{n}": Q(day__gte=first, day__lte=last) for n, (first, last) in enumerate(week_days(today))}
    return {**spans, "before": Q(day__lt=today), "none": Q(day__isnull=True)}


@dataclass(frozen=True)
class Latest:
    """The last day on which an order keeps what was promised, and why that one."""

    day: date | None
    is_promise: bool = False


def latest(order: WorkOrder) -> Latest:
    """The end of the window of planned work, the promised day of a repair."""
    if order.window_end_on or order.due_on:
        return Latest(order.window_end_on or order.due_on)
    return Latest(timezone.localtime(order.finish_by_at).date(), True) if order.finish_by_at else Latest(None)


@dataclass(frozen=True)
class Consequence:
    """What it means to do an order on a day; with ``needs_reason`` somebody must say why."""

    code: str
    words: str
    needs_reason: bool


def consequences(order: WorkOrder, day: date, hands: Hands | None = None) -> list[Consequence]:
    """What is to be said before ``order`` is planned for ``day``; ``hands`` are those of whoever is to do it."""
    found = _of_window(order, day)
    if hands is not None and hands.is_away(day):
        words = _("Whoever has it is away on %(day)s.") % {"day": day_words(day)}
        found.append(Consequence("away", words, needs_reason=False))
    elif hands is not None and hands.minutes_per_week and not minutes_on(hands, [day])[0]:
        words = _("%(day)s is no working day for whoever has it.") % {"day": day_words(day)}
        found.append(Consequence("closed", words, needs_reason=False))
    return found


def _of_window(order: WorkOrder, day: date) -> list[Consequence]:
    end = latest(order)
    if order.out_of_compliance_on and day >= order.out_of_compliance_on:
        words = _("It is out of compliance from %(day)s.") % {"day": day_words(order.out_of_compliance_on)}
        return [Consequence("out", words, needs_reason=True)]
    if end.day and day > end.day:
        words = _("It was promised for %(day)s.") if end.is_promise else _("Its window ends on %(day)s.")
        return [Consequence("late", words % {"day": day_words(end.day)}, needs_reason=True)]
    if order.window_opens_on and day < order.window_opens_on:
        words = _("Its window opens on %(day)s.") % {"day": day_words(order.window_opens_on)}
        return [Consequence("early", words, needs_reason=True)]
    return []
