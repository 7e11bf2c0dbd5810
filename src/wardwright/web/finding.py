"""What the search box finds beside devices: each app says how its own rows are found; lower pages need not know."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Hit:
    """One thing found. ``exact``: the text is its very number, so the box may go straight there."""

    kind: Any
    name: str
    words: str
    url: str
    icon: str = "chevron-right"
    exact: bool = False


Finder = Callable[[Any, str], Iterable[Hit]]
FINDERS: list[Finder] = []


def finder(find: Finder) -> Finder:
    """Register ``find(by, text)``: a few hits within the reader's reach, in one query or two."""
    FINDERS.append(find)
    return find


def found_by_apps(by: Any, text: str) -> list[Hit]:
    """What the registered finders find, in their order."""
    return [hit for find in FINDERS for hit in find(by, text)]
