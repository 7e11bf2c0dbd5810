"""The words of headings, totals and blanks, read from ``data/headings.json``, and the key under which words compare."""

from __future__ import annotations

import json
import re
import unicodedata
from functools import lru_cache
from importlib.resources import files

_STROKES = str.maketrans({"đ": "d", "Đ": "d", "ø": "o", "Ø": "o", "ł": "l", "Ł": "l", "ı": "i", "ß": "ss", "æ": "ae", "Æ": "ae",
                          "œ": "oe", "Œ": "oe", "№": " no ", "#": " no ", "º": "o", "°": "o", "ð": "d", "þ": "th"})
_ARABIC = str.maketrans({"أ": "ا", "إ": "ا", "آ": "ا", "ى": "ي", "ـ": None})
_CAMEL = re.compile(r"(?<=[a-zà-öø-ÿ])(?=[A-ZÀ-ÖØ-Þ])")
_NOT_WORD = re.compile(r"[^\w]+|_+")


def strip_accents(text: str) -> str:
    """Letters without their marks: "Máy điện tim" → "May dien tim". Scripts other than Latin keep their letters."""
    if text.isascii():
        return text.replace("#", " no ")
    decomposed = unicodedata.normalize("NFKD", text.translate(_STROKES))
    bare = "".join(c for c in decomposed if not unicodedata.combining(c))
    return unicodedata.normalize("NFKC", bare.translate(_ARABIC))


@lru_cache(maxsize=20_000)
def heading_key(text: str) -> str:
    """The form in which headings compare: "LOG_Number", "Log number:" and "log-number" are one."""
    spaced = _CAMEL.sub(" ", text.strip())
    return " ".join(_NOT_WORD.sub(" ", strip_accents(spaced).casefold()).split())


@lru_cache(maxsize=1)
def _data() -> dict:
    return json.loads(files(__package__).joinpath("data/headings.json").read_text("utf-8"))


@lru_cache(maxsize=1)
def field_words() -> dict[str, dict[str, str]]:
    """Heading key → {field: language of the synonym}. Most keys have one field."""
    words: dict[str, dict[str, str]] = {}
    for field, by_language in _data()["fields"].items():
        for language, synonyms in by_language.items():
            for synonym in synonyms:
                words.setdefault(heading_key(synonym), {}).setdefault(field, language)
    for synonym in _data()["ignore"]:
        words.setdefault(heading_key(synonym), {}).setdefault("ignore", "")
    return words


@lru_cache(maxsize=1)
def fields() -> tuple[str, ...]:
    """The canonical fields, in the order of the data file."""
    return tuple(_data()["fields"])


@lru_cache(maxsize=1)
def total_words() -> frozenset[str]:
    return frozenset(heading_key(word) for word in _data()["total_words"])


@lru_cache(maxsize=1)
def blank_words() -> frozenset[str]:
    """Words that say "nothing here", casefolded, with and without accents."""
    words = {word.casefold() for word in _data()["blank_words"]}
    return frozenset(words | {strip_accents(word).casefold() for word in words})
