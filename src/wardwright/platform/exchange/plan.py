"""What an import would do, row by row, before it does it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from wardwright.kernel.tabular.table import RowNumber

NEW, CHANGED, SAME, SKIPPED, REFUSED = "new", "changed", "same", "skipped", "refused"
CODES = (NEW, CHANGED, SAME, SKIPPED, REFUSED)

Progress = Callable[[int, int, str], None]
"""done, total, words."""


class Why(NamedTuple):
    """Why a row was skipped or refused: ``reason`` groups rows, ``detail`` says it for this one."""

    reason: str
    detail: str = ""
    column: str = ""
    value: str = ""


class Difference(NamedTuple):
    """One field that would change."""

    label: str
    before: str
    after: str


class Warned(NamedTuple):
    """A cell that could not be used, or was used with doubt; its row is imported all the same. ``row`` as in the
    file."""

    row: RowNumber
    column: str
    value: str
    reason: str
    detail: str = ""


class Near(NamedTuple):
    """Two records that may be one."""

    row: RowNumber
    this: str
    other: str
    why: str


@dataclass
class Plan:
    """Per data row (index as in ``Table.rows``): its code, and where it needs one, its reason, its differences, its
    object."""

    codes: list[str]
    why: dict[int, Why] = field(default_factory=dict)
    differences: dict[int, list[Difference]] = field(default_factory=dict)
    object_ids: list[int | None] = field(default_factory=list)
    warned: list[Warned] = field(default_factory=list)
    near: list[Near] = field(default_factory=list)
    merges: list[dict[str, Any]] = field(default_factory=list)
    created: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)
    data: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def for_rows(cls, count: int) -> Plan:
        return cls(codes=[NEW] * count, object_ids=[None] * count)

    def skip(self, index: int, why: Why) -> None:
        self.codes[index], self.why[index] = SKIPPED, why

    def refuse(self, index: int, why: Why) -> None:
        self.codes[index], self.why[index] = REFUSED, why

    def differ(self, index: int, differences: list[Difference]) -> None:
        """Add differences to an existing object's row; it becomes changed."""
        if differences:
            self.differences.setdefault(index, []).extend(differences)
            if self.codes[index] == SAME:
                self.codes[index] = CHANGED

    def counts(self) -> dict[str, int]:
        found = Counter(self.codes)
        return {code: found.get(code, 0) for code in CODES}
