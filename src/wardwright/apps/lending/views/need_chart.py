"""The need of one type over time, drawn on the server: a step line, the number owned and the number that was enough."""

from __future__ import annotations

from html import escape

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from wardwright.apps.lending.queries import UseLine
from wardwright.platform.reports.chart import Drawn

WIDE, NARROW = (640, 132), (340, 8)  # width, and the room at the right for words; without it they stand on their lines
HEIGHT, LEFT, TOP, BOTTOM = 220, 36, 14, 28


def need_chart(line: UseLine) -> Drawn | None:
    """The chart without inline style; None where there is nothing to draw."""
    if not line.need:
        return None
    title = _("%(type)s: how many were needed at once?") % {"type": line.name}
    counted = _("requests in the period")
    note = _("With wards, and waited for.") + f" n = {line.requests} · {counted}"
    return Drawn(title, _svg(line, title, *WIDE), _svg(line, title, *NARROW), note)


def _svg(line: UseLine, title: str, width: int, room: int) -> str:
    first, last = line.need[0].start, line.need[-1].end
    most = max([level.count for level in line.need] + [line.owned, 1])
    across, up = (width - LEFT - room) / (last - first).total_seconds(), (HEIGHT - TOP - BOTTOM) / most

    def x(moment) -> float:
        return LEFT + across * (moment - first).total_seconds()

    def y(count: float) -> float:
        return HEIGHT - BOTTOM - up * count

    path = f"M{x(first):.1f} {y(line.need[0].count):.1f}" + "".join(
        f"V{y(level.count):.1f}H{x(level.end):.1f}" for level in line.need
    )
    end = width - room
    parts = [
        _tick(0, y(0), end),
        _tick(most, y(most), end),
        f'<path class="chart-line" d="{path}" fill="none" stroke="#0c5d63" stroke-width="1.5"/>',
        *_level(end, room, y(line.owned), _("owned: %(n)s") % {"n": line.owned}, "chart-limit", "chart-bad", "#9c1c14"),
    ]
    if abs(y(line.usual_need) - y(line.owned)) > 12:
        words = _("95 %% of the time: %(n)s") % {"n": line.usual_need}
        parts += _level(end, room, y(line.usual_need), words, "chart-rule", "chart-quiet", "#4a5753")
    for moment, anchor in ((first, "start"), (last, "end")):
        words = date_format(localtime(moment), "DATE_FORMAT")
        parts.append(_text(x(moment), HEIGHT - 8, words, "chart-quiet", anchor))
    return (
        f'<svg class="chart-svg" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {HEIGHT}" width="{width}"'
        f' height="{HEIGHT}" role="img" aria-label="{escape(title)}">{"".join(parts)}</svg>'
    )


def _text(x: float, y: float, words: str, css: str, anchor: str = "start") -> str:
    return (
        f'<text class="chart-text {css}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="12"'
        f' fill="#4a5753">{escape(words)}</text>'
    )


def _tick(count: int, y: float, end: int) -> str:
    return f'<line class="chart-rule" x1="{LEFT}" y1="{y:.1f}" x2="{end}" y2="{y:.1f}" stroke="#dde2de"/>' + _text(
        LEFT - 6, y + 4, str(count), "chart-quiet", "end"
    )


def _level(end: int, room: int, y: float, words: str, css: str, text_css: str, colour: str) -> list[str]:
    beside = room > 100
    return [
        f'<line class="{css}" x1="{LEFT}" y1="{y:.1f}" x2="{end}" y2="{y:.1f}" stroke="{colour}"'
        ' stroke-width="1.5" stroke-dasharray="4 3"/>',
        _text(end + 6, y + 4, words, text_css) if beside else _text(end, y - 4, words, text_css, "end"),
    ]
