"""Serial and lot numbers: is this one that one, does it lie in this range?

A code is compared without letter case and without the signs that people leave out (``- _ / .`` and spaces). A range is
certain only where both orders that people use agree: by number, and letter by letter.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

_DROPPED = re.compile(r"[\s\-_/.#:*]+")
_LABEL = re.compile(r"\A(?:s/n|sn|serial|lot|ln|no)[\s.:#-]*(?=\d)", re.IGNORECASE)
_ALIKE = str.maketrans({"O": "0", "I": "1", "L": "1", "S": "5", "B": "8", "Z": "2", "Q": "0"})
_PARTS = re.compile(r"\A(.*?)(\d+)(\D*)\Z", re.DOTALL)
_SEPARATED = re.compile(r"[\s\-_/.]")


class Fit(IntEnum):
    """How a unit fits: ``LIKELY`` counts as a fit where that is the safe side, and as a doubt where it is not."""

    NO = 0
    MAYBE = 1
    LIKELY = 2
    YES = 3


@lru_cache(maxsize=65_536)
def code_key(text: str) -> str:
    """Letters and digits only, upper case, without a leading "SN" or "Lot"."""
    return _DROPPED.sub("", _LABEL.sub("", text.strip())).upper()


def bare_key(key: str) -> str:
    """A key of digits only without its leading zeros, which spreadsheets drop; others stay."""
    return key.lstrip("0") or "0" if key.isdigit() and key.isascii() else key


def alike_key(key: str) -> str:
    """Where letters look like digits (O and 0, I and 1) both are one: equal here is a doubt, never an answer."""
    return bare_key(key.translate(_ALIKE))


def stems(text: str) -> tuple[str, ...]:
    """What stands before each separator, for codes written with or without their ending ("CV040220/A1")."""
    text = _LABEL.sub("", text.strip())
    return tuple(
        code_key(text[: found.start()])
        for found in _SEPARATED.finditer(text)
        if len(code_key(text[: found.start()])) >= 4
    )


@dataclass(frozen=True, slots=True)
class Parts:
    """A code as prefix, last run of digits, ending. ``digits`` is "" where there is none."""

    prefix: str
    digits: str
    ending: str
    plain: bool = False  # one run of digits and no more, but for a label before it

    @property
    def number(self) -> int:
        return int(self.digits)


@lru_cache(maxsize=65_536)
def parts(text: str) -> Parts:
    key = code_key(text)
    found = _PARTS.match(key) if key.isascii() else None
    if not found or len(found[2]) > 4000:
        return Parts(key, "", "")
    return Parts(found[1], found[2], found[3], found[2] == key and key in text)


def range_fits(low: str, high: str, code: str) -> Fit:
    """Whether ``code`` lies from ``low`` to ``high``, both included, an open end being ""."""
    ends = [parts(end) for end in (low, high) if end]
    unit = parts(code)
    if code_key(code) in {code_key(end) for end in (low, high) if end} | {code_key(f"{low}-{high}")}:
        return Fit.YES
    if not ordered(low, high) or not ends:
        return Fit.MAYBE
    if unit.plain and all(end.plain for end in ends):  # in pieces, or misread, they say nothing else
        return _by_number(low, high, unit)
    fit = _compared(ends, low, high, unit)
    # Of the same prefix, or of another that is built alike, the numbers behind are those that the range counts.
    alike = unit.prefix == ends[0].prefix != "" or _other_letters(unit, ends[0])
    doubtful = fit is Fit.NO and ((not alike and _in_pieces(low, high, code)) or _misread(ends, low, high, code))
    return Fit.MAYBE if doubtful else fit


def ordered(low: str, high: str) -> bool:
    """Whether the two ends can be the ends of one range: same prefix, same ending, not the wrong way round."""
    ends = [parts(end) for end in (low, high) if end]
    if any(not end.digits for end in ends):
        return False
    if len(ends) < 2:
        return True
    first, last = ends
    return first.prefix == last.prefix and first.ending == last.ending and first.number <= last.number


def _compared(ends: list[Parts], low: str, high: str, unit: Parts) -> Fit:
    end = ends[0]
    if not unit.digits:
        return Fit.MAYBE
    if (unit.prefix, unit.ending) == (end.prefix, end.ending):
        return _by_number(low, high, unit)
    if unit.prefix and end.prefix and not _related(unit.prefix, end.prefix):
        return Fit.NO if _same_build(unit, end) else Fit.MAYBE
    runs = re.findall(r"\d+", unit.prefix + unit.digits)
    inside = any(_by_number(low, high, Parts(end.prefix, run, end.ending)) is not Fit.NO for run in runs)
    return Fit.MAYBE if inside else Fit.NO


def _in_pieces(low: str, high: str, code: str) -> bool:
    """Whether a piece of the code lies in the range, or the code in a piece of it: 2019-1100 and 1001 to 1250."""
    pieces = [re.findall(r"\d+", text) for text in (low, high)]
    runs = re.findall(r"\d+", code)
    ranges = {(low, high)} if len(runs) > 1 else set()
    if all(len(piece) > 1 for piece in pieces if piece) and any(pieces):
        ranges.add((pieces[0][-1] if pieces[0] else "", pieces[1][-1] if pieces[1] else ""))
    return any(
        _compared([parts(e) for e in ends if e], *ends, parts(run)) is not Fit.NO
        for ends in ranges
        for run in runs
        if len(run) >= max(len(parts(e).digits) for e in ends if e)
    )


def _misread(ends: list[Parts], low: str, high: str, code: str) -> bool:
    """Whether letters that look like digits would bring the code into the range: 11O0."""
    key, end = code_key(code), ends[0]
    middle = key[len(end.prefix) : len(key) - len(end.ending)].translate(_ALIKE)
    read = f"{end.prefix}{middle}{end.ending}"
    alike = key.startswith(end.prefix) and key.endswith(end.ending) and middle.isdigit() and read != key
    return alike and _compared(ends, low, high, parts(read)) is not Fit.NO


def _other_letters(unit: Parts, end: Parts) -> bool:
    """12B0501 and 12A0001: built alike, and other letters before as many digits."""
    letters = any(c.isalpha() for c in end.prefix)
    return letters and not _related(unit.prefix, end.prefix) and _same_build(unit, end)


def _same_build(unit: Parts, end: Parts) -> bool:
    """Codes made alike: prefixes of the same length of letters and digits, and as many digits behind."""
    shape = [re.sub("[A-Z]", "A", re.sub(r"\d", "9", one.prefix + "|" + one.ending)) for one in (unit, end)]
    return shape[0] == shape[1] and len(unit.digits) == len(end.digits)


def _related(a: str, b: str) -> bool:
    """Whether one prefix may be the other, written shorter or misread."""
    inside = a.endswith(b) or b.endswith(a) or a.startswith(b) or b.startswith(a)
    return inside or a.translate(_ALIKE) == b.translate(_ALIKE)


def _by_number(low: str, high: str, unit: Parts) -> Fit:
    """The prefix and the ending are the same. Wider than both ends: out only where it is out letter by letter, too."""
    first, last = (parts(end).digits if end else "" for end in (low, high))
    number = unit.number
    if (not first or int(first) <= number) and (not last or number <= int(last)):
        return Fit.YES
    widths = {len(end) for end in (first, last) if end}
    if len(unit.digits) <= max(widths) or len(widths) > 1 or widths == {1}:
        return Fit.NO
    digits = unit.digits
    by_letter = (not first or first <= digits) and (not last or digits <= last)
    return Fit.MAYBE if by_letter else Fit.NO
