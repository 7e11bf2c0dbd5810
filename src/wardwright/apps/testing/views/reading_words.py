"""Readings and how they stand to their limit, in words."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wardwright.apps.testing.queries.readings import Reading, Series
from wardwright.kernel.metrology import Signal
from wardwright.platform.core.words import NOTHING, exact_words

MINUS = "\u2212"
SIGNALS: dict[Signal, Any] = {
    Signal.BEYOND_LIMITS: gettext_lazy("further from the mean than chance explains (3σ)"),
    Signal.TWO_OF_THREE: gettext_lazy("two of three far on one side of the mean (2σ)"),
    Signal.FOUR_OF_FIVE: gettext_lazy("four of five on one side of the mean (1σ)"),
    Signal.RUN_OF_EIGHT: gettext_lazy("eight in a row on one side of the mean"),
}


def figure(value: Decimal | float, digits: int = 3) -> str:
    """A computed number with as many digits as say something."""
    number = Decimal(str(value))
    if not number:
        return "0"
    places = max(0, digits - 1 - number.adjusted())
    said = number_format(f"{round(number, places).normalize():f}", use_l10n=True, force_grouping=True)
    return said.replace("-", MINUS)


def as_read(value: Decimal | None, bound: str = "", unit: str = "") -> str:
    """A reading as it was taken, with its unit."""
    if value is None:
        return NOTHING
    return f"{bound} {exact_words(value).replace('-', MINUS)} {unit}".strip()


def limit_words(reading: Reading) -> str:
    """What it may be: "at most 500 µA", "450 to 550 ml"."""
    low, high = (as_read(one) for one in (reading.low, reading.high))
    if reading.low is not None and reading.high is not None:
        words = _("%(low)s to %(high)s") % {"low": low, "high": high}
        return f"{words} {reading.unit}".strip()
    if reading.high is not None:
        return _("at most %(value)s") % {"value": f"{high} {reading.unit}".strip()}
    if reading.low is not None:
        return _("at least %(value)s") % {"value": f"{low} {reading.unit}".strip()}
    return ""


def used_words(series: Series) -> str:
    """How much of its limit the newest reading uses, in percent, never rounded up to the limit."""
    found = series.trend
    if found is None or found.percent_used is None:
        return ""
    return f"{int(found.percent_used)}"


def standing(series: Series) -> tuple[str, str]:
    """(meaning, words) of where the newest reading stands and whither it goes."""
    found = series.trend
    if series.newest.verdict.endswith("fail"):
        return "late", _("failed")
    if found is None:
        return "", _("no limit") if series.newest.limits is None else ""
    if found.watch:
        return "due", _("near the limit and getting worse")
    if found.percent_used is not None and found.percent_used > found.share.percent:
        return "due", _("near the limit")
    if len(series.exact) < 2:
        return "", _("first reading")
    return "", _("towards the limit") if found.worsening else _("steady")
