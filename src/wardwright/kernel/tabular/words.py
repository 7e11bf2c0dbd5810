"""Month names, intervals, yes and no, and currencies in many languages, read from ``data/words.json``."""

from __future__ import annotations

import json
from functools import lru_cache
from importlib.resources import files

from .vocabulary import heading_key


@lru_cache(maxsize=1)
def _data() -> dict:
    return json.loads(files(__package__).joinpath("data/words.json").read_text("utf-8"))


def _inverted(part: str) -> dict[str, int]:
    return {heading_key(word): int(number) for number, words in _data()[part].items() for word in words}


@lru_cache(maxsize=1)
def months() -> dict[str, int]:
    """Month name (key form) → 1–12."""
    return _inverted("months")


@lru_cache(maxsize=1)
def interval_words() -> dict[str, int]:
    """Word → months; 0 says that no service is planned."""
    return _inverted("interval_words")


@lru_cache(maxsize=1)
def day_interval_words() -> dict[str, int]:
    return _inverted("day_interval_words")


@lru_cache(maxsize=1)
def interval_units() -> dict[str, str]:
    return {heading_key(word): unit for unit, words in _data()["interval_units"].items() for word in words}


@lru_cache(maxsize=1)
def truths() -> dict[str, bool]:
    return {heading_key(word): truth for truth, name in ((True, "true"), (False, "false")) for word in _data()[name]}


@lru_cache(maxsize=1)
def currencies() -> dict[str, str]:
    """Sign or code (casefolded) → ISO 4217 code."""
    return {sign.casefold(): code for sign, code in _data()["currencies"].items()}
