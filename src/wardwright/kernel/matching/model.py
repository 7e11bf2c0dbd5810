"""What is matched with what, and what a match says."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from wardwright.kernel.scope import Of, Scope, Span, Unit
from wardwright.kernel.scope.model import CODES, IDENTITY

# The version of the rules. It is stored with every search; where it rises, past searches are run again.
RULES = "2026.3"


class Standing(StrEnum):
    """What a notice means for one device."""

    CONFIRMED = "confirmed"  # product and unit are meant
    MODEL_ONLY = (
        "model_only"  # the product is meant; the value by which the notice restricts is not known of the device
    )
    REVIEW = "review"  # a person has to look
    EXCLUDED = "excluded"  # the product is meant, and this unit certainly is not


class Rung(StrEnum):
    """By what the product was found, the surest first."""

    UDI_DI = "udi_di"
    CATALOGUE = "catalogue"  # maker and catalogue number
    MODEL = "model"  # maker and model
    PRODUCT_CODE = "product_code"  # the regulator's code, and a brand that resembles
    SERIAL = "serial"  # nothing but the serial or lot number, which the notice names singly
    MAKER = "maker"  # nothing but the maker, where no name can tell the product from the one that is meant


@dataclass(frozen=True, slots=True)
class Subject:
    """A notice: its scope, and what its source says beside the text. ``key`` is the caller's own name for it."""

    key: Any
    scope: Scope
    makers: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()
    product_codes: tuple[str, ...] = ()

    @property
    def unsearchable(self) -> bool:
        """Nothing is known by which a device could be found: it needs reading, and never means "none owned"."""
        named = any(e.low for clause in self.scope.clauses for e in clause.of(Of.MAKER, *IDENTITY, *CODES))
        return not (named or any(self.makers) or any(self.brands) or any(self.product_codes))


@dataclass(frozen=True, slots=True)
class Device:
    """A device: ``unit`` as the register has it, and what is known of its product beside.

    ``udi_dis``: device identifiers of all package levels. ``makers``: other names of the maker. ``names``: other names
    of the model, its aliases and its brand.
    """

    key: Any
    unit: Unit
    product_code: str = ""
    udi_dis: tuple[str, ...] = ()
    makers: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """What a notice says of a device, by the keys of both. ``score`` (0–100) is how surely it speaks of this product.

    ``span`` and ``text`` are of the scope's text: the words that decided.
    """

    subject: Any
    device: Any
    standing: Standing
    rung: Rung
    score: int
    reason: str
    span: Span | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class NoMatch:
    """Why a notice is not about a device. ``rungs``: what failed on each rung that was tried, from the surest on."""

    subject: Any
    device: Any
    reason: str
    rungs: tuple[tuple[Rung, str], ...] = ()
