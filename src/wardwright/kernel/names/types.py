"""Types of equipment: their usual names, and what a department starts with when it has said nothing itself.

``data/device_types.json`` is Wardwright's default and editable.
The scores follow the scale of Fennigkoh and Smith (1989).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from wardwright.kernel.said import say

from .keys import type_key
from .matching import Candidate, Match

SOURCE = "Wardwright default, editable"


@dataclass(frozen=True)
class DeviceType:
    """A type. Scores: function 2–10, risk 1–5, maintenance 1–5 (Fennigkoh & Smith 1989); ``life_years`` is a usual
    life.
    """

    name: str
    function_score: int
    risk_score: int
    maintenance_score: int
    life_support: bool
    high_risk: bool
    imaging: bool
    laser: bool
    life_years: int
    words: tuple[str, ...] = ()
    source: str = SOURCE

    @property
    def management_number(self) -> int:
        """Function + risk + maintenance; 12 and more is in the programme."""
        return self.function_score + self.risk_score + self.maintenance_score


@lru_cache(maxsize=1)
def _data() -> dict[str, Any]:
    return json.loads(files(__package__).joinpath("data/device_types.json").read_text("utf-8"))


@lru_cache(maxsize=1)
def device_types() -> tuple[DeviceType, ...]:
    data = _data()
    return tuple(
        DeviceType(
            t["name"],
            t["function"],
            t["risk"],
            t["maintenance"],
            t["life_support"],
            t["high_risk"],
            t["imaging"],
            t["laser"],
            t["life_years"],
            tuple(t["words"]),
            data["source"],
        )
        for t in data["types"]
    )


@lru_cache(maxsize=1)
def _by_key() -> dict[str, DeviceType]:
    index: dict[str, DeviceType] = {}
    for kind in device_types():
        index.setdefault(type_key(kind.name), kind)
    for kind in device_types():
        for word in kind.words:
            index.setdefault(type_key(word), kind)
    return index


@lru_cache(maxsize=1)
def _by_flat_key() -> dict[str, DeviceType]:
    return {key.replace(" ", ""): kind for key, kind in reversed(_by_key().items())}


def known_type(text: str) -> DeviceType | None:
    """The type that a text names exactly, by its usual name or a known word, else None. No spelling is corrected."""
    key = type_key(text)
    return _by_key().get(key) or _by_flat_key().get(key.replace(" ", "")) or _by_key().get(_singular(key))


@lru_cache(maxsize=65_536)
def match_type(text: str) -> Match:
    """The usual type that a messy name means. ``id`` and ``name`` are the type's name; see :func:`device_type`.

    exact: the usual name; alias: a known word for it; sure: with a typing error or neutral words; unsure: contains or
    resembles one; new: unknown.
    """
    key = type_key(text)
    if not key:
        return Match("new", text.strip())
    kind = known_type(text)
    if kind and key == type_key(kind.name):
        return Match("exact", kind.name, kind.name, say("The usual name."))
    if kind:
        return Match("alias", kind.name, kind.name, say("“{text}” is a word for it.", text=text.strip()))
    return (
        _misspelt(key)
        or _qualified(key, text.strip())
        or _contained(key, text.strip())
        or _resembling(key, text.strip())
    )


def _singular(key: str) -> str:
    return key[:-1] if key.endswith("s") and not key.endswith("ss") else key


def _misspelt(key: str) -> Match | None:
    """A typing error in a long word; short ones (ecg, eeg, emg) are never corrected, and digits never differ."""
    if len(key) < 8:
        return None
    allowed = 2 if len(key) >= 14 else 1
    hits = process.extract(key, _by_key().keys(), scorer=OSA.distance, limit=4, score_cutoff=allowed)
    kinds = {_by_key()[other].name for other, _distance, _index in hits if other[0] == key[0]}
    if len(kinds) != 1:
        return None
    name = kinds.pop()
    return Match("sure", name, name, say("Spelt nearly like “{name}”.", name=hits[0][0]))


def _qualified(key: str, text: str) -> Match | None:
    """A known word with nothing but neutral words around it: "ECG machine 12 channel", "Desfibrilador con monitor".

    What tells types apart ("portable", "neonatal") is not neutral.
    """
    words = key.removesuffix(" m c").split()
    accessories = _word_list("accessory_words")
    end = next((i for i, word in enumerate(words) if i and word in accessories), len(words))
    for kept in (words[:end], words):
        core = _core(kept)
        kind = (_by_core().get(core) or _by_core().get(_singular(core))) if len(core) > 2 else None
        if kind:
            return Match("sure", kind.name, kind.name, say("“{core}” with words that tell no types apart.", core=core))
    return None


def _core(words: list[str]) -> str:
    """The words that tell types apart."""
    neutral = _word_list("neutral_words")
    return " ".join(word for word in words if word not in neutral and not word[0].isdigit())


@lru_cache(maxsize=1)
def _by_core() -> dict[str, DeviceType]:
    """Known words, and what remains of them without neutral words where that is several words that name one type."""
    index: dict[str, DeviceType | None] = {}
    for key, kind in _by_key().items():
        core = _core(key.split())
        index[core] = kind if index.setdefault(core, kind) is kind else None
    several = {core: kind for core, kind in index.items() if kind and len(core) > 6 and " " in core}
    return {**several, **_by_key()}


@lru_cache(maxsize=2)
def _word_list(name: str) -> frozenset[str]:
    """The "neutral" words tell no types apart; behind "accessory" words stands what came with the device."""
    return frozenset(_data()[name])


def _contained(key: str, text: str) -> Match | None:
    """The longest known name inside: "ICU ventilator with trolley". Never settled without a person."""
    words = key.split()
    runs = sorted(
        {" ".join(words[i:j]) for i in range(len(words)) for j in range(i + 1, len(words) + 1)}, key=len, reverse=True
    )
    found: dict[str, Candidate] = {}
    for run in runs:
        kind = _by_key().get(run)
        if kind and len(run) >= 3 and kind.name not in found:
            found[kind.name] = Candidate(kind.name, run, round(60 + 35 * len(run) / len(key), 1), f"Contains “{run}”.")
    candidates = tuple(sorted(found.values(), key=lambda c: -c.score)[:4])
    return Match("unsure", text, None, candidates[0].why, candidates) if candidates else None


def _resembling(key: str, text: str) -> Match:
    hits = (
        process.extract(key, _by_key().keys(), scorer=fuzz.token_sort_ratio, limit=8, score_cutoff=84)
        if len(key) >= 5
        else []
    )
    found: dict[str, Candidate] = {}
    for other, score, _index in hits:
        name = _by_key()[other].name
        found.setdefault(name, Candidate(name, other, round(score, 1), f"Resembles “{other}”."))
    candidates = tuple(found.values())[:4]
    if candidates:
        return Match("unsure", text, None, candidates[0].why, candidates)
    return Match("new", text, why=say("No known type resembles it."))


@lru_cache(maxsize=1)
def _by_name() -> dict[str, DeviceType]:
    return {kind.name: kind for kind in device_types()}


def device_type(name: str) -> DeviceType | None:
    """The shipped type of exactly that name."""
    return _by_name().get(name)
