"""Whether two makers' names can be one maker, in five degrees, and keys by which those that can be are found."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import IntEnum
from functools import lru_cache

from rapidfuzz.distance import OSA

from wardwright.kernel.names.companies import score_company
from wardwright.kernel.names.keys import GENERIC_WORDS, core_key, name_key
from wardwright.kernel.names.makers import Maker, known_maker, makers, relation

from .likeness import word_keys

_PARTS = re.compile(r"\s*[/;|,()\[\]]\s*|\s+(?:and|by|for|dba|d/b/a|formerly|subsidiary of)\s+", re.IGNORECASE)
_LONG_WORD = 5
_LONG_NAME = 7
_SHORT_NAME = 4
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
    if identified(text):
        return (text,)
    pieces = (piece for piece in _PARTS.split(text) if len(name_key(piece)) >= 2)
    return tuple(dict.fromkeys((text, *(piece for piece in pieces if piece and not _general(piece)))))


def _general(piece: str) -> bool:
    return all(word in GENERIC_WORDS for word in name_key(piece).split())


def _one(a: str, b: str) -> Kin:
    known_a, known_b = identified(a), identified(b)
    if known_a and known_b:
        return Kin.SAME if known_a is known_b else Kin.NEAR if relation(known_a, known_b) else Kin.OTHER
    if _related(known_a, b) or _related(known_b, a):
        return Kin.NEAR
    if score_company(a, b)[0] >= _SAME_FROM:
        return Kin.SAME
    if cores(a) & cores(b) or _by_core(a) & _by_core(b):
        return Kin.NEAR
    near = _share_a_word(a, b) or _initials(a) & _initials(b) or _begins_with(a, b) or _begins_with(b, a)
    return Kin.NEAR if near else Kin.STRANGE


@lru_cache(maxsize=65_536)
def cores(text: str) -> frozenset[str]:
    """The name in one piece, and without the words at its end that many makers carry: "Res Med Medical Systems" is
    resmed, too."""
    words = name_key(text).split()
    found = {"".join(words)}
    while len(words) > 1 and words[-1] in GENERIC_WORDS:
        words = words[:-1]
        found.add("".join(words))
    return frozenset(one for one in found if len(one) >= _SHORT_NAME)


@lru_cache(maxsize=65_536)
def _by_core(text: str) -> frozenset[str]:
    """Known makers, by their names, that a name is without such words: "GEMS UK" is GE HealthCare's GEMS."""
    known = (identified(text), known_maker(core_key(text)), *(known_maker(one) for one in cores(text)))
    return frozenset(maker.name for maker in known if maker)


def _begins_with(long: str, short: str) -> bool:
    """ "U-Systems Medical" and "U-Systems"."""
    return f"{name_key(long)} ".startswith(f"{name_key(short)} ")


def _related(known: Maker | None, other: str) -> bool:
    return known is not None and any(name_key(name) == name_key(other) for name, _why in known.related)


@lru_cache(maxsize=65_536)
def identified(text: str) -> Maker | None:
    """The known maker: by its name, by a name one typing error away, or with numbers behind ("CareFusion 303")."""
    found = known_maker(text)
    if found:
        return found
    key = name_key(text)
    bare = re.sub(r"(?:\s+\d+)+$", "", key)
    if bare != key and bare:
        return known_maker(bare)
    flat = key.replace(" ", "")
    if len(flat) < _LONG_NAME:
        return None
    near = {maker.name: maker for one in word_keys(flat) for maker in _by_error().get(one, ())}
    return next(iter(near.values())) if len(near) == 1 else None


@lru_cache(maxsize=1)
def _by_error() -> dict[str, tuple[Maker, ...]]:
    """Long spellings of all known makers with each of their letters left out."""
    found: dict[str, tuple[Maker, ...]] = {}
    for maker in makers():
        for spelling in (maker.name, *maker.spellings):
            flat = name_key(spelling).replace(" ", "")
            for one in word_keys(flat) if len(flat) >= _LONG_NAME else ():
                found[one] = tuple(dict.fromkeys((*found.get(one, ()), maker)))
    return found


def _share_a_word(a: str, b: str) -> bool:
    one, other = _words(a), _words(b)
    if one & other:
        return True
    return any(_misspelt(word, near) for word in one for near in other)


def _misspelt(word: str, other: str) -> bool:
    """Whether one is the other with a typing error; not two makers' own names, for Bionet is not Biomet."""
    if max(len(word), len(other)) < _LONG_WORD or OSA.distance(word, other, score_cutoff=1) > 1:
        return False
    return word[0] == other[0] and not (known_maker(word) and known_maker(other))


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
        known = identified(part)
        if known:
            related = [name for name, _why in known.related]
            found |= {f"={known.name}", *(f"={name}" for name in related), *(f":{_flat(name)}" for name in related)}
        for name in _by_core(part):
            maker = known_maker(name)
            found |= {f"={name}", *(f"={other}" for other, _why in (maker.related if maker else ()))}
        flat = _flat(part)
        found |= {f":{one}" for one in cores(part)}
        found |= {f":{one}" for one in (flat, core_key(part).replace(" ", "")) if one}
        found |= {f"i{one}" for one in _initials(part)} | {f"b{name_key(part).split(' ')[0]}"}
        for word in {flat, *_words(part)}:
            found |= {f"w{one}" for one in (word_keys(word) if len(word) >= _LONG_WORD else {word})}
    return frozenset(found)


def _flat(text: str) -> str:
    return name_key(text).replace(" ", "")
