"""Software versions as makers write them, and their order. Where the order is not certain there is none."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from .codes import Fit

_LEADING = re.compile(
    r"\A(?:(?:software|firmware|fw|sw|versions?|ver|vers|rev(?:ision)?s?|release|rel)\b[\s.:#]*)+", re.IGNORECASE
)
_V = re.compile(r"\A(?:[vr](?=\d)|v(?=[a-z]{1,2}\d))", re.IGNORECASE)
_COMPONENT = re.compile(r"\d+x\b|\d+|[A-Za-z]+|[*]", re.IGNORECASE)
_QUALIFIERS = {
    "SP": "SP",
    "SERVICEPACK": "SP",
    "SR": "SR",
    "BUILD": "BUILD",
    "BLD": "BUILD",
    "B": "B",
    "PATCH": "PATCH",
    "P": "P",
    "HF": "HF",
    "HOTFIX": "HF",
    "UPDATE": "U",
}


@dataclass(frozen=True, slots=True)
class Version:
    """``components``: numbers as int, letters in upper case with whether they stand alone (B.06) or touch digits (U61).

    ``open_at``: the version ends in x or * there, and means all that begin so.
    """

    components: tuple[int | str, ...]
    joined: tuple[bool, ...]
    any_behind: bool = False


@lru_cache(maxsize=65_536)
def parse_version(text: str) -> Version | None:
    """None where the text is no version: more words than letters and numbers can make one."""
    bare = _V.sub("", _LEADING.sub("", text.strip().strip("()").strip())).replace("Service Pack", "ServicePack")
    if not bare or len(bare) > 60 or not bare.isascii():
        return None
    if re.fullmatch(r"[xX*]", bare):
        return None
    components: list[int | str] = []
    joined: list[bool] = []
    any_behind = False
    end = 0
    for found in _COMPONENT.finditer(bare):
        word = found[0].upper()
        between = bare[end : found.start()]
        if between.strip(" .-_()+,"):
            return None
        if word in ("X", "*") and components:
            any_behind = True
        elif any_behind:
            return None
        elif len(word) > 1 and word[0].isdigit() and word[-1] == "X":
            any_behind, digits = True, word[:-1].rstrip("0")
            components += [int(digits)] if digits else []
            joined += [False] if digits else []
        else:
            components.append(int(word) if word.isdigit() else _QUALIFIERS.get(word, word) if len(word) > 1 else word)
            joined.append(not between and end > 0)
        end = found.end()
    if bare[end:].strip(" .-_()+,") or not components or sum(isinstance(c, str) for c in components) > 4:
        return None
    return Version(tuple(components), tuple(joined), any_behind)


def looks_like_version(text: str) -> bool:
    """Whether a text can be read as a version: it has a digit, or is a letter or two ("K", "IX")."""
    found = parse_version(text)
    return found is not None and (
        found.any_behind or any(isinstance(c, int) for c in found.components) or len(text.strip()) <= 2
    )


def compare(a: Version, b: Version) -> int | None:
    """-1, 0, 1, or None where nobody can say. A missing component is a zero: 9.7 = 9.7.0 < 9.7.1."""
    if _other_scheme(a, b) or _other_scheme(b, a):
        return None
    for place, (x, y) in enumerate(zip(a.components, b.components, strict=False)):
        if x == y:
            continue
        if isinstance(x, int) and isinstance(y, int):
            return -1 if x < y else 1
        if isinstance(x, str) and isinstance(y, str) and _ordered_letters(a, b, place):
            return -1 if x < y else 1
        return None
    rest_a, rest_b = a.components[len(b.components) :], b.components[len(a.components) :]
    rest = rest_a or rest_b
    if all(c == 0 for c in rest):
        return 0
    first = next(c for c in rest if c != 0)
    if isinstance(first, str):
        return None
    return 1 if rest_a else -1


def _other_scheme(a: Version, b: Version) -> bool:
    """20210210 and 2.1: one counts by days or builds, the other by versions."""
    x, y = a.components[0], b.components[0]
    return isinstance(x, int) and isinstance(y, int) and x >= 100_000 and y < 1_000


def _ordered_letters(a: Version, b: Version, place: int) -> bool:
    """Single letters are ordered where they stand alone (B.06, K) or end (2.6A); U61 and L81 are two tracks."""
    x, y = str(a.components[place]), str(b.components[place])
    if len(x) > 1 or len(y) > 1:
        return False
    for version in (a, b):
        behind = place + 1 < len(version.components) and version.joined[place + 1]
        if behind:
            return False
    return True


def extends(long: Version, short: Version) -> bool:
    """Whether ``long`` is ``short`` with more behind it: 9.33.1 and 9.33."""
    size = len(short.components)
    rest = long.components[size:]
    return long.components[:size] == short.components and any(c != 0 for c in rest)


def one_fits(named: str, unit: str) -> Fit:
    """Whether the unit's version is the named one; "8.x" and a bare "8" mean all of 8."""
    a, b = parse_version(named), parse_version(unit)
    if a is None or b is None:
        same = "".join(named.split()).casefold() == "".join(unit.split()).casefold()
        return Fit.YES if same else Fit.MAYBE
    if a.any_behind:
        if b.components[: len(a.components)] == a.components:
            return Fit.YES
        short = b.components == a.components[: len(b.components)]
        return Fit.MAYBE if short or b.any_behind else _differ(a, b)
    order = compare(b, a)
    if order == 0:
        return Fit.MAYBE if b.any_behind else Fit.YES
    if extends(b, a):
        return Fit.LIKELY if len(a.components) == 1 else Fit.MAYBE
    if (
        extends(a, b)
        or _with_zero(b, [named]) == Version(a.components, b.joined)
        or _with_zero(a, [unit]) == Version(b.components, a.joined)
    ):
        return Fit.MAYBE
    if order is None and (_other_scheme(a, b) or _other_scheme(b, a)):
        return Fit.MAYBE
    return Fit.NO if order is not None else _differ(a, b)


