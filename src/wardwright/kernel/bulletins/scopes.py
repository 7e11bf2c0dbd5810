"""Scopes for records, whatever their texts are like: what cannot be read is kept whole, and left to a person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from wardwright.kernel.said import say
from wardwright.kernel.scope import Clause, Scope, Span, TooLong, read_notice, read_scope
from wardwright.kernel.scope.clean import clean
from wardwright.kernel.scope.read import MOST_CHARACTERS

from .values import Notes


def product_scope(description: str, code_info: str, maker: str, notes: Notes) -> Scope:
    """Of a description and its code information."""
    if len(description) + len(code_info) > MOST_CHARACTERS:
        return _too_long("\n\n".join(filter(None, (description, code_info))), notes)
    return _nothing(read_notice(description, code_info, maker=maker), notes)


def text_scope(text: str, maker: str, notes: Notes) -> Scope:
    """Of running text."""
    try:
        return _nothing(read_scope(text, maker=maker), notes)
    except TooLong:
        return _too_long(text, notes)


def unread_scope(text: str) -> Scope:
    """A text of which nothing is taken: whatever it means, a person reads it."""
    text = clean(text)
    return Scope(text, unread=(Span(0, len(text)),) if text else ())


def _too_long(text: str, notes: Notes) -> Scope:
    told = say(
        "The text has {n:,} characters; up to {most:,} are understood. A person must read it.",
        n=len(text),
        most=MOST_CHARACTERS,
    )
    notes.add(told)
    return unread_scope(text)


def _nothing(scope: Scope, notes: Notes) -> Scope:
    if not scope.text:
        notes.add(say("It does not say which product or which units are meant."))
    return scope


def union(scopes: Iterable[Scope]) -> Scope:
    """All of them as one: their texts one under the other.

    What one of several leaves out, another may mean: it is left to a person.
    """
    every = list(scopes)
    if len(every) == 1:
        return every[0]
    text, clauses = "", []
    unread: list[Span] = []
    remarks: list[Span] = []
    for scope in every:
        text += "\n\n" if text else ""
        by = len(text)
        clauses += [_moved(clause, by) for clause in scope.clauses]
        left_out = [e.span for clause in scope.excluded for e in clause.elements if e.span != Span()]
        unread += [_by(span, by) for span in sorted({*scope.unread, *left_out})]
        remarks += [_by(span, by) for span in scope.remarks]
        text += scope.text
    return Scope(text, tuple(clauses), (), tuple(unread), tuple(remarks))


def _by(span: Span, by: int) -> Span:
    return Span(span.start + by, span.end + by)


def _moved(clause: Clause, by: int) -> Clause:
    moved = tuple(replace(e, span=_by(e.span, by)) if e.span != Span() else e for e in clause.elements)
    return replace(clause, elements=moved)
