"""A notice's text as tokens: what is a label, a bound, a separator, a day, a code, a word. One pass, linear."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from .days import NUMERIC, WORDY
from .model import Of, Span
from .vocabulary import WORDS, any_of


class T(StrEnum):
    LABEL = "label"
    EXPIRY = "expiry"
    MADE = "made"
    SHIPPED = "shipped"
    ALL = "all"
    EXCEPT = "except"
    BEGINNING = "beginning"
    BOTH = "to"  # between two ends
    LESS = "less"  # "prior to": before what follows
    MOST = "most"  # "up to"
    MORE = "more"  # "after"
    LEAST = "least"  # "from", "starting with"
    AND_LESS = "and-less"  # "and below": behind what it bounds
    AND_MORE = "and-more"
    CONDITION = "condition"
    REASON = "reason"
    QUANTITY = "quantity"
    UDI = "udi"
    DAY = "day"
    NUMBER = "number"  # a count or a position in a list: "1)"
    VALUE = "value"
    WORD = "word"
    COMMA = "comma"
    BREAK = "break"  # semicolon, line, sentence
    COLON = "colon"
    BAR = "bar"
    OPEN = "open"
    CLOSE = "close"
    DASH = "dash"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Token:
    kind: T
    text: str
    span: Span
    of: Of | None = None


_UDI = r"\(01\)\s?\d{14}(?:\s?\(\d{2,4}\)\s?[^\s(),;]+)*|\+[A-Z]\d{3}[A-Z0-9]{2,18}\d?[A-Z0-9./$+]*(?![\w])"


def _rows() -> Iterator[tuple[T, Of | None, str]]:
    """What is looked for, in this order: the first that fits is taken."""
    yield T.UDI, None, _UDI
    yield T.DAY, None, WORDY
    words = {T[name.upper().replace("-", "_")]: any_of(found) for name, found in WORDS["words"].items()}
    yield T.EXPIRY, None, words.pop(T.EXPIRY)
    number = rf"(?:\s?{any_of(WORDS['number'])})"
    for of, found in WORDS["labels"].items():
        yield T.LABEL, Of(of), any_of(found).replace("<number>", number)
    for kind, found in words.items():
        yield kind, None, found


# Not in the middle of a word; signs such as <= may stand anywhere.
_NOT_INSIDE_WORD = r"(?:(?<![A-Za-z0-9])|(?![A-Za-z0-9]))"


_REST = r"(?:[A-Za-z0-9*+]|[-_./#](?=[A-Za-z0-9*]))*"


def _pattern() -> tuple[re.Pattern[str], list[tuple[T, Of | None]]]:
    alternatives: list[str] = []
    kinds: list[tuple[T, Of | None]] = []
    for kind, of, words in _rows():
        inside = "" if kind in (T.UDI, T.NUMBER) else _NOT_INSIDE_WORD
        alternatives.append(f"(?P<k{len(kinds)}>{inside}(?:{words}){_boundary(kind)})")
        kinds.append((kind, of))
    rest = [
        (T.DAY, rf"(?<![\w.-]){NUMERIC}(?![\w-])"),
        (T.BREAK, r"[;\n]|(?<=[a-z0-9)])\.(?=\s+[A-Z]|\s*$)"),
        (T.COLON, r":"),
        (T.BAR, r"\|"),
        (T.OPEN, r"[(\[]"),
        (T.CLOSE, r"[)\]]"),
        (T.COMMA, r",|&|(?<![A-Za-z])(?:and/or|as well as|and|or)(?![A-Za-z])"),
        (T.VALUE, rf"[A-Za-z]*\d{_REST}|[A-Za-z]+[-_./](?=[A-Za-z]*\d){_REST}"),
        (T.WORD, r"[A-Za-z\u00c0-\uffff](?:[A-Za-z\u00c0-\uffff]|['/+-](?=[A-Za-z\u00c0-\uffff]))*\+?"),
        (T.DASH, r"-"),
        (T.OTHER, r"\S"),
    ]
    for kind, words in rest:
        alternatives.append(f"(?P<k{len(kinds)}>{words})")
        kinds.append((kind, None))
    return re.compile("|".join(alternatives), re.IGNORECASE), kinds


def _boundary(kind: T) -> str:
    if kind is T.LABEL:
        return r"(?![A-Za-z])"
    return "" if kind in (T.BEGINNING, T.NUMBER, T.QUANTITY, T.UDI) else r"(?:(?<![A-Za-z0-9])|(?![A-Za-z0-9]))"


_TOKENS, _KINDS = _pattern()


def tokenize(text: str, start: int = 0, end: int | None = None) -> Iterator[Token]:
    """Tokens of ``text`` from ``start`` to ``end``; white space is dropped."""
    for found in _TOKENS.finditer(text, start, len(text) if end is None else end):
        kind, of = _KINDS[int((found.lastgroup or "k0")[1:])]
        yield Token(kind, found[0], Span(found.start(), found.end()), of)
