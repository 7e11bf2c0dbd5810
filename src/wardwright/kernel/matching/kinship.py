"""Whether two makers' names can be one maker, in five degrees, and keys by which those that can be are found."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import IntEnum
from functools import lru_cache

from rapidfuzz.distance import OSA

from wardwright.kernel.names.companies import score_company
from wardwright.kernel.names.keys import GENERIC_WORDS, core_key, name_key
from wardwright.kernel.names.makers import known_maker, relation

_PARTS = re.compile(r"\s*[/;|,()\[\]]\s*|\s+(?:and|by|for|dba|d/b/a|formerly|subsidiary of)\s+", re.IGNORECASE)
_LONG_WORD = 6
_SAME_FROM = 94


class Kin(IntEnum):
    """From certainly another maker to certainly the same."""

    OTHER = 0  # two that we know, and not related
    STRANGE = 1  # nothing is known of them, and the names share nothing
    UNKNOWN = 2  # one of them is not known
    NEAR = 3  # related, or names that share a word
    SAME = 4


def kinship(named: Iterable[str], own: Iterable[str]) -> tuple[Kin, str]:
    """The best kinship between the notice's makers and the device's, and the notice's name that gave it."""
    named, own = [n for n in named if name_key(n)], [o for o in own if name_key(o)]
    if not named or not own:
        return Kin.UNKNOWN, ""
    return max(((_pair(n, o), n) for n in named for o in own), key=lambda found: found[0])


@lru_cache(maxsize=200_000)
def _pair(named: str, own: str) -> Kin:
    return max(_one(a, b) for a in parts(named) for b in parts(own))


@lru_cache(maxsize=65_536)
def parts(text: str) -> tuple[str, ...]:
    """The name and, where it is several written together ("GE / Datex-Ohmeda", "BD (CareFusion)"), each of them."""
    if known_maker(text):
        return (text,)
    pieces = (piece for piece in _PARTS.split(text) if len(name_key(piece)) >= 2)
    return tuple(dict.fromkeys((text, *(piece for piece in pieces if piece and not _general(piece)))))


def _general(piece: str) -> bool:
    return all(word in GENERIC_WORDS for word in name_key(piece).split())


def _one(a: str, b: str) -> Kin:
    known_a, known_b = known_maker(a), known_maker(b)
    if known_a and known_b:
        return Kin.SAME if known_a is known_b else Kin.NEAR if relation(known_a, known_b) else Kin.OTHER
    if score_company(a, b)[0] >= _SAME_FROM:
        return Kin.SAME
    return Kin.NEAR if _share_a_word(a, b) or _initials(a) & _initials(b) else Kin.STRANGE


def _share_a_word(a: str, b: str) -> bool:
    one, other = _words(a), _words(b)
    if one & other:
        return True
    long = [word for word in other if len(word) >= _LONG_WORD]
    return any(
        OSA.distance(word, near, score_cutoff=1) <= 1 for word in one if len(word) >= _LONG_WORD for near in long
    )


@lru_cache(maxsize=65_536)
def _words(text: str) -> frozenset[str]:
    return frozenset(word for word in core_key(text).split() if len(word) >= 4 and word not in GENERIC_WORDS)


@lru_cache(maxsize=65_536)
def _initials(text: str) -> frozenset[str]:
    """ "Fisher & Paykel Healthcare" as "fph", "fp" and by itself, so that FPH and it meet."""
    found = {name_key(text).replace(" ", "")}
    for key in (name_key(text), core_key(text)):
        words = [word for word in key.split() if word != "and"]
        if len(words) >= 2:
            found.add("".join(word[0] for word in words))
    return frozenset(one for one in found if 2 <= len(one) <= 5)


@lru_cache(maxsize=65_536)
def maker_keys(text: str) -> frozenset[str]:
    """Two names that are NEAR or SAME have a key in common."""
    found: set[str] = set()
    for part in parts(text):
        known = known_maker(part)
        if known:
            found |= {f"={known.name}", *(f"={name}" for name, _why in known.related)}
        flat = name_key(part).replace(" ", "")
        found |= {f":{one}" for one in (flat, core_key(part).replace(" ", "")) if one}
        found |= {f"i{one}" for one in _initials(part)}
        for word in {flat, *_words(part)}:
            found |= {f"w{one}" for one in (without_one_letter(word) if len(word) >= _LONG_WORD else {word})}
    return frozenset(found)


def without_one_letter(word: str) -> set[str]:
    """The word, and the word without each of its letters: two words one typing error apart have one in common."""
    return {word, *(word[:at] + word[at + 1 :] for at in range(len(word)))}
