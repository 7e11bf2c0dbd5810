"""Makers and models: is the unit's name one that the notice names? A name that merely differs proves nothing.

Registers write "MX40", "Philips MX40 monitor" and "IntelliVue MX-40" for one thing. Two names are certainly two things
only where they are built alike and their numbers differ (8100 and 8110, MP30 and MP50), or where they share nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from rapidfuzz import fuzz

from wardwright.kernel.names.companies import score_company
from wardwright.kernel.names.fold import strip_accents
from wardwright.kernel.names.keys import GENERIC_WORDS, name_key
from wardwright.kernel.names.makers import known_maker, relation

from .codes import Fit, alike_key, bare_key, code_key
from .vocabulary import WORDS

_TOKEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9+]*(?:[-'.][A-Za-z0-9+]+)*|\+")
_WORDED = re.compile(r"([A-Za-z]{4,})-(?=[A-Za-z0-9+-]*\d)")
_RATING = re.compile(r"(?:1[0-3]0|2[0-4]0)V(?:AC)?|[56]0HZ", re.IGNORECASE)  # of its mains, and of no product
_SLASHED = re.compile(r"(?<![\w/])[A-Za-z]*[\d.]+[A-Za-z]{0,4}(?:/[A-Za-z]*\d+[A-Za-z]{0,4})+(?![\w/])")
_END = r"(\d{1,6})([A-Za-z]?)"
_RANGE = re.compile(rf"(?<![\w-])([A-Za-z]{{0,6}}){_END}\s?(?:-|to|through|thru)\s?([A-Za-z]{{0,6}}){_END}(?![\w-])")
_PIECE = re.compile(r"([A-Za-z]*)(\d+)([A-Za-z]*)\Z")
_BRACKETS = re.compile(r"\s*\([^()]*\)\s*\Z")
_MOST_TOKENS = 40
_SHORT_WORD = 3
_SHORT_CODE = 4  # signs up to which a code is a name, as in "V60"; a longer one may be a catalogue number of anything


@dataclass(frozen=True, slots=True)
class Name:
    """A name taken apart: ``codes`` carry digits, ``words`` tell products apart, ``ranges`` are such as MP2-MP90.

    ``kinds`` are words for kinds of equipment; those that say nothing at all (pump, system) are in none.
    """

    key: str
    codes: frozenset[str]
    words: frozenset[str]
    ranges: tuple[tuple[str, int, int], ...] = ()
    kinds: frozenset[str] = frozenset()


@lru_cache(maxsize=1)
def _ordinary_words() -> frozenset[str]:
    """Words that tell no two products apart."""
    return _kind_words() | _empty_words()


@lru_cache(maxsize=1)
def _kind_words() -> frozenset[str]:
    """Words for kinds of equipment."""
    words = {w for t in _types()["types"] for text in (t["name"], *t["words"]) for w in _folded(text)}
    return frozenset(words - _empty_words())


@lru_cache(maxsize=1)
def _empty_words() -> frozenset[str]:
    generic = {word for word in GENERIC_WORDS if " " not in word}
    return frozenset(set(_types()["neutral_words"]) | set(WORDS["ordinary"]) | generic)


@lru_cache(maxsize=1)
def _types() -> dict[str, Any]:
    return json.loads(files("wardwright.kernel.names").joinpath("data/device_types.json").read_text("utf-8"))


def _folded(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", strip_accents(text).casefold())


def only_ordinary(text: str) -> bool:
    """Whether a text names a kind of equipment, and no product: "infusion pumps"."""
    words = _folded(text)
    return all(word in _ordinary_words() for word in words)


@lru_cache(maxsize=65_536)
def take_apart(text: str) -> Name:
    codes: set[str] = set()
    words: set[str] = set()
    kinds: set[str] = set()
    ranges = []
    for found in _RANGE.finditer(text):
        piece = _as_range(found)
        if piece:
            ranges.append(piece)
    for found in _SLASHED.finditer(text):
        codes |= {code_key(one) for one in expand(found[0])}
    for token in _tokens(text):
        if any(c.isdigit() for c in token):
            codes.add(code_key(token))
        elif (word := strip_accents(token).casefold()) not in _ordinary_words():
            words.add(word)
        elif word in _kind_words():
            kinds.add(word)
    return Name(
        code_key(text), frozenset(codes), frozenset(words - _maker_words(text)), tuple(ranges), frozenset(kinds)
    )


def _tokens(text: str) -> Iterator[str]:
    """Words and codes. "Optima-MR360" and "Pyxis-Med-Link" are several, MMT-1715 and BB50T-BULK are one."""
    for found in list(_TOKEN.finditer(text))[:_MOST_TOKENS]:
        token = found[0]
        if _RATING.fullmatch(token):
            continue
        worded = _WORDED.match(token)
        if worded:
            yield worded[1]
            token = token[worded.end() :]
        yield from token.split("-") if not any(c.isdigit() for c in token) else (token,)


def _maker_words(text: str) -> frozenset[str]:
    """The words of a known maker with whose name a name begins."""
    words = text.split()
    for size in (3, 2, 1):
        if len(words) > size and known_maker(" ".join(words[:size])):
            return frozenset(_folded(" ".join(words[:size])))
    return frozenset()


def _as_range(found: re.Match[str]) -> tuple[str, int, int] | None:
    """MP2-MP90, MX400-550. Bare 8100-8115 needs as many digits on both sides, and the smaller first."""
    prefix, low, low_end, other, high, high_end = (part.upper() for part in found.groups())
    if (
        other not in ("", prefix)
        or low_end != high_end
        or int(low) >= int(high)
        or (not prefix and len(low) != len(high))
    ):
        return None
    return f"{prefix}|{low_end}", int(low), int(high)


def expand(text: str) -> tuple[str, ...]:
    """The codes of a list with strokes: FM20/FM30, 522K/722K, MX800/700/600, M8001A/2A/10A, 865240/41/42."""
    first, *rest = text.split("/")
    head = _PIECE.match(first)
    found = [first]
    for part in rest:
        piece = _PIECE.match(part)
        if not head or not piece or piece[1]:
            found.append(part)
        elif len(piece[2]) >= len(head[2]):
            found.append(f"{head[1]}{part}")
        elif len(head[2]) - len(piece[2]) >= 2 or not head[1]:
            found += [f"{head[1]}{head[2][: -len(piece[2])]}{part}", *([f"{head[1]}{part}"] if head[1] else [])]
        else:
            found.append(f"{head[1]}{part}")
    return tuple(found)


@lru_cache(maxsize=65_536)
def model_fits(named: str, unit: str) -> Fit:
    """Whether the unit's model is the named one."""
    a, b = take_apart(named), take_apart(unit)
    if a.key == b.key or bare_key(a.key) in (bare_key(b.key), unbracketed(unit)):
        return Fit.YES
    if _in_a_range(a, b):
        return _with_words(a, b)
    if a.codes and b.codes:
        return _codes_fit(a, b)
    if not a.codes and not b.codes and a.words and b.words:
        return _words_fit(a, b)
    if not a.codes and a.words and a.words <= b.words:
        return Fit.MAYBE if b.codes or a.words != b.words else Fit.YES
    return Fit.MAYBE


