"""Plots of readings as SVG: values over time with their limits, rows with a range each, and a line as small as a word.

Like the charts of reports: direct labels, limits as lines, attributes for paper and classes for the theme.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from html import escape
from typing import Any

from django.utils import formats

from .chart import BAD, INK, MARK, NARROW, QUIET, RULE, Drawn, frame_svg, path_points, rule_svg, text_svg, ticks

PLOT_WIDE = 640
TICKS_MONTHS = (1, 2, 3, 6, 12, 24, 60, 120, 240)
LINE = 13  # the height that a label takes
SHAPES = 5


@dataclass(frozen=True)
class Mark:
    """One value at a time (in days, as ``date.toordinal`` counts). ``bad`` marks what is to be looked at; ``open`` one
    that is only a bound."""

    at: float
    value: float
    words: str = ""
    shape: int = 0
    bad: bool = False
    open: bool = False


@dataclass(frozen=True)
class Run:
    """Marks joined by a line; ``name`` stands at its end."""

    marks: Sequence[Mark]
    name: str = ""


@dataclass(frozen=True)
class Level:
    """A line across. ``steps`` (time, value) where it changed over time; ``css`` "limit", "mean" or "edge"."""

    value: float
    words: str
    css: str = "limit"
    steps: Sequence[tuple[float, float]] = ()


@dataclass(frozen=True)
class Lane:
    """Below the plot: when something (an instrument) was used."""

    name: str
    shape: int
    at: Sequence[float]


@dataclass(frozen=True)
class TimePlot:
    """Values over time. ``band`` is what chance explains; ``slope`` the ends of a straight line through the values.

    A level further away than the values' own spread allows is told at the edge instead of flattening them.
    """

    title: str
    runs: Sequence[Run]
    tick_words: Callable[[float], str]
    levels: Sequence[Level] = ()
    band: tuple[float, float] | None = None
    slope: tuple[tuple[float, float], tuple[float, float]] | None = None
    slope_words: str = ""
    lanes: Sequence[Lane] = ()


def drawn(title: str, note: str, svg: Callable[[int], str]) -> Drawn:
    """Both widths of a plot, with the words around it."""
    return Drawn(title, svg(PLOT_WIDE), svg(NARROW), note)


# Over time ------------------------------------------------------------------------------------------------------


def time_svg(plot: TimePlot, width: int) -> str:
    return _TimeDrawing(plot, width).svg()


@dataclass
class _TimeDrawing:
    plot: TimePlot
    width: int
    parts: list[str] = field(default_factory=list)

    TOP, PLOT, AXIS, LANE = 18, 220, 26, 20

    def __post_init__(self) -> None:
        marks = [mark for run in self.plot.runs for mark in run.marks]
        self.is_wide = self.width == PLOT_WIDE
        times = [mark.at for mark in marks] + ([self.plot.slope[1][0]] if self.plot.slope else [])
        self.first, self.last = min(times), max(times)
        if self.first == self.last:
            self.first, self.last = self.first - 15, self.last + 15
        self.shown, self.beyond = self._levels([mark.value for mark in marks] + list(self.plot.band or ()))
        values = (
            [mark.value for mark in marks] + [*(self.plot.band or ())] + [v for one in self.shown for v in _of(one)]
        )
        self.marked = ticks(min(values), max(values))
        self.low, self.high = self.marked[0], self.marked[-1]
        self.left = 8 + max(len(self.plot.tick_words(tick)) for tick in self.marked) * 6.5
        self.right = 150 if self.is_wide else 10
        self.end = self.width - self.right
        self.foot = self.TOP + self.PLOT
        self.height = self.foot + self.AXIS + len(self.plot.lanes) * (self.LANE if self.is_wide else self.LANE + LINE)

    def _levels(self, values: list[float]) -> tuple[list[Level], list[Level]]:
        """The levels that fit beside the values, and those too far away."""
        spread = (max(values) - min(values)) or abs(max(values)) or 1
        near: list[Level] = []
        far: list[Level] = []
        for level in self.plot.levels:
            reach = max(*values, *_of(level)) - min(*values, *_of(level))
            (near if level.css != "limit" or reach <= 5 * spread else far).append(level)
        return near, far

    def x(self, at: float) -> float:
        return self.left + (self.end - self.left) * (at - self.first) / (self.last - self.first)

    def y(self, value: float) -> float:
        return self.foot - self.PLOT * (value - self.low) / ((self.high - self.low) or 1)

    def svg(self) -> str:
        if self.plot.band:
            low, high = (self.y(one) for one in self.plot.band)
            self.parts.append(
                f'<rect class="chart-band" x="{self.left:.1f}" y="{high:.1f}" width="{self.end - self.left:.1f}"'
                f' height="{low - high:.1f}" fill="#eceeed"/>'
            )
        self._grid()
        self._level_lines()
        if self.plot.slope:
            (x1, y1), (x2, y2) = self.plot.slope
            line = rule_svg(self.x(x1), self.y(y1), self.x(x2), self.y(y2), "chart-slope", INK, dash="6 4", width=1.5)
            self.parts.append(line)
        for run in self.plot.runs:
            self._run(run)
        self._words_at_the_side()
        for at, lane in enumerate(self.plot.lanes):
            self._lane(at, lane)
        return frame_svg(self.plot.title, self.width, self.height, self.parts)

    def _grid(self) -> None:
        for tick in self.marked:
            y = self.y(tick)
            self.parts.append(rule_svg(self.left, y, self.end, y, "chart-rule", RULE))
            words = self.plot.tick_words(tick)
            self.parts.append(text_svg(self.left - 6, y + 4, words, "chart-quiet", anchor="end", fill=QUIET, size=11))
        for at, words in _days(self.first, self.last, 6 if self.is_wide else 4):
            x = self.x(at)
            self.parts.append(rule_svg(x, self.foot, x, self.foot + 4, "chart-rule", RULE))
            anchor = "middle" if self.left + 24 < x < self.end - 24 else "start" if x <= self.left + 24 else "end"
            self.parts.append(text_svg(x, self.foot + 17, words, "chart-quiet", anchor=anchor, fill=QUIET, size=11))

    def _level_lines(self) -> None:
        looks = {
            "limit": ("chart-limit", BAD, "4 3", 1.5),
            "mean": ("chart-mean", QUIET, "", 1.0),
            "edge": ("chart-edge", QUIET, "2 3", 1.0),
        }
        for level in self.shown:
            css, colour, dash, stroke = looks[level.css]
            steps = [*level.steps] or [(self.first, level.value)]
            for at, (start, value) in enumerate(steps):
                until = steps[at + 1][0] if at + 1 < len(steps) else self.last
                x1 = self.left if at == 0 else self.x(start)
                x2 = self.end if at + 1 == len(steps) else self.x(until)
                self.parts.append(rule_svg(x1, self.y(value), x2, self.y(value), css, colour, dash=dash, width=stroke))

    def _run(self, run: Run) -> None:
        places = [(self.x(mark.at), self.y(mark.value)) for mark in run.marks]
        if len(places) > 1:
            self.parts.append(
                f'<polyline class="chart-line" points="{path_points(places)}" fill="none" stroke="{MARK}"'
                f' stroke-width="1.25"/>'
            )
        size = 4.0 if len(places) <= 60 else 2.5
        for (x, y), mark in zip(places, run.marks, strict=True):
            self.parts.append(_shape(x, y, mark, size))

    def _words_at_the_side(self) -> None:
        """What the lines are, beside their ends, or on them where it is narrow; nudged apart where they are close."""
        told = [
            (self.y(one.value), one.words, "chart-bad" if one.css == "limit" else "chart-quiet") for one in self.shown
        ]
        told += [(self.y(run.marks[-1].value), run.name, "chart-value") for run in self.plot.runs if run.name]
        if self.plot.slope and self.plot.slope_words:
            told.append((self.y(self.plot.slope[1][1]), self.plot.slope_words, "chart-value"))
        told += [
            (self.TOP - 8, f"↑ {one.words}", "chart-bad")
            if one.value > self.high
            else (self.foot - 2, f"↓ {one.words}", "chart-bad")
            for one in self.beyond  # far outside: an arrow says that the line itself is not here
        ]
        for y, words, css in _apart(sorted(told), self.TOP - 8, self.foot + 2):
            fill = {"chart-bad": BAD, "chart-quiet": QUIET}.get(css, INK)
            at, anchor = ((self.end + 6, y + 4), "start") if self.is_wide else ((self.end, y - 3), "end")
            self.parts.append(text_svg(*at, words, css, anchor=anchor, fill=fill, size=11, halo=not self.is_wide))

    def _lane(self, at: int, lane: Lane) -> None:
        if self.is_wide:
            y = self.foot + self.AXIS + at * self.LANE + 10
            self.parts.append(
                text_svg(self.end + 6, y + 4, _both_ends(lane.name, 24), "chart-quiet", fill=QUIET, size=11)
            )
        else:
            y = self.foot + self.AXIS + at * (self.LANE + LINE) + 22
            self.parts.append(text_svg(self.left, y - 9, _both_ends(lane.name, 48), "chart-quiet", fill=QUIET, size=11))
        self.parts.append(rule_svg(self.left, y, self.end, y, "chart-rule", RULE))
        self.parts += [_shape(self.x(one), y, Mark(one, 0, shape=lane.shape), 3.0) for one in lane.at]


def _of(level: Level) -> list[float]:
    return [level.value, *(value for _at, value in level.steps)]


def _both_ends(words: str, letters: int) -> str:
    """Cut in the middle: instruments of a kind differ at the end of their names."""
    half = (letters - 1) // 2
    return words if len(words) <= letters else f"{words[:half].rstrip()}…{words[-half:].lstrip()}"


def _apart(told: list[tuple[float, str, str]], top: float, foot: float) -> list[tuple[float, str, str]]:
    """Labels from top to bottom, none closer to the next than a line, none outside."""
    placed: list[tuple[float, str, str]] = []
    for y, words, css in told:
        above = placed[-1][0] + LINE if placed else top
        placed.append((max(y, above), words, css))
    limit = foot
    for at in range(len(placed) - 1, -1, -1):
        y, words, css = placed[at]
        placed[at] = (min(y, limit), words, css)
        limit = placed[at][0] - LINE
    return placed


def _days(first: float, last: float, most: int) -> list[tuple[float, str]]:
    """At most ``most`` beginnings of months or years in the span, with their words; the two ends where it is short."""
    start, end = date.fromordinal(int(first)), date.fromordinal(int(last))
    whole = (end.year - start.year) * 12 + end.month - start.month
    step = next((months for months in TICKS_MONTHS if whole / months <= most - 1), TICKS_MONTHS[-1])
    month = start.year * 12 + start.month - 1
    month += (-month) % step
    found = []
    while (day := date(month // 12, month % 12 + 1, 1)) <= end:
        if day >= start:
            found.append((float(day.toordinal()), formats.date_format(day, "Y" if step >= 12 else "M Y")))
        month += step
    if len(found) >= 2:
        return found
    return [(first, formats.date_format(start, "DATE_FORMAT")), (last, formats.date_format(end, "DATE_FORMAT"))]


def _shape(x: float, y: float, mark: Mark, size: float) -> str:
    """A mark: circle, square, triangle, diamond, triangle on its head; larger and red where it is to be looked at."""
    r = size * 1.35 if mark.bad else size
    css, colour = ("chart-dot chart-out", BAD) if mark.bad else ("chart-dot", MARK)
    if mark.open:
        css, look = f"{css} chart-open", f'fill="none" stroke="{colour}" stroke-width="1.5"'
    else:
        look = f'fill="{colour}"'
    said = f"<title>{escape(mark.words)}</title>" if mark.words else ""
    if mark.shape % SHAPES == 0:
        return f'<circle class="{css}" cx="{x:.1f}" cy="{y:.1f}" r="{r:.1f}" {look}>{said}</circle>'
    corners = {
        1: [(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)],
        2: [(0, -1.2), (1.1, 0.9), (-1.1, 0.9)],
        3: [(0, -1.3), (1.3, 0), (0, 1.3), (-1.3, 0)],
        4: [(0, 1.2), (1.1, -0.9), (-1.1, -0.9)],
    }[mark.shape % SHAPES]
    points = path_points([(x + dx * r, y + dy * r) for dx, dy in corners])
    return f'<polygon class="{css}" points="{points}" {look}>{said}</polygon>'


# In rows --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """One line of a row plot: a range with a dot in it. ``words`` stand behind it; ``url`` opens what it is about."""

    label: str
    value: float | None
    low: float | None
    high: float | None
    words: str
    bad: bool = False
    url: str = ""


@dataclass(frozen=True)
class RowPlot:
    """Rows over one scale, with lines down through all of them and a band for what is usual."""

    title: str
    rows: Sequence[Row]
    levels: Sequence[Level] = ()
    band: tuple[float, float] | None = None


def rows_svg(plot: RowPlot, width: int) -> str:
    """Labels stand beside the ranges, or above them where it is narrow."""
    is_wide = width == PLOT_WIDE
    left, right, step, lower = (160, 110, 24, 0) if is_wide else (4, 96, 40, 15)
    top = LINE * (1 if is_wide else 2) + 8
    own = [v for row in plot.rows for v in (row.low, row.high, row.value) if v is not None] + list(plot.band or ())
    spread = (max(own) - min(own)) or abs(max(own)) or 1
    levels = [one for one in plot.levels if max(*own, one.value) - min(*own, one.value) <= 5 * spread]
    low, high = min([*own, *(one.value for one in levels)]), max([*own, *(one.value for one in levels)])
    low, high = (low, high) if high > low else (low - 1, high + 1)
    height, end = top + step * len(plot.rows) + 4, width - right

    def x(value: float) -> float:
        return left + 6 + (end - left - 12) * (value - low) / (high - low)

    parts, lines = [], range(len(plot.rows))
    if plot.band:
        parts.append(
            f'<rect class="chart-band" x="{x(plot.band[0]):.1f}" y="{top - 4}" '
            f'width="{max(2.0, x(plot.band[1]) - x(plot.band[0])):.1f}" height="{height - top}" fill="#eceeed"/>'
        )
    for level in levels:
        at, is_limit = x(level.value), level.css == "limit"
        css, colour, dash = ("chart-limit", BAD, "4 3") if is_limit else ("chart-mean", QUIET, "")
        spans = (
            [(top - 4, height - 4)] if is_wide else [(top + step * n + lower + 2, top + step * (n + 1)) for n in lines]
        )
        parts += [rule_svg(at, y1, at, y2, css, colour, dash=dash, width=1.5 if is_limit else 1) for y1, y2 in spans]
        anchor = "start" if at < left + 60 else "end" if at > end - 60 else "middle"
        words = ("chart-bad", BAD) if is_limit else ("chart-quiet", QUIET)
        line = 11 if is_wide or is_limit else 11 + LINE
        parts.append(text_svg(at, line, level.words, words[0], anchor=anchor, fill=words[1], size=11))
    for at, row in enumerate(plot.rows):
        parts += _row(row, top + step * at, x, left if is_wide else 0, end, lower)
    return frame_svg(plot.title, width, height, parts)


def _row(row: Row, y: float, x: Callable[[float], float], left: float, end: float, lower: float) -> list[str]:
    middle = y + lower + 10
    label = (
        text_svg(left - 4, middle + 4, _both_ends(row.label, 24), anchor="end")
        if left
        else text_svg(0, y + 12, row.label)
    )
    parts = [f'<a href="{escape(row.url)}">{label}</a>' if row.url else label]
    if row.low is not None and row.high is not None:
        line = rule_svg(x(row.low), middle, x(row.high), middle, "chart-line", MARK, width=3)
        parts.append(line)
    if row.value is not None:
        parts.append(_shape(x(row.value), middle, Mark(0, row.value, bad=row.bad), 4.0))
    css, fill = ("chart-bad", BAD) if row.bad else ("chart-quiet", QUIET)
    parts.append(text_svg(end + 6, middle + 4, row.words, css, fill=fill, size=11))
    return parts


# As small as a word ---------------------------------------------------------------------------------------------


def spark_svg(values: Sequence[float], title: str, *, low: float | None, high: float | None, bad: bool = False) -> str:
    """The last readings as one small line; a limit is drawn where it is near enough to be seen with them."""
    width, height, edge = 120, 28, 5
    least, most = min(values), max(values)
    spread = (most - least) or abs(most) or 1
    for limit in (low, high):
        if limit is not None and max(most, limit) - min(least, limit) <= 4 * spread:
            least, most = min(least, limit), max(most, limit)
    across, up = (width - 2 * edge) / max(1, len(values) - 1), (height - 2 * edge) / ((most - least) or 1)

    def place(at: int, value: float) -> tuple[float, float]:
        return edge + across * at, height - edge - up * (value - least)

    parts = [
        rule_svg(0, place(0, one)[1], width, place(0, one)[1], "chart-limit", BAD, dash="3 3")
        for one in (low, high)
        if one is not None and least <= one <= most
    ]
    places = [place(at, value) for at, value in enumerate(values)]
    if len(places) > 1:
        parts.append(
            f'<polyline class="chart-line" points="{path_points(places)}" fill="none" stroke="{MARK}"'
            ' stroke-width="1.5"/>'
        )
    parts.append(_shape(*places[-1], Mark(0, values[-1], bad=bad), 2.5))
    return frame_svg(title, width, height, parts).replace('class="chart-svg"', 'class="chart-spark"', 1)


def days_of(moment: Any) -> float:
    """A moment as a time on the axis."""
    return moment.toordinal() + (moment.hour * 60 + moment.minute) / 1440
