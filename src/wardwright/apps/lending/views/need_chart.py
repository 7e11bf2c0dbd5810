"""The need of one type over time, drawn on the server: a step line, the number owned and the number that was enough."""

from __future__ import annotations

from html import escape

from django.utils.formats import date_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from wardwright.apps.lending.queries import UseLine

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 640, 220, 36, 132, 14, 28


def need_chart(line: UseLine) -> SafeString:
    """An SVG without inline style; empty where there is nothing to draw."""
    if not line.need:
        return SafeString("")
    first, last = line.need[0].start, line.need[-1].end
    most = max([level.count for level in line.need] + [line.owned, 1])
    across, up = (WIDTH - LEFT - RIGHT) / (last - first).total_seconds(), (HEIGHT - TOP - BOTTOM) / most

    def x(moment) -> float:
        return LEFT + across * (moment - first).total_seconds()

    def y(count: float) -> float:
        return HEIGHT - BOTTOM - up * count

    path = f"M{x(first):.1f} {y(line.need[0].count):.1f}" + "".join(
        f"V{y(level.count):.1f}H{x(level.end):.1f}" for level in line.need
    )
    title = _("%(type)s: how many were needed at once?") % {"type": line.name}
    parts = [
        _tick(0, y(0)),
        _tick(most, y(most)),
        f'<path class="chart-line" d="{path}" fill="none" stroke="#0c5d63" stroke-width="1.5"/>',
        *_level(
            line.owned, y(line.owned), _("owned: %(n)s") % {"n": line.owned}, "chart-limit", "chart-bad", "#9c1c14"
        ),
    ]
    if abs(y(line.usual_need) - y(line.owned)) > 12:
        words = _("95 %% of the time: %(n)s") % {"n": line.usual_need}
        parts += _level(line.usual_need, y(line.usual_need), words, "chart-rule", "chart-quiet", "#4a5753")
    for moment, anchor in ((first, "start"), (last, "end")):
        words = date_format(localtime(moment), "DATE_FORMAT")
        parts.append(_text(x(moment), HEIGHT - 8, words, "chart-quiet", anchor))
    return mark_safe(  # noqa: S308 - words are escaped
        f'<svg class="chart-svg" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}"'
        f' height="{HEIGHT}" role="img" aria-label="{escape(title)}">{"".join(parts)}</svg>'
    )


def _text(x: float, y: float, words: str, css: str, anchor: str = "start") -> str:
    return (
        f'<text class="chart-text {css}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="12"'
        f' fill="#4a5753">{escape(words)}</text>'
    )


def _tick(count: int, y: float) -> str:
    return (
        f'<line class="chart-rule" x1="{LEFT}" y1="{y:.1f}" x2="{WIDTH - RIGHT}" y2="{y:.1f}" stroke="#dde2de"/>'
        + _text(LEFT - 6, y + 4, str(count), "chart-quiet", "end")
    )


def _level(count: int, y: float, words: str, css: str, text_css: str, colour: str) -> list[str]:
    return [
        f'<line class="{css}" x1="{LEFT}" y1="{y:.1f}" x2="{WIDTH - RIGHT}" y2="{y:.1f}" stroke="{colour}"'
        ' stroke-width="1.5" stroke-dasharray="4 3"/>',
        _text(WIDTH - RIGHT + 6, y + 4, words, text_css),
    ]
