"""Things that rows refer to: there already (with an id) or to be made once the import is written."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(eq=False, slots=True)
class Ref:
    """One company, type, model or place. ``pk`` is None until it exists; ``facts`` are the columns of a new row.

    ``parents`` are refs whose ids the new row needs, by column. ``spellings`` are other names found in the file, to be
    remembered.
    """

    kind: str
    name: str
    pk: int | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    parents: dict[str, Ref | None] = field(default_factory=dict)
    spellings: dict[str, str] = field(default_factory=dict)
    updates: dict[str, Any] = field(default_factory=dict)
    search: str = ""

    @property
    def is_new(self) -> bool:
        return self.pk is None


@dataclass(eq=False, slots=True)
class Pair:
    """Two refs (or devices) that may be one, for the merge queue; ``score`` 0–100."""

    kind: str
    left: Any
    right: Any
    score: int
    why: str
    left_name: str = ""
    right_name: str = ""


@dataclass
class Names:
    """Everything that the resolvers found out: new and known refs, pairs to ask about, pairs that are related and not
    one."""

    refs: list[Ref] = field(default_factory=list)
    pairs: list[Pair] = field(default_factory=list)
    related: list[tuple[Ref, Ref, str]] = field(default_factory=list)

    known: dict[str, list[Ref]] = field(default_factory=dict)

    def add(self, ref: Ref) -> Ref:
        self.refs.append(ref)
        return ref

    def touched(self, kind: str) -> list[Ref]:
        """New refs of a kind and known ones about which something was learnt (a spelling, a role)."""
        learnt = [ref for ref in self.known.get(kind, []) if ref.spellings or ref.updates]
        return [*(ref for ref in self.refs if ref.kind == kind), *learnt]
