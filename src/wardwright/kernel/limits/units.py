"""A value from one unit into another: powers of ten exactly, everything else by definitions that load when needed."""

from decimal import Context, Decimal

from wardwright.kernel.said import say

from .entry import plain
from .prefixes import AMBIGUOUS, prefixed

DIGITS = Context(prec=12)  # of what is divided: more than any instrument shows, fewer than a division makes up


def convert(value: Decimal, unit: str, to_unit: str) -> Decimal:
    """Return a value in another unit, e.g. mA in µA, mmHg in kPa, °F in °C; one without a unit is in the other already.

    Powers of ten are exact; anything else is rounded so that there and back again is the same number. Raises ValueError
    for units that do not fit, that nobody knows, or that can be read in two ways ("MOHM", "l/m").
    """
    own, wanted = plain(unit), plain(to_unit)
    if not own or own == wanted:
        return value
    ours, theirs = prefixed(own), prefixed(wanted)
    if ours and theirs and ours[0] == theirs[0]:
        return value.scaleb(ours[1] - theirs[1])
    for written in (own, wanted):
        if written in AMBIGUOUS:
            one, other = AMBIGUOUS[written]
            raise ValueError(
                say("{unit} can be {one} or {other}; write which", unit=repr(written), one=one, other=other)
            )
    from .other_units import by_definition

    converted = by_definition(value, own, wanted) if wanted else None
    if converted is None:
        raise ValueError(
            say(
                "the reading is in {unit}, the limit in {limit}; enter it in the limit's unit",
                unit=repr(unit),
                limit=repr(to_unit) if to_unit else say("'no unit'"),
            )
        )
    return converted


def convertible(unit: str, to_unit: str) -> bool:
    """Whether values in ``unit`` can be given in ``to_unit``."""
    try:
        convert(Decimal(1), unit, to_unit)
    except ValueError:
        return False
    return True
