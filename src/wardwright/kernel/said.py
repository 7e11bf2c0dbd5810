"""Sentences that the kernel says: in English, and so that a floor above can say them in another language.

``say("Row {row} cannot be read.", row=7)`` is a ``str`` like any other, for whoever reads English, counts reasons or
writes JSON. It also keeps its template, by which a catalogue finds the translation, and the values to fill in.
``tools/messages.py`` collects the templates; ``platform.core.words.said_words`` translates.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

_PLACE = re.compile(r"\{(\w+)(:,)?\}")


class Said(str):
    """An English sentence with its template (two where a count ``n`` decides) and its values: str, int, float, Said."""

    __slots__ = ("templates", "values")

    templates: tuple[str, ...]
    values: Mapping[str, Any]

    def __reduce__(self) -> tuple[Any, ...]:
        return _said, (self.templates, self.values)


def say(template: str, /, **values: Any) -> Said:
    """A sentence. ``template`` is written out where it is said; ``{n:,}`` sets thousands apart."""
    return _said((template,), values)


def say_n(one: str, many: str, /, *, n: int, **values: Any) -> Said:
    """A sentence about ``n`` things: ``one`` where n is 1."""
    return _said((one, many), {"n": n, **values})


def shipped(template: str, values: Mapping[str, Any] | None = None) -> Said:
    """A sentence whose template stands in shipped data or in a table of texts, and is collected from there."""
    return _said((template,), values or {})


def in_a_row(*sentences: str) -> str:
    """Sentences one after the other, without those that are ""."""
    values = {f"s{n}": one for n, one in enumerate(filter(None, sentences))}
    return _said((" ".join(f"{{{name}}}" for name in values),), values)


def fill(template: str, values: Mapping[str, Any], number: Callable[[Any], str] = "{:,}".format) -> str:
    """The template with its values; ``number`` writes those that set thousands apart.

    Nothing else that ``str.format`` can do: a template may come out of a database.
    """
    return _PLACE.sub(lambda place: number(values[place[1]]) if place[2] else str(values[place[1]]), template)


def _said(templates: tuple[str, ...], values: Mapping[str, Any]) -> Said:
    template = templates[-1] if len(templates) > 1 and values["n"] != 1 else templates[0]
    said = Said(fill(template, values) if values else template)
    said.templates, said.values = templates, values
    return said


# As JSON ---------------------------------------------------------------------------------------------------------

_SAY, _KEYS = "say", "said keys"


def to_plain(value: Any) -> Any:
    """What JSON can hold, so that sentences anywhere in it are still sentences after ``from_plain``."""
    if isinstance(value, Said):
        return {_SAY: list(value.templates), "values": {name: to_plain(one) for name, one in value.values.items()}}
    if isinstance(value, Mapping):
        if any(isinstance(key, Said) for key in value):
            return {_KEYS: [[to_plain(key), to_plain(one)] for key, one in value.items()]}
        return {key: to_plain(one) for key, one in value.items()}
    return [to_plain(one) for one in value] if isinstance(value, list | tuple) else value


def from_plain(value: Any) -> Any:
    """What ``to_plain`` was given. Anything else stays as it is: what is older than these sentences is text."""
    if isinstance(value, list):
        return [from_plain(one) for one in value]
    if not isinstance(value, dict):
        return value
    try:
        if value.keys() == {_SAY, "values"}:
            return _said(tuple(value[_SAY]), from_plain(value["values"]))
        if value.keys() == {_KEYS}:
            return {from_plain(key): from_plain(one) for key, one in value[_KEYS]}
    except (KeyError, IndexError, TypeError, ValueError):
        return value
    return {key: from_plain(one) for key, one in value.items()}
