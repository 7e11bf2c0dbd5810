"""What a due-date rule says: interval, season or meter, the basis it counts from, and the window around a due date."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from wardwright.kernel.said import say, shipped


class Unit(StrEnum):
    """Units of a calendar interval. A year is twelve months."""

    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"


class Basis(StrEnum):
    """Where the next due date is counted from.

    FIXED counts from the last *due* date, so late work does not push the plan back (WHO, Medical equipment maintenance
    programme overview, 2011, appendix A.5: "from the last due month"). FLOATING counts from the completion.
    """

    FIXED = "fixed"
    FLOATING = "floating"


@dataclass(frozen=True, slots=True)
class Every:
    """A calendar interval, e.g. `Every(6, Unit.MONTHS)`."""

    count: int
    unit: Unit

    def __post_init__(self) -> None:
        if self.count < 1:
            raise ValueError(
                say(
                    "an interval of {count} {unit}: give a whole number of at least 1",
                    count=self.count,
                    unit=shipped(self.unit),
                )
            )


@dataclass(frozen=True, slots=True)
class Season:
    """Certain months of every year, e.g. "before June" is `Season((5,), 31)`; `day` is clipped to the month's end."""

    months: tuple[int, ...]
    day: int

    def __post_init__(self) -> None:
        if (
            not self.months
            or list(self.months) != sorted(set(self.months))
            or not set(self.months) <= set(range(1, 13))
        ):
            raise ValueError(
                say("season months {months}: give different months from 1 to 12 in order", months=self.months)
            )
        if not 1 <= self.day <= 31:
            raise ValueError(say("season day {day}: give a day from 1 to 31", day=self.day))


@dataclass(frozen=True, slots=True)
class MeterInterval:
    """A usage interval in the meter's own unit (`unit` is only shown), e.g. `MeterInterval(Decimal(2000), "h")`."""

    interval: Decimal
    unit: str

    def __post_init__(self) -> None:
        if not self.interval > 0:
            raise ValueError(
                say(
                    "a meter interval of {interval} {unit}: give a number above 0",
                    interval=self.interval,
                    unit=self.unit,
                )
            )


@dataclass(frozen=True, slots=True)
class Window:
    """Days around a due date. Windows are the hospital's own policy, not a standard's figure (STANDARDS 1.4).

    `before_days` early work that still counts, `grace_days` after the due date that still count as on schedule,
    `late_days` after the grace in which work is late but not yet out of compliance. With `whole_month` the window is
    the due month, and the first two are added to its ends.
    """

    before_days: int = 0
    grace_days: int = 0
    late_days: int = 0
    whole_month: bool = False

    def __post_init__(self) -> None:
        if min(self.before_days, self.grace_days, self.late_days) < 0:
            raise ValueError(f"window {self}: days may not be negative")


@dataclass(frozen=True, slots=True)
class DueRule:
    """When work is due: one of `every` and `season`, or `meter`, or `every` and `meter` (whichever comes first)."""

    every: Every | None = None
    season: Season | None = None
    meter: MeterInterval | None = None
    basis: Basis = Basis.FIXED
    window: Window = Window()

    def __post_init__(self) -> None:
        if self.every is None and self.season is None and self.meter is None:
            raise ValueError(say("a due rule needs a calendar interval, a season or a meter interval"))
        if self.season is not None and (self.every is not None or self.meter is not None):
            raise ValueError(say("a season stands alone: make a second rule for the calendar or meter interval"))
        if self.season is not None and self.basis is Basis.FLOATING:
            raise ValueError(say("a season has fixed dates: use the fixed basis"))
        if self.every is not None and self.meter is not None and self.basis is Basis.FIXED:
            raise ValueError(
                say("calendar or meter, whichever first, restarts when the work is done: use the floating basis")
            )


@dataclass(frozen=True, slots=True)
class MeterState:
    """What is known of a meter: `value` read on `read_on`, counting from `due_from`, growing `per_day`.

    `due_from` is the value at the last completion (floating basis) or at the last due point (fixed basis). `per_day` is
    None when the usage is not known.
    """

    value: Decimal
    read_on: date
    due_from: Decimal = Decimal(0)
    per_day: Decimal | None = None

    def __post_init__(self) -> None:
        if self.per_day is not None and self.per_day < 0:
            raise ValueError(f"use of {self.per_day} a day: a meter only counts up; was it replaced? enter a new start")


@dataclass(frozen=True, slots=True)
class DueState:
    """What has happened so far.

    `anchor_on` starts the series (acceptance, first use) and gives its day of the month; with `anchor_is_due` it is
    itself the first due date. `last_due_on` is the latest due date already settled, `last_done_on` the last completion.
    """

    anchor_on: date
    last_due_on: date | None = None
    last_done_on: date | None = None
    meter: MeterState | None = None
    anchor_is_due: bool = False


@dataclass(frozen=True, slots=True)
class DueDates:
    """The dates of a due job: `window_end_on` is the last day on schedule, `out_of_compliance_on` the first day out."""

    due_on: date
    window_opens_on: date
    window_end_on: date
    out_of_compliance_on: date
