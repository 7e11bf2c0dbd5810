"""Charts as SVG written on the server: direct labels, limits with their source, the number of cases, no decoration.

Colours are attributes, which paper and mail take as they are; on a page the style sheet's classes put the colours of
the theme over them. Nothing is inline style, so the content policy allows it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from math import ceil, floor, log10

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wardwright.kernel.figures import proportion_limits
from wardwright.platform.core.words import number_words

from .answer import Answer
from .declaration import Chart, Figure, Limit
from .words import figure_words

WIDE, NARROW = 560, 340  # the narrow one is for phones, where the wide one's words would be too small to read
INK, QUIET, RULE, MARK, BAD = "#18211e", "#4a5753", "#dde2de", "#0c5d63", "#9c1c14"
MOST_BARS = 15
LABEL_LETTERS = 28


@dataclass(frozen=True)
class Point:
    """One bar or point: its label, value (None: nothing to divide by), divisor, and limits of a control chart."""

    label: str
    value: float | None
    n: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Drawn:
    """A chart with the words around it, and the same drawn for a phone; empty where there is too little to draw."""

    title: str
    svg: str
    narrow: str
    note: str


def chart_of(answer: Answer) -> Drawn | None:
    """The report's chart; None where it declares none or there is nothing to compare."""
    chart = answer.report.chart
    figure = answer.report.figure(chart.figure) if chart else None
    if chart is None or figure is None:
        return None
    points = _bars(answer, figure) if chart.kind == "bar" else _months(answer, chart, figure)
    if sum(point.value is not None for point in points) < 2:
        return None
    title = str(chart.title)
    draw = _bar_svg if chart.kind == "bar" else _line_svg
    hidden = max(0, len(points) - MOST_BARS) if chart.kind == "bar" else 0
    note = _note(answer, chart, figure, hidden)
    wide, narrow = (draw(points, figure, title, chart.limit, answer.currency, width) for width in (WIDE, NARROW))
    return Drawn(title, wide, narrow, note)


def _note(answer: Answer, chart: Chart, figure: Figure, hidden: int) -> str:
    tally = answer.whole[figure.key]
    parts = [f"n = {number_words(tally.of if figure.counts_by_divisor else tally.cases)}"]
    if chart.limit:
        parts.append(_("line: %(source)s") % {"source": chart.limit.source})
    if chart.kind == "control":
        parts.append(_("grey band: what chance alone allows (p-chart, three sigma)"))
    if hidden:
        more = ngettext("%(n)d more in the table", "%(n)d more in the table", hidden) % {"n": hidden}
        parts.append(more)
    return " · ".join(parts)


def _bars(answer: Answer, figure: Figure) -> list[Point]:
    found = []
    for name, tallies in answer.groups.items():
        tally = tallies[figure.key]
        value = answer.value_of(figure, tallies)
        found.append(Point(name or _("none given"), value, tally.of if figure.counts_by_divisor else tally.cases))
    return sorted((point for point in found if point.value is not None), key=lambda p: (-(p.value or 0), p.label))


def _months(answer: Answer, chart: Chart, figure: Figure) -> list[Point]:
    whole = answer.whole[figure.key]
    found = []
    for month, tallies in answer.months.items():
        tally = tallies[figure.key]
        limits: tuple[float | None, float | None] = (None, None)
        if chart.kind == "control" and tally.of and whole.ratio is not None:
            low, high = proportion_limits(min(1.0, max(0.0, whole.ratio)), tally.of)
            limits = (100 * low, 100 * high)
        found.append(
            Point(
                _month_words(month),
                answer.value_of(figure, tallies),
                tally.of if figure.counts_by_divisor else tally.cases,
                *limits,
            )
        )
    return found


def _month_words(month: date) -> str:
    return formats.date_format(month, "M y")


# Drawing --------------------------------------------------------------------------------------------------------


def text_svg(
    x: float,
    y: float,
    words: str,
    css: str = "",
    *,
    anchor: str = "start",
    fill: str = INK,
    size: int = 12,
    halo: bool = False,
) -> str:
    """Words at a place; with ``halo`` they can be read where lines run behind them."""
    behind = ' paint-order="stroke" stroke="#fff" stroke-width="3"' if halo else ""
    css = f"{css} chart-halo" if halo else css
    return (
        f'<text class="chart-text {css}"{behind} x="{x:.1f}" y="{y:.1f}" fill="{fill}" font-size="{size}"'
        f' font-family="Noto Sans, sans-serif" text-anchor="{anchor}">{escape(words)}</text>'
    )


def rule_svg(
    x1: float, y1: float, x2: float, y2: float, css: str, colour: str, *, dash: str = "", width: float = 1
) -> str:
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<line class="{css}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}"'
        f' stroke-width="{width}"{dashed}/>'
    )


def frame_svg(title: str, width: int, height: float, parts: Sequence[str]) -> str:
    """The drawing; one with links in it is a group, because what is inside a picture cannot be reached by keyboard."""
    role = "group" if any(part.startswith("<a ") for part in parts) else "img"
    return (
        f'<svg class="chart-svg" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height:.0f}" width="{width}"'
        f' height="{height:.0f}" role="{role}" aria-label="{escape(title)}">{"".join(parts)}</svg>'
    )


def _short(words: str) -> str:
    return words if len(words) <= LABEL_LETTERS else words[: LABEL_LETTERS - 1].rstrip() + "…"


