"""Reads of maintenance with a business meaning."""

from .boards import LANES, Board, Lane, board, next_states
from .calendar import CALENDAR_LANES, DayCell, by_day
from .capacity import hands_of, hours, own_people
from .compliance import OUR_OWN, Narrow, compliance
from .forecast import TIERS, Amount, Forecast, Group, Load, UsualTimes, Week, forecast
from .hours import Place, Promise, Timetable, hours_at, moved_on, promise, week_words
from .levelling import Levelling, Proposed, WeekFull, levelling
from .planning import PLANNABLE, Consequence, Latest, consequences, latest, monday_of, week_days, week_spans
from .records import WorkOfRecords, work_of_records
from .safety import Safety, safety_of
from .schedules import ScheduleLine, explain_schedule, next_of_schedule, schedules_of_asset
from .steps import steps_of
from .words import interval_words, reason_words, why_words
from .work import (
    certificates_missing,
    due_work,
    failure_codes,
    in_title,
    last_results,
    my_work,
    with_words,
    work_of_asset,
)

__all__ = [
    "CALENDAR_LANES",
    "LANES",
    "OUR_OWN",
    "PLANNABLE",
    "TIERS",
    "Amount",
    "Board",
    "Consequence",
    "DayCell",
    "Forecast",
    "Group",
    "Lane",
    "Latest",
    "Levelling",
    "Load",
    "Narrow",
    "Place",
    "Promise",
    "Proposed",
    "Safety",
    "ScheduleLine",
    "Timetable",
    "UsualTimes",
    "Week",
    "WeekFull",
    "WorkOfRecords",
    "board",
    "by_day",
    "certificates_missing",
    "compliance",
    "consequences",
    "due_work",
    "explain_schedule",
    "failure_codes",
    "forecast",
    "hands_of",
    "hours",
    "hours_at",
    "in_title",
    "interval_words",
    "last_results",
    "latest",
    "levelling",
    "monday_of",
    "moved_on",
    "my_work",
    "next_of_schedule",
    "next_states",
    "own_people",
    "promise",
    "reason_words",
    "safety_of",
    "schedules_of_asset",
    "steps_of",
    "week_days",
    "week_spans",
    "week_words",
    "why_words",
    "with_words",
    "work_of_asset",
    "work_of_records",
]