def unbracketed(text: str) -> str:
    """The key of a name without what stands in brackets behind it: "SERVO I (ward 4)"."""
    return bare_key(code_key(_BRACKETS.sub("", text))) if "(" in text else ""


def _in_a_range(a: Name, b: Name) -> bool:
    for prefix_ending, low, high in a.ranges:
        prefix, ending = prefix_ending.split("|")
        for code in b.codes:
            found = re.fullmatch(rf"{prefix}(\d+){ending}[A-Z]?", code)
            if found and low <= int(found[1]) <= high:
                return True
    return False


def _with_words(a: Name, b: Name) -> Fit:
    """The codes agree; words that tell products apart on both sides and share nothing are a doubt."""
    if a.words and b.words and not _near(a.words, b.words):
        return Fit.MAYBE
    return Fit.MAYBE if b.words - a.words and a.words and not b.words >= a.words else Fit.YES


def _near(a: frozenset[str], b: frozenset[str]) -> bool:
    return any(x == y or x.startswith(y) or y.startswith(x) or fuzz.ratio(x, y) >= 75 for x in a for y in b)


def _codes_fit(a: Name, b: Name) -> Fit:
    shared = a.codes & b.codes
    if shared:
        return _with_words(a, b) if b.codes <= a.codes or a.codes <= b.codes else Fit.MAYBE
    digits = [{run for code in name.codes for run in re.findall(r"\d+", code)} for name in (a, b)]
    if digits[0] & digits[1] or {alike_key(c) for c in a.codes} & {alike_key(c) for c in b.codes}:
        return Fit.MAYBE
    plain = [{alike_key(code) for code in name.codes} for name in (a, b)]
    if any(_inside(x, y) or _inside(y, x) for x in plain[0] for y in plain[1]):
        return Fit.MAYBE
    if all(2 <= len(code) <= _SHORT_CODE for code in (*a.codes, *b.codes)) and not _may_be_alike(a, b):
        return Fit.NO
    return Fit.NO if all(any(_same_numbering(x, y) for x in a.codes) for y in b.codes) else Fit.MAYBE