def _bar_svg(points: list[Point], figure: Figure, title: str, limit: Limit | None, currency: str, width: int) -> str:
    """Labels stand beside the bars, or above them where it is narrow."""
    shown = points[:MOST_BARS]
    left, right, row, lower = (190, 92, 26, 0) if width == WIDE else (0, 112, 42, 16)
    top = 18 if limit else 4
    most = max([point.value or 0 for point in shown] + ([limit.value] if limit else []))
    most = 100.0 if figure.is_share and most > 50 else most or 1
    scale, height = (width - left - right) / most, top + row * len(shown) + 4
    parts = []
    for at, point in enumerate(shown):
        y, long = top + row * at, scale * (point.value or 0)
        words = figure_words(figure, point.value, currency)
        beside = f" ({number_words(point.n)})" if figure.divides else ""
        parts += [
            text_svg(left - 8, y + 16, _short(point.label), anchor="end") if left else text_svg(0, y + 13, point.label),
            f'<rect class="chart-bar" x="{left}" y="{y + lower + 4}" width="{max(long, 1):.1f}" height="16"'
            f' fill="{MARK}"/>',
            text_svg(left + max(long, 1) + 6, y + lower + 16, words + beside, fill=QUIET, css="chart-quiet"),
        ]
    if limit:
        x = left + scale * limit.value
        parts.append(rule_svg(x, top - 2, x, height - 4, "chart-limit", BAD, dash="4 3", width=1.5))
        parts.append(
            text_svg(x, 11, figure_words(figure, limit.value, currency), "chart-bad", anchor="middle", fill=BAD)
        )
    return frame_svg(title, width, height, parts)


def ticks(low: float, high: float) -> list[float]:
    """Three to six round values from at most ``low`` to at least ``high``."""
    rough = (high - low or abs(high) or 1) / 4
    power = 10 ** floor(log10(rough))
    step = next(power * factor for factor in (1, 2, 5, 10, 20) if power * factor >= rough)
    first, last = floor(low / step), ceil(high / step)
    return [step * n for n in range(first, last + 1)]


def _line_svg(points: list[Point], figure: Figure, title: str, limit: Limit | None, currency: str, width: int) -> str:
    left, right, top, bottom, height = 54, 64 if width == WIDE else 40, 16, 44, 240
    values = [point.value for point in points if point.value is not None]
    bounds = [bound for point in points for bound in (point.low, point.high) if bound is not None]
    everything = values + bounds + ([limit.value] if limit else [])
    low, high = min(everything), max(everything)
    low = 0.0 if low < high / 2 or low == high else low
    marked = ticks(low, high)
    if figure.is_share:
        marked = [tick for tick in marked if 0 <= tick <= 100] or [0.0, 100.0]
    low, high = min(marked[0], low), max(marked[-1], high)
    across = (width - left - right) / max(1, len(points) - 1)
    up = (height - top - bottom) / ((high - low) or 1)

    def place(at: int, value: float) -> tuple[float, float]:
        return left + across * at, height - bottom - up * (value - low)

    parts = []
    banded = [
        (place(at, p.low), place(at, p.high)) for at, p in enumerate(points) if p.low is not None and p.high is not None
    ]
    if len(banded) > 1:
        edge = [low_at for low_at, _high in banded] + [high_at for _low, high_at in reversed(banded)]
        parts.append(f'<polygon class="chart-band" points="{path_points(edge)}" fill="#eceeed"/>')
    for tick in marked:
        _x, y = place(0, tick)
        parts += [
            rule_svg(left, y, width - right, y, "chart-rule", RULE),
            text_svg(
                left - 6, y + 4, figure_words(figure, tick, currency), "chart-quiet", anchor="end", fill=QUIET, size=11
            ),
        ]
    if limit:
        x, y = place(len(points) - 1, limit.value)
        parts.append(rule_svg(left, y, x, y, "chart-limit", BAD, dash="4 3", width=1.5))
        parts.append(
            text_svg(x + 6, y + 4, figure_words(figure, limit.value, currency), "chart-bad", fill=BAD, size=11)
        )
    every = ceil(len(points) / (8 if width == WIDE else 4))
    run: list[tuple[float, float]] = []
    for at, point in enumerate(points):
        x = left + across * at
        if at % every == 0:
            parts.append(
                text_svg(x, height - bottom + 18, point.label, "chart-quiet", anchor="middle", fill=QUIET, size=11)
            )
            parts.append(
                text_svg(
                    x, height - bottom + 34, number_words(point.n), "chart-quiet", anchor="middle", fill=QUIET, size=10
                )
            )
        if point.value is None:
            parts += _stroke(run)
            run = []
            continue
        run.append(place(at, point.value))
    parts += _stroke(run)
    last = max(at for at, point in enumerate(points) if point.value is not None)
    for at, point in enumerate(points):
        if point.value is None:
            continue
        (x, y), out = place(at, point.value), _is_out(point)
        css, fill = ("chart-dot chart-out", BAD) if out else ("chart-dot", MARK)
        parts.append(f'<circle class="{css}" cx="{x:.1f}" cy="{y:.1f}" r="{4.5 if out else 3}" fill="{fill}"/>')
        if out or at == last:
            above = y - 8 if y > top + 14 else y + 18
            words = figure_words(figure, point.value, currency)
            parts.append(text_svg(x, above, words, "chart-value", anchor="middle"))
    parts.append(text_svg(4, height - bottom + 34, "n", "chart-quiet", fill=QUIET, size=10))
    return frame_svg(title, width, height, parts)


def _is_out(point: Point) -> bool:
    return (
        point.value is not None
        and point.low is not None
        and point.high is not None
        and not point.low <= point.value <= point.high
    )


def path_points(places: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in places)


def _stroke(run: Sequence[tuple[float, float]]) -> list[str]:
    if len(run) < 2:
        return []
    return [f'<polyline class="chart-line" points="{path_points(run)}" fill="none" stroke="{MARK}" stroke-width="2"/>']
