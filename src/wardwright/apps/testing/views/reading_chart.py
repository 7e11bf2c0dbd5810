"""One quantity of one device over time: what chance explains, what it does not, and where it is going."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from wardwright.apps.testing.queries.readings import Reading, Series
from wardwright.kernel.metrology import Chart, Drift, Signal, control_chart, drift
from wardwright.platform.core.words import day_words
from wardwright.platform.reports.chart import Drawn
from wardwright.platform.reports.plots import SHAPES, Lane, Level, Mark, Run, TimePlot, days_of, drawn, time_svg

from .reading_words import as_read, figure, limit_words

#: Below this many readings their own spread says too little to draw limits from it.
FEWEST_FOR_CONTROL = 6
YEAR_DAYS = 365.25
#: A line is drawn on to its limit no further than half of what was seen.
AHEAD = 0.5


@dataclass(frozen=True)
class Course:
    """A series with its control limits and its drift; both only where there is enough to say so."""

    series: Series
    control: Chart | None
    drift: Drift | None
    signals: dict[Reading, list[Signal]]

    @classmethod
    def of(cls, series: Series) -> Course:
        exact = series.exact
        values = [float(one.value) for one in exact]
        control = control_chart(values) if len(values) >= FEWEST_FOR_CONTROL else None
        found: dict[Reading, list[Signal]] = defaultdict(list)
        for at, signal in control.signals if control else ():
            found[exact[at]].append(signal)
        low, high = (None if one is None else float(one) for one in (series.newest.low, series.newest.high))
        points = [(days_of(one.local), float(one.value)) for one in exact]
        return cls(series, control, drift(points, lower=low, upper=high), dict(found))

    def signalled(self) -> list[tuple[Reading, list[Signal]]]:
        """The readings that stand out, the newest first."""
        return [(one, self.signals[one]) for one in reversed(self.series.readings) if one in self.signals]

    @property
    def is_drifting(self) -> bool:
        return self.drift is not None and self.drift.is_shown

    @property
    def crosses_on(self) -> date | None:
        return _day(self.drift.crosses_at) if self.drift and self.is_drifting else None

    @property
    def crosses_from(self) -> date | None:
        return _day(self.drift.crosses_from) if self.drift and self.is_drifting else None

    @property
    def per_year(self) -> str:
        """How fast it changes, with what is sure of it."""
        assert self.drift is not None
        low, high = sorted((self.drift.low * YEAR_DAYS, self.drift.high * YEAR_DAYS))
        return _("%(change)s %(unit)s a year (between %(low)s and %(high)s)") % {
            "change": f"{'+' if self.drift.slope > 0 else ''}{figure(self.drift.slope * YEAR_DAYS)}",
            "unit": self.series.unit,
            "low": figure(low),
            "high": figure(high),
        }


def _day(at: float | None) -> date | None:
    return date.fromordinal(int(at)) if at is not None and at < date.max.toordinal() else None


def chart_of(course: Course) -> Drawn | None:
    """The chart of individual readings; None where one reading is all there is."""
    series = course.series
    if len(series.readings) < 2:
        return None
    title = _("Does it change more than by chance, and does it come near its limit?")
    plot = _plot(course, title)
    return drawn(title, _note(course), lambda width: time_svg(plot, width))


def _plot(course: Course, title: str) -> TimePlot:
    series = course.series
    shapes: dict[str, int] = {}
    for one in series.readings:
        shapes.setdefault(one.instrument, len(shapes) % SHAPES)
    marks = [
        Mark(
            days_of(one.local),
            float(one.value),
            f"{day_words(one.day)}: {as_read(one.value, one.bound, one.unit)} · {one.instrument}",
            shapes[one.instrument],
            bad=one in course.signals or one.verdict.endswith("fail"),
            open=not one.exact,
        )
        for one in series.readings
    ]
    levels = _limits(series)
    band = None
    if course.control:
        mean = figure(course.control.mean)
        levels.append(Level(course.control.mean, _("mean %(value)s") % {"value": mean}, "mean"))
        band = (course.control.low, course.control.high)
    slope, words = _slope(course)
    used: dict[str, list[float]] = {name: [] for name in shapes}
    for one in series.readings:
        used[one.instrument].append(days_of(one.local))
    lanes = [Lane(name or _("no instrument"), shapes[name], at) for name, at in used.items()]
    return TimePlot(title, [Run(marks)], figure, levels, band, slope, words, lanes if any(shapes) else ())


def _limits(series: Series) -> list[Level]:
    """The limits the readings were judged by, each from the day it held."""
    found = []
    for name, words in (("low", _("at least %(value)s")), ("high", _("at most %(value)s"))):
        newest = getattr(series.newest, name)
        steps: list[tuple[float, float]] = []
        for one in series.readings:
            limit = getattr(one, name)
            if limit is not None and (not steps or steps[-1][1] != float(limit)):
                steps.append((days_of(one.local), float(limit)))
        if newest is not None:
            found.append(Level(float(newest), words % {"value": as_read(newest)}, "limit", steps))
    return found


def _slope(course: Course) -> tuple[Any, str]:
    """The ends of the drift's line, as far as its limit where that is near."""
    found = course.drift
    if found is None or not found.is_shown:
        return None, ""
    first, last = (days_of(one.local) for one in (course.series.exact[0], course.series.exact[-1]))
    end, words = last, ""
    if found.crosses_at is not None and found.crosses_at <= last + AHEAD * (last - first):
        end, words = max(last, found.crosses_at), _("at its limit")
    return ((first, found.intercept + found.slope * first), (end, found.intercept + found.slope * end)), words


def _note(course: Course) -> str:
    series = course.series
    n = len(series.readings)
    parts = [f"n = {n}" if n == series.count else _("n = the newest %(n)s of %(all)s") % {"n": n, "all": series.count}]
    limit = limit_words(series.newest)
    if limit:
        source = series.newest.limit_source
        parts.append(_("limit: %(limit)s") % {"limit": f"{limit}, {source}" if source else limit})
    if course.control:
        parts.append(_("grey band: what chance alone explains (mean ± 3σ of the readings' own changes)"))
    bounded = n - len(series.exact)
    if bounded:
        parts.append(_("only bounds, not computed with: %(n)s") % {"n": bounded})
    if series.left_out:
        parts.append(_("left out, in another unit: %(n)s") % {"n": series.left_out})
    return " · ".join(parts)
