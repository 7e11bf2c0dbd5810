"""Sentences that say nothing of which devices are meant: hazards, injuries, reasons, what people should do.

Only what cannot name a device is taken for one: no number but those of injuries and days, no word that speaks of lots,
models or versions, no "other devices are affected", and no name that was not named before.
"""

from __future__ import annotations

import re

from .days import WORDY
from .vocabulary import WORDS, any_of

_FEWEST_WORDS = 5
_MOST_OF_A_POINT = 16
_WORD = re.compile(r"[^\W\d_][\w'/-]*")
_VERB = re.compile(rf"\b{any_of(WORDS['prose_verbs'])}\b", re.IGNORECASE)
_START = re.compile(rf"{any_of(WORDS['prose_starts'])}\b", re.IGNORECASE)
_STRONG = re.compile(rf"\b{any_of(WORDS['prose_never'])}\b", re.IGNORECASE)
_MORE = re.compile(
    rf"\b(?:all|any|every|each|other|others|additional|similar|further|remaining|only|also)\b\s+(?:[\w-]+\s+){{0,3}}"
    rf"{any_of(WORDS['prose_devices'])}\b",
    re.IGNORECASE,
)
_AFFECT = re.compile(rf"\b{any_of(WORDS['prose_affected'])}\b", re.IGNORECASE)
_HARMLESS = re.compile(rf"{WORDY}|\b{any_of(WORDS['prose_harmless'])}", re.IGNORECASE)
_COUNT = re.compile(rf"\b\d[\d,]*(?=\s+(?:[a-z-]+\s+){{0,3}}?{any_of(WORDS['prose_counted'])}\b)", re.IGNORECASE)
_NAME = re.compile(r"(?<=[a-z,)\d'\"/-] )[(\"']*([A-Z][\w'-]*)")
_SHORT_FORM = re.compile(r"\(([A-Z]{2,5}s?)\)")
_KNOWN = frozenset(WORDS["prose_names"])
_HARM = re.compile(r"\b(?:complaints?|injur\w+|deaths?)\b", re.IGNORECASE)
_LEADS = re.compile(rf"\b{any_of(WORDS['prose_risks'])}\b[^.\n]*:\s*\Z", re.IGNORECASE)


def is_prose(sentence: str, named: str) -> bool:
    """Whether a whole sentence says nothing of devices. ``named``: the text that named some before it."""
    words = _WORD.findall(sentence)
    if (len(words) < _FEWEST_WORDS and not _HARM.search(sentence)) or not _VERB.search(sentence):
        return False
    starts = _START.match(sentence) is not None or words[0].casefold() in _words(named)
    return starts and says_nothing(sentence, named)


def leads_to_points(sentence: str) -> bool:
    """Whether the lines behind a sentence are its points: "The risks of this are:"."""
    return _LEADS.search(sentence) is not None


def is_point(line: str, named: str) -> bool:
    """Whether a line is such a point: "Brain injury caused by a lack of oxygen"."""
    return 0 < len(_WORD.findall(line)) <= _MOST_OF_A_POINT and says_nothing(line, named)


def says_nothing(words: str, named: str) -> bool:
    """Whether a part of a text names no device, no number of one, and neither adds nor takes away any."""
    bare = _COUNT.sub(" ", _HARMLESS.sub(" ", words))
    if any(char.isdigit() for char in bare) or _STRONG.search(bare) or (_MORE.search(bare) and _AFFECT.search(bare)):
        return False
    short = {found[1] for found in _SHORT_FORM.finditer(words)}
    known = _words(named)
    strange = (found[1] for found in _NAME.finditer(bare))
    return all(name in short or name.casefold().removesuffix("'s") in known or name in _KNOWN for name in strange)


def _words(text: str) -> set[str]:
    return {word.casefold() for word in _WORD.findall(text)}
