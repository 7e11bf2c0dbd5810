"""Charts: drawn twice, so that their words can be read on a phone too, and never outside their frame."""

import re
from datetime import date

import pytest

from wardwright.platform.reports.answer import answer
from wardwright.platform.reports.asking import asked_of
from wardwright.platform.reports.chart import chart_of
from wardwright.platform.reports.declaration import Audience, Case, Chart, Column, Figure, Frequency, Report

TEXT = re.compile(r'<text [^>]*x="([-\d.]+)" y="([-\d.]+)"[^>]*font-size="(\d+)"[^>]*text-anchor="(\w+)">([^<]*)')


def chart(shares, kind="bar"):
    """The chart of a share by type (or month): ``shares`` are counts of ten."""

    def cases(by, asked):
        for n, share in enumerate(shares):
            name, on = f"A device type with a long name, {n}", date(2026, 1 + n % 12, 1)
            yield from (Case((name,), {"share": (float(case < share), 1)}, on) for case in range(10))

    report = Report(
        key="test", title="Which?", goal="To see.", audience=Audience.TEAM, frequency=Frequency.MONTHLY,
        permission=None, period="this-year", columns=(Column("type", "Type", group=True),), cases=cases,
        figures=(Figure("share", "done", "Done of all.", "%", "done", "all"),), group="type",
        chart=Chart("share", "Which share?", kind),
    )  # fmt: skip
    return chart_of(answer(report, None, asked_of(report, {"from": "2026-01-01", "to": "2026-12-31"})))


@pytest.mark.parametrize("kind", ["bar", "line", "control"])
def test_every_word_lies_within_the_frame_and_can_be_read_on_a_phone(kind):
    drawn = chart([0, 3, 7, 10, 10, 5], kind)
    for svg, width in ((drawn.svg, 560), (drawn.narrow, 340)):
        frame = re.search(r'viewBox="0 0 (\d+) (\d+)"', svg)
        assert int(frame[1]) == width
        for x, y, size, anchor, words in TEXT.findall(svg):
            long = 0.55 * int(size) * len(words)  # the mean width of a letter of Noto Sans
            start = float(x) - {"start": 0, "middle": long / 2, "end": long}[anchor]
            assert start >= -8 and start + long <= width + 8, words
            assert 0 <= float(y) <= int(frame[2]) and int(size) >= 10, words
    if kind == "bar":
        assert "A device type with a long name, 3" in drawn.narrow  # above its bar there is room for all of it


def test_a_line_that_never_moves_stands_in_its_frame():
    heights = [float(y) for y in re.findall(r'<circle [^>]*cy="([\d.]+)"', chart([10, 10, 10], "line").svg)]
    assert len(heights) == 3 and max(heights) < 40


def test_one_bar_compares_nothing():
    assert chart([4]) is None
