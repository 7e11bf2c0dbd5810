"""The lists of work, plans, rules and failure codes, and the words their cells share with the pages."""

from .cells import device_words, due_cell, model_words, state_meaning, state_words, week_end
from .filters import FILTERS, day_of
from .plans import PLAN_MEANING, PLANS, applies_words, interval_words
from .rules import CODES, RULE_MEANING, RULES
from .work import WORK, work_rows, work_url

__all__ = [
    "CODES",
    "FILTERS",
    "PLANS",
    "PLAN_MEANING",
    "RULES",
    "RULE_MEANING",
    "WORK",
    "applies_words",
    "day_of",
    "device_words",
    "due_cell",
    "interval_words",
    "model_words",
    "state_meaning",
    "state_words",
    "week_end",
    "work_rows",
    "work_url",
]
