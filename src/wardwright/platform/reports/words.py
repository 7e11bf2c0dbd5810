"""Values as people read them, and as files hold them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Choices
from django.urls import reverse
from django.utils import timezone

from wardwright.kernel.figures import Tally, percent
from wardwright.kernel.money import to_major
from wardwright.platform.core.words import NOTHING, day_words, moment_words, number_words

from .declaration import Column, Figure, Kind, Link, Money


def labels(choices: type[Choices]) -> dict[Any, str]:
    """Value → its words in the reader's language; looked up once and not for each row."""
    return {value: str(words) for value, words in choices.choices}


def major(money: Money) -> Decimal:
    """The amount in whole units of its currency; a currency that was entered wrongly is taken to have cents."""
    try:
        return to_major(int(money.cents), money.currency)
    except ValueError:
        return Decimal(int(money.cents)).scaleb(-2)


def money_words(money: Money | None) -> str:
    """Whole units of the currency are enough for reading; files have the cents."""
    if money is None:
        return NOTHING
    return f"{money.currency}\u00a0{number_words(round(major(money)))}"


def cell_words(value: Any, column: Column) -> str:
    """A cell for reading."""
    if value is None or value == "":
        return NOTHING if column.kind != Kind.TEXT else ""
    if isinstance(value, Money):
        return money_words(value)
    if isinstance(value, datetime):
        return moment_words(value)
    if isinstance(value, date):
        return day_words(value)
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, int | float | Decimal):
        return number_words(value)
    return str(value)


def plain(value: Any) -> Any:
    """A cell as JSON and CSV have it: ISO days, numbers with a point, money as a decimal of its currency."""
    if isinstance(value, Money):
        return str(major(value))
    if isinstance(value, datetime):
        return (timezone.localtime(value) if timezone.is_aware(value) else value).isoformat(timespec="minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return round(value, 4)
    if value is None or isinstance(value, int | Decimal):
        return value
    return str(value)


def address(link: Link, *, whole: bool = False) -> str:
    """Where a link leads; with ``whole``, as a message or a file needs it."""
    if link.pk is None:
        return ""
    path = reverse(link.url_name, args=[link.pk])
    return f"{settings.BASE_URL}{path}" if whole else path


def figure_value(figure: Figure, tally: Tally, total: float | None = None) -> float | None:
    """The figure: percent, a ratio, or a sum; None where there is nothing to divide by."""
    if figure.total is not None and figure.is_share:
        return percent(tally.amount, total or 0)
    if figure.total is not None:
        return tally.amount / total if total else None
    if not figure.divides:
        return tally.amount
    if figure.is_share:
        return percent(tally.amount, tally.of)
    return tally.ratio


def figure_words(figure: Figure, value: float | None, currency: str = "") -> str:
    """The value with its unit."""
    if value is None:
        return NOTHING
    if figure.is_money:
        return money_words(Money(round(value), currency))
    words = number_words(value, figure.decimals)
    return f"{words}\u00a0{figure.unit}" if figure.unit else words


def sum_words(figure: Figure, value: float, currency: str, *, amount: bool) -> str:
    """One of the two sums of a figure, in its unit where the figure has one of its own."""
    if figure.sums_money or (amount and figure.is_money):
        return money_words(Money(round(value), currency))
    return number_words(value)
