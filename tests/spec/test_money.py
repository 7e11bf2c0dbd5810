"""Money in minor units. Decimals per currency: ISO 4217; rounding half to even (IEEE 754 roundTiesToEven)."""

from decimal import Decimal

import pytest

from wardwright.kernel.money import exponent, labour_cost_minor, times, to_major, to_minor


@pytest.mark.parametrize(
    ("currency", "decimals"), [("EUR", 2), ("USD", 2), ("JPY", 0), ("XOF", 0), ("KWD", 3), ("TND", 3), ("CLF", 4)]
)
def test_decimals_of_a_currency(currency: str, decimals: int) -> None:
    assert exponent(currency) == decimals


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [
        ("12.50", "EUR", 1250),
        ("12.5", "EUR", 1250),
        ("-0.01", "USD", -1),
        ("1500", "JPY", 1500),
        ("1.234", "KWD", 1234),
    ],
)
def test_to_minor_and_back(amount: str, currency: str, minor: int) -> None:
    assert to_minor(Decimal(amount), currency) == minor
    assert to_major(minor, currency) == Decimal(amount)


def test_amounts_come_back_with_their_decimals() -> None:
    assert (str(to_major(1250, "EUR")), str(to_major(5, "EUR")), str(to_major(7, "JPY"))) == ("12.50", "0.05", "7")


def test_large_amounts_stay_exact() -> None:
    assert to_minor(Decimal("99999999999999999999999999999999.99"), "EUR") == 9999999999999999999999999999999999


@pytest.mark.parametrize(
    ("minutes", "rate", "cost"),
    [
        (60, 4800, 4800),
        (90, 4800, 7200),
        (1, 4800, 80),
        (0, 4800, 0),
        (1, 30, 0),  # 0.5 cents: to the even 0
        (3, 30, 2),  # 1.5 cents: to the even 2
        (5, 30, 2),  # 2.5 cents: to the even 2
        (7, 4999, 583),  # 583.2166...
        (10, 4999, 833),  # 833.1666...
    ],
)
def test_labour_cost(minutes: int, rate: int, cost: int) -> None:
    assert labour_cost_minor(minutes, rate) == cost


@pytest.mark.parametrize(
    ("price", "quantity", "total"), [(1250, Decimal(3), 3750), (333, Decimal("1.5"), 500), (1, Decimal("0.5"), 0)]
)
def test_price_times_quantity(price: int, quantity: Decimal, total: int) -> None:
    assert times(price, quantity) == total


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: to_minor(Decimal("1.005"), "EUR"), ValueError, "more than 2 decimals; round it first"),
        (lambda: to_minor(Decimal("0.5"), "JPY"), ValueError, "more than 0 decimals"),
        (lambda: to_minor(Decimal("NaN"), "EUR"), ValueError, "give a finite number"),
        (lambda: to_minor(Decimal("Infinity"), "EUR"), ValueError, "give a finite number"),
        (lambda: to_minor(12.5, "EUR"), TypeError, "give a Decimal"),
        (lambda: times(100, 1.5), TypeError, "give a Decimal"),
        (lambda: labour_cost_minor(1.5, 4800), TypeError, "give a Decimal"),
        (lambda: labour_cost_minor(-1, 4800), ValueError, "neither can be negative"),
        (lambda: exponent("eur"), ValueError, "three capital letters"),
        (lambda: exponent("€"), ValueError, "three capital letters"),
    ],
)
def test_what_is_refused(call, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        call()
