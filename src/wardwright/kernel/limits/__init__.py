"""A reading against its limits, numbers as people and analysers write them, and the limits of electrical safety.

Limits are inclusive unless a standard says "less than": a reading on the limit passes. A reading is judged as it was
entered, never as rounded for display. What else is limited (a manual, the hospital) is data of the caller.
"""

from .entry import Bound, NumberError, Reading, parse_number, parse_reading
from .finding import LimitQuery, NotApplicable, UnknownLimit, find_limit, in_short, select
from .judge import TEXTS, Judgement, Limits, Outcome, around, around_percent, explain, judge, outcome_of
from .own import LooserLimit, looser_than, tightened
from .parts import AppliedPart, parse_applied_parts, write_applied_parts
from .safety import NORMALISATION, SafetyJudgement, judge_safety, normalised
from .safety_limits import FACETS, Absent, Origin, SafetyLimit, limits_from, shipped_limits, to_row
from .spellings import code
from .trend import WATCH, Trend, WatchShare, percent_used, trend
from .units import convert, convertible
from .verdict import Answer, Part, Verdict, WholeVerdict, safety_verdict

__all__ = [
    "FACETS",
    "NORMALISATION",
    "TEXTS",
    "WATCH",
    "Absent",
    "Answer",
    "AppliedPart",
    "Bound",
    "Judgement",
    "LimitQuery",
    "Limits",
    "LooserLimit",
    "NotApplicable",
    "NumberError",
    "Origin",
    "Outcome",
    "Part",
    "Reading",
    "SafetyJudgement",
    "SafetyLimit",
    "Trend",
    "UnknownLimit",
    "Verdict",
    "WatchShare",
    "WholeVerdict",
    "around",
    "around_percent",
    "code",
    "convert",
    "convertible",
    "explain",
    "find_limit",
    "in_short",
    "judge",
    "judge_safety",
    "limits_from",
    "looser_than",
    "normalised",
    "outcome_of",
    "parse_applied_parts",
    "parse_number",
    "parse_reading",
    "percent_used",
    "safety_verdict",
    "select",
    "shipped_limits",
    "tightened",
    "to_row",
    "trend",
    "write_applied_parts",
]
