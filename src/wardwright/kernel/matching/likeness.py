"""How like a named model or catalogue number is to the name that a register has: from certainly another to the same.

Built on what a scope decides by (``kernel.scope.names``); of its doubts it tells those that have a ground (something
is shared) from those that have none (the names are of kinds that cannot be compared).
"""

from __future__ import annotations

import re
from enum import IntEnum
from functools import lru_cache

from rapidfuzz import fuzz

from wardwright.kernel.names.keys import model_key
from wardwright.kernel.scope.codes import Fit, alike_key, bare_key, code_key, stems
from wardwright.kernel.scope.names import Name, model_fits, ref_fits, take_apart

SHORT_WORD = 5  # letters from which on a word can have a typing error
TOLD_WORD = 6  # letters from which on a word tells something by itself …
_VOWELS = re.compile("[aeiou]")
_NUMBERED = re.compile(r"(?<!\S)([A-Z]{4,5})-[A-Z\d.-]*\d")
_MEASURE = re.compile(r"\d+(?:[CKM]?M|[KM]?G|M?L|CC|FR|GA|CH|IN|INCH|[KM]?HZ|K?VA?|W|MA|GB|V[AD]C)\d*")
_LONG_NUMBER = 7
_MOST_IN_A_RUN = 4
_MOST_PIECES = 12
LONG_NAME = 7  # signs from which on a whole name does
WHOLE_FROM = 85  # of 100, at which two whole names are alike


class Like(IntEnum):
    NO = 0  # certainly another, or names that could agree and do not
    WEAK = 1  # nothing to compare: one is a number, the other a word; one is missing or says only what kind it is
    SHARED = 2  # something is shared
    LIKELY = 3
    YES = 4


@lru_cache(maxsize=500_000)
def model_like(named: str, own: str) -> Like:
    """Of a named model and a model of the register."""
    if not code_key(named) or not code_key(own):
        return Like.WEAK
    fit = model_fits(named, own)
    a, b = take_apart(named), take_apart(own)
    if fit is Fit.NO and _long_number(b) and not _long_number(a):
        return Like.WEAK  # a catalogue number, written as the model
    if fit <= Fit.MAYBE and _without_vowels(named, own):
        return Like.SHARED
    if fit is not Fit.MAYBE:
        return {Fit.NO: Like.NO, Fit.LIKELY: Like.LIKELY, Fit.YES: Like.YES}[fit]
    if share(a, b) or _in_range(a, b):
        return Like.SHARED
    return Like.NO if a.words and b.words - _of_catalogue_numbers(own) else Like.WEAK


def _without_vowels(named: str, own: str) -> bool:
    """Whether the register's name is the beginning of the other without its vowels: "BxtrSpctrm"."""
    short = flat(own)
    if len(short) < SHORT_WORD or not short.isalpha() or _VOWELS.search(short[1:]):
        return False
    return (named[:1].casefold() + _VOWELS.sub("", flat(named)[1:])).startswith(short)


def _long_number(name: Name) -> bool:
    return not name.words and name.key.isdigit() and len(name.key) >= _LONG_NUMBER


def _in_range(a: Name, b: Name) -> bool:
    """Whether a code lies in a named family, its letters written apart or not: MX 639 in MX400-MX850."""
    codes = {*b.codes, *(f"{word.upper()}{code}" for word in b.words for code in b.codes)}
    for prefix_ending, low, high in a.ranges:
        prefix, ending = prefix_ending.split("|")
        found = (re.fullmatch(rf"{prefix}(\d+){ending}[A-Z]?", code) for code in codes)
        if any(one and low <= int(one[1]) <= high for one in found):
            return True
    return False


def _of_catalogue_numbers(own: str) -> set[str]:
    """Words of a name that may be the beginning of a catalogue number written as the model: OATS-10-7."""
    return {found[1].casefold() for found in _NUMBERED.finditer(own)}


