"""The need of one type over time, drawn on the server: a step line, the number owned and the number that was enough."""

from __future__ import annotations

from datetime import datetime

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from wardwright.apps.lending.queries import UseLine
from wardwright.platform.reports.chart import BAD, MARK, QUIET, RULE, Drawn, frame_svg, rule_svg, text_svg

WIDE, NARROW, HEIGHT, LEFT, TOP, BOTTOM = 640, 340, 220, 36, 14, 28


def need_chart(line: UseLine) -> Drawn | None:
    """The chart without inline style; None where there is nothing to draw."""
    if not line.need:
        return None
    title = _("%(type)s: how many were needed at once?") % {"type": line.name}
    counted = _("requests in the period")
    note = _("With wards, and waited for.") + f" n = {line.requests} · {counted}"
    return Drawn(title, _svg(line, title, WIDE), _svg(line, title, NARROW), note)


def _svg(line: UseLine, title: str, width: int) -> str:
    """What a level is called stands beside it, or on it where it is narrow."""
    first, last = line.need[0].start, line.need[-1].end
    end = width - (132 if width == WIDE else 8)
    most = max([need.count for need in line.need] + [line.owned, 1])
    across, up = (end - LEFT) / (last - first).total_seconds(), (HEIGHT - TOP - BOTTOM) / most

    def x(moment: datetime) -> float:
        return LEFT + across * (moment - first).total_seconds()

    def y(count: float) -> float:
        return HEIGHT - BOTTOM - up * count

    def level(count: int, words: str, css: str, text_css: str, colour: str) -> list[str]:
        at, anchor = ((end + 6, y(count) + 4), "start") if width == WIDE else ((end, y(count) - 4), "end")
        return [
            rule_svg(LEFT, y(count), end, y(count), css, colour, dash="4 3", width=1.5),
            text_svg(*at, words, text_css, anchor=anchor, fill=QUIET),
        ]

    path = f"M{x(first):.1f} {y(line.need[0].count):.1f}" + "".join(
        f"V{y(need.count):.1f}H{x(need.end):.1f}" for need in line.need
    )
    parts = []
    for count in (0, most):
        parts.append(rule_svg(LEFT, y(count), end, y(count), "chart-rule", RULE))
        parts.append(text_svg(LEFT - 6, y(count) + 4, str(count), "chart-quiet", anchor="end", fill=QUIET))
    parts.append(f'<path class="chart-line" d="{path}" fill="none" stroke="{MARK}" stroke-width="1.5"/>')
    parts += level(line.owned, _("owned: %(n)s") % {"n": line.owned}, "chart-limit", "chart-bad", BAD)
    if abs(y(line.usual_need) - y(line.owned)) > 12:
        words = _("95 %% of the time: %(n)s") % {"n": line.usual_need}
        parts += level(line.usual_need, words, "chart-rule", "chart-quiet", QUIET)
    for moment, anchor in ((first, "start"), (last, "end")):
        words = date_format(localtime(moment), "DATE_FORMAT")
        parts.append(text_svg(x(moment), HEIGHT - 8, words, "chart-quiet", anchor=anchor, fill=QUIET))
    return frame_svg(title, width, HEIGHT, parts)