def _may_be_alike(a: Name, b: Name) -> bool:
    """Whether two names share a word, or one is a code of the other written apart: "1O 10"."""
    words = any(x == y or (min(len(x), len(y)) >= 4 and (x in y or y in x)) for x in a.words for y in b.words)
    alike = {alike_key(code) for code in a.codes} | {alike_key(a.key)}
    return words or alike_key(b.key) in alike or alike_key(a.key) in {alike_key(code) for code in b.codes}


def _same_numbering(a: str, b: str) -> bool:
    """Codes of one numbering: built alike, or beginning with the same letters. MX40 and 865350 may be one device."""
    letters = [re.sub("[^A-Z].*", "", code) for code in (a, b)]
    return _build(a) == _build(b) or (letters[0] == letters[1] != "")


def _inside(short: str, long: str) -> bool:
    return len(short) >= 3 and short in long


def _build(code: str) -> str:
    return re.sub("[A-Z]", "A", re.sub(r"\d", "9", code))


def _words_fit(a: Name, b: Name) -> Fit:
    """Names without numbers: the same words are one name; anything else may be a nickname, so it is a doubt.

    "Vue PACS" and "Vue Motion" are the same word of two kinds.
    """
    if _siblings(a.words - b.words, b.words - a.words) and a.words & b.words:
        return Fit.NO
    two_kinds = a.kinds - b.kinds and b.kinds - a.kinds
    return Fit.YES if a.words == b.words and not two_kinds else Fit.MAYBE


def _siblings(a: frozenset[str], b: frozenset[str]) -> bool:
    """Whether names differ by one short word each that is built alike: Agilia SP and Agilia VP, Flow-c and Flow-e."""
    if not len(a) == len(b) == 1:
        return False
    (x,), (y,) = a, b
    alike = sum(one == other for one, other in zip(x, y, strict=False))
    return len(x) == len(y) <= _SHORT_WORD and alike == len(x) - 1


@lru_cache(maxsize=65_536)
def ref_fits(named: str, unit: str) -> Fit:
    """Whether the unit's catalogue number is the named one."""
    a, b = code_key(named), code_key(unit)
    if not a or not b:
        return Fit.MAYBE
    if a == b or bare_key(a) == bare_key(b):
        return Fit.YES
    short, long = sorted((a, b), key=len)
    if alike_key(a) == alike_key(b) or (len(short) >= 4 and (long.startswith(short) or long.endswith(short))):
        return Fit.MAYBE
    built = [re.sub("A+", "A", re.sub("9+", "9", _build(code))) for code in (a, b)]
    return Fit.NO if built[0] == built[1] or _same_numbering(a, b) else Fit.MAYBE


@lru_cache(maxsize=65_536)
def di_fits(named: str, unit: str) -> Fit:
    """Whether two device identifiers are one; another package level of one GTIN (other first digit) is likely one."""
    a, b = (re.sub(r"\D", "", text) if re.fullmatch(r"[\d\s-]+", text) else code_key(text) for text in (named, unit))
    if a == b or a.lstrip("0") == b.lstrip("0"):
        return Fit.YES
    if all(x.isdigit() and len(x) <= 14 for x in (a, b)):
        return Fit.LIKELY if a.zfill(14)[1:13] == b.zfill(14)[1:13] else Fit.NO
    return Fit.NO if a[:1].isalpha() == b[:1].isalpha() else Fit.MAYBE


@lru_cache(maxsize=65_536)
def maker_fits(named: str, unit: str) -> Fit:
    """Whether the unit's maker is the named one. Related makers, and those that nobody knows, are a doubt."""
    if not name_key(named) or not name_key(unit):
        return Fit.MAYBE
    fits = [_one_maker(one, unit) for one in re.split(r"\s*(?:,|/|;| and | & )\s*", named) if name_key(one)]
    return max([_one_maker(named, unit), *(fit for fit in fits if fit > Fit.MAYBE)])


def _one_maker(named: str, unit: str) -> Fit:
    a, b = known_maker(named), known_maker(unit)
    if a and b:
        return Fit.YES if a is b else Fit.MAYBE if relation(a, b) else Fit.NO
    score, _why = score_company(named, unit)
    return Fit.YES if score >= 94 else Fit.MAYBE
