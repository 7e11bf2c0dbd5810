"""Units that are no power of ten of each other, by pint's definitions, from a closed list of ways to write them.

Only names of this list reach pint: it would read "a" as years, "h" as Planck's constant, and a turn in "rpm" as 2π.
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_EVEN, Context, Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

from .prefixes import BASES, prefixed

if TYPE_CHECKING:
    from pint import Unit

_WORDS = {
    "mmHg": "mmHg", "cmH2O": "cmH2O", "cmH₂O": "cmH2O", "mmH2O": "mmH2O", "inH2O": "inH2O", "inHg": "inHg",
    "psi": "psi", "Torr": "torr", "atm": "atm", "kgf": "kgf", "kp": "kgf", "lbf": "lbf", "sec": "second",
    "min": "minute", "h": "hour", "hr": "hour", "d": "day", "day": "day", "bpm": "1/minute", "rpm": "1/minute",
    "lpm": "liter/minute", "lb": "pound", "lbs": "pound", "oz": "ounce", "in": "inch", "inch": "inch", "ft": "foot",
    "°C": "degC", "℃": "degC", "degC": "degC", "°F": "degF", "℉": "degF", "degF": "degF", "%": "percent",
    "‰": "permille", "ppm": "ppm", "Ws": "joule", "Wh": "watt_hour", "cal": "calorie", "Nm": "newton*meter",
    "1": "dimensionless",
}  # fmt: skip
_SCALED = {"gf": (-3, "kgf"), "kWh": (3, "watt_hour"), "kcal": (3, "calorie"), "mAs": (-3, "coulomb")}
_ANY_CASE = {word.lower(): word for word in _WORDS if len(word) > 2}
_TOKEN = re.compile(r"(?P<name>.+?)(?:\^?(?P<exponent>-?[1-3])|(?P<raised>⁻?[¹²³]))")
_RAISED = str.maketrans("⁻¹²³", "-123")
_LONG, _SHORT = Context(prec=15, rounding=ROUND_HALF_EVEN), Context(prec=12, rounding=ROUND_HALF_EVEN)
_NOISE = Decimal("2e-14")  # what rounding to 15 digits, twice, can have added to a number, by its size
_DEGREES, _NOISE_DEGREES = Decimal("1e-9"), Decimal("1e-11")  # near 0 °C and 0 °F it has nothing to do with the size


def by_definition(value: Decimal, unit: str, to_unit: str) -> Decimal | None:
    """The value in the other unit; None for units that are not listed, or of another quantity."""
    own, wanted = _parsed(unit), _parsed(to_unit)
    if own is None or wanted is None:
        return None
    from pint import PintError

    try:
        converted = _registry().Quantity(value.scaleb(own[0]), own[1]).to(wanted[1]).magnitude
    except PintError:
        return None
    return _settled(converted.scaleb(-wanted[0]), wanted[1].dimensionality == {"[temperature]": 1})


def _settled(value: Decimal, degrees: bool) -> Decimal:
    """The value in at most 15 digits; in fewer, where the rest is what rounding made of it."""
    if degrees and abs(value) < 1000 and abs(value - (short := value.quantize(_DEGREES))) <= _NOISE_DEGREES:
        return short.normalize()
    short = _SHORT.plus(value)
    if abs(value - short) <= abs(value) * _NOISE:
        return short.normalize()
    return _LONG.plus(value)


@cache
def _parsed(text: str) -> tuple[int, Unit] | None:
    """The power of ten and pint's unit of "mL/h", "m/s²", "min⁻¹"; None for one with a part that is not listed."""
    power, names = 0, []
    if text.startswith("/"):
        text = f"1{text}"
    for number, part in enumerate(re.split(r"\s*/\s*", text)):
        for token in re.split(r"[·⋅*\s]+", part):
            found = _one(token)
            if found is None:
                return None
            exponent = -found[2] if number else found[2]
            power += found[0] * exponent
            names.append(found[1] if exponent == 1 else f"({found[1]})**{exponent}")
    return power, _registry().parse_units(" * ".join(names))


def _one(token: str) -> tuple[int, str, int] | None:
    """The power of ten, pint's name and the exponent of a unit without strokes and dots."""
    word = token if token in _WORDS else _ANY_CASE.get(token.lower(), token)
    if word in _WORDS:
        return 0, _WORDS[word], 1
    if word in _SCALED:
        return *_SCALED[word], 1
    if base := prefixed(token):
        return base[1], BASES[base[0]], 1
    raised = _TOKEN.fullmatch(token)
    inner = _one(raised["name"]) if raised else None
    if raised is None or inner is None:
        return None
    return inner[0], inner[1], inner[2] * int((raised["exponent"] or raised["raised"]).translate(_RAISED))


@cache
def _registry() -> Any:
    """Pint's definitions in decimals; nearly a second to load, so only for who needs it."""
    import pint

    return pint.UnitRegistry(non_int_type=Decimal, cache_folder=None)
