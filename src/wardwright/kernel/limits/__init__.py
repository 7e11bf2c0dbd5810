"""A reading against its limits, and numbers as people and analysers write them.

Limits are inclusive: a reading on the limit passes. A reading is judged as it was entered, never as rounded for
display. Where limits come from (IEC 62353, a manual, the hospital) is not known here: they are data of the caller.
"""

from .entry import Bound, NumberError, Reading, parse_number, parse_reading
from .judge import TEXTS, Judgement, Limits, Outcome, around, around_percent, explain, judge
from .units import convert

__all__ = [
    "TEXTS",
    "Bound",
    "Judgement",
    "Limits",
    "NumberError",
    "Outcome",
    "Reading",
    "around",
    "around_percent",
    "convert",
    "explain",
    "judge",
    "parse_number",
    "parse_reading",
]
