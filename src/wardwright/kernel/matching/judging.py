"""One notice and one device: the match, or why there is none."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from wardwright.kernel.said import in_a_row, say
from wardwright.kernel.scope import Decision, Of, Outcome, Unit
from wardwright.kernel.scope.codes import bare_key, code_key
from wardwright.kernel.scope.decide import Aim

from .aliases import NONE, Aliases
from .evidence import Evidence, evidence
from .kinship import Kin, kinship
from .model import Device, Match, NoMatch, Rung, Standing, Subject
from .product import Product
from .sought import Sought

_ORDER = {Standing.EXCLUDED: 0, Standing.REVIEW: 1, Standing.MODEL_ONLY: 2, Standing.CONFIRMED: 3}


def explain(subject: Subject, device: Device, aliases: Aliases = NONE) -> Match | NoMatch:
    """The match of a device with a notice, or why there is none."""
    sought, product = Sought(subject), Product.of(device, aliases)
    return Judge(sought, product).match(device) or _why_not(sought, device, product)


class Judge:
    """One notice and one product: what it means for each device of the product."""

    def __init__(self, sought: Sought, product: Product) -> None:
        self.sought, self.product = sought, product
        self.ways = evidence(sought, product)
        self._aims: dict[Evidence, Aim] = {}
        self._known: dict[tuple[Any, ...], Match | None] = {}

    def match(self, device: Device) -> Match | None:
        """The best match that the evidence makes, if any."""
        kinds, unit = self.sought.restricting, device.unit
        told = (
            (unit.lot, unit.serial) if kinds & {Of.LOT, Of.SERIAL} else None,
            unit.version if Of.VERSION in kinds else None,
            unit.made_on if kinds & {Of.MADE, Of.SHIPPED} else None,
        )
        if told not in self._known:
            self._known[told] = self._best(device)
        found = self._known[told]
        return replace(found, device=device.key) if found else None

    def _best(self, device: Device) -> Match | None:
        matches = [match for one in self.ways if (match := self._match(device, one))]
        if matches:
            return max(matches, key=lambda match: (_ORDER[match.standing], match.score))
        by_serial = _by_serial(self.sought, device, self.product)
        return self._match(device, by_serial) if by_serial else None

    def _match(self, device: Device, by: Evidence) -> Match | None:
        unit: Unit = replace(device.unit, maker=by.maker, model=by.model, ref=by.ref, udi_di=by.udi_di)
        aim = self._aims.get(by)
        if aim is None:
            aim = self._aims[by] = self.sought.decider.aim(unit)
        if not by.sure and aim.misses(unit):
            return None
        decision = aim.decide(unit)
        standing = _standing(by, decision)
        if standing is None:
            return None
        reason = in_a_row(by.reason, decision.reason)
        key = self.sought.subject.key
        return Match(key, device.key, standing, by.rung, by.score, reason, decision.span, decision.text)


def _standing(by: Evidence, decision: Decision) -> Standing | None:
    if decision.outcome is Outcome.NOT_AFFECTED:
        return Standing.EXCLUDED if by.sure else None
    if not by.sure:
        return Standing.REVIEW
    if decision.outcome is Outcome.AFFECTED:
        return Standing.CONFIRMED
    return Standing.MODEL_ONLY if decision.unknown else Standing.REVIEW


def single_keys(device: Device) -> tuple[str, ...]:
    """The keys of its serial and lot number, as ``Sought.singles`` has them."""
    return tuple(bare_key(code_key(one)) for one in (device.unit.serial, device.unit.lot) if one)


def _by_serial(sought: Sought, device: Device, product: Product) -> Evidence | None:
    """A serial or lot number that is named singly is looked at, whatever the product is called."""
    own = next((key for key in single_keys(device) if key in sought.singles), "")
    if not own:
        return None
    makers = [maker for group in sought.groups for maker in group.makers]
    kin, _maker = kinship(makers, product.makers)
    if kin < Kin.UNKNOWN and (len(own) < 8 or own.isdigit()):
        return None
    unit = device.unit
    words = say("The notice names its number {value}, under another product.", value=own)
    return Evidence(Rung.SERIAL, 40, False, words, "", unit.model, unit.ref, unit.udi_di)


def _why_not(sought: Sought, device: Device, product: Product) -> NoMatch:
    tried = tuple(_rungs(sought, product))
    words: str
    if sought.subject.unsearchable:
        words = say("The notice names nothing by which a device could be found. Read it.")
    elif not product.makers and product.nameless:
        words = say("Of the device neither maker nor product is known.")
    else:
        words = next(iter(tried))[1] if tried else say("Nothing of the device agrees with the notice.")
    return NoMatch(sought.subject.key, device.key, words, tried)


def _rungs(sought: Sought, product: Product) -> list[tuple[Rung, str]]:
    found: list[tuple[Rung, str]] = []
    makers = tuple(dict.fromkeys(maker for group in sought.groups for maker in group.makers))
    kin, _maker = kinship(makers, product.makers)
    shown, own = ", ".join(makers), ", ".join(product.makers)
    if any(group.dis for group in sought.groups):
        found.append((Rung.UDI_DI, say("None of its device identifiers is one that the notice names.")))
    other = say("Its maker {own} is not {named}.", own=own, named=shown) if kin < Kin.UNKNOWN else ""
    if any(group.refs for group in sought.groups):
        found.append((Rung.CATALOGUE, in_a_row(other, say("Its catalogue number is not one that the notice names."))))
    if any(group.models for group in sought.groups):
        found.append((Rung.MODEL, in_a_row(other, say("Its model is not one that the notice names."))))
    if sought.product_codes:
        found.append((Rung.PRODUCT_CODE, say("Product code and brand do not agree with the notice.")))
    return found
