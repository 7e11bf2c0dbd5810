"""Money as whole minor units (cents): an int and a currency code, never a float.

The number of decimals of a currency is that of ISO 4217; currencies not named here have two. Where a product must be
rounded it is rounded once, half to even, so that many small roundings do not drift to one side.
"""

from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction

DEFAULT_EXPONENT = 2
_NO_DECIMALS = (
    "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG",
    "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF",
)  # fmt: skip
_THREE_DECIMALS = ("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND")
EXPONENTS: dict[str, int] = {
    **dict.fromkeys(_NO_DECIMALS, 0),
    **dict.fromkeys(_THREE_DECIMALS, 3),
    **dict.fromkeys(("CLF", "UYW"), 4),
}
_EXACT = Context(prec=60, rounding=ROUND_HALF_EVEN)


def exponent(currency: str) -> int:
    """Return the currency's number of decimals (ISO 4217). Raises ValueError for what is not a three-letter code."""
    if not (len(currency) == 3 and currency.isascii() and currency.isalpha() and currency.isupper()):
        raise ValueError(f"{currency!r} is no currency code; give three capital letters such as EUR")
    return EXPONENTS.get(currency, DEFAULT_EXPONENT)


def _refuse_float(amount: object) -> None:
    if isinstance(amount, float):
        raise TypeError(f"{amount!r} is a float, which cannot hold cents exactly; give a Decimal")


def to_minor(amount: Decimal | int, currency: str) -> int:
    """Return an amount in whole minor units, e.g. 12.50 EUR as 1250.

    Raises ValueError for a fraction of a minor unit or an infinite amount (nothing is rounded away in silence) and
    TypeError for a float.
    """
    _refuse_float(amount)
    decimals = exponent(currency)
    number = Decimal(amount)
    if not number.is_finite():
        raise ValueError(f"{number} is no amount of money; give a finite number")
    minor = number.scaleb(decimals, _EXACT)
    if minor != minor.to_integral_value():
        raise ValueError(f"{number} {currency} has more than {decimals} decimals; round it first")
    return int(minor)


def to_major(minor: int, currency: str) -> Decimal:
    """Return minor units as an amount with the currency's decimals, e.g. 1250 EUR cents as Decimal("12.50")."""
    _refuse_float(minor)
    return Decimal(minor).scaleb(-exponent(currency), _EXACT)


def times(unit_price_minor: int, quantity: Decimal | int) -> int:
    """Return price times quantity in minor units, rounded half to even. Raises TypeError for a float."""
    _refuse_float(unit_price_minor)
    _refuse_float(quantity)
    return round(unit_price_minor * Fraction(quantity))


def labour_cost_minor(minutes: int, hourly_rate_minor: int) -> int:
    """Return the cost of labour in minor units: minutes times the rate per hour / 60, rounded half to even.

    Raises ValueError for negative minutes or rate and TypeError for floats.
    """
    _refuse_float(minutes)
    _refuse_float(hourly_rate_minor)
    if minutes < 0 or hourly_rate_minor < 0:
        raise ValueError(f"{minutes} minutes at {hourly_rate_minor} an hour: neither can be negative")
    return round(Fraction(minutes * hourly_rate_minor, 60))
