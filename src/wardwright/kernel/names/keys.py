"""Keys under which names compare. Two names with one key are one name; nothing else follows from a key."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from importlib.resources import files

from .fold import strip_accents

_INITIALS = re.compile(r"(?<=\b\w)\.(?=\w\b)")
_PARENTHESES = re.compile(r"[(\[{].*?[)\]}]")
_NOT_WORD = re.compile(r"[^\w]+|_+")

_WORDS = json.loads(files(__package__).joinpath("data/company_words.json").read_text("utf-8"))
# What kind of company it is in law, at the end of a name; and words that many makers carry, which tell none apart.
LEGAL_FORMS = frozenset(_WORDS["legal_forms"])
GENERIC_WORDS = LEGAL_FORMS | frozenset(_WORDS["generic_words"])
# Names of makers that are ordinary words, too: with another word behind them they may be somebody else.
ORDINARY_NAMES = frozenset(_WORDS["ordinary_names"])
_COUNTRY_SUFFIX = re.compile(rf"[,\-–(/]\s*(?:{'|'.join(map(re.escape, _WORDS['countries']))})\s*\)?\s*$")
# Chinese, Japanese and Korean names carry the same words without spaces: place + name + trade + legal form.
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_CJK_ENDING = re.compile(rf"(?<=.)(?:{'|'.join(_WORDS['cjk_legal_forms'])})+$")
_CJK_PLACE = re.compile(rf"^(?:{'|'.join(_WORDS['cjk_places'])})+(?=..)")
_CJK_TRADE = re.compile(rf"(?<=.)(?:{'|'.join(_WORDS['cjk_generic_words'])})+$")
_AMERICAN = _WORDS["american_spellings"]
_BRITISH = re.compile("|".join(_AMERICAN))


@lru_cache(maxsize=65_536)
def name_key(text: str) -> str:
    """The key of a company name: "KARL STORZ,GERMANY" and "Karl Storz SE & Co. KG" are both "karl storz"."""
    folded = strip_accents(text).casefold()
    bare = _COUNTRY_SUFFIX.sub(" ", _PARENTHESES.sub(" ", folded)) if folded[:1] not in "([{" else folded
    words = _words(_INITIALS.sub("", (bare if bare.strip() else folded).replace("&", " and ").replace("+", " and ")))
    words = _joined_letters(words)
    key = " ".join(_without_ending(words, LEGAL_FORMS))
    return _CJK_ENDING.sub("", key) if not key.isascii() and _CJK.search(key) else key


@lru_cache(maxsize=65_536)
def core_key(text: str) -> str:
    """The key without the words that say nothing about which company it is: "Philips Medical Systems" → "philips"."""
    key = " ".join(_without_ending(name_key(text).split(), GENERIC_WORDS))
    return _CJK_TRADE.sub("", _CJK_PLACE.sub("", key)).strip() if not key.isascii() and _CJK.search(key) else key


def _words(text: str) -> list[str]:
    return _NOT_WORD.sub(" ", text).split()


def _joined_letters(words: list[str]) -> list[str]:
    """Initials written apart: "g e healthcare" → "ge healthcare", "c r bard" → "cr bard".

    A single one stays: "b braun".
    """
    joined: list[str] = []
    run = ""
    for word in [*words, ""]:
        if len(word) == 1 and word.isalpha():
            run += word
            continue
        joined += [run] if run else []
        joined += [word] if word else []
        run = ""
    return joined


def _without_ending(words: list[str], droppable: frozenset[str]) -> list[str]:
    end = len(words)
    while end > 1 and (words[end - 1] in droppable or (words[end - 1] == "and" and end > 1)):
        end -= 1
    return words[:end]


@lru_cache(maxsize=65_536)
def model_key(text: str) -> str:
    """The key of a model name: letters and digits only, so "Servo-s" = "SERVO S", and "SE-1200 Express" =
    "SE1200EXPRESS".
    """
    folded = strip_accents(text.replace("®", "").replace("™", "").replace("©", "")).casefold().replace("+", "plus")
    return re.sub(r"[\W_]+", "", folded)


def digit_runs(key: str) -> tuple[str, ...]:
    """The numbers in a key, in order: models whose numbers differ are different models."""
    return tuple(re.findall(r"\d+", key))


@lru_cache(maxsize=65_536)
def type_key(text: str) -> str:
    """The key of an equipment name; names turned round at a comma are turned back: "Pump, Infusion" → "infusion
    pump".
    """
    head, comma, tail = strip_accents(text).casefold().partition(",")
    turned = f"{tail} {head}" if comma and tail.count(",") == 0 and tail.strip() else f"{head} {tail}"
    return _BRITISH.sub(lambda match: _AMERICAN[match.group()], " ".join(_words(turned)))
