"""Limits of electrical safety: data with a standard, an edition, dates, a source and how far each could be verified.

Every limit is one row of `kernel/data/safety_limits.json`; a hospital adds rows of the same shape. A field that names
several codes holds for each; a field that is left out does not matter to the row. Leakage is in µA, a.c. unless the
test ends in `_dc`. A row without figures says why there is no limit.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache
from importlib.resources import files

from wardwright.kernel.said import shipped
from wardwright.kernel.verification import Verification

from .judge import Limits


class Absent(StrEnum):
    """Why a row has no figures: the test is not done here, or the figure comes from elsewhere."""

    NO = ""
    NOT_APPLICABLE = "not_applicable"
    NO_FIGURE = "no_figure"


class Origin(StrEnum):
    """Whose limit it is."""

    SHIPPED = "shipped"
    ORGANISATION = "organisation"


@dataclass(frozen=True, slots=True)
class SafetyLimit:
    """One row. Empty tuples: the row holds for every class, applied part. `valid_until` is the last day it holds."""

    standard: str
    edition: str
    clause: str
    test: str
    valid_from: date
    source: str
    verified: Verification
    equipment_class: tuple[str, ...] = ()
    applied_part: tuple[str, ...] = ()
    method: tuple[str, ...] = ("none",)
    condition: tuple[str, ...] = ("none",)
    equipment: tuple[str, ...] = ("",)
    low: Decimal | None = None
    high: Decimal | None = None
    exclusive: bool = False  # the standard says "less than": a reading on the limit fails
    unit: str = ""
    absent: Absent = Absent.NO
    valid_until: date | None = None
    note: str = ""
    origin: Origin = Origin.SHIPPED
    override_reason: str = ""  # why an organisation's limit may be looser than the standard's

    def __post_init__(self) -> None:
        if (self.low is None) == (self.high is None) and not self.absent:
            raise ValueError(f"{self.title} {self.test}: give a low or a high limit")
        if self.valid_until and self.valid_until < self.valid_from:
            raise ValueError(f"{self.title} {self.test}: valid until {self.valid_until}, from {self.valid_from}")

    @property
    def title(self) -> str:
        """The standard with its edition, as it is quoted."""
        return f"{self.standard}:{self.edition}"

    @property
    def bound(self) -> str:
        """Which side is limited: "high" for leakage and resistance of the earth, "low" for insulation."""
        return "low" if self.high is None else "high"

    @property
    def figure(self) -> Decimal:
        """The limit itself, in `unit`. Raises ValueError for a row without one."""
        figure = self.low if self.high is None else self.high
        if figure is None:
            raise ValueError(f"{self.title} {self.test} has no figure")
        return figure

    @property
    def limits(self) -> Limits:
        """The limits to judge a reading by."""
        return Limits(self.low, self.high, self.unit, exclusive=self.exclusive)

    @property
    def is_of_mains(self) -> bool:
        """Whether the reading follows the mains voltage: leakage in alternating current."""
        return self.unit.endswith("A") and not self.test.endswith("_dc")

    def holds(self, on: date) -> bool:
        """Whether the row is in force on this day."""
        return self.valid_from <= on and (self.valid_until is None or on <= self.valid_until)


FACETS = ("equipment_class", "applied_part", "method", "condition", "equipment")


def limits_from(rows: Iterable[Mapping[str, object]]) -> tuple[SafetyLimit, ...]:
    """Read rows as JSON gives them. Raises TypeError, ValueError or KeyError for a row of another shape."""
    return tuple(
        SafetyLimit(**{name: _READ.get(name, str)(value) for name, value in row.items()})  # type: ignore[operator]
        for row in rows
    )


def to_row(limit: SafetyLimit) -> dict[str, object]:
    """The row as JSON holds it; `limits_from` gives the limit back."""
    row = {field.name: getattr(limit, field.name) for field in fields(limit)}
    kept = {name: value for name, value in row.items() if value not in (None, "", (), False) or name == "clause"}
    return {name: _plain(value) for name, value in kept.items()}


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return list(value)
    return value if isinstance(value, bool) else str(value)


def _codes(value: object) -> tuple[str, ...]:
    return tuple(value) if isinstance(value, list | tuple) else (str(value),)


_READ = {
    **dict.fromkeys(FACETS, _codes),
    **dict.fromkeys(("low", "high"), lambda value: Decimal(str(value))),
    **dict.fromkeys(("valid_from", "valid_until"), lambda value: date.fromisoformat(str(value))),
    "verified": Verification,
    "absent": Absent,
    "origin": Origin,
    "exclusive": bool,
}


@cache
def shipped_limits() -> tuple[SafetyLimit, ...]:
    """The limits that come with the package; their notes and sources are sentences of the kernel."""
    text = (files("wardwright.kernel") / "data" / "safety_limits.json").read_text(encoding="utf-8")
    rows = limits_from(json.loads(text))
    return tuple(replace(row, source=shipped(row.source), note=shipped(row.note) if row.note else "") for row in rows)
