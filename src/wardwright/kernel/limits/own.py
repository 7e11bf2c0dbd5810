"""Limits of an organisation's own: tighter than the standard's, or looser by an override that is recorded."""

from collections.abc import Iterable
from dataclasses import replace

from wardwright.kernel.said import say

from .finding import in_short
from .safety_limits import FACETS, Origin, SafetyLimit
from .units import convert


class LooserLimit(ValueError):
    """An own limit lets through what the standard does not; `shipped` are the limits it is looser than."""

    def __init__(self, message: str, own: SafetyLimit, shipped: tuple[SafetyLimit, ...]) -> None:
        super().__init__(message)
        self.own, self.shipped = own, shipped


def tightened(shipped: Iterable[SafetyLimit], own: Iterable[SafetyLimit]) -> tuple[SafetyLimit, ...]:
    """The standard's limits with an organisation's own, which `find_limit` then takes first.

    Raises LooserLimit for one that is looser without an `override_reason`, ValueError for another unit. A limit where
    the standard has none, such as a manufacturer's value, is welcome.
    """
    base = tuple(shipped)
    added = []
    for row in own:
        looser = looser_than(base, row)
        if looser and not row.override_reason.strip():
            raise LooserLimit(
                say(
                    "{own} is looser than {shipped} of {standard}; it may only be tighter, unless you say why.",
                    own=in_short(row),
                    shipped="; ".join(map(in_short, looser)),
                    standard=row.title,
                ),
                row,
                looser,
            )
        added.append(replace(row, origin=Origin.ORGANISATION))
    return (*base, *added)


def looser_than(shipped: Iterable[SafetyLimit], own: SafetyLimit) -> tuple[SafetyLimit, ...]:
    """The limits of the standard that the own one would let more through than, wherever both hold."""
    return tuple(row for row in shipped if not row.absent and _meets(row, own) and _is_looser(own, row))


def _meets(row: SafetyLimit, own: SafetyLimit) -> bool:
    """Whether some test is judged by both."""
    if (row.standard, row.edition, row.test) != (own.standard, own.edition, own.test):
        return False
    pairs = ((set(getattr(row, name)), set(getattr(own, name))) for name in FACETS)
    return all(not ours or not theirs or ours & theirs for ours, theirs in pairs)


def _is_looser(own: SafetyLimit, row: SafetyLimit) -> bool:
    if own.bound != row.bound:
        return True
    figure = convert(own.figure, own.unit, row.unit)
    if own.bound == "low":
        return figure < row.figure
    return figure > row.figure or (figure == row.figure and row.exclusive and not own.exclusive)
