"""Well-known makers of medical equipment, how people spell them, and which are related and yet not one
(``data/makers.json``).
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from wardwright.kernel.said import shipped

from .keys import ORDINARY_NAMES, core_key, name_key

_BREAK = re.compile(r"(?<=\S)(?:\s*[/|;,]\s*|\s+|-)(?=\S)")
_AROUND = " \t-–—/|;,:"


@dataclass(frozen=True)
class Maker:
    """A maker. ``related``: other makers' names and why they are related: never merged without a person."""

    name: str
    spellings: tuple[str, ...]
    related: tuple[tuple[str, str], ...]


@lru_cache(maxsize=1)
def makers() -> tuple[Maker, ...]:
    data = json.loads(files(__package__).joinpath("data/makers.json").read_text("utf-8"))
    return tuple(
        Maker(m["name"], tuple(m["spellings"]), tuple((r["name"], shipped(r["why"])) for r in m["related"]))
        for m in data["makers"]
    )


@lru_cache(maxsize=1)
def _by_key() -> dict[str, Maker]:
    """Every spelling's key. What is written with the same key by two makers belongs to the first."""
    index: dict[str, Maker] = {}
    for maker in makers():
        for spelling in (maker.name, *maker.spellings):
            index.setdefault(name_key(spelling), maker)
            index.setdefault(name_key(spelling).replace(" ", ""), maker)
    return index


@lru_cache(maxsize=65_536)
def known_maker(text: str) -> Maker | None:
    """The maker that a text names, None when we do not know it.

    Only whole names count, never a part that resembles one.
    """
    key = name_key(text)
    found = _by_key().get(key) or _by_key().get(key.replace(" ", ""))
    core = core_key(text)
    return found or (_by_key().get(core) if core != key and core not in ORDINARY_NAMES else None)


def family(text: str) -> Maker | None:
    """The maker with whose name a longer name begins: "BD Rowa" → BD. A hint for a question, never an answer."""
    words = name_key(text).split()
    starts = (" ".join(words[:n]) for n in range(len(words) - 1, 0, -1))
    return next((_by_key()[start] for start in starts if start in _by_key()), None)


def relation(a: Maker, b: Maker) -> str | None:
    """Why two makers are related, None when they are not."""
    for one, other in ((a, b), (b, a)):
        for name, why in one.related:
            if name == other.name:
                return why
    return None


@lru_cache(maxsize=65_536)
def split_maker(text: str) -> tuple[str, str] | None:
    """Maker and model of one cell: "Dräger Evita V500", "GE / Dash 4000". None when it does not begin with a maker that
    we know, or names nothing but a maker."""
    if known_maker(text):
        return None
    for end in [match.start() for match in _BREAK.finditer(text)][5::-1]:
        start, rest = text[:end].strip(_AROUND), text[end:].strip(_AROUND)
        maker = known_maker(start)
        if maker and rest and _may_make(maker, name_key(start), rest):
            return start, rest
    return None


def _may_make(maker: Maker, start: str, rest: str) -> bool:
    """ "Lifepak" is a spelling of Physio-Control and "Lifepak 15" a model; "Sigma" alone may be somebody else."""
    if start in ORDINARY_NAMES:
        return core_key(maker.name) == start and any(char.isdigit() for char in rest)
    return any(char.isalpha() for char in rest) or start in (name_key(maker.name), core_key(maker.name))
