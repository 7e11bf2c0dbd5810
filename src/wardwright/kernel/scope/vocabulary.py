"""The words of notices, from ``data/words.json``: labels, bounds, words that say nothing, words that must be read."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from typing import Any

WORDS: dict[str, Any] = json.loads(files(__package__).joinpath("data/words.json").read_text("utf-8"))


def any_of(words: list[str]) -> str:
    """One expression for all of them, the first that fits."""
    return "(?:" + "|".join(words) + ")"


# Between what says which units are meant; by itself it says nothing about them.
NOISE = frozenset(WORDS["noise"])
# A sentence that begins so speaks of hazards, action or correspondence, and of no more devices …
PROSE = re.compile(rf"{any_of(WORDS['prose'])}\b", re.IGNORECASE)
# … unless one of these words stands in it: they may add devices or take some away.
BEARING = re.compile(rf"\b{any_of(WORDS['bearing'])}\b", re.IGNORECASE)
# "Acme is recalling the X100": the name begins behind it.
ANNOUNCING = re.compile(rf"\b{any_of(WORDS['announcing'])}\b", re.IGNORECASE)
# Before a colon it says that a maker's name follows.
MAKER_LABEL = re.compile(rf"(?:the )?{any_of(WORDS['makers'])}(?: name)?\Z", re.IGNORECASE)
# "No other models are affected": the list before is the whole list.
CLOSING = re.compile(rf"{any_of(WORDS['closing'])}\b[^.;\n]*", re.IGNORECASE)
# They say that not all are meant, and not which.
VAGUE = frozenset(WORDS["vague"])
# A line that begins so says nothing of which devices are meant.
ASIDE = re.compile(rf"{any_of(WORDS['asides'])}[^\n;]{{0,80}}?(?=[\n;]|\.\s|\.?\Z)", re.IGNORECASE)
# Behind it stand the names of the products: "Acme is recalling the", "This recall affects".
ANNOUNCED = re.compile(any_of(WORDS["announced"]), re.IGNORECASE)
# The end of a letter, and who signed it.
FAREWELL = re.compile(any_of(WORDS["farewell"]), re.IGNORECASE)
# Where a number should stand: there is none.
PLACEHOLDERS = frozenset(WORDS["placeholders"])
# "all affected units", in an instruction, are those that are named.
THOSE = re.compile(
    r"\b(?:all|any|every|each)(?: (?:of|the|your|these|remaining|unused))* (?:affected|recalled|impacted)\b",
    re.IGNORECASE,
)
# What may take away some that are named.
NARROWING = re.compile(rf"\b{any_of(WORDS['narrowing'])}\b", re.IGNORECASE)
# Behind a number they belong to the version: "1.3.1 Build 13".
QUALIFIERS = frozenset(WORDS["qualifiers"])
# A sentence that has it says which version is good, or what to do about the others.
REMEDY = re.compile(any_of(WORDS["remedy"]), re.IGNORECASE)
# Small words that no name has: they tell something of what is named before them.
TELLING = frozenset(WORDS["telling"])
# Of such a sentence: they say nothing of which devices are meant.
HARMLESS = frozenset((*WORDS["harmless"], *WORDS["joining"]))
# Small words that no name ends in.
JOINING = frozenset(WORDS["joining"])
UPPER_WORD = re.compile(r"[A-Z][A-Z0-9+-]*\Z")
