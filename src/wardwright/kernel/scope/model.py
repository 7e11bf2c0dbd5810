"""What a notice speaks of, as structure: a scope is a union of clauses, each a conjunction of what it says.

All spans refer to ``Scope.text``, the cleaned text, which is kept. Nothing here is ever changed once made.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from typing import Any

from wardwright.kernel.said import say
from wardwright.kernel.tabular.values import clean_text


class Of(StrEnum):
    """What an element speaks of."""

    MAKER = "maker"
    MODEL = "model"
    REF = "ref"
    UDI_DI = "udi-di"
    LOT = "lot"
    SERIAL = "serial"
    VERSION = "version"
    MADE = "made"
    SHIPPED = "shipped"
    PRODUCT = "product"  # only with Form.ALL: "all units"
    CONDITION = "condition"  # what a register does not know: "with wireless option"
    UNREAD = "unread"  # not understood, and known to speak of this clause's product


class Form(StrEnum):
    ONE = "one"
    RANGE = "range"
    PREFIX = "prefix"
    ALL = "all"


# The version of the reading rules, here and in kernel.bulletins. It is stored with every notice; where it rises, what
# nobody settled is read again from the text as it came.
READER = "2026.3"
IDENTITY = (Of.MODEL, Of.REF, Of.UDI_DI)
CODES = (Of.LOT, Of.SERIAL)
DAYS = (Of.MADE, Of.SHIPPED)
# The unread part of a clause whose products stand in one list, and their units under other names in another.
WHICH = "which of them is not said"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Characters ``start`` up to, not including, ``end`` of the scope's text."""

    start: int = 0
    end: int = 0

    def of(self, text: str) -> str:
        return text[self.start : self.end]

    def with_(self, other: Span) -> Span:
        """From the first character of either to the last of either."""
        return Span(min(self.start, other.start), max(self.end, other.end))


@dataclass(frozen=True, slots=True)
class Element:
    """One thing a clause names. ``one`` and ``prefix`` use ``low``; a range is open at an end that is "".

    Days are ISO texts, both ends included. A version's end that is not included has ``…_open``.
    """

    of: Of
    form: Form = Form.ONE
    low: str = ""
    high: str = ""
    low_open: bool = False
    high_open: bool = False
    span: Span = field(default=Span(), compare=False)


@dataclass(frozen=True, slots=True)
class Clause:
    """What one clause says: a unit is meant that fits every kind named, by one element of each kind at least.

    ``loose``: the kinds stand apart in the text (other lines, semicolons), so that it is not sure that they narrow one
    another. ``certain`` is False where the source itself is not sure (under investigation).
    """

    elements: tuple[Element, ...]
    loose: bool = False
    certain: bool = True

    def of(self, *kinds: Of) -> tuple[Element, ...]:
        return tuple(element for element in self.elements if element.of in kinds)

    @property
    def span(self) -> Span:
        return around(element.span for element in self.elements)


@dataclass(frozen=True, slots=True)
class Scope:
    """The union of ``clauses`` without the union of ``excluded``; ``unread`` spans were not understood.

    ``remarks`` were understood and say nothing about which units are meant (expiry dates, quantities, reasons).
    """

    text: str
    clauses: tuple[Clause, ...] = ()
    excluded: tuple[Clause, ...] = ()
    unread: tuple[Span, ...] = ()
    remarks: tuple[Span, ...] = field(default=(), compare=False)

    @property
    def residue(self) -> tuple[Span, ...]:
        """Everything that was not understood, in the order of the text."""
        inside = {e.span for c in (*self.clauses, *self.excluded) for e in c.of(Of.UNREAD)}
        return tuple(sorted({*self.unread, *inside}))

    @property
    def conditions(self) -> tuple[Span, ...]:
        """What was understood to narrow the scope by something that a register does not know."""
        return tuple(sorted({e.span for c in (*self.clauses, *self.excluded) for e in c.of(Of.CONDITION)}))

    @property
    def understood(self) -> str:
        """wholly, partly or not; "wholly" leaves nothing to a person but what the unit itself does not tell."""
        if not self.residue and self.clauses:
            return "wholly"
        return "partly" if any(e.of is not Of.UNREAD for c in self.clauses for e in c.elements) else "not"


class Outcome(StrEnum):
    AFFECTED = "affected"
    NOT_AFFECTED = "not_affected"
    UNRESOLVED = "unresolved"


@dataclass(frozen=True, slots=True)
class Decision:
    """What a scope says of one unit, why in a sentence, and the span of the text that decided (None: no single one).

    ``unknown``: the product fits, and all that is in the way is that this value of the unit is not known.
    """

    outcome: Outcome
    reason: str
    span: Span | None = None
    text: str = ""
    unknown: Of | None = None


@dataclass(frozen=True, slots=True)
class Unit:
    """One device as a register knows it; "" and None are not known. Texts as the register has them, cleaned."""

    maker: str = ""
    model: str = ""
    ref: str = ""
    udi_di: str = ""
    lot: str = ""
    serial: str = ""
    version: str = ""
    made_on: dt.date | None = None

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Unit:
        """Of a mapping. "N/A", "-" and the like are not known. Raises ``BadUnit``, which says what is wrong."""
        known = {one.name for one in fields(cls)}
        strange = sorted(set(values) - known)
        if strange:
            raise BadUnit(
                say("A unit has no “{name}”; it has {names}.", name=strange[0], names=", ".join(sorted(known)))
            )
        texts = {name: _text(name, value) for name, value in values.items() if name != "made_on"}
        return cls(**texts, made_on=_day(values.get("made_on")))


class BadUnit(ValueError):
    """A unit that cannot be read; ``str(error)`` says why."""


def _text(name: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise BadUnit(say("“{name}” of the unit is no text.", name=name))
    return clean_text(str(value))


def _day(value: Any) -> dt.date | None:
    if isinstance(value, dt.date) or value is None or value == "":
        return value or None
    try:
        return dt.date.fromisoformat(value)
    except (TypeError, ValueError):
        raise BadUnit(say("“made_on” of the unit is a day such as 2021-03-31, not “{value}”.", value=value)) from None


def around(spans: Iterable[Span]) -> Span:
    """The smallest span around all of them."""
    found = list(spans)
    return Span(min(s.start for s in found), max(s.end for s in found)) if found else Span()


def without_spans(scope: Scope) -> Scope:
    """The same scope with nothing of its source but the words that were not understood: what can be compared."""
    unread = tuple(replace(c, elements=tuple(_bare(e, scope.text) for e in c.elements)) for c in scope.clauses)
    excluded = tuple(replace(c, elements=tuple(_bare(e, scope.text) for e in c.elements)) for c in scope.excluded)
    words = "\n".join(span.of(scope.text) for span in scope.unread)
    starts, spans = 0, []
    for span in scope.unread:
        spans.append(Span(starts, starts + span.end - span.start))
        starts = spans[-1].end + 1
    return Scope(words, unread, excluded, tuple(spans))


def _bare(element: Element, text: str) -> Element:
    if element.of in (Of.CONDITION, Of.UNREAD) and not element.low:
        return replace(element, low=element.span.of(text), span=Span())
    return replace(element, span=Span())