@lru_cache(maxsize=500_000)
def ref_like(named: str, own: str) -> Like:
    """Of a named catalogue number and a catalogue number, or a model, of the register."""
    a, b = code_key(named), code_key(own)
    if not a or not b:
        return Like.WEAK
    fit = ref_fits(named, own)
    if fit is not Fit.MAYBE:
        return Like.YES if fit >= Fit.LIKELY else Like.NO
    short, long = sorted((a, b), key=len)
    if alike_key(a) == alike_key(b) or (len(short) >= 4 and (long.startswith(short) or long.endswith(short))):
        return Like.SHARED
    return Like.WEAK


def share(a: Name, b: Name) -> bool:
    """Whether two names have something in common: a code or a number of it, a word, an abbreviation."""
    if a.codes & b.codes or {alike_key(c) for c in a.codes} & {alike_key(c) for c in b.codes}:
        return True
    if {run for c in a.codes for run in _runs(c)} & {run for c in b.codes for run in _runs(c)}:
        return True
    plain = [{name.key, *name.codes, *(alike_key(code) for code in name.codes)} for name in (a, b)]
    if any(_inside(x, y) for x in plain[0] for y in plain[1]):
        return True
    return any(_near(x, y) for x in a.words for y in b.words) or _near(a.key, b.key)


def _runs(code: str) -> list[str]:
    return [run.lstrip("0") for run in re.findall(r"\d+", code)]


def _inside(x: str, y: str) -> bool:
    short, long = sorted((x, y), key=len)
    return len(short) >= 3 and short in long


def _near(x: str, y: str) -> bool:
    """The same word, one inside the other, an abbreviation, or a typing error."""
    short, long = sorted((x, y), key=len)
    return (
        x == y
        or (len(short) >= 3 and long.startswith(short))
        or (len(short) >= 4 and short in long)
        or (len(short) >= 3 and short == long[0] + _VOWELS.sub("", long[1:]))
        or fuzz.ratio(x, y) >= 75
    )


@lru_cache(maxsize=500_000)
def telling(named: str, own: str) -> bool:
    """Whether what two names have in common tells more than chance could: "IntelliVue MX40", "MMT-1715".

    A mere "8100", or "Pump 2", is a name that several makers may have.
    """
    key = bare_key(code_key(own))
    if bare_key(code_key(named)) == key and (telling_code(key) or (key.isalpha() and len(key) >= TOLD_WORD)):
        return True
    a, b = take_apart(named), take_apart(own)
    codes = a.codes & b.codes
    alike = {alike_key(code) for code in a.codes if telling_code(code)}
    if any(telling_code(code) for code in codes) or any(alike_key(c) in alike for c in b.codes if telling_code(c)):
        return True
    if codes and any(len(word) >= 3 for word in a.words & b.words):
        return True
    if code_stems(own) & {c for c in a.codes if telling_code(c)} or code_stems(named) & {
        c for c in b.codes if telling_code(c)
    }:
        return True
    if len(a.words & b.words) and sum(any(_near(x, y) for x in a.words) for y in b.words if len(y) >= 3) > 1:
        return True
    return any(_one_error_apart(x, y) for x in a.words for y in b.words) or whole_alike(flat(named), flat(own))


@lru_cache(maxsize=500_000)
def hinting(named: str, own: str) -> bool:
    """Whether two names that share something are worth a look where nobody knows the maker: the same number beside a
    word cut short ("Aesp. 7900"), or one word with a typing error or cut short ("Uniy", "Phoe.")."""
    a, b = take_apart(named), take_apart(own)
    if a.codes & b.codes and any(min(len(x), len(y)) >= 3 and _near(x, y) for x in a.words for y in b.words):
        return True
    if a.codes or b.codes or len(a.words) != 1 or len(b.words) != 1:
        return False
    short, long = sorted((*a.words, *b.words), key=len)
    if len(short) < SHORT_WORD - 1 or len(long) < SHORT_WORD:
        return False
    return not cut_keys(short).isdisjoint(cut_keys(long)) or not word_keys(short).isdisjoint(word_keys(long))


