"""A reason the system can show and translate: a code, and the values that fill the code's sentence."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from wardwright.kernel.said import Said, shipped


@dataclass(frozen=True, slots=True)
class Reason:
    """One plain-word reason; the module that gives it holds the sentence templates by code (its `TEXTS`)."""

    code: str
    params: tuple[tuple[str, object], ...] = ()


def fill(texts: Mapping[str, str], reason: Reason, **words: str) -> Said:
    """Return the reason's sentence from `texts`, dates as ISO 8601; `words` add to or replace its values.

    Raises KeyError when the code has no text or a value of the text is missing.
    """
    values = {name: value.isoformat() if isinstance(value, date) else str(value) for name, value in reason.params}
    return shipped(texts[reason.code], {**values, **words})


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    return str(value) if isinstance(value, str | date | Decimal) else value


def to_plain(reasons: Iterable[Reason]) -> list[dict[str, object]]:
    """Return reasons as JSON can hold them: dates as ISO 8601, decimals as text."""
    return [{"code": r.code, "params": {name: _plain(value) for name, value in r.params}} for r in reasons]


def from_plain(rows: Iterable[Mapping[str, object]]) -> tuple[Reason, ...]:
    """Return the reasons of `to_plain`, with the same sentences. Raises KeyError or TypeError for another shape."""
    return tuple(Reason(str(row["code"]), tuple(dict(row["params"]).items())) for row in rows)  # type: ignore[call-overload]
