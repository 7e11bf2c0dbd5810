"""Decision rules: how far inside (or beyond) its tolerance a reading has to lie to be accepted.

The guard band ``w`` is taken off each limit: acceptance limit = tolerance limit − w (ILAC-G8:09/2019, 4.2). Rules that
are a multiple of the expanded uncertainty are data, with source and verification; RSS and Method 6 are functions of the
test uncertainty ratio (ANSI/NCSL Z540.3: width of the tolerance / 2U).
"""

from __future__ import annotations

import json
import re
from decimal import Decimal
from enum import StrEnum
from functools import cache
from importlib.resources import files
from math import exp, log

from wardwright.kernel.risk.scales import Figure, figures_from
from wardwright.kernel.said import say

from . import normal
from .exact import MetrologyError, written


class Rule(StrEnum):
    """The decision rules there are."""

    SIMPLE = "simple"
    ISO_14253 = "iso14253"
    U = "u"
    THREE_SIGMA = "3sigma"
    SIX_SIGMA = "6sigma"
    RSS = "rss"
    METHOD_6 = "method6"
    UNCRITICAL = "uncritical"


_ALSO = {
    "simpleacceptance": Rule.SIMPLE,
    "sharedrisk": Rule.SIMPLE,
    "none": Rule.SIMPLE,
    "iso142531": Rule.ISO_14253,
    "iso1425312017": Rule.ISO_14253,
    "083u": Rule.ISO_14253,
    "wu": Rule.U,
    "1u": Rule.U,
    "ilacg8": Rule.U,
    "ilacg82009": Rule.U,
    "ilacg82019": Rule.U,
    "ilacg8092019": Rule.U,
    "threesigma": Rule.THREE_SIGMA,
    "15u": Rule.THREE_SIGMA,
    "sixsigma": Rule.SIX_SIGMA,
    "3u": Rule.SIX_SIGMA,
    "rootsumsquare": Rule.RSS,
    "rootsumofsquares": Rule.RSS,
    "m6": Rule.METHOD_6,
    "dobbert": Rule.METHOD_6,
    "z5403method6": Rule.METHOD_6,
}


def rule_named(name: str) -> Rule:
    """The rule of this name or of one that people use for it ("ISO 14253-1", "w = U"). Raises MetrologyError."""
    key = re.sub(r"[\W_]", "", name.lower())
    if key in Rule.__members__.values():
        return Rule(key)
    if key in _ALSO:
        return _ALSO[key]
    raise MetrologyError(
        say("There is no decision rule {name}. There are: {rules}.", name=repr(name), rules=", ".join(Rule))
    )


@cache
def figures() -> dict[str, Figure]:
    """The figures that come with the package, by key."""
    text = (files("wardwright.kernel") / "data" / "decision_rules.json").read_text(encoding="utf-8")
    return {figure.key: figure for figure in figures_from(json.loads(text))}


def figure(key: str) -> Decimal:
    """One number of them."""
    return Decimal(str(figures()[key].value))


def definition(rule: Rule) -> Figure:
    """The rule as data: name, source, verification, and its multiple of U where it is one."""
    return figures()[f"guard_band.{rule}"]


def method_6_multiplier(tur: float) -> float:
    """Dobbert's M: 1.04 − exp(0.38·ln TUR − 0.54) below a ratio of 4.6, else 0; never a guard band outwards."""
    if tur >= figure("method6.from_tur"):
        return 0.0
    constant, slope, offset = (float(figure(f"method6.{name}")) for name in ("constant", "slope", "offset"))
    return max(0.0, constant - exp(slope * log(tur) - offset))


def guard_band(rule: Rule, uncertainty: Decimal, half_width: Decimal | None) -> Decimal:
    """The guard band for an expanded uncertainty; ``half_width`` of the tolerance is None where one side is open.

    Raises MetrologyError where the rule needs two limits or leaves nothing that could be accepted.
    """
    factor = definition(rule).value
    if factor is not None:
        band = Decimal(str(factor)) * uncertainty
    elif half_width is None:
        raise MetrologyError(
            say("The rule {rule} needs a lower and an upper limit; take another rule.", rule=str(rule))
        )
    elif not uncertainty:
        band = Decimal(0)
    elif rule is Rule.METHOD_6 and half_width:
        band = uncertainty * Decimal(repr(method_6_multiplier(float(half_width / uncertainty))))
    elif rule is Rule.RSS and uncertainty <= half_width:
        band = half_width - (half_width**2 - uncertainty**2).sqrt()
    else:
        band = uncertainty
    if half_width is not None and band > half_width:
        raise MetrologyError(
            say(
                "Under the rule {rule} nothing could be accepted: the guard band of {band} on each side is wider than "
                "half the tolerance, {half}. Measure with less uncertainty, or agree on another rule.",
                rule=str(rule),
                band=written(band),
                half=written(half_width),
            )
        )
    return band


def worst_specific_risk(rule: Rule, k: float = 2.0) -> float | None:
    """The risk of a wrong acceptance on the very acceptance limit of one side, Φ(−k·w/U); None for RSS and Method 6."""
    factor = definition(rule).value
    return None if factor is None else normal.below(-k * float(factor))
