"""Does a scope mean this unit? Three answers, and never a false "not affected".

A unit is not affected only where every clause certainly misses it (or an exclusion certainly hits it) and nothing of
the text was left unread. What is not known, not ordered or not understood makes it unresolved.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from wardwright.kernel.said import in_a_row, say

from .codes import Fit
from .findings import DISAGREEING, Finding, findings
from .fits import ClauseReader, Found, named_exactly
from .model import CODES, IDENTITY, Decision, Element, Of, Outcome, Scope, Span, Unit
from .vocabulary import NARROWING

_PRODUCTION = (*CODES, Of.VERSION, Of.MADE, Of.SHIPPED)


class Decider:
    """A scope made ready for many units: a decision does not cost more where more serials are named."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.findings: tuple[Finding, ...] = findings(scope)
        self._clauses = [ClauseReader(clause, scope.text) for clause in scope.clauses]
        self._excluded = [ClauseReader(clause, scope.text) for clause in scope.excluded]
        self._names: list[Element] = [e for clause in scope.clauses for e in clause.of(*IDENTITY)]

    def decide(self, unit: Unit) -> Decision:
        """The decision for one unit; its reason is a sentence that can be translated."""
        return self.aim(unit).decide(unit)

    def aim(self, unit: Unit) -> Aim:
        """What the unit's product alone decides; for all units of one product that is asked once.

        ``listed``: the kinds of which the notice names the unit's own value, wherever it does.
        """
        listed = frozenset(e.of for e in self._names if named_exactly(e, unit))
        return Aim(
            self,
            _Side.of(self._clauses, unit, listed),
            _Side.of(self._excluded, unit, listed),
        )

    @cached_property
    def _open(self) -> bool:
        """Whether a contradiction or an unread part stands against every "not affected"."""
        return self._doubt() is not None

    def _decide(self, aim: Aim, unit: Unit) -> Decision:
        best = max(aim.clauses.answers(unit), key=lambda answer: (answer[0].fit, answer[1]), default=None)
        if best is None:
            return self._doubt() or Decision(
                Outcome.UNRESOLVED, say("The notice names nothing by which a device could be told. Read it.")
            )
        hit = best[0]
        if hit.fit is Fit.NO:
            return self._doubt() or self._decision(Outcome.NOT_AFFECTED, hit.reason, hit.span)
        excluded = max((one for one, _n in aim.excluded.answers(unit)), key=lambda one: one.fit, default=None)
        if excluded and excluded.fit is Fit.YES:
            words = say("The notice leaves it out. {why}", why=excluded.reason)
            return self._doubt() or self._decision(Outcome.NOT_AFFECTED, words, excluded.span)
        if hit.fit is Fit.MAYBE:
            found = self._decision(Outcome.UNRESOLVED, hit.reason, hit.span)
            return replace(found, unknown=hit.of) if hit.unknown else found
        if excluded and excluded.fit > Fit.NO:
            words = say("It may be one of those that the notice leaves out. {why}", why=excluded.reason)
            return self._decision(Outcome.UNRESOLVED, words, excluded.span)
        loosely = hit.of not in _PRODUCTION
        return self._doubt(narrowing=True, loosely=loosely) or self._decision(Outcome.AFFECTED, hit.reason, hit.span)

    def _doubt(self, *, narrowing: bool = False, loosely: bool = False) -> Decision | None:
        """A contradiction or an unread part, which stands against "not affected".

        With ``narrowing`` against "affected": an unread part does so only where it may leave units out, and with
        ``loosely``, where a unit fits by its product alone, any number may.
        """
        against = next((one for one in self.findings if one.code != DISAGREEING), None)
        if against:
            return self._decision(Outcome.UNRESOLVED, against.words, against.span)
        unread: Iterable[Span] = self.scope.unread
        if narrowing:
            unread = (span for span in unread if _may_narrow(span.of(self.scope.text), loosely))
        span = next(iter(unread), None)
        if span is None:
            return None
        words = " ".join(span.of(self.scope.text).split())
        words = words if len(words) <= 120 else f"{words[:119]}…"
        reason = say("A part of the notice was not understood: “{text}”. Read it.", text=words)
        return self._decision(Outcome.UNRESOLVED, reason, span)

    def _decision(self, outcome: Outcome, reason: str, span: Span) -> Decision:
        return Decision(outcome, reason, span if span.end else None, span.of(self.scope.text))


