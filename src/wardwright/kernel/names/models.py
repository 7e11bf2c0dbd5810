"""Is this model one that we have? Asked within one maker; numbers that differ are never one model."""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from wardwright.kernel.said import say

from .keys import digit_runs, model_key
from .matching import Candidate, Match

UNSURE_FROM = 80.0


def score_model(a: str, b: str) -> tuple[float, str]:
    """How likely two model names are one (0–100), and why. Differing digits give 0: MP30 is not MP50."""
    key_a, key_b = model_key(a), model_key(b)
    if key_a == key_b:
        return 100.0, say("The same name but for spaces and punctuation.")
    if digit_runs(key_a) != digit_runs(key_b):
        return 0.0, say("Their numbers differ.")
    if _is_typing_error(key_a, key_b):
        return 97.0, say("One typing error apart.")
    shorter, longer = sorted((key_a, key_b), key=len)
    if len(shorter) >= 3 and longer.endswith(shorter) and digit_runs(shorter):
        return 92.0, say("One name is the other with the product line in front.")
    if len(shorter) >= 4 and longer.startswith(shorter):
        return 84.0, say("One name is the other with something added: it may be a variant.")
    return min(90.0, fuzz.ratio(key_a, key_b)), say("The names resemble each other.")


def _is_typing_error(a: str, b: str) -> bool:
    """One letter apart inside a word of seven letters or more: at the end or beside a digit a letter tells variants
    apart.
    """
    if OSA.distance(a, b, score_cutoff=1) != 1:
        return False
    words_a, words_b = re.split(r"\d+", a), re.split(r"\d+", b)
    changed = [(x, y) for x, y in zip(words_a, words_b, strict=False) if x != y]
    if len(words_a) != len(words_b) or len(changed) != 1:
        return False
    x, y = changed[0]
    return min(len(x), len(y)) >= 7 and x[:2] == y[:2] and x[-2:] == y[-2:]


def match_model(text: str, known: Mapping[str, Hashable]) -> Match:
    """Match a model name against the models of the same maker (name → id)."""
    by_key = {model_key(name): identity for name, identity in known.items()}
    key = model_key(text)
    if key in by_key:
        return Match("exact", text.strip(), by_key[key], say("The same name but for spaces and punctuation."))
    near = process.extract(key, by_key.keys(), scorer=fuzz.partial_ratio, limit=25, score_cutoff=60) if key else []
    scored = [Candidate(by_key[other], other, *score_model(key, other)) for other, _score, _index in near]
    found = tuple(sorted((c for c in scored if c.score >= UNSURE_FROM), key=lambda c: -c.score)[:5])
    if found and found[0].score >= 97 and (len(found) == 1 or found[1].score < 97):
        return Match("sure", text.strip(), found[0].id, found[0].why, found)
    if found:
        return Match("unsure", text.strip(), None, found[0].why, found)
    return Match("new", text.strip(), why=say("No known model resembles it."))
