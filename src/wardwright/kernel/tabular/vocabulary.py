"""The words of headings, totals and blanks, read from ``data/headings.json``, and the key under which words compare."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from importlib.resources import files

from wardwright.kernel.names.fold import strip_accents

_SIGNS = str.maketrans({"№": " no ", "#": " no ", "º": "o", "°": "o"})
_CAMEL = re.compile(r"(?<=[a-zà-öø-ÿ])(?=[A-ZÀ-ÖØ-Þ])")
_NOT_WORD = re.compile(r"[^\w]+|_+")


@lru_cache(maxsize=20_000)
def heading_key(text: str) -> str:
    """The form in which headings compare: "LOG_Number", "Log number:" and "log-number" are one."""
    spaced = _CAMEL.sub(" ", text.strip().translate(_SIGNS))
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


def loose_key(key: str) -> tuple[str, ...]:
    """A heading key without fill words and abbreviations, in order: "acq date" meets "date of acquisition"."""
    short, fill = _data()["abbreviations"], _data()["fill_words"]
    return tuple(sorted(short.get(word, word) for word in key.split() if word not in fill))


@lru_cache(maxsize=1)
def loose_field_words() -> dict[tuple[str, ...], dict[str, str]]:
    """Loose key → {field: language}, for headings of two words and more."""
    loose: dict[tuple[str, ...], dict[str, str]] = {}
    for key, found in field_words().items():
        if len(loose_key(key)) >= 2:
            loose.setdefault(loose_key(key), found)
    return loose


@lru_cache(maxsize=1)
def fields() -> tuple[str, ...]:
    """The canonical fields, in the order of the data file."""
    return tuple(_data()["fields"])


@lru_cache(maxsize=1)
def total_words() -> frozenset[str]:
    return frozenset(heading_key(word) for word in _data()["total_words"])


@lru_cache(maxsize=1)
def signature_words() -> frozenset[str]:
    """Words with which the lines for signatures below a list begin."""
    return frozenset(heading_key(word) for word in _data()["signature_words"])


@lru_cache(maxsize=1)
def blank_words() -> frozenset[str]:
    """Words that say "nothing here", casefolded, with and without accents."""
    words = {word.casefold() for word in _data()["blank_words"]}
    return frozenset(words | {strip_accents(word).casefold() for word in words})


@lru_cache(maxsize=1)
def group_roles() -> dict[str, str]:
    """What a column of a repeated group says: its last words → date, due, done, engineer, status, notes."""
    roles = {heading_key(word): role for role, words in _data()["group_roles"].items() for word in words}
    for role in ("engineer", "status", "notes"):
        for synonyms in _data()["fields"][role].values():
            for synonym in synonyms:
                roles.setdefault(heading_key(synonym), role)
    return roles


@lru_cache(maxsize=1)
def service_words() -> frozenset[str]:
    """Words that say that a numbered column is about service visits."""
    return frozenset(heading_key(word) for word in _data()["service_words"])


@lru_cache(maxsize=1)
def work_states() -> frozenset[str]:
    """States of a job, not of a device."""
    return frozenset(heading_key(word) for word in _data()["work_states"])
