"""A notice made ready for searching: what it names, group by group of clauses that speak of one maker."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from wardwright.kernel.names.fold import strip_accents
from wardwright.kernel.scope import Decider, Form, Of
from wardwright.kernel.scope.codes import bare_key, code_key
from wardwright.kernel.scope.model import CODES, IDENTITY, Clause, Element

from .likeness import LONG_NAME, distinct_codes, flat
from .model import Subject
from .product import di_key

_PROPER = re.compile(r"(?<=[a-z,] )[A-Z][a-z]{3,}")
_WORDS = re.compile(r"[^\W_]+(?:[-./][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Group:
    """What clauses of the same makers name. ``makers`` are the notice's own where the clauses name none.

    ``named`` is False where they name no product: then the brands that the source gives are its models.
    ``distinct``: models and catalogue numbers, by the codes in them that are hardly another maker's.
    """

    makers: tuple[str, ...]
    models: tuple[str, ...]
    refs: dict[str, str]
    dis: frozenset[str]
    named: bool
    distinct: dict[str, str]


class Sought:
    """A subject, prepared once for many devices."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self.product_codes = frozenset(code.strip().upper() for code in subject.product_codes if code.strip())

    @cached_property
    def decider(self) -> Decider:
        return Decider(self.subject.scope)

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        found: dict[tuple[tuple[str, ...], bool], list[Clause]] = {}
        for clause in self.subject.scope.clauses:
            makers = tuple(dict.fromkeys(e.low for e in clause.of(Of.MAKER))) or self.subject.makers
            found.setdefault((makers, bool(clause.of(*IDENTITY))), []).append(clause)
        if not found:
            found[(self.subject.makers, False)] = []
        return tuple(self._group(makers, named, clauses) for (makers, named), clauses in found.items())

    def _group(self, makers: tuple[str, ...], named: bool, clauses: list[Clause]) -> Group:
        elements = [e for clause in clauses for e in clause.of(*IDENTITY)]
        models = dict.fromkeys(_text(e) for e in elements if e.of is Of.MODEL) if named else self.subject.brands
        refs = {bare_key(code_key(e.low)): e.low for e in elements if e.of is Of.REF}
        dis = frozenset(di_key(e.low) for e in elements if e.of is Of.UDI_DI)
        brands = [brand for brand in self.subject.brands if named and brand]
        written = [(f"{brand} {name}", name) for name in models for brand in brands]
        written += [(name, name) for name in (*refs.values(), *models)]
        distinct = {code: name for text, name in written for code in distinct_codes(text, named=True)}
        return Group(makers, tuple(filter(None, models)), refs, dis, named, distinct)

    @cached_property
    def singles(self) -> frozenset[str]:
        """Serial and lot numbers that are named one by one, and are long enough to be nobody else's."""
        return frozenset(
            key
            for clause in self.subject.scope.clauses
            for e in clause.of(*CODES)
            if e.form is Form.ONE and len(key := bare_key(code_key(e.low))) >= 5
        )

    @cached_property
    def mentioned(self) -> frozenset[str]:
        """Words and codes of the whole text, as ``Name`` has them."""
        text = self.subject.scope.text
        words = {found[0] for found in _WORDS.finditer(text)}
        codes = {code_key(word) for word in words if any(c.isdigit() for c in word)}
        return frozenset(codes | {part for word in words for part in re.split("[-./]", strip_accents(word).casefold())})

    @cached_property
    def proper(self) -> frozenset[str]:
        """Words of the text that are written large inside a sentence, and never small: names."""
        text = self.subject.scope.text
        return frozenset(word.casefold() for word in _PROPER.findall(text) if word.casefold() not in text)

    @cached_property
    def makerless(self) -> bool:
        return any(not group.makers for group in self.groups)

    @cached_property
    def flats(self) -> tuple[str, ...]:
        """What it names, in one piece, as ``Product.flat`` is."""
        named = {flat(name) for group in self.groups for name in group.models}
        return tuple(sorted(name for name in named if len(name) >= LONG_NAME))

    @cached_property
    def flat(self) -> str:
        """The whole text in one piece."""
        return flat(self.subject.scope.text)

    @cached_property
    def unread(self) -> bool:
        """Whether the text may name products that were not understood."""
        return bool(self.subject.scope.residue) or not any(group.named for group in self.groups)

    @cached_property
    def restricting(self) -> frozenset[Of]:
        """All kinds of which it says anything."""
        scope = self.subject.scope
        return frozenset(e.of for clause in (*scope.clauses, *scope.excluded) for e in clause.elements)


def _text(element: Element) -> str:
    return f"{element.low}-{element.high}" if element.form is Form.RANGE else element.low
