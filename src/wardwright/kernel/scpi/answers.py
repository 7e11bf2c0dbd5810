"""What an instrument reads: numbers in the three forms of IEEE 488.2 (8.7.2 to 8.7.4) and what SCPI-99 puts in their
place, with a unit where the instrument writes one; and what stands in its error queue (SCPI-99 volume 2, 21.8)."""

from __future__ import annotations

import re
from decimal import Decimal

from wardwright.kernel.limits import convert
from wardwright.kernel.said import say

INFINITY = Decimal("9.9E37")  # SCPI-99 volume 1, 7.2.1.5: beyond the range, with its sign
NOT_A_NUMBER = Decimal("9.91E37")
LONGEST = 4096
_NUMBER = re.compile(r"([+-]?(?:\d{1,60}\.?\d{0,60}|\.\d{1,60})(?:[eE][+-]?\d{1,3})?)\s*([^\d\s,;.+-][^,;]{0,15})?")
_INFINITE = {"INF": 1, "+INF": 1, "INFINITY": 1, "+INFINITY": 1, "NINF": -1, "-INF": -1, "-INFINITY": -1, "OL": 1,
             "+OL": 1, "-OL": -1, "OVLD": 1, "OVERLOAD": 1}  # fmt: skip
_ERROR = re.compile(r'\s*([+-]?\d{1,5})\s*,\s*"(.*)"\s*', re.DOTALL)
# IEEE 488.2, tables 7-1 and 7-2, in capitals: M is milli and MA is mega, but MOHM and MHZ are mega.
_SUFFIXES = {"OHM": "Ω", "V": "V", "A": "A", "HZ": "Hz", "W": "W", "F": "F", "H": "H", "S": "s", "J": "J", "PAL": "Pa",
             "SIE": "S", "L": "L", "N": "N", "CEL": "°C", "FAR": "°F", "K": "K", "PCT": "%"}  # fmt: skip
_MULTIPLIERS = {"T": "T", "G": "G", "MA": "M", "K": "k", "": "", "M": "m", "U": "µ", "N": "n", "P": "p"}
_SHOUTED = {m + s: prefix + unit for s, unit in _SUFFIXES.items() for m, prefix in _MULTIPLIERS.items()}
_SHOUTED |= {"MOHM": "MΩ", "MHZ": "MHz"}


class NoReading(ValueError):
    """The instrument has no value to give, or gives one that cannot be read; says why."""


class Overload(NoReading):
    """What is measured lies beyond the range; ``sign`` says on which side."""

    def __init__(self, sign: int):
        self.sign = sign
        super().__init__(say("the instrument shows an overload: what it measures lies beyond its range"))


def parse_value(text: str, unit: str) -> Decimal:
    """The one number of an answer, in ``unit``; an answer that writes its own unit is converted.

    Raises:
        Overload: beyond the range. NoReading: no number, several, or a unit that does not fit; in words.
    """
    answer = text.strip()
    parts = [part.strip() for part in answer.split(",")]
    if len(parts) > 1 and all(_read(part) for part in parts):
        raise NoReading(say("the instrument answers {n} values; ask for one", n=len(parts)))
    if answer.upper() in _INFINITE:
        raise Overload(_INFINITE[answer.upper()])
    found = _read(answer)
    if found is None:
        if answer.upper() == "NAN":
            raise _nothing_valid()
        raise NoReading(say("the instrument answers {text}, which is no number", text=repr(answer[:60])))
    number, suffix = found
    if number == NOT_A_NUMBER:
        raise _nothing_valid()
    if abs(number) >= INFINITY:
        raise Overload(1 if number > 0 else -1)
    return _converted(number, suffix, unit)


def _nothing_valid() -> NoReading:
    return NoReading(say("the instrument has no valid reading"))


def _read(text: str) -> tuple[Decimal, str] | None:
    match = _NUMBER.fullmatch(text) if len(text) <= LONGEST else None
    return (Decimal(match[1]), (match[2] or "").strip()) if match else None


def _converted(number: Decimal, suffix: str, unit: str) -> Decimal:
    """``OHM`` and ``UV`` are capitals by the rules of IEEE 488.2; ``µA`` and ``kOhm`` are what people write."""
    try:
        return convert(number, _SHOUTED.get(suffix, suffix), unit)
    except ValueError:
        raise NoReading(
            say("the instrument answers in {suffix}, and {unit} was expected", suffix=repr(suffix), unit=unit)
        ) from None


def parse_error(text: str) -> tuple[int, str] | None:
    """Number and words of an entry of the error queue; (0, "No error") when it is empty; None for anything else."""
    match = _ERROR.fullmatch(text[:LONGEST])
    return (int(match[1]), match[2].replace('""', '"').strip()) if match else None
