"""How one unit fits what one clause says, kind by kind, each answer with its sentence and its span."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from wardwright.kernel.said import in_a_row, say

from .codes import Fit
from .findings import disagreeing, disagreement
from .index import CodeIndex
from .model import WHICH, Clause, Element, Form, Of, Span, Unit, around
from .names import di_fits, maker_fits, model_fits, ref_fits
from .versions import one_fits, range_fits

NOWHERE = Span()


@dataclass(frozen=True, slots=True)
class Found:
    """One kind's answer. ``by_name``: the unit's own value is named singly. ``neutral``: all of the kind are meant.

    ``unknown``: a doubt only because the unit's value is not known.
    """

    of: Of
    fit: Fit
    reason: str
    span: Span = NOWHERE
    by_name: bool = False
    neutral: bool = False
    unknown: bool = False


KINDS = {
    Of.MAKER: say("maker"),
    Of.MODEL: say("model"),
    Of.REF: say("catalogue number"),
    Of.UDI_DI: say("device identifier"),
    Of.LOT: say("lot number"),
    Of.SERIAL: say("serial number"),
    Of.VERSION: say("software version"),
    Of.MADE: say("day of manufacture"),
}


class ClauseReader:
    """A clause made ready: what it says of each kind."""

    def __init__(self, clause: Clause, text: str) -> None:
        self.clause, self.text = clause, text
        self.codes = {kind: CodeIndex(found) for kind in (Of.LOT, Of.SERIAL) if (found := clause.of(kind))}
        self.by_kind: dict[Of, tuple[Element, ...]] = dict.fromkeys(Of, ())
        self.by_kind |= {kind: clause.of(kind) for kind in {element.of for element in clause.elements}}
        self.kinds = {element.of for element in clause.elements}
        self.pair = disagreeing(clause)
        self.which = any(e.low == WHICH for e in self.by_kind[Of.UNREAD])

    def product(self, unit: Unit, listed: frozenset[Of]) -> tuple[Found, ...]:
        """The answers of the kinds that say which product is meant. ``listed``: see ``Decider.aim``."""
        found = (self._maker(unit),) if Of.MAKER in self.kinds else ()
        if self.which and listed:
            kind = next(iter(listed))
            return (*found, Found(kind, Fit.NO, _elsewhere(kind), self.clause.span))
        return (*found, self._identity(unit, listed)) if self.kinds & {Of.MODEL, Of.REF, Of.UDI_DI} else found

    def production(self, unit: Unit) -> Iterator[Found]:
        """The answers of the kinds that say which units of the product are meant."""
        if self.codes:
            yield self._codes(unit)
        if Of.VERSION in self.kinds:
            yield self._version(unit)
        for kind in (Of.MADE, Of.SHIPPED):
            if kind in self.kinds:
                found = _day(self.by_kind[kind], kind, unit.made_on)
                # Beside lots and serials that are named, days of shipping tell where they went.
                told = kind is Of.SHIPPED and found.fit is Fit.MAYBE and self._named_codes
                yield replace(found, fit=Fit.LIKELY, neutral=True, unknown=False) if told else found
        yield from self.always

    @cached_property
    def always(self) -> tuple[Found, ...]:
        """The answers that are the same for every unit."""
        found = [
            Found(Of.PRODUCT, Fit.YES, say("The notice means all units."), element.span, neutral=True)
            for element in self.by_kind[Of.PRODUCT]
        ]
        for element in self.by_kind[Of.CONDITION]:
            words = say("The notice adds a condition that a person must check: “{text}”.", text=self._words(element))
            found.append(Found(Of.CONDITION, Fit.MAYBE, words, element.span))
        for element in self.by_kind[Of.UNREAD]:
            words = say("A part of the notice was not understood: “{text}”. Read it.", text=self._words(element))
            found.append(Found(Of.UNREAD, Fit.MAYBE, words, element.span))
        return tuple(found)

    def names_code_of(self, unit: Unit) -> bool:
        """Whether the unit's serial or lot number is named singly."""
        values = {Of.SERIAL: unit.serial, Of.LOT: unit.lot}
        return any(values[kind] and index.names(values[kind]) for kind, index in self.codes.items())

    @cached_property
    def _named_codes(self) -> bool:
        return any(not index.all for index in self.codes.values())

    @cached_property
    def only_codes(self) -> bool:
        """Whether nothing but serial and lot numbers says which units of the product are meant."""
        others = {Of.VERSION, Of.MADE, Of.SHIPPED, Of.CONDITION, Of.UNREAD, Of.PRODUCT}
        return bool(self.codes) and not self.kinds & others

    def misses_codes(self, unit: Unit) -> bool:
        """Whether the unit's serial and lot numbers are known, as far as named, and certainly none of those."""
        values = {Of.SERIAL: unit.serial, Of.LOT: unit.lot}
        return all(bool(values[kind]) and index.misses(values[kind]) for kind, index in self.codes.items())

    def _maker(self, unit: Unit) -> Found:
        """Where the unit's maker is not known its product decides, if the clause names one."""
        found = _best(self.by_kind[Of.MAKER], Of.MAKER, unit.maker, maker_fits)
        named = self.kinds & {Of.MODEL, Of.REF, Of.UDI_DI}
        return replace(found, fit=Fit.LIKELY, neutral=True) if not unit.maker and named else found

    def _version(self, unit: Unit) -> Found:
        """Between two ends that disagree nobody knows."""
        found = _best(self.by_kind[Of.VERSION], Of.VERSION, unit.version, None)
        if self.pair and found.fit >= Fit.LIKELY and min(_version(e, unit.version) for e in self.pair) < Fit.LIKELY:
            return Found(Of.VERSION, Fit.MAYBE, disagreement(*self.pair), self.pair[1].span)
        return found

    def _words(self, element: Element) -> str:
        words = " ".join((element.low or element.span.of(self.text)).split())
        return words if len(words) <= 120 else f"{words[:119]}…"

    def _identity(self, unit: Unit, listed: frozenset[Of]) -> Found:
        """Which product: the surest of identifier, catalogue number and model decides; what disagrees is a doubt."""
        dis = _best(self.by_kind[Of.UDI_DI], Of.UDI_DI, unit.udi_di, di_fits)
        refs = _best(self.by_kind[Of.REF], Of.REF, unit.ref, ref_fits)
        models = _best(self.by_kind[Of.MODEL], Of.MODEL, unit.model, model_fits)
        found = [f for f in (dis, refs, self._across(refs, unit.model), models, self._across(models, unit.ref)) if f]
        asked = [f for f in found if f.of in self.kinds and f.reason]
        asked = [f if f.fit is not Fit.MAYBE or f.of not in listed else _another(f) for f in asked]
        sure = next((f for f in asked if f.fit >= Fit.LIKELY), None)
        against = [f for f in asked if f.fit is Fit.NO]
        if sure is None:
            return self._unsure(asked, against, unit, listed)
        if not against:
            return self._narrower(sure, asked)
        if any(f.of in listed and f.of != sure.of for f in against) and sure.of is not Of.UDI_DI:
            return next(f for f in against if f.of in listed)
        if sure.of is Of.UDI_DI and against[0].of is Of.MODEL:
            return sure
        words = in_a_row(sure.reason, against[0].reason)
        return Found(against[0].of, Fit.MAYBE, words, against[0].span)

    def _unsure(self, asked: list[Found], against: list[Found], unit: Unit, listed: frozenset[Of]) -> Found:
        """Nothing fits for sure. A catalogue number that differs is enough; a model where nothing else is in doubt,
        and so a device identifier, which may be that of another package."""
        doubts = [f for f in asked if f.fit is Fit.MAYBE and not _unknown(f, unit)]
        for found in against:
            if found.of is Of.REF or found.of in listed or not [f for f in doubts if f.of is not found.of]:
                return found
        return next(iter(doubts), None) or next((f for f in asked if f.fit is Fit.MAYBE), asked[0])

    def _narrower(self, sure: Found, asked: list[Found]) -> Found:
        """A model that fits may be another variant where catalogue numbers are named and the unit's is not known."""
        if sure.of is not Of.MODEL or sure.by_name is False:
            return sure
        return next((f for f in asked if f.of is Of.REF and f.fit is Fit.MAYBE), sure)

    def _across(self, own: Found | None, value: str) -> Found | None:
        """Registers write catalogue numbers as models and the other way round: equal counts, different does not."""
        if own is None or not value:
            return None
        hit = next((e for e in self.by_kind[own.of] if ref_fits(e.low, value) is Fit.YES), None)
        return Found(own.of, Fit.YES, _is_named(own.of, value), hit.span, True) if hit else None

    def _codes(self, unit: Unit) -> Found:
        """Lots and serials name the same units in two ways: one that fits is enough, unless the other one does not."""
        found = [
            _code(kind, index, unit.serial if kind is Of.SERIAL else unit.lot) for kind, index in self.codes.items()
        ]
        best, worst = max(found, key=lambda f: f.fit), min(found, key=lambda f: f.fit)
        if best.fit >= Fit.LIKELY and worst.fit is Fit.NO and not self._all(best.of):
            return Found(worst.of, Fit.MAYBE, in_a_row(best.reason, worst.reason), worst.span)
        if best.fit >= Fit.LIKELY and self._all(best.of) and worst is not best:
            return worst if worst.fit is not Fit.NO else replace(worst, fit=Fit.MAYBE)
        return best

    def _all(self, kind: Of) -> bool:
        return self.codes[kind].all


