"""From an address, a command line or a saved view to what is asked of a report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wardwright.kernel.periods import period
from wardwright.platform.core.errors import Denied, Invalid, NotFound
from wardwright.platform.core.values import as_id
from wardwright.platform.core.words import day_words

from .declaration import REPORTS, Asked, Report

PERIODS: dict[str, Any] = {
    "this-week": gettext_lazy("this week"),
    "last-week": gettext_lazy("last week"),
    "this-month": gettext_lazy("this month"),
    "last-month": gettext_lazy("last month"),
    "this-quarter": gettext_lazy("this quarter"),
    "last-quarter": gettext_lazy("last quarter"),
    "this-year": gettext_lazy("this year"),
    "last-year": gettext_lazy("last year"),
    "last-12-months": gettext_lazy("the last 12 months"),
    "next-12-months": gettext_lazy("the next 12 months"),
}
LONGEST_YEARS = 60


def report_for(by: Any, key: str) -> Report:
    """The report ``key``. Raises NotFound for an unknown one, Denied for one whose rows ``by`` may not see."""
    found = REPORTS.get(key)
    if found is None:
        raise NotFound(_("There is no such report."), _("Choose one from the list of reports."))
    if not found.may(by):
        raise Denied(_("You may not see this report."), _("Ask the person who manages access in your department."))
    return found


def reports_for(by: Any) -> list[Report]:
    """The reports that ``by`` may open, by title."""
    return sorted((one for one in REPORTS.values() if one.may(by)), key=lambda one: str(one.title))


def asked_of(report: Report, given: Mapping[str, Any], today: date | None = None) -> Asked:
    """What ``given`` (strings: period, from, to, by, and the report's parameters) asks of the report.

    A period by name goes with the days; "from" and "to" count where no period is named.

    Raises:
        Invalid: for days that are none, an unknown period, grouping or number; ``fields`` names each.
    """
    today = today or timezone.localdate()
    wrong: dict[str, Any] = {}
    preset, first, last = _period_of(report, given, today, wrong)
    values: dict[str, Any] = {}
    for parameter in report.parameters:
        text = str(given.get(parameter.key) or "").replace("\x00", "").strip()[:200]
        if not text:
            continue
        if parameter.is_text:
            values[parameter.key] = text
        elif (number := as_id(text)) is not None:
            values[parameter.key] = number
        else:
            wrong[parameter.key] = _("This is not a number of a record.")
    group = str(given.get("by") or "")
    known = [column.key for column in report.groups]
    if group and group not in known:
        wrong["by"] = _("Choose one of: %(known)s.") % {"known": ", ".join(known)}
    if wrong:
        message = _("The report cannot be made from these entries.")
        raise Invalid(message, " ".join(f"{name}: {words}" for name, words in wrong.items()), fields=wrong)
    return Asked(first, last, today, preset, values, group or usual_group(report))


def _days_were_changed(preset: str, days: Mapping[str, str], given: Mapping[str, Any], today: date) -> bool:
    """Whether the days on the page were changed while its period stayed the one that was shown (``was``)."""
    shown = [day.isoformat() for day in period(preset, today)]
    return given.get("was") == preset and all(days.values()) and list(days.values()) != shown


def usual_group(report: Report) -> str:
    """The grouping where none is asked for."""
    return report.group or next((column.key for column in report.groups), "")


def _period_of(report: Report, given: Mapping[str, Any], today: date, wrong: dict[str, Any]) -> tuple[str, date, date]:
    if not report.period:
        return "", today, today
    preset = str(given.get("period") or "")
    days = {name: str(given.get(name) or "") for name in ("from", "to")}
    if not preset and not any(days.values()):
        preset = report.period
    if preset in PERIODS and not _days_were_changed(preset, days, given, today):
        return preset, *period(preset, today)
    if preset and preset not in PERIODS:
        wrong["period"] = _("Choose one of: %(known)s.") % {"known": ", ".join(PERIODS)}
        return "", today, today
    usual = dict(zip(("from", "to"), period(report.period, today), strict=True))
    found = dict(usual)
    for name, text in days.items():
        try:
            found[name] = date.fromisoformat(text) if text else usual[name]
        except ValueError:
            wrong[name] = _("Enter a day such as 2026-01-31.")
    first, last = sorted((found["from"], found["to"]))
    if last.year - first.year > LONGEST_YEARS or first.year < 1900 or last.year > 2200:
        wrong["from"] = _("Ask for a period of at most %(years)d years.") % {"years": LONGEST_YEARS}
        return "", today, today
    return "", first, last


def as_given(report: Report, asked: Asked, **more: Any) -> dict[str, str]:
    """The entries that give ``asked`` again, for addresses; ``more`` replaces, and empty values leave out."""
    own: dict[str, Any] = dict(asked.values)
    if report.period:
        own |= {"period": asked.preset} if asked.preset else {"from": asked.first, "to": asked.last}
    if asked.group != usual_group(report):
        own["by"] = asked.group
    return {name: str(value) for name, value in {**own, **more}.items() if value not in (None, "")}


def asked_in_words(report: Report, asked: Asked, by: Any) -> str:
    """The period and what the report is narrowed to, in words."""
    parts: list[str] = []
    if report.period:
        parts.append(_("%(first)s to %(last)s") % {"first": day_words(asked.first), "last": day_words(asked.last)})
    else:
        parts.append(_("as of %(day)s") % {"day": day_words(asked.today)})
    for parameter in report.parameters:
        wanted = asked[parameter.key]
        if wanted is not None:
            words = _words_of(parameter.choices(by), wanted)
            parts.append(f"{parameter.label}: {words}")
    return ", ".join(parts)


def _words_of(choices: Iterable[tuple[Any, Any]], wanted: Any) -> str:
    return next((str(words) for value, words in choices if str(value) == str(wanted)), str(wanted))
