"""Units made of a base and a prefix, as analysers print them and people type them."""

from functools import cache

# With pint's names, for what is no power of ten.
BASES = {
    "Ω": "ohm", "A": "ampere", "V": "volt", "W": "watt", "Hz": "hertz", "J": "joule", "Pa": "pascal", "F": "farad",
    "H": "henry", "s": "second", "m": "meter", "g": "gram", "L": "liter", "bar": "bar", "N": "newton", "K": "kelvin",
    "mol": "mole", "T": "tesla", "S": "siemens", "Gy": "gray", "Sv": "sievert", "Bq": "becquerel", "lm": "lumen",
    "lx": "lux", "eV": "electron_volt",
}  # fmt: skip
_PREFIXES = {"p": -12, "n": -9, "µ": -6, "u": -6, "m": -3, "c": -2, "d": -1, "": 0}
_PREFIXES |= {"h": 2, "k": 3, "K": 3, "M": 6, "G": 9, "T": 12}
_ENDINGS = {"Ohms": "Ω", "ohms": "Ω", "OHMS": "Ω", "Ohm": "Ω", "ohm": "Ω", "OHM": "Ω", "l": "L"}
_WHOLE = {"ua": "µA", "UA": "µA", "ma": "mA", "megohm": "MΩ", "megohms": "MΩ", "mcg": "µg", "cc": "mL"}
_SHOUTED = {"MOHM": ("mΩ", "MΩ"), "MOHMS": ("mΩ", "MΩ"), "MA": ("mA", "10⁶ A"), "ML": ("mL", "10⁶ L")}
AMBIGUOUS = _SHOUTED | {
    "C": ("°C", "A·s"),
    "F": ("°F", "A·s/V"),
    "deg": ("°C", "°"),
    "gal": ("3.785 L", "4.546 L"),
    "/m": ("/min", "m⁻¹"),
    "l/m": ("L/min", "L·m⁻¹"),
    "L/m": ("L/min", "L·m⁻¹"),
    "ml/m": ("mL/min", "mL·m⁻¹"),
    "mL/m": ("mL/min", "mL·m⁻¹"),
}


@cache
def prefixed(unit: str) -> tuple[str, int] | None:
    """The (base unit, power of ten) of a unit without spaces; None for one not made of a known base and a prefix."""
    if unit in _SHOUTED:
        return None
    symbol = _WHOLE.get(unit, unit)
    return _of_base(symbol) or next(
        (_of_base(symbol.removesuffix(end) + base) for end, base in _ENDINGS.items() if symbol.endswith(end)), None
    )


def _of_base(symbol: str) -> tuple[str, int] | None:
    for base in BASES:
        prefix = symbol.removesuffix(base)
        if symbol.endswith(base) and prefix in _PREFIXES:
            return base, _PREFIXES[prefix]
    return None
