"""From what a text names, in its order, to clauses: what belongs together, and where another clause begins."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from .model import Clause, Element, Form, Of, Span

_GROUPS = {
    Of.MAKER: "identity",
    Of.MODEL: "identity",
    Of.REF: "identity",
    Of.UDI_DI: "identity",
    Of.LOT: "codes",
    Of.SERIAL: "codes",
    Of.PRODUCT: "all",
    Of.VERSION: "versions",
    Of.MADE: "days",
    Of.SHIPPED: "days",
    Of.CONDITION: "conditions",
    Of.UNREAD: "conditions",
}


@dataclass(frozen=True, slots=True)
class Item:
    """Elements that the text names together. ``segment``: which line, sentence or part between semicolons."""

    elements: tuple[Element, ...]
    segment: int
    excluded: bool = False
    heading: bool = False  # a name without a label, before a colon

    @property
    def group(self) -> str:
        return _GROUPS[self.elements[0].of]


class _Open:
    """A clause while it grows. ``groups`` are the kinds in the order in which they changed, so that it stays short."""

    def __init__(self, items: Iterable[Item] = ()) -> None:
        self.items: list[Item] = []
        self.groups: list[str] = []
        for item in items:
            self.add(item)

    def add(self, item: Item) -> None:
        self.items.append(item)
        if item.group != "conditions" and self.groups[-1:] != [item.group]:
            self.groups.append(item.group)

    def identity(self) -> list[Item]:
        return [item for item in self.items if item.group == "identity"]


def assemble(items: Iterable[Item]) -> tuple[tuple[Clause, ...], tuple[Clause, ...]]:
    """The clauses, and those that are left out."""
    clauses: list[_Open] = []
    left_out: list[Clause] = []
    now = _Open()
    out: list[Item] = []
    for item in items:
        if item.excluded:
            out.append(item)
            continue
        if out:
            left_out += _left_out(out, now)
            out = []
        following = _following(now, item)
        if following is not now:
            clauses.append(now)
            now = following
        first = item.group not in now.groups
        now.add(item)
        clauses += _headings_apart(now, item) if first else []
    if out:
        left_out += _left_out(out, now)
    clauses.append(now)
    made = [_clause(one) for one in clauses if one.items]
    return tuple(_merged(made)), tuple(left_out)


def _following(now: _Open, item: Item) -> _Open:
    """The clause an item belongs to: the present one, or a new one where its kind comes a second time."""
    groups = now.groups
    if item.group == "conditions" or item.group not in groups:
        return now
    beside = now.items[-1].segment == item.segment
    if groups[-1] == item.group:  # "All lots of model A. Model B: lot 5" begins anew, "Model A; Model B" does not
        return now if item.group != "identity" or groups[0] == "identity" or beside else _Open()
    named = {one.elements[0].of for one in now.identity()}
    if item.group == "identity" and beside and item.elements[0].of not in named:
        return now
    if item.group != "identity" and groups[0] == "identity":
        return _Open(now.identity())
    return _Open()


def _headings_apart(now: _Open, item: Item) -> list[_Open]:
    """ "Model A; Model B: serials 1 to 9": the serials stand with B alone, so A is meant whole."""
    if item.group in ("identity", "conditions") or set(now.groups) != {"identity", item.group}:
        return []
    identity = now.identity()
    own = [one for one in identity if one.segment == item.segment]
    earlier = [one for one in identity if one.segment != item.segment]
    same = {(one.elements[0].of, one.heading) for one in own} & {(one.elements[0].of, one.heading) for one in earlier}
    if not own or not same:
        return []
    apart = [one for one in earlier if (one.elements[0].of, one.heading) in same]
    now.items = [one for one in now.items if one not in apart]
    return [_Open(apart)]


def _left_out(items: list[Item], beside: _Open) -> list[Clause]:
    """An exclusion speaks of the product of the clause it stands in, unless it names its own."""
    own = [item for item in items if item.group == "identity"]
    around = [] if own else beside.identity()
    return [_clause(_Open([*around, *items]))]


def _clause(one: _Open) -> Clause:
    elements = tuple(element for item in one.items for element in item.elements)
    production = [item for item in one.items if item.group in ("codes", "versions", "days")]
    stands = {(item.group, item.segment) for item in production}
    parts = {group: {segment for other, segment in stands if other == group} for group, _segment in stands}
    loose = any(parts[a] != parts[b] for a in parts for b in parts)
    return Clause(elements, loose=loose)


def _merged(clauses: list[Clause]) -> list[Clause]:
    """Clauses that say the same of other units are not lost; the very same clause said twice is one."""
    seen: dict[Clause, Clause] = {}
    for clause in clauses:
        seen.setdefault(clause, clause)
    return list(seen.values())


def all_of(of: Of, span: Span) -> Element:
    return Element(of, Form.ALL, span=span)


def named_with(name: Element, elements: Iterable[Element]) -> list[Element]:
    """Models beside the name of their product: "S3 MedSurg Bed", "3002" → "S3 MedSurg Bed 3002"."""
    return [
        replace(e, low=f"{name.low} {e.low}", span=name.span.with_(e.span)) if e.form is Form.ONE else e
        for e in elements
    ]