def named_exactly(element: Element, unit: Unit) -> bool:
    """Whether an element names the unit's own value, letter for letter but for signs."""
    value = {Of.MODEL: unit.model, Of.REF: unit.ref, Of.UDI_DI: unit.udi_di}.get(element.of, "")
    return (
        bool(value)
        and element.form is Form.ONE
        and (di_fits if element.of is Of.UDI_DI else ref_fits)(element.low, value) is Fit.YES
    )


def _another(found: Found) -> Found:
    """The unit's own name stands elsewhere in the notice, so it is not the one that merely resembles it here."""
    return replace(found, fit=Fit.NO, reason=_elsewhere(found.of))


def _elsewhere(kind: Of) -> str:
    return say("The notice names this {kind} by itself, and not here.", kind=KINDS[kind])


def _unknown(doubt: Found, unit: Unit) -> bool:
    """Whether the doubt is only that the unit's value is not known, so that another kind may decide."""
    return not {Of.MODEL: unit.model, Of.REF: unit.ref, Of.UDI_DI: unit.udi_di}.get(doubt.of, "x")


def _is_named(kind: Of, value: str) -> str:
    return say("The notice names {kind} {value}.", kind=KINDS[kind], value=value)


def _best(elements: tuple[Element, ...], kind: Of, value: str, fits: Callable[[str, str], Fit] | None) -> Found:
    """The best answer of one kind whose elements are asked one by one."""
    whole = around(e.span for e in elements)
    if not elements:
        return Found(kind, Fit.MAYBE, "")
    if any(e.form is Form.ALL for e in elements):
        return Found(kind, Fit.YES, say("The notice means every {kind}.", kind=KINDS[kind]), whole, neutral=True)
    if not value:
        words = say("The notice names a {kind}, and that of the unit is not known.", kind=KINDS[kind])
        return Found(kind, Fit.MAYBE, words, whole, unknown=True)
    hits = [(_version(e, value) if fits is None else _ranged(e, value, fits), e) for e in elements]
    fit, element = max(hits, key=lambda hit: hit[0])
    if fit is Fit.NO:
        words = say("{value} is no {kind} that the notice names.", kind=KINDS[kind], value=value)
        return Found(kind, fit, words, whole)
    if fit is Fit.MAYBE:
        words = say(
            "Whether {kind} {value} is meant by “{named}” is not certain.",
            kind=KINDS[kind],
            value=value,
            named=shown(element),
        )
        return Found(kind, fit, words, element.span)
    if element.form is Form.ONE:
        return Found(kind, fit, _is_named(kind, value), element.span, True)
    return Found(kind, fit, _inside(kind, value, element), element.span)


