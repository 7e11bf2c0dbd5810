"""What can be imported: apps declare targets with their fields; upper apps extend a target with fields and effects."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from wardwright.kernel.tabular.headings import ColumnGuess
from wardwright.kernel.tabular.table import Table

from .plan import Plan, Progress
from .sheet import Sheet


@dataclass(frozen=True)
class ImportField:
    """One thing a column can say. ``name`` is a field of ``kernel.tabular.headings``; ``kind`` decides how cells are
    read:
    text, serial, date, money, integer, year, interval or flag. ``max_length`` 0 means unlimited."""

    name: str
    label: Any
    kind: str = "text"
    max_length: int = 0
    help: Any = ""


@dataclass(frozen=True)
class Context:
    """Who imports what: handed to planners. ``defaults`` are the session's (for example ``site_id``); ``file_name`` is
    shown in
    reasons; ``layout_key`` is the same for two files with the same headings."""

    by: Any
    file_name: str
    layout_key: str
    defaults: dict[str, Any] = field(default_factory=dict)


class Planner(Protocol):
    """Decides what a sheet means (reads only), and writes it (inside the one change of the import)."""

    def prepare(self, sheet: Sheet, plan: Plan, context: Context) -> None: ...

    def apply(self, sheet: Sheet, plan: Plan, context: Context, progress: Progress) -> None: ...


@dataclass
class ImportTarget:
    """Something that registers are imported into.

    ``redirect`` may name another target when the headings show that the file is of another kind. ``tables`` are the
    database
    tables whose rows the planner reads: when one changes between check and import, the check is made again. A file in
    which none of ``needs_one_of`` is found is not one of these.
    """

    key: str
    label: Any
    noun: tuple[Any, Any]
    permission: Any
    fields: Sequence[ImportField]
    planner: Planner
    tables: frozenset[str]
    redirect: Callable[[Table, Sequence[ColumnGuess]], str] | None = None
    needs_one_of: frozenset[str] = frozenset()
    extensions: dict[str, Extension] = field(default_factory=dict)

    def all_fields(self) -> dict[str, ImportField]:
        """Own fields and those of extensions, by name."""
        found = {item.name: item for item in self.fields}
        for extension in self.extensions.values():
            found.update({item.name: item for item in extension.fields})
        return found

    def planners(self) -> list[Planner]:
        return [self.planner, *(extension.planner for extension in self.extensions.values())]

    def all_tables(self) -> frozenset[str]:
        return self.tables.union(*(extension.tables for extension in self.extensions.values()))


@dataclass
class Extension:
    """Fields and effects that an upper app adds to a target of a lower one, in the same change."""

    key: str
    fields: Sequence[ImportField]
    planner: Planner
    tables: frozenset[str] = frozenset()
    takes_groups: bool = False


TARGETS: dict[str, ImportTarget] = {}
_waiting: dict[str, list[Extension]] = {}


def import_target(target: ImportTarget) -> ImportTarget:
    """Declare a target (in the app's ``ready``)."""
    TARGETS[target.key] = target
    for extension in _waiting.pop(target.key, []):
        target.extensions[extension.key] = extension
    return target


def extend_target(key: str, extension: Extension) -> None:
    """Add an extension to a target; the order of declaration does not matter."""
    if key in TARGETS:
        TARGETS[key].extensions[extension.key] = extension
    else:
        _waiting.setdefault(key, []).append(extension)
