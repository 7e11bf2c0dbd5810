"""Measurement decisions: rules and risks, uncertainty budgets, accuracy specifications, intervals, charts, lookback.

Nothing here reads a clock or a database. What cannot be decided is a ``MetrologyError`` in words. Where figures come
from, and how far they could be checked, is in ``data/decision_rules.json``.
"""

from .accuracy import AccuracySpec, parse_accuracy
from .budget import Budget, Contribution, Distribution, budget
from .chart import Chart, Drift, Signal, control_chart, drift
from .comparison import GageStudy, Group, compare, compare_on_items, crossed_part, gage_study
from .decide import Decision, FourWay, Verdict, decide, tolerance
from .exact import MetrologyError
from .intervals import Bounds, IntervalMethod, Proposal, exponential_interval, propose_interval
from .lookback import AsFound, Change, ErrorCurve, Rejudged, doubtful_bands, error_curves, rejudge
from .risk import Risk, global_risks, risk, risks_of
from .rules import Rule, definition, guard_band, rule_named
from .spread import Spread, spread
from .suspicion import CalibrationEvent, State, Suspicion, last_known_good, suspicions

__all__ = [
    "AccuracySpec",
    "AsFound",
    "Bounds",
    "Budget",
    "CalibrationEvent",
    "Change",
    "Chart",
    "Contribution",
    "Decision",
    "Distribution",
    "Drift",
    "ErrorCurve",
    "FourWay",
    "GageStudy",
    "Group",
    "IntervalMethod",
    "MetrologyError",
    "Proposal",
    "Rejudged",
    "Risk",
    "Rule",
    "Signal",
    "Spread",
    "State",
    "Suspicion",
    "Verdict",
    "budget",
    "compare",
    "compare_on_items",
    "control_chart",
    "crossed_part",
    "decide",
    "definition",
    "doubtful_bands",
    "drift",
    "error_curves",
    "exponential_interval",
    "gage_study",
    "global_risks",
    "guard_band",
    "last_known_good",
    "parse_accuracy",
    "propose_interval",
    "rejudge",
    "risk",
    "risks_of",
    "rule_named",
    "spread",
    "suspicions",
    "tolerance",
]
