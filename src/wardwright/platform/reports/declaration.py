"""What a report is: a question, whom it is for, its cases, and figures that are sums over the cases.

One declaration gives the page, the chart, CSV, XLSX, PDF, the API's answer and the command line's. WHO's guide of 2025
asks for an audience, a goal and a frequency of every report (section 8.3); they are part of the declaration.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NamedTuple

from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from wardwright.platform.access.scope import allowed

from . import permissions


class Audience(TextChoices):
    HEAD = "head", _("Head of department")
    TEAM = "team", _("Technicians and dispatchers")
    WARDS = "wards", _("Wards")
    FINANCE = "finance", _("Finance and purchasing")
    QUALITY = "quality", _("Quality and surveyors")


class Frequency(TextChoices):
    DAILY = "daily", _("every day")
    WEEKLY = "weekly", _("every week")
    MONTHLY = "monthly", _("every month")
    QUARTERLY = "quarterly", _("every quarter")
    YEARLY = "yearly", _("every year")


class Kind(StrEnum):
    """What a column holds; all but text and link stand right-aligned or as dates."""

    TEXT = "text"
    LINK = "link"
    NUMBER = "number"
    DATE = "date"
    MONEY = "money"
    PERCENT = "percent"


class Link(NamedTuple):
    """A cell that opens a record: the name of its page and its number."""

    words: Any
    url_name: str
    pk: int | None

    def __str__(self) -> str:
        return str(self.words)


class Money(NamedTuple):
    """An amount in minor units (cents) with its currency."""

    cents: int
    currency: str


@dataclass(frozen=True)
class Column:
    """One column of the cases. ``group`` lets figures be split by it; ``within`` names the column that tells apart
    groups of the same name (wards of two sites)."""

    key: str
    label: Any
    kind: Kind = Kind.TEXT
    unit: Any = ""
    group: bool = False
    within: str = ""

    @property
    def right(self) -> bool:
        return self.kind in (Kind.NUMBER, Kind.MONEY, Kind.PERCENT)

    @property
    def heading(self) -> str:
        return f"{self.label} ({self.unit})" if self.unit else str(self.label)


#: What a case adds to a figure: (amount, of), or the code of the reason why it is left out.
Count = tuple[float, float] | str


@dataclass(slots=True)
class Case:
    """One row: its cells in the order of the columns, what it adds to each figure (by key), and its day."""

    cells: tuple[Any, ...]
    counts: Mapping[str, Count] = field(default_factory=dict)
    on: date | None = None


@dataclass(frozen=True)
class Limit:
    """A line to compare with, and where it comes from."""

    value: float
    source: Any


@dataclass(frozen=True)
class Figure:
    """A number that is sums over the cases.

    Args:
        unit: "%" makes a share (100 · amount ÷ of), "money" an amount in the currency of the report.
        formula: in words, so that a reader can do the sum again.
        counted, of: what the two sums are called; without ``of`` the figure is the first sum alone.
        left_out: code → words for each reason for which a case may be left out.
        total: the divisor of the whole where no case carries it (hours of all technicians in a week).
        decimals: how many to show.
        sums_money: both sums are amounts, though the figure is a share.
    """

    key: str
    label: Any
    formula: Any
    unit: Any = ""
    counted: Any = ""
    of: Any = ""
    left_out: Mapping[str, Any] = field(default_factory=dict)
    total: Callable[[Any, Asked], float] | None = None
    decimals: int = 1
    sums_money: bool = False

    @property
    def is_share(self) -> bool:
        return self.unit == "%"

    @property
    def is_money(self) -> bool:
        return self.unit == "money"

    @property
    def divides(self) -> bool:
        return bool(self.of)

    @property
    def counts_by_divisor(self) -> bool:
        """Whether the divisor says how many cases there are; an amount of money does not."""
        return self.divides and not self.sums_money


@dataclass(frozen=True)
class Chart:
    """``kind`` "bar" shows a figure by the groups of a column, "line" and "control" by month; "control" adds the
    three-sigma limits of a share. ``limit`` is a line with its source."""

    figure: str
    title: Any
    kind: str = "bar"
    limit: Limit | None = None


@dataclass(frozen=True)
class Parameter:
    """One select above a report: ``choices(by)`` gives (value, words); values are numbers unless ``is_text``."""

    key: str
    label: Any
    choices: Callable[[Any], Iterable[tuple[Any, Any]]]
    is_text: bool = False


@dataclass(frozen=True)
class Asked:
    """What a reader asked of a report: the period (both days included), today and the moment, parameters, grouping.

    The moment is one for all that is read for an answer, so that its figures and its rows agree.
    """

    first: date
    last: date
    today: date
    preset: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    group: str = ""
    now: datetime = field(default_factory=timezone.now)

    def __getitem__(self, key: str) -> Any:
        return self.values.get(key)

    def narrow(self, rows: Any, **columns: str) -> Any:
        """``rows`` filtered by the parameters given: ``narrow(rows, site="asset__site_id")``."""
        given = {path: self.values[key] for key, path in columns.items() if self.values.get(key) is not None}
        return rows.filter(**given)

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


NOTHING = _("Nothing fits what you asked for.")


@dataclass(frozen=True)
class Report:
    """One report. ``cases(by, asked)`` yields what the reader may see, scoped by ``visible_to``, the worst first.

    ``period`` is the usual one by name ("" for a report as of today), ``group`` the usual grouping.
    """

    key: str
    title: Any
    goal: Any
    audience: Audience
    frequency: Frequency
    permission: Any
    columns: tuple[Column, ...]
    cases: Callable[[Any, Asked], Iterable[Case]]
    figures: tuple[Figure, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    period: str = ""
    group: str = ""
    chart: Chart | None = None
    currency: Callable[[Any, Asked], str] | None = None
    source: Any = ""
    nothing: Any = NOTHING

    @property
    def groups(self) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if column.group)

    def figure(self, key: str) -> Figure | None:
        return next((figure for figure in self.figures if figure.key == key), None)

    def may(self, by: Any) -> bool:
        """Whether ``by`` may open the report at all; which cases they see is decided row by row."""
        return allowed(by, permissions.VIEW) and allowed(by, self.permission)


REPORTS: dict[str, Report] = {}


def report(declared: Report) -> Report:
    """Register a report; a second one with its key is a programming error."""
    if declared.key in REPORTS:
        raise ValueError(f"Report {declared.key} is declared twice.")
    REPORTS[declared.key] = declared
    return declared
