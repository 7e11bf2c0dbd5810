"""A notice in two parts, as openFDA has it: what the product is, and which units of it (``code_info``)."""

from __future__ import annotations

import re
from dataclasses import replace

from .assemble import Item, assemble
from .clean import clean
from .codes import Fit
from .model import CODES, IDENTITY, WHICH, Clause, Element, Form, Of, Scope, Span, around
from .names import ref_fits
from .read import Reader, merge_spans

_UNITS = re.compile(r"\b(?:lots?|batch\w*|serials?|s/n|manufactured|versions?)\b", re.IGNORECASE)


def read_notice(description: str, code_info: str, *, maker: str = "") -> Scope:
    """The scope of both parts, on one text: the description, an empty line, the code information.

    The description is prose: of it only catalogue numbers, models and identifiers with a label are taken, and units
    where it names some; the rest says what the product is. A clause of the code information that names no product means
    that of the description.
    """
    first, second = clean(description), clean(code_info)
    text = f"{first}\n\n{second}"
    product = _read(text, 0, len(first))
    units = _read(text, len(first) + 2, len(text))
    names = [item for item in product.items if item.group == "identity" and not item.heading and not item.excluded]
    clauses, excluded = assemble(units.items)
    clauses = _joined(clauses, names, Span(len(first) + 2, len(text)))
    excluded = tuple(clause if clause.of(*IDENTITY) else _with(clause, names) for clause in excluded)
    units_of_it = (*CODES, Of.VERSION, Of.MADE, Of.SHIPPED)
    if any(element.of in units_of_it for item in product.items for element in item.elements):
        more, left_out = assemble([item for item in product.items if not item.heading])
        clauses, excluded = (*clauses, *more), (*excluded, *left_out)
    bearing = [span for span in product.unread if _UNITS.search(span.of(text))]
    quiet = [span for span in product.unread if not _UNITS.search(span.of(text))]
    if maker:
        own = Element(Of.MAKER, Form.ONE, maker)
        clauses = tuple(replace(clause, elements=(own, *clause.elements)) for clause in clauses)
    unread = merge_spans([*units.unread, *bearing], text)
    return Scope(text, clauses, excluded, unread, merge_spans([*units.remarks, *product.remarks, *quiet], text))


def _read(text: str, start: int, end: int) -> Reader:
    reader = Reader(text, start, end)
    reader.run()
    return reader


def _joined(clauses: tuple[Clause, ...], names: list[Item], units: Span) -> tuple[Clause, ...]:
    """The clauses with the description's product. What it names beside, of which no unit is named, is left open."""
    elements = tuple(element for item in names for element in item.elements)
    if not clauses:
        return (Clause((*elements, Element(Of.UNREAD, low="no units are named", span=units))),) if elements else ()
    named = [e for clause in clauses for e in clause.of(*IDENTITY)]
    kinds = {e.of for e in named}
    if len(elements) > 1 and not kinds & {e.of for e in elements} and sum(bool(c.of(*IDENTITY)) for c in clauses) > 1:
        own = tuple(clause if clause.of(*IDENTITY) else _with(clause, names) for clause in clauses)
        return (*own, Clause((*elements, Element(Of.UNREAD, low=WHICH, span=around(e.span for e in elements)))))
    beside = tuple(e for e in elements if e.of in kinds and not any(_is_said(e, n) for n in named))
    made = tuple(_with(clause, names) for clause in clauses)
    if not beside:
        return made
    return (*made, Clause((*beside, Element(Of.UNREAD, low="no units are named for it", span=beside[0].span))))


def _is_said(one: Element, other: Element) -> bool:
    """Whether the code information names it, by itself or at the end of a longer name: K174 in "INGENIO K174"."""
    longer = other.low.casefold().endswith(f" {one.low.casefold()}")
    return ref_fits(one.low, other.low) is Fit.YES or (one.of is other.of is Of.MODEL and longer)


def _with(clause: Clause, names: list[Item]) -> Clause:
    """The clause with the description's names, unless it has names of the same kind by itself."""
    kinds = {element.of for element in clause.of(*IDENTITY)}
    elements = [element for item in names for element in item.elements]
    if not elements or kinds & {element.of for element in elements}:
        return clause
    return replace(clause, elements=(*elements, *clause.elements))
