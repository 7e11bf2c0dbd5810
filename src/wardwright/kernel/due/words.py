"""Why a job is due, in plain words. The texts are templates so that a page can translate them by their code."""

from wardwright.kernel.reason import Reason, fill

from .rules import Unit
from .schedule import DueResult, NoDueDate

TEXTS: dict[str, str] = {
    "anchor_is_due": "The first due date was set to {due_on}.",
    "fixed": "Due every {interval}, counted from {from_on}; the last due date settled was {last_due_on}.",
    "fixed_first": "Due every {interval}, counted from {from_on}; no due date has been settled yet.",
    "floating": "Due {interval} after it was last done, on {from_on}.",
    "never_done": "Never done; due {interval} after {from_on}.",
    "season": "Due every year on day {day} of {months}.",
    "day_clipped": "That month has no day {day}, so its last day counts.",
    "meter_projected": "The meter read {value} {unit} on {read_on}; at {per_day} {unit} a day it reaches "
    "{due_at} {unit} on {due_on}.",
    "meter_reached": "The meter read {value} {unit} on {read_on}, past the due point of {due_at} {unit}.",
    "meter_never_read": "The meter has never been read; record a reading in {unit} to get a date from it.",
    "meter_use_unknown": "The meter read {value} on {read_on}; its daily use is not known; record a second reading.",
    "meter_first": "The meter comes before the calendar.",
    "calendar_first": "The calendar comes before the meter.",
    "collapsed": "Further due dates passed up to {today}: {count}. This one job stands for them all.",
    "follows": "Follows the job due on {from_on} in the same series.",
    "dates": "Due on {due_on}; counts as on schedule from {window_opens_on} to {window_end_on}; "
    "out of compliance from {out_of_compliance_on}.",
    "follows_done": "Follows if the job due on {from_on} and those after it are done when due.",
}

_MONTH_NAMES = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip


def interval_words(count: int, unit: Unit) -> str:
    """Return e.g. "1 month", "6 months"."""
    return f"{count} {unit.value.removesuffix('s') if count == 1 else unit.value}"


def sentence(reason: Reason) -> str:
    """Return one reason as an English sentence with ISO dates."""
    params, words = dict(reason.params), {}
    count, unit, months = params.get("count"), params.get("unit"), params.get("months")
    if isinstance(count, int) and isinstance(unit, str):
        words["interval"] = interval_words(count, Unit(unit))
    if isinstance(months, tuple | list):
        words["months"] = ", ".join(_MONTH_NAMES[month - 1] for month in months)
    return fill(TEXTS, reason, **words)


def dates_reason(result: DueResult) -> Reason:
    """Return the job's four dates as the last of its reasons."""
    return Reason(
        "dates",
        (
            ("due_on", result.due_on),
            ("window_opens_on", result.window_opens_on),
            ("window_end_on", result.window_end_on),
            ("out_of_compliance_on", result.out_of_compliance_on),
        ),
    )


def explain(result: DueResult | NoDueDate) -> str:
    """Answer "why is this due?" in English; `TEXTS` holds the templates for other languages."""
    because = result.because
    if isinstance(result, DueResult):
        because += (dates_reason(result),)
    return " ".join(sentence(reason) for reason in because)
