"""``{% load testing_numbers %}``: measured values as they are read, without the zeros of their columns."""

from __future__ import annotations

from decimal import Decimal

from django import template

from wardwright.apps.testing.queries import quantity_words
from wardwright.platform.core.words import NOTHING, exact_words

register = template.Library()
register.filter("quantity", quantity_words)


@register.filter
def plain(value: Decimal | None) -> str:
    """A kept number without needless zeros, with the decimal sign of the language; a dash for none."""
    return exact_words(value) or NOTHING


@register.filter
def signed(value: Decimal | None) -> str:
    """The same with its sign: an error of a reading."""
    if value is None:
        return NOTHING
    return ("+" if value > 0 else "−" if value < 0 else "") + plain(abs(value))