@dataclass(frozen=True, slots=True)
class Aim:
    """A decider and one product, ready for its units."""

    decider: Decider
    clauses: _Side
    excluded: _Side

    def decide(self, unit: Unit) -> Decision:
        """As ``Decider.decide``. The unit must be of the product that was aimed at."""
        return self.decider._decide(self, unit)

    def misses(self, unit: Unit) -> bool:
        """True only where the decision would be "not affected" by the unit's serial or lot number; without its words,
        for whoever asks of thousands of units."""
        return not self.decider._open and self.clauses.misses(unit)


@dataclass(frozen=True, slots=True)
class _Side:
    """Clauses with what they say of the product.

    ``passed`` are those that mean another product: they are looked at only for a unit whose number they name singly,
    and else give no more than one answer for all of them, ``missed``.
    """

    listed: frozenset[Of]
    fitting: tuple[tuple[ClauseReader, tuple[Found, ...]], ...]
    passed: tuple[tuple[ClauseReader, tuple[Found, ...]], ...]
    missed: tuple[Found, int] | None

    @classmethod
    def of(cls, readers: Iterable[ClauseReader], unit: Unit, listed: frozenset[Of]) -> _Side:
        both = [(reader, reader.product(unit, listed)) for reader in readers]
        missing = [(r, product) for r, product in both if any(one.fit is Fit.NO for one in product)]
        answers = (
            (min(product, key=lambda one: one.fit), sum(one.fit >= Fit.LIKELY for one in product))
            for _reader, product in missing
        )
        return cls(
            listed,
            tuple((r, product) for r, product in both if all(one.fit is not Fit.NO for one in product)),
            () if listed else tuple((r, product) for r, product in missing if r.codes),
            max(answers, key=lambda answer: answer[1], default=None),
        )

    def answers(self, unit: Unit) -> Iterator[tuple[Found, int]]:
        for reader, product in self.fitting:
            yield _answer(reader, product, unit, self.listed)
        for reader, product in self.passed:
            if reader.names_code_of(unit):
                yield _answer(reader, product, unit, self.listed)
        if self.missed:
            yield self.missed

    def misses(self, unit: Unit) -> bool:
        """Whether serial and lot numbers are all that restrict, and the unit's are certainly none of them."""
        return (
            bool(self.fitting or self.missed)
            and all(reader.only_codes and reader.misses_codes(unit) for reader, _product in self.fitting)
            and not any(reader.names_code_of(unit) for reader, _product in self.passed)
        )


def _may_narrow(words: str, loosely: bool) -> bool:
    return NARROWING.search(words) is not None or (loosely and any(char.isdigit() for char in words))


def decide(scope: Scope, unit: Unit) -> Decision:
    """What a scope says of one unit. For many units of one scope make a :class:`Decider` once."""
    return Decider(scope).decide(unit)


def _answer(reader: ClauseReader, product: tuple[Found, ...], unit: Unit, listed: frozenset[Of]) -> tuple[Found, int]:
    """The answer of a clause, which is that of its worst kind, and how many of its kinds fit."""
    found = [*product, *reader.production(unit)]
    worst = min(found, key=lambda one: (one.fit, one.of in _PRODUCTION))
    fitting = [one for one in found if one.fit >= Fit.LIKELY and not one.neutral]
    if worst.fit is Fit.NO and worst.of in _PRODUCTION and Of.UNREAD in reader.kinds:
        return next(one for one in found if one.of is Of.UNREAD), len(fitting)
    if worst.fit is Fit.NO:
        other = next((one for one in fitting if one.of in _PRODUCTION), None)
        if other and _at_odds(reader, worst, other, listed):
            words = in_a_row(other.reason, worst.reason)
            return Found(worst.of, Fit.MAYBE, words, worst.span), len(fitting)
        return worst, len(fitting)
    if worst.fit is Fit.MAYBE:
        only = reader.clause.certain and all(one.unknown for one in found if one.fit is Fit.MAYBE)
        return replace(worst, unknown=only and worst.of in _PRODUCTION), len(fitting)
    strongest = next((one for kinds in (_PRODUCTION, IDENTITY) for one in fitting if one.of in kinds), found[-1])
    if not reader.clause.certain:
        words = say("The source is still looking into it. {why}", why=strongest.reason)
        return Found(strongest.of, Fit.MAYBE, words, strongest.span), len(fitting)
    return Found(strongest.of, worst.fit, strongest.reason, strongest.span), len(fitting)


def _at_odds(reader: ClauseReader, worst: Found, other: Found, listed: frozenset[Of]) -> bool:
    """Whether what misses and what hits contradict each other so that a person has to look."""
    if worst.of in _PRODUCTION:
        return reader.clause.loose
    return other.by_name and other.of in CODES and not listed