def _differ(a: Version, b: Version) -> Fit:
    """Of another build of version (U61 and 4.2) nothing is known; of the same build they are just two versions."""
    for x, y in zip(a.components, b.components, strict=False):
        if type(x) is not type(y) or (isinstance(x, str) and x != y and len(x + str(y)) > 2):
            return Fit.MAYBE
    return Fit.NO


def range_fits(low: str, high: str, low_open: bool, high_open: bool, unit: str) -> Fit:
    """Whether the unit's version lies between the ends; an end that is "" is open for ever."""
    version = parse_version(unit)
    if version is None:
        return Fit.MAYBE
    fit = _between(low, high, low_open, high_open, version)
    longer = _with_zero(version, [low, high]) if fit is Fit.NO else None
    return Fit.MAYBE if longer and _between(low, high, low_open, high_open, longer) else fit


def _between(low: str, high: str, low_open: bool, high_open: bool, version: Version) -> Fit:
    above = _above(low, low_open, version) if low else Fit.YES
    below = _below(high, high_open, version) if high else Fit.YES
    return min(above, below)


def _with_zero(version: Version, named: list[str]) -> Version | None:
    """2.2 as 2.20, where the other has two digits there: spreadsheets take a version for a number and drop the zero."""
    if [type(c) for c in version.components] != [int, int]:
        return None
    others = [found for text in named if text and (found := parse_version(text)) and len(found.components) == 2]
    major, minor = version.components
    if (
        isinstance(minor, int)
        and 0 < minor < 10
        and any(isinstance(o.components[1], int) and o.components[1] > 9 for o in others)
    ):
        return Version((major, minor * 10), version.joined)
    return None


def _above(low: str, low_open: bool, version: Version) -> Fit:
    bound = parse_version(low)
    if bound is None:
        return Fit.MAYBE
    order = compare(version, bound)
    if order is None:
        return Fit.MAYBE
    if order == 0:
        return (Fit.MAYBE if bound.any_behind else Fit.NO) if low_open else Fit.YES
    if order > 0:
        return Fit.MAYBE if low_open and bound.any_behind and extends(version, bound) else Fit.YES
    return Fit.MAYBE if extends(bound, version) or version.any_behind else Fit.NO


def _below(high: str, high_open: bool, version: Version) -> Fit:
    bound = parse_version(high)
    if bound is None:
        return Fit.MAYBE
    order = compare(version, bound)
    inside = extends(version, bound)
    if order is None:
        return Fit.YES if inside and bound.any_behind and not high_open else Fit.MAYBE
    if order == 0:
        return Fit.NO if high_open and not version.any_behind else Fit.MAYBE if high_open else Fit.YES
    if order < 0:
        return Fit.MAYBE if version.any_behind and extends(bound, version) else Fit.YES
    if high_open:
        return Fit.NO
    if bound.any_behind:
        return Fit.YES if inside else Fit.NO
    if inside:
        return Fit.LIKELY if len(bound.components) == 1 else Fit.MAYBE
    return Fit.NO
