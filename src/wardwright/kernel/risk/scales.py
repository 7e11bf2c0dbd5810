"""Reference figures of risk scoring: data with a source, an edition, a date and how far each could be verified."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from wardwright.kernel.verification import Verification

FENNIGKOH_SMITH = "Fennigkoh & Smith"
WANG_LEVENSON = "Wang & Levenson"


@dataclass(frozen=True, slots=True)
class Figure:
    """One row of reference data. `low` is where a band of a preset begins, `high` where a bin of months ends."""

    standard: str
    edition: str
    clause: str
    key: str
    value: int | str | None
    unit: str
    valid_from: date
    source: str
    verified: Verification
    label: str = ""
    low: int | None = None
    high: int | None = None

    @property
    def is_unverified(self) -> bool:
        """Whether pages must show this figure as unverified."""
        return self.verified.is_unverified


@dataclass(frozen=True, slots=True)
class RiskScales:
    """The figures in force on one day."""

    figures: tuple[Figure, ...]

    def find(self, standard: str, key: str) -> Figure:
        """Return the figure of this key. Raises ValueError naming the keys there are."""
        for figure in self.figures:
            if figure.standard == standard and figure.key == key:
                return figure
        group = key.partition(".")[0]
        known = ", ".join(figure.key.partition(".")[2] for figure in self.levels(standard, group)) or "none"
        raise ValueError(f"{standard} has no {key!r} in its scale; known for {group} are: {known}")

    def points(self, standard: str, key: str) -> int:
        """Return the figure's value as a whole number. Raises ValueError as `find` does, or when it is not one."""
        return int(self.find(standard, key).value or 0)

    def levels(self, standard: str, group: str) -> tuple[Figure, ...]:
        """Return the levels of one scale, e.g. "function", in their published order."""
        return tuple(f for f in self.figures if f.standard == standard and f.key.startswith(group + "."))


def figures_from(rows: Iterable[dict[str, object]]) -> tuple[Figure, ...]:
    """Read rows of reference data as JSON gives them.

    Raises TypeError, ValueError or KeyError for a row that is not of the shape of `Figure`.
    """
    return tuple(
        Figure(
            **{  # type: ignore[arg-type]
                **row,
                "valid_from": date.fromisoformat(str(row["valid_from"])),
                "verified": Verification(str(row["verified"])),
            }
        )
        for row in rows
    )


def in_force(figures: Iterable[Figure], on: date) -> RiskScales:
    """Return, of each figure (standard, key, low), the version in force on this day."""
    current: dict[tuple[str, str, int | None], Figure] = {}
    for figure in figures:
        identity = (figure.standard, figure.key, figure.low)
        if figure.valid_from <= on and (identity not in current or figure.valid_from >= current[identity].valid_from):
            current[identity] = figure
    return RiskScales(tuple(current.values()))


@cache
def shipped_figures() -> tuple[Figure, ...]:
    """Return the reference data that comes with the package."""
    text = (files("wardwright.kernel") / "data" / "risk_scales.json").read_text(encoding="utf-8")
    return figures_from(json.loads(text))


@cache
def shipped_scales() -> RiskScales:
    """Return the shipped reference data, newest version of each figure."""
    return in_force(shipped_figures(), date.max)
