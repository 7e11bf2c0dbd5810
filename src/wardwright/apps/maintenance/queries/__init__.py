"""Reads of maintenance with a business meaning."""

from .boards import LANES, Board, Lane, board, next_states
from .compliance import OUR_OWN, Narrow, compliance
from .head import Week, late_work, planned_weeks, week_spans
from .hours import Place, Promise, Timetable, hours_at, moved_on, promise, week_words
from .schedules import ScheduleLine, explain_schedule, next_of_schedule, schedules_of_asset
from .words import interval_words, reason_words, why_words
from .work import certificates_missing, due_work, failure_codes, last_results, my_work, work_of_asset

__all__ = [
    "LANES",
    "OUR_OWN",
    "Board",
    "Lane",
    "Narrow",
    "Place",
    "Promise",
    "ScheduleLine",
    "Timetable",
    "Week",
    "board",
    "certificates_missing",
    "compliance",
    "due_work",
    "explain_schedule",
    "failure_codes",
    "hours_at",
    "interval_words",
    "last_results",
    "late_work",
    "moved_on",
    "my_work",
    "next_of_schedule",
    "next_states",
    "planned_weeks",
    "promise",
    "reason_words",
    "schedules_of_asset",
    "week_spans",
    "week_words",
    "why_words",
    "work_of_asset",
]
