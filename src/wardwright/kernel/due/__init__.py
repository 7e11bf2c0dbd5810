"""Due-date mathematics: when work is due, why, and whether it was done in time.

Days are plain dates; nothing here knows the clock. The words: a *rule* says how often, a *state* what has happened, a
*result* what to do next and why. Figures for windows are the hospital's policy and come in with the rule.
"""

from wardwright.kernel.reason import Reason

from .rules import Basis, DueDates, DueRule, DueState, Every, MeterInterval, MeterState, Season, Unit, Window
from .schedule import (
    DueResult,
    NoDueDate,
    after_completion,
    next_due,
    settled_through,
    upcoming,
)
from .series import add_months, due_dates, occurrences
from .timeliness import (
    ON_SCHEDULE,
    Compliance,
    NotDone,
    Pending,
    Scheduled,
    Share,
    Timeliness,
    count_compliance,
    judge_job,
    judge_pending,
    judge_timeliness,
)
from .words import TEXTS, dates_reason, explain, interval_words, sentence

__all__ = [
    "ON_SCHEDULE",
    "TEXTS",
    "Basis",
    "Compliance",
    "DueDates",
    "DueResult",
    "DueRule",
    "DueState",
    "Every",
    "MeterInterval",
    "MeterState",
    "NoDueDate",
    "NotDone",
    "Pending",
    "Reason",
    "Scheduled",
    "Season",
    "Share",
    "Timeliness",
    "Unit",
    "Window",
    "add_months",
    "after_completion",
    "count_compliance",
    "dates_reason",
    "due_dates",
    "explain",
    "interval_words",
    "judge_job",
    "judge_pending",
    "judge_timeliness",
    "next_due",
    "occurrences",
    "sentence",
    "settled_through",
    "upcoming",
]