@lru_cache(maxsize=65_536)
def cut_keys(word: str) -> frozenset[str]:
    """How a word of five letters or more is cut short, to four or five letters or by its vowels; the word itself."""
    if len(word) <= SHORT_WORD:
        return frozenset({word})
    return frozenset({word, word[: SHORT_WORD - 1], word[:SHORT_WORD], word[0] + _VOWELS.sub("", word[1:])})


def distinctive(key: str) -> bool:
    """Whether a code is hardly two makers': five signs or more, letters and digits, or seven digits; no measure."""
    digits = sum(c.isdigit() for c in key)
    mixed = len(key) >= 5 and 0 < digits < len(key) and not _MEASURE.fullmatch(key)
    return mixed or (digits == len(key) and digits >= 7)


@lru_cache(maxsize=65_536)
def distinct_codes(name: str, *, named: bool = False) -> frozenset[str]:
    """The distinctive codes of a name: the whole name, its codes, and neighbouring pieces of it written as one.

    Letters that look like digits are digits: 166O is 1660. ``named``: of a notice, mere numbers from five digits on
    count, too: a register's 1O431-8 has a letter that makes it distinctive, and the notice's 10431-8 has none.
    """
    found = {bare_key(code_key(name)), *(bare_key(code) for code in take_apart(name).codes)}
    pieces = re.split(r"[\s-]+", re.sub(r"\([^)]*\)", " ", name).strip())[:_MOST_PIECES]
    for start in range(len(pieces)):
        for end in range(start + 1, min(start + _MOST_IN_A_RUN, len(pieces)) + 1):
            run = pieces[start:end]
            if len(run) == 1 or take_apart(" ".join(run)).words or any(distinctive(code_key(one)) for one in run):
                found.add(bare_key(code_key(" ".join(run))))
    return frozenset(alike_key(key) for key in found if distinctive(key) or (named and key.isdigit() and len(key) >= 5))


@lru_cache(maxsize=65_536)
def flat(name: str) -> str:
    """A name in one piece, without what stands in brackets: "SQ-RX Pulse Generator (loan)" as sqrxpulsegenerator."""
    return model_key(re.sub(r"\([^)]*\)", " ", name))


def whole_alike(a: str, b: str) -> bool:
    """Whether two long names in one piece differ by no more than a few signs."""
    return min(len(a), len(b)) >= LONG_NAME and fuzz.ratio(a, b) >= WHOLE_FROM


@lru_cache(maxsize=65_536)
def code_stems(name: str) -> frozenset[str]:
    """What stands before a separator inside its codes, and tells something: 80403 of 80403-000072."""
    codes = [token for token in name.split() if any(c.isdigit() for c in token)]
    return frozenset(stem for code in codes for stem in stems(code) if telling_code(stem))


def _one_error_apart(x: str, y: str) -> bool:
    return min(len(x), len(y)) >= TOLD_WORD and not word_keys(x).isdisjoint(word_keys(y))


@lru_cache(maxsize=65_536)
def word_keys(word: str) -> frozenset[str]:
    """The word, and the word without each of its letters: two words one typing error apart have one in common."""
    return frozenset({word, *(word[:at] + word[at + 1 :] for at in range(len(word)))})


def telling_code(code: str) -> bool:
    """Five signs or more with a digit among them, or four that mix letters and digits."""
    digits = sum(c.isdigit() for c in code)
    return (digits > 0 and len(code) >= 5) or (0 < digits < len(code) and len(code) >= 4)


def is_mentionable(token: str) -> bool:
    """Codes are written large, words small, as ``Name`` has them."""
    if any(c.isdigit() for c in token):
        return telling_code(token) and token == token.upper()
    return len(token) >= TOLD_WORD and token == token.casefold()
