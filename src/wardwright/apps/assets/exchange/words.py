"""Words for status, condition and ownership in many languages (``data/words.json``)."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from importlib.resources import files

from wardwright.kernel.tabular.vocabulary import heading_key

from ..states import Condition, OutReason, Ownership, Status

_BEHIND = re.compile(r"[(\[,;:]|\s[-–—]\s")
_OUT = {
    "under_repair": OutReason.UNDER_REPAIR,
    "awaiting_parts": OutReason.AWAITING_PARTS,
    "beyond_repair": OutReason.BEYOND_REPAIR,
}


@lru_cache(maxsize=1)
def _words() -> dict[str, dict[str, str]]:
    data = json.loads(files(__package__).joinpath("data/words.json").read_text("utf-8"))
    found: dict[str, dict[str, str]] = {}
    for part in ("status", "condition", "ownership"):
        found[part] = {heading_key(word): value for value, words in reversed(data[part].items()) for word in words}
    return found


def _meaning(part: str, text: str) -> str | None:
    """What a text means; where the whole is unknown, what stands before a bracket or a comma counts: "Functional
    (battery weak)"."""
    words = _words()[part]
    return words.get(heading_key(text)) or words.get(heading_key(_BEHIND.split(text, maxsplit=1)[0]))


@lru_cache(maxsize=4096)
def status_of(text: str) -> tuple[Status, str] | None:
    """The status (and the reason out of service) that a word means; None for a word we do not know."""
    value = _meaning("status", text)
    if value is None:
        return None
    if value in _OUT:
        return Status.OUT_OF_SERVICE, _OUT[value].value
    return Status(value), ""


@lru_cache(maxsize=4096)
def condition_of(text: str) -> Condition | None:
    """The condition code of WHO 2025 that a word means."""
    value = _meaning("condition", text)
    return None if value is None else Condition(int(value))


@lru_cache(maxsize=4096)
def ownership_of(text: str) -> Ownership | None:
    value = _words()["ownership"].get(heading_key(text))
    return None if value is None else Ownership(value)
