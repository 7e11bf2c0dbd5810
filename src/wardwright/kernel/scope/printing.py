"""A scope as canonical text and as JSON; reading either gives the scope again.

The text is for people who confirm or mend a proposal, one clause to a paragraph::

    means
      model: "Pump 8100"
      serial: "1001" to "1250", "1300", from "2000", begins "12A"
      version: before "3.2"
    but not
      serial: "1100"
    not understood: "blue ones"
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from wardwright.kernel.said import say

from .model import Clause, Element, Form, Of, Scope, Span, without_spans

_QUOTED = r'"(?:[^"\\]|\\.)*"'
_PART = re.compile(
    rf"(?P<all>all)|begins (?P<prefix>{_QUOTED})|(?P<low>(?:after )?{_QUOTED}) to (?P<high>(?:before )?{_QUOTED})"
    rf"|(?P<open>from|after|up to|before) (?P<end>{_QUOTED})|(?P<one>{_QUOTED})"
)
_HEADS = {"means": (False, False, True), "means, apart": (False, True, True), "but not": (True, False, True)}
_HEADS |= {
    "may mean": (False, False, False),
    "may mean, apart": (False, True, False),
    "but not, apart": (True, True, True),
}


class BadScope(ValueError):
    """A canonical text or JSON that is none; ``str(error)`` names the line or the field."""


def to_text(scope: Scope) -> str:
    """The canonical text. Spans are not kept, words that were not understood are."""
    scope = without_spans(scope)
    lines: list[str] = []
    for excluded, clauses in ((False, scope.clauses), (True, scope.excluded)):
        for clause in clauses:
            lines.append(_head(clause, excluded))
            lines += [f"  {of}: {', '.join(parts)}" for of, parts in _rows(clause)]
    lines += [f"not understood: {_quote(span.of(scope.text))}" for span in scope.unread]
    return "\n".join(lines)


def _head(clause: Clause, excluded: bool) -> str:
    words = "but not" if excluded else "means" if clause.certain else "may mean"
    return words + (", apart" if clause.loose else "")


def _rows(clause: Clause) -> Iterator[tuple[Of, list[str]]]:
    """Elements in their order, those of one kind that stand together in one row."""
    row: tuple[Of, list[str]] | None = None
    for element in clause.elements:
        if row is None or row[0] is not element.of:
            if row:
                yield row
            row = (element.of, [])
        row[1].append(_shown(element))
    if row:
        yield row


def _quote(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _shown(element: Element) -> str:
    if element.form is Form.ALL:
        return "all"
    if element.form is Form.PREFIX:
        return f"begins {_quote(element.low)}"
    if element.form is Form.ONE:
        return _quote(element.low)
    low, high = _quote(element.low), _quote(element.high)
    if element.low and element.high:
        return f"{'after ' * element.low_open}{low} to {'before ' * element.high_open}{high}"
    if element.high:
        return f"{'before' if element.high_open else 'up to'} {high}"
    return f"{'after' if element.low_open else 'from'} {low}"


def from_text(text: str) -> Scope:
    """The scope of a canonical text; spans are those in this text. Raises :class:`BadScope`."""
    clauses: list[Clause] = []
    excluded: list[Clause] = []
    unread: list[Span] = []
    words: list[str] = []
    elements: list[Element] = []
    head: tuple[bool, bool, bool] | None = None
    at = 0

    def close() -> None:
        if head is not None:
            (excluded if head[0] else clauses).append(Clause(tuple(elements), head[1], head[2]))

    for number, line in enumerate(text.split("\n"), 1):
        if line in _HEADS:
            close()
            head, elements = _HEADS[line], []
        elif line.startswith("not understood: "):
            words.append(_unquoted(line[16:], number))
            unread.append(Span(at + 16, at + len(line)))
        elif line.startswith("  ") and head is not None:
            elements += _row(line, number, at)
        elif line.strip():
            raise BadScope(say("Line {n} is none of a scope: “{line}”.", n=number, line=line[:80]))
        at += len(line) + 1
    close()
    return _with_words(Scope(text, tuple(clauses), tuple(excluded), tuple(unread)), words)


def is_canonical(text: str) -> bool:
    """Whether a text begins as a canonical one."""
    first = text.lstrip("\n").split("\n", 1)[0]
    return first in _HEADS or first.startswith('not understood: "')


def _with_words(scope: Scope, words: list[str]) -> Scope:
    """Unread spans must hold the words themselves, so the text ends with them, one to a line."""
    if not words:
        return scope
    text, spans = scope.text + "\n", []
    for one in words:
        spans.append(Span(len(text), len(text) + len(one)))
        text += one + "\n"
    return replace(scope, text=text, unread=tuple(spans))


def _row(line: str, number: int, at: int) -> list[Element]:
    name, colon, rest = line.strip().partition(": ")
    if not colon or name not in [str(of) for of in Of]:
        raise BadScope(say("Line {n}: “{name}” is nothing that a scope speaks of.", n=number, name=name))
    start = at + len(line) - len(rest)
    found, place = [], 0
    while place < len(rest):
        part = _PART.match(rest, place)
        if not part:
            raise BadScope(say("Line {n}, from “{rest}” on, cannot be read.", n=number, rest=rest[place : place + 40]))
        found.append(_element(Of(name), part, Span(start + part.start(), start + part.end()), number))
        place = part.end()
        if rest.startswith(", ", place):
            place += 2
        elif place < len(rest):
            raise BadScope(say("Line {n}, from “{rest}” on, cannot be read.", n=number, rest=rest[place : place + 40]))
    return found


def _element(of: Of, part: re.Match[str], span: Span, number: int) -> Element:
    def text(name: str) -> str:
        return _unquoted(re.sub(r"\A(?:after|before) ", "", part[name]), number)

    if part["all"]:
        return Element(of, Form.ALL, span=span)
    if part["prefix"]:
        return Element(of, Form.PREFIX, text("prefix"), span=span)
    if part["one"]:
        return Element(of, Form.ONE, text("one"), span=span)
    if part["low"]:
        opens = part["low"].startswith("after"), part["high"].startswith("before")
        return Element(of, Form.RANGE, text("low"), text("high"), *opens, span=span)
    end, kind = text("end"), part["open"]
    if kind in ("from", "after"):
        return Element(of, Form.RANGE, end, "", low_open=kind == "after", span=span)
    return Element(of, Form.RANGE, "", end, high_open=kind == "before", span=span)


def _unquoted(text: str, number: int) -> str:
    try:
        value = json.loads(text)
    except ValueError as error:
        raise BadScope(say("Line {n}: {text} is no text in quotation marks.", n=number, text=text[:80])) from error
    return str(value)


# JSON ----------------------------------------------------------------------------------------------------------


def to_plain(scope: Scope) -> dict[str, Any]:
    """What JSON can hold, with the text and every span."""
    return {
        "text": scope.text,
        "clauses": [_clause(clause) for clause in scope.clauses],
        "excluded": [_clause(clause) for clause in scope.excluded],
        "unread": [[span.start, span.end] for span in scope.unread],
        "remarks": [[span.start, span.end] for span in scope.remarks],
    }


def _clause(clause: Clause) -> dict[str, Any]:
    return {
        "elements": [_plain(element) for element in clause.elements],
        **({"loose": True} if clause.loose else {}),
        **({} if clause.certain else {"certain": False}),
    }


def _plain(element: Element) -> dict[str, Any]:
    named = {"low": element.low, "high": element.high, "low_open": element.low_open, "high_open": element.high_open}
    return {
        "of": str(element.of),
        "form": str(element.form),
        **{name: value for name, value in named.items() if value},
        "span": [element.span.start, element.span.end],
    }


def from_plain(value: Any) -> Scope:
    """The scope that ``to_plain`` was given. Raises :class:`BadScope`."""
    try:
        return Scope(
            str(value["text"]),
            tuple(_clause_of(one) for one in value["clauses"]),
            tuple(_clause_of(one) for one in value["excluded"]),
            tuple(Span(*one) for one in value["unread"]),
            tuple(Span(*one) for one in value["remarks"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise BadScope(say("This is no scope as JSON: {error}.", error=str(error))) from error


def _clause_of(value: Mapping[str, Any]) -> Clause:
    elements = tuple(
        Element(
            Of(one["of"]),
            Form(one["form"]),
            one.get("low", ""),
            one.get("high", ""),
            one.get("low_open", False),
            one.get("high_open", False),
            Span(*one["span"]),
        )
        for one in value["elements"]
    )
    return Clause(elements, value.get("loose", False), value.get("certain", True))
