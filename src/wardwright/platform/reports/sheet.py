"""What every file and mail is made of: a heading, columns, rows, and the figures with all that explains them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from .answer import COUNTED, REST, Answer, Part, answer, cases_of
from .asking import asked_in_words
from .chart import Drawn, chart_of
from .declaration import Asked, Case, Column, Figure, Report
from .words import figure_words, sum_words


@dataclass(frozen=True)
class Behind:
    """One line behind a figure: how many cases are counted, are the rest, or are left out, and why."""

    which: str
    words: str
    count: int
    is_left_out: bool = False


@dataclass(frozen=True)
class ShownFigure:
    """A figure with its value, its formula, its two sums in words, and what lies behind it."""

    figure: Figure
    value: float | None
    words: str
    sums: str
    behind: tuple[Behind, ...]
    cases: int

    @property
    def key(self) -> str:
        return self.figure.key


@dataclass
class Sheet:
    """A list or a report, ready to be written. ``rows()`` begins anew at each call and may be long."""

    key: str
    title: str
    subtitle: str
    columns: Sequence[Column]
    rows: Callable[[], Iterable[Sequence[Any]]]
    url: str
    figures: Sequence[ShownFigure] = ()
    groups: Sequence[Sequence[Any]] = ()
    chart: Drawn | None = None
    count: int | None = None
    about: dict[str, str] = field(default_factory=dict)


def shown_figures(found: Answer) -> list[ShownFigure]:
    """Every figure of the whole, with its sums, its cases and its exclusions."""
    return [_shown(found, figure) for figure in found.report.figures]


def _shown(found: Answer, figure: Figure) -> ShownFigure:
    tally, value = found.whole[figure.key], found.value(figure)
    words = figure_words(figure, value, found.currency)
    amount = sum_words(figure, tally.amount, found.currency, amount=True)
    if figure.total is not None:
        total = sum_words(figure, found.totals[figure.key], "", amount=False)
        times = "100 × " if figure.is_share else ""
        sums = f"{times}{amount} {figure.counted} ÷ {total} {figure.of} = {words}"
    elif figure.divides:
        of = sum_words(figure, tally.of, found.currency, amount=False)
        times = "100 × " if figure.is_share else ""
        sums = f"{times}{amount} {figure.counted} ÷ {of} {figure.of} = {words}"
    else:
        sums = f"{words} {figure.counted}".strip()
    return ShownFigure(figure, value, words, sums, tuple(_behind(figure, tally)), tally.cases)


def _behind(figure: Figure, tally: Any) -> Iterator[Behind]:
    """What is behind a figure. Shares whose cases count as one each also say how many are the rest."""
    if tally.cases and _is_of_cases(figure, tally):
        yield Behind(COUNTED, str(figure.counted), int(tally.amount))
        yield Behind(REST, _("the others"), int(tally.of - tally.amount))
    elif tally.cases:
        yield Behind("", _("rows counted"), tally.cases)
    for code, words in figure.left_out.items():
        if tally.left_out[code]:
            yield Behind(code, str(words), tally.left_out[code], is_left_out=True)


def _is_of_cases(figure: Figure, tally: Any) -> bool:
    """Whether a share counts cases (so many of so many rows) and not something the rows carry."""
    return figure.is_share and figure.total is None and tally.of == tally.cases and float(tally.amount).is_integer()


def sheet_of(report: Report, by: Any, asked: Asked, *, url: str, part: Part = Part(), figures: bool = True) -> Sheet:
    """A report, or the rows behind one of its numbers, as a sheet."""
    found = answer(report, by, asked, keep=0) if figures else None
    standing = _standing_columns(report)

    def rows() -> Iterator[Sequence[Any]]:
        for case in cases_of(report, by, asked, part):
            yield (*case.cells, *_standing(report, case))

    return Sheet(
        key=report.key,
        title=str(report.title),
        subtitle=asked_in_words(report, asked, by),
        columns=(*report.columns, *standing),
        rows=rows,
        url=url,
        figures=shown_figures(found) if found else (),
        groups=group_lines(found) if found else (),
        chart=chart_of(found) if found else None,
        count=found.count if found else None,
        about={str(_("Goal")): str(report.goal), str(_("Source")): str(report.source)},
    )


def _explained(report: Report) -> list[Figure]:
    """The figures for which a row must say where it stands: shares, and those that leave rows out."""
    return [figure for figure in report.figures if figure.is_share or figure.left_out]


def _standing_columns(report: Report) -> list[Column]:
    return [Column(f"counted_{figure.key}", figure.label) for figure in _explained(report)]


def _standing(report: Report, case: Case) -> Iterator[str]:
    for figure in _explained(report):
        counted = case.counts.get(figure.key)
        if counted is None:
            yield ""
        elif isinstance(counted, str):
            yield _("left out: %(why)s") % {"why": figure.left_out.get(counted, counted)}
        elif figure.is_share and counted[1] in (0, 1):
            yield _("yes") if counted[0] else _("no")
        else:
            yield _("counted")


def group_heads(report: Report, asked: Asked) -> list[tuple[str, bool]]:
    """Headings of the table of groups, and whether each is a number."""
    column = next((one for one in report.columns if one.key == asked.group), None)
    heads = [(str(column.label) if column else "", False)]
    for figure in report.figures:
        if figure.total is None:
            heads.append((str(figure.label), True))
            if figure.counts_by_divisor:
                heads.append((str(figure.of), True))
    return heads


def group_lines(found: Answer) -> list[list[Any]]:
    """One line for each group, each figure from the group's own sums; the most cases first."""
    lines = []
    first = found.report.figures[0].key if found.report.figures else ""
    ordered = sorted(found.groups.items(), key=lambda one: (-one[1][first].cases if first else 0, one[0]))
    for name, tallies in ordered:
        line: list[Any] = [name or _("none given")]
        for figure in found.report.figures:
            if figure.total is None:
                line.append(figure_words(figure, found.value_of(figure, tallies), found.currency))
                if figure.counts_by_divisor:
                    line.append(sum_words(figure, tallies[figure.key].of, found.currency, amount=False))
        lines.append(line)
    return lines