def _ranged(element: Element, value: str, fits: Callable[[str, str], Fit]) -> Fit:
    if element.form is Form.RANGE:
        return fits(f"{element.low}-{element.high}", value)
    return fits(element.low, value)


def _version(element: Element, value: str) -> Fit:
    if element.form is Form.ONE:
        return one_fits(element.low, value)
    return range_fits(element.low, element.high, element.low_open, element.high_open, value)


def _code(kind: Of, index: CodeIndex, value: str) -> Found:
    whole = index.span
    if index.all:
        return Found(kind, Fit.YES, say("The notice means every {kind}.", kind=KINDS[kind]), whole, neutral=True)
    if not value:
        words = say("The notice names a {kind}, and that of the unit is not known.", kind=KINDS[kind])
        return Found(kind, Fit.MAYBE, words, whole, unknown=True)
    hit = index.find(value)
    if hit.fit is Fit.NO or hit.element is None:
        return Found(
            kind, Fit.NO, say("{value} is no {kind} that the notice names.", kind=KINDS[kind], value=value), whole
        )
    element = hit.element
    if hit.fit is Fit.MAYBE:
        words = say(
            "Whether {kind} {value} is meant by “{named}” is not certain.",
            kind=KINDS[kind],
            value=value,
            named=shown(element),
        )
        return Found(kind, Fit.MAYBE, words, element.span)
    if element.form is Form.ONE:
        return Found(kind, hit.fit, _is_named(kind, value), element.span, True)
    return Found(kind, hit.fit, _inside(kind, value, element), element.span)


