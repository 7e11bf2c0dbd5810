"""Reasons in words, for whoever asks "why is this due?"."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.dates import MONTHS
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as _n
from django.utils.translation import ngettext

from wardwright.apps.assets.states import Status
from wardwright.apps.maintenance.models import WorkOrder
from wardwright.apps.maintenance.states import Strategy
from wardwright.kernel.due import TEXTS as DUE_TEXTS

from .hours import week_words

TEXTS = {
    "plan": _n("The plan “{name}” asks for it ({strategy})."),
    "applies_asset": _n("The plan is for this device."),
    "applies_model": _n("The plan applies to the model {what}."),
    "applies_type": _n("The plan applies to the device type {what}."),
    "applies_filter": _n("The plan applies to the devices of its filter."),
    "risk_score": _n("The risk score of the type is {score}."),
    "rule_score": _n("The rule “{rule}”, version {version}, gives the type a score of {score}."),
    "procedure_unapproved": _n("The procedure {procedure} has no approved version yet."),
    "anchor_spread": _n(
        "No recent date is on record, so the first one was chosen to spread the work over the interval."
    ),
    "after_skipped": _n("Due {interval} after {from_on}, when it was due and not done."),
    "not_in_service": _n("The device was not in service when the order was made: {status}."),
    "reported": _n("Reported by {by} on {on}."),
    "ordered": _n("Ordered by {by} on {on}."),
    "incoming": _n("A new device is inspected before its first use."),
    "failed": _n("A step failed in {order} on {on}."),
    "analyser_failed": _n("It failed when it was tested with an analyser on {on} (record {record} of {file})."),
    "lookback": _n("It was measured with {instrument}, which was found wrong on {found_on}."),
    "notice": _n("Notice {number} asks for it: {title}"),
    "moved": _n("Moved to {due_on} by {by}: {reason}"),
    "planned": _n("Planned for {planned_on} by {by}: {reason}"),
    "respond_in_hours": _n("To be answered within {hours} service hours ({place}: {week})."),
    "finish_in_hours": _n("To be finished within {hours} service hours ({place}: {week})."),
    "covered": _n("Done with {by}: one visit settled both dates."),
}


def why_words(work_order: WorkOrder) -> list[str]:
    """The reasons of an order as sentences in the reader's language."""
    return [reason_words(reason) for reason in work_order.why]


def reason_words(reason: dict[str, Any]) -> str:
    """One reason as a sentence; a reason without a text shows its values rather than nothing."""
    code = str(reason.get("code", ""))
    text = TEXTS.get(code) or DUE_TEXTS.get(code)
    values = {name: _shown(name, value) for name, value in reason.items()}
    if "count" in reason and "unit" in reason:
        values["interval"] = interval_words(int(reason["count"]), str(reason["unit"]))
    if text is None:
        return ", ".join(f"{name}: {value}" for name, value in values.items())
    try:
        return _(text).format(**values)
    except (KeyError, IndexError):
        return ", ".join(f"{name}: {value}" for name, value in values.items())


def _shown(name: str, value: Any) -> str:
    if value is None:
        return "–"
    if name in ("on", "today") or name.endswith("_on"):
        return date_format(date.fromisoformat(str(value)), "DATE_FORMAT")
    if name == "months" and isinstance(value, list):
        return ", ".join(str(MONTHS[int(month)]) for month in value)
    if name == "week" and isinstance(value, list):
        return week_words(value)
    if name == "strategy" and value in Strategy.values:
        return str(Strategy(value).label)
    if name == "status" and value in Status.values:
        return str(Status(value).label)
    return str(value)


def interval_words(count: int, unit: str) -> str:
    """For example "6 months"."""
    words = {
        "months": ngettext("%(n)d month", "%(n)d months", count),
        "weeks": ngettext("%(n)d week", "%(n)d weeks", count),
        "days": ngettext("%(n)d day", "%(n)d days", count),
    }
    return (words.get(unit) or "%(n)d " + unit) % {"n": count}
