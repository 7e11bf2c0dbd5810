"""Reading a report: one pass over its cases gives the figures, whole and by group and month, and the first rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from wardwright.kernel.figures import Tally, pooled
from wardwright.kernel.periods import month_start, months

from .declaration import Asked, Case, Figure, Report
from .words import figure_value

ROWS_KEPT = 50
COUNTED, REST = "counted", "rest"
Tallies = dict[str, Tally]


@dataclass(frozen=True)
class Part:
    """The cases behind one number: of a figure those counted in its first sum, the rest of its second, or those left
    out for a reason (its code); ``group`` narrows to one group of the grouping asked for."""

    figure: str = ""
    which: str = ""
    group: str | None = None


@dataclass
class Answer:
    """A report as one reader gets it. ``currency`` is that of its amounts."""

    report: Report
    asked: Asked
    by: Any
    whole: Tallies = field(default_factory=dict)
    groups: dict[str, Tallies] = field(default_factory=dict)
    months: dict[date, Tallies] = field(default_factory=dict)
    rows: list[Case] = field(default_factory=list)
    count: int = 0
    totals: dict[str, float] = field(default_factory=dict)
    currency: str = ""

    def value(self, figure: Figure) -> float | None:
        """The figure of the whole, from the sums of all its cases."""
        return figure_value(figure, self.whole[figure.key], self.totals.get(figure.key))

    def value_of(self, figure: Figure, tallies: Tallies) -> float | None:
        """The figure of a group or month; None for one whose divisor only the whole has."""
        return None if figure.total else figure_value(figure, tallies[figure.key])


def answer(report: Report, by: Any, asked: Asked, *, keep: int = ROWS_KEPT) -> Answer:
    """Read the report once; ``keep`` of its rows are kept."""
    found = Answer(report, asked, by)
    group_of = _grouping(report, asked)
    charted = report.chart is not None and report.chart.kind != "bar"
    on_axis = list(months(asked.first, asked.last)) if charted else []
    # Each case is counted once, in the part of its group and month; the sums of the parts are those of the whole.
    parts: dict[tuple[Any, Any], Tallies] = defaultdict(lambda: _empty(report))
    for case in report.cases(by, asked):
        found.count += 1
        if len(found.rows) < keep:
            found.rows.append(case)
        month = month_start(case.on) if on_axis and case.on else None
        _count(parts[group_of(case) if group_of is not None else None, month], case)
    found.whole = _pooled(report, parts.values())
    if group_of is not None:
        in_group: dict[str, list[Tallies]] = defaultdict(list)
        for (group, _month), part in parts.items():
            in_group[group].append(part)
        found.groups = {group: _pooled(report, some) for group, some in in_group.items()}
    found.months = {
        month: _pooled(report, [part for (_group, on), part in parts.items() if on == month]) for month in on_axis
    }
    found.totals = {figure.key: figure.total(by, asked) for figure in report.figures if figure.total is not None}
    found.currency = report.currency(by, asked) if report.currency else ""
    return found


def cases_of(report: Report, by: Any, asked: Asked, part: Part = Part()) -> Iterator[Case]:
    """The cases behind a number, one after the other."""
    group_of = _grouping(report, asked) if part.group is not None else None
    for case in report.cases(by, asked):
        if group_of is not None and group_of(case) != part.group:
            continue
        if not part.figure or _is_of(case, part):
            yield case


def _is_of(case: Case, part: Part) -> bool:
    counted = case.counts.get(part.figure)
    if counted is None or isinstance(counted, str):
        return counted == part.which if part.which else counted is not None
    amount, of = counted
    if part.which == COUNTED:
        return amount > 0
    if part.which == REST:
        return amount < of
    return not part.which


def _pooled(report: Report, parts: Collection[Tallies]) -> Tallies:
    return {figure.key: pooled(part[figure.key] for part in parts) for figure in report.figures}


def _empty(report: Report) -> Tallies:
    return {figure.key: Tally() for figure in report.figures}


def _count(tallies: Tallies, case: Case) -> None:
    """Add a case to the figures that the report has; reports that share their cases need not share all figures."""
    for key, tally in tallies.items():
        counted = case.counts.get(key)
        if isinstance(counted, str):
            tally.leave_out(counted)
        elif counted is not None:
            tally.add(*counted)


def _grouping(report: Report, asked: Asked) -> Any:
    """case → the name of its group, by the column asked for; None without one."""
    keys = [column.key for column in report.columns]
    if asked.group not in keys:
        return None
    at = keys.index(asked.group)
    within = report.columns[at].within
    outer = keys.index(within) if within else None

    def name(case: Case) -> str:
        own = str(case.cells[at] or "")
        return f"{own} · {case.cells[outer]}" if outer is not None and own else own

    return name