def _inside(kind: Of, value: str, element: Element) -> str:
    return say("The {kind} {value} lies in “{named}”.", kind=KINDS[kind], value=value, named=shown(element))


def shown(element: Element) -> str:
    """An element in a few signs: 1001–1250, ≤ 3.2, 12A…"""
    if element.form is Form.PREFIX:
        return f"{element.low}…"
    if element.form is not Form.RANGE:
        return element.low
    if element.low and element.high:
        return f"{'> ' if element.low_open else ''}{element.low} – {'< ' if element.high_open else ''}{element.high}"
    sign = (">" if element.low_open else "≥") if element.low else ("<" if element.high_open else "≤")
    return f"{sign} {element.low or element.high}"


def _day(elements: tuple[Element, ...], kind: Of, made_on: dt.date | None) -> Found:
    """By day of manufacture. A unit made after it was shipped cannot be; before that, shipping says nothing."""
    whole = around(e.span for e in elements)
    if made_on is None:
        words = say("The notice names days, and the unit's day of manufacture is not known.")
        return Found(kind, Fit.MAYBE, words, whole, unknown=True)
    hits = [(_in_days(e, kind, made_on), e) for e in elements]
    fit, element = max(hits, key=lambda hit: hit[0])
    if fit is Fit.NO:
        words = say("Made on {day}, which the notice does not mean.", day=made_on.isoformat())
        return Found(kind, fit, words, whole)
    if fit is Fit.MAYBE:
        words = say("The notice goes by the day of shipping (“{named}”), which is not known.", named=shown(element))
        return Found(kind, fit, words, element.span, unknown=True)
    words = say("Made on {day}, which lies in “{named}”.", day=made_on.isoformat(), named=shown(element))
    return Found(kind, fit, words, element.span)


def _in_days(element: Element, kind: Of, made_on: dt.date) -> Fit:
    day = made_on.isoformat()
    late = bool(element.high) and day > element.high
    if kind is Of.SHIPPED:
        return Fit.NO if late else Fit.MAYBE
    return Fit.NO if late or (element.low and day < element.low) else Fit.YES
