"""Units with prefixes, as far as limits need them: milli- and microampere, ohm and megohm."""

from decimal import Decimal

from wardwright.kernel.said import say

from .entry import plain

_PREFIXES = {"p": -12, "n": -9, "µ": -6, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9}
_OHMS = ("Ohms", "ohms", "Ohm", "ohm")
_BASES = ("Ω", "A", "V", "W", "Hz", "J", "Pa", "F", "H", "s", "m", "g", "l", "L", "bar")


def _unit_parts(unit: str) -> tuple[str, int] | None:
    """Return (base unit, power of ten), or None for a unit not made of a known base and a prefix."""
    symbol = plain(unit)
    for spelling in _OHMS:
        if symbol.endswith(spelling):
            symbol = symbol.removesuffix(spelling) + "Ω"
    for base in _BASES:
        prefix = symbol.removesuffix(base)
        if symbol.endswith(base) and prefix in _PREFIXES:
            return base, _PREFIXES[prefix]
    return None


def convert(value: Decimal, unit: str, to_unit: str) -> Decimal:
    """Return a value in another unit of the same base, e.g. mA in µA. Raises ValueError for units that do not fit."""
    if not unit or plain(unit) == plain(to_unit):
        return value
    own, wanted = _unit_parts(unit), _unit_parts(to_unit)
    if own is None or wanted is None or own[0] != wanted[0]:
        raise ValueError(
            say(
                "the reading is in {unit}, the limit in {limit}; enter it in the limit's unit",
                unit=repr(unit),
                limit=repr(to_unit) if to_unit else say("'no unit'"),
            )
        )
    return value.scaleb(own[1] - wanted[1])
