"""The text of a notice with what was understood of it marked, for the page that shows text and structure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from wardwright.kernel.scope import Clause, Element, Form, Of, Scope, Span

KINDS: dict[Of, Any] = {
    Of.MAKER: _("maker"),
    Of.MODEL: _("model"),
    Of.REF: _("catalogue number"),
    Of.UDI_DI: _("UDI device identifier"),
    Of.LOT: _("lot"),
    Of.SERIAL: _("serial number"),
    Of.VERSION: _("software version"),
    Of.MADE: _("made"),
    Of.SHIPPED: _("shipped"),
    Of.PRODUCT: _("every unit"),
    Of.CONDITION: _("only if"),
    Of.UNREAD: _("not understood"),
}
#: How an element looks; the word beside it says the same.
LOOK = {
    Of.MAKER: "product", Of.MODEL: "product", Of.REF: "product", Of.UDI_DI: "product", Of.PRODUCT: "product",
    Of.CONDITION: "condition", Of.UNREAD: "unread",
}  # fmt: skip
MOST_MARKS = 600
MOST_SHOWN = 60


@dataclass(frozen=True)
class Piece:
    """Some of the text; ``look`` is "" where nothing was made of it, and ``name`` what it was taken for."""

    text: str
    look: str = ""
    name: Any = ""
    excluded: bool = False
    decided: bool = False


def pieces(scope: Scope, decided: Span | None = None) -> list[Piece]:
    """The whole text, cut where something begins or ends. Where two overlap, the one that begins first is shown."""
    marks = sorted(_marks(scope), key=lambda mark: (mark[0].start, -mark[0].end))[:MOST_MARKS]
    found, at = [], 0
    for span, look, name, excluded in marks:
        if span.start < at or span.end <= span.start:
            continue
        if span.start > at:
            found.append(Piece(scope.text[at : span.start]))
        is_decided = decided is not None and decided.start <= span.start and span.end <= decided.end
        found.append(Piece(span.of(scope.text), look, name, excluded, is_decided))
        at = span.end
    found.append(Piece(scope.text[at:]))
    return [piece for piece in found if piece.text]


def _marks(scope: Scope) -> Iterable[tuple[Span, str, Any, bool]]:
    for clauses, excluded in ((scope.clauses, False), (scope.excluded, True)):
        for clause in clauses:
            for element in clause.elements:
                yield element.span, LOOK.get(element.of, "unit"), KINDS[element.of], excluded
    for span in scope.unread:
        yield span, "unread", KINDS[Of.UNREAD], False


@dataclass(frozen=True)
class Row:
    """One kind of thing that a clause names, with the first of its values; ``more`` counts those not shown."""

    name: Any
    values: list[str]
    more: int
    look: str


def rows_of(clause: Clause) -> list[Row]:
    """A clause as a person reads it."""
    found: dict[Of, list[str]] = {}
    for element in clause.elements:
        found.setdefault(element.of, []).append(value_words(element))
    return [
        Row(KINDS[of], values[:MOST_SHOWN], max(0, len(values) - MOST_SHOWN), LOOK.get(of, "unit"))
        for of, values in found.items()
    ]


def value_words(element: Element) -> str:
    """One value: 8100, 1001 – 1250, begins 12A, before 3.2."""
    low, high = element.low, element.high
    if element.form is Form.ALL:
        return str(_("all"))
    if element.form is Form.PREFIX:
        return str(_("begins with %(text)s")) % {"text": low}
    if element.form is not Form.RANGE:
        return low
    if low and high:
        return f"{'> ' * element.low_open}{low} – {'< ' * element.high_open}{high}"
    if high:
        words = _("before %(text)s") if element.high_open else _("up to %(text)s")
        return str(words) % {"text": high}
    words = _("after %(text)s") if element.low_open else _("from %(text)s")
    return str(words) % {"text": low}
