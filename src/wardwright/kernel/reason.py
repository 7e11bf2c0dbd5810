"""A reason the system can show and translate: a code, and the values that fill the code's sentence."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Reason:
    """One plain-word reason; the module that gives it holds the sentence templates by code (its `TEXTS`)."""

    code: str
    params: tuple[tuple[str, object], ...] = ()


def fill(texts: Mapping[str, str], reason: Reason, **words: str) -> str:
    """Return the reason's sentence from `texts`, dates as ISO 8601; `words` add to or replace its values.

    Raises KeyError when the code has no text or a value of the text is missing.
    """
    values = {name: value.isoformat() if isinstance(value, date) else str(value) for name, value in reason.params}
    return texts[reason.code].format(**{**values, **words})
