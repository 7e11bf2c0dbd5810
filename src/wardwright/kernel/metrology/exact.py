"""Numbers as metrology takes them: readings and limits are exact, probabilities are floats."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from wardwright.kernel.said import say

Number = Decimal | int | float | str


FURTHEST = 60  # powers of ten; what lies beyond is a slip of the keyboard, and would break the arithmetic


class MetrologyError(ValueError):
    """What cannot be computed or decided, and why, in words."""


def exact(number: Number) -> Decimal:
    """The number as it is written: 0.1 is a tenth, not the nearest binary fraction. Raises MetrologyError."""
    try:
        found = number if isinstance(number, Decimal) else Decimal(str(number))
    except InvalidOperation:
        found = Decimal("nan")
    if not found.is_finite() or (found and abs(found.adjusted()) > FURTHEST):
        raise MetrologyError(say("{number} is not a number that can be measured.", number=repr(str(number))))
    return found


def written(number: Number, digits: int = 6) -> str:
    """The number for a sentence: at most ``digits`` significant digits, without zeros at the end."""
    rounded = exact(f"{exact(number):.{digits}g}").normalize()
    return f"{rounded:f}" if -7 < rounded.adjusted() < 15 else f"{rounded:g}"
