"""Which units a notice means: text or CSAF to a structured scope with its residue, and a decision for one unit."""

from .decide import Decider, decide
from .findings import Finding, findings
from .model import READER, BadUnit, Clause, Decision, Element, Form, Of, Outcome, Scope, Span, Unit, without_spans
from .notice import read_notice
from .read import TooLong, read_scope

__all__ = [
    "READER",
    "BadUnit",
    "Clause",
    "Decider",
    "Decision",
    "Element",
    "Finding",
    "Form",
    "Of",
    "Outcome",
    "Scope",
    "Span",
    "TooLong",
    "Unit",
    "decide",
    "findings",
    "read_notice",
    "read_scope",
    "without_spans",
]
