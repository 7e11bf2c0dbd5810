"""What contradicts itself in a scope: said clearly, and nobody is told "not affected" on the strength of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from wardwright.kernel.said import say

from .codes import Fit, code_key, ordered, parts
from .index import CodeIndex
from .model import CODES, DAYS, Clause, Element, Form, Of, Scope, Span
from .versions import compare, parse_version


@dataclass(frozen=True, slots=True)
class Finding:
    """``code`` is stable, ``words`` a sentence, ``span`` where it stands."""

    code: str
    words: str
    span: Span


# Says something of the versions between two ends only, see ``fits``; the other findings stand against every decision.
DISAGREEING = "versions-disagree"


def disagreement(a: Element, b: Element) -> str:
    """The sentence about two ends that disagree."""
    return say("The notice says “{a}” and “{b}” of one product.", a=a.high, b=b.high)


def findings(scope: Scope) -> tuple[Finding, ...]:
    """Contradictions, in the order of the text."""
    found = [one for clause in (*scope.clauses, *scope.excluded) for one in _of_clause(clause, scope.text)]
    found += _both(scope)
    return tuple(sorted(found, key=lambda one: (one.span, one.code)))


def _of_clause(clause: Clause, text: str) -> Iterator[Finding]:
    for element in clause.elements:
        if element.form is Form.RANGE and element.low and element.high and _reversed(element):
            words = say(
                "The range “{text}” ends before it begins.",
                text=element.span.of(text) or f"{element.low} - {element.high}",
            )
            yield Finding("reversed-range", words, element.span)
    pair = disagreeing(clause)
    if pair:
        yield Finding(DISAGREEING, disagreement(*pair), pair[1].span)


def disagreeing(clause: Clause) -> tuple[Element, Element] | None:
    """Two ranges of versions that are open below and end at different versions: which end holds nobody can say."""
    ends = [e for e in clause.of(Of.VERSION) if e.form is Form.RANGE and e.high and not e.low]
    for a, b in pairwise(ends):
        x, y = parse_version(a.high), parse_version(b.high)
        if x and y and compare(x, y) not in (0, None):
            return a, b
    return None


def _reversed(element: Element) -> bool:
    low, high = element.low, element.high
    if element.of in DAYS:
        return low > high
    if element.of is Of.VERSION:
        a, b = parse_version(low), parse_version(high)
        order = compare(a, b) if a and b else None
        return order == 1 or (order == 0 and (element.low_open or element.high_open))
    if element.of in CODES:
        first, last = parts(low), parts(high)
        alike = (first.prefix, first.ending) == (last.prefix, last.ending)
        return bool(first.digits and last.digits) and alike and not ordered(low, high)
    return False


def _both(scope: Scope) -> Iterator[Finding]:
    """What is named and left out, word for word, for the same products."""
    if not scope.excluded:
        return
    named = {key for clause in scope.clauses for key, _element in _keys(clause)}
    for clause in scope.excluded:
        for key, element in _keys(clause):
            if element.form in (Form.ONE, Form.RANGE) and _never_named(element, scope):
                words = say(
                    "“{text}” is left out, and was never named.", text=element.span.of(scope.text) or element.low
                )
                yield Finding("never-named", words, element.span)
            if element.form is not Form.ALL and key in named:
                yield Finding(
                    "named-and-left-out", say("“{text}” is named and left out.", text=element.low), element.span
                )


def _never_named(element: Element, scope: Scope) -> bool:
    """Whether only some codes of its kind are named, and this is none of them: "1-100 except 50, 200-300"."""
    named = [e for clause in scope.clauses for e in clause.of(element.of)]
    if not named or any(e.form is Form.ALL for e in named):
        return False
    index = CodeIndex(named)
    return all(index.find(end).fit is Fit.NO for end in (element.low, element.high) if end)


def _keys(clause: Clause) -> Iterator[tuple[tuple[Any, ...], Element]]:
    products = _of(clause)
    for element in clause.of(*CODES):
        yield (products, element.of, element.form, code_key(element.low), code_key(element.high)), element


def _of(clause: Clause) -> frozenset[tuple[Of, str]]:
    return frozenset((e.of, code_key(e.low)) for e in clause.of(Of.MODEL, Of.REF, Of.UDI_DI))
