"""What the search box finds: each app declares once how its own rows are found; lower pages need not know."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.db.models import Model, QuerySet
from django.urls import reverse

from wardwright.platform.search.names import NamedBy
from wardwright.platform.search.spelling import vocabulary


@dataclass(frozen=True)
class Hit:
    """One thing found. ``exact``: the text is its very number, so the box may go straight there."""

    name: Any
    words: Any
    url: str
    exact: bool = False


@dataclass
class Group:
    """The things of one kind that were found; ``more_url`` is where all of them are, if there are more."""

    key: str
    label: Any
    icon: str
    hits: list[Hit]
    more_url: str = ""


@dataclass
class Asked:
    """One search: by whom, for what, how many hits of a kind at most; ``once`` keeps what several kinds need."""

    by: Any
    text: str
    most: int
    _kept: dict[Callable[..., Any], Any] = field(default_factory=dict)

    def once(self, read: Callable[[Any, str], Any]) -> Any:
        """What ``read(by, text)`` gives, read once in this search."""
        if read not in self._kept:
            self._kept[read] = read(self.by, self.text)
        return self._kept[read]

    @property
    def may_be_number(self) -> bool:
        return any(c.isdigit() for c in self.text)


#: Up to ``asked.most`` hits within the reader's reach, in one query or two.
Find = Callable[[Asked], Iterable[Hit]]


@dataclass(frozen=True)
class Finder:
    """How one kind is found. ``list_name``: the page that shows all for ``?q=``; ``at_rest``: without words too."""

    key: str
    label: Any
    icon: str
    order: int
    find: Find
    list_name: str = ""
    at_rest: bool = False


FINDERS: dict[str, Finder] = {}


def finder(
    key: str, label: Any, icon: str, find: Find, *, order: int, list_name: str = "", at_rest: bool = False
) -> None:
    """Declare a kind that is found in a way of its own."""
    FINDERS[key] = Finder(key, label, icon, order, find, list_name, at_rest)


def named(
    key: str,
    label: Any,
    icon: str,
    model: type[Model],
    columns: tuple[str, ...],
    rows: Callable[[Any], QuerySet],
    hit: Callable[[Any], Hit],
    *,
    order: int,
    list_name: str = "",
) -> None:
    """Declare a kind that is found by its names: the rows within reach with every word in one of ``columns``.

    The words of their names are what a mistyped word is compared with.
    """
    search = NamedBy(*columns)
    vocabulary(model, *columns)

    def find(asked: Asked) -> Iterable[Hit]:
        return [hit(row) for row in search.best_first(rows(asked.by), asked.text)[: asked.most]]

    finder(key, label, icon, find, order=order, list_name=list_name)


def found_by_apps(by: Any, text: str, most: int) -> list[Group]:
    """What the declared kinds find, in their order; without words, where one can go and what one can do."""
    groups, asked = [], Asked(by, text, most + 1)
    for one in sorted(FINDERS.values(), key=lambda one: one.order):
        hits = list(one.find(asked)) if text or one.at_rest else []
        if hits:
            more = f"{reverse(one.list_name)}?{urlencode({'q': text})}" if one.list_name and len(hits) > most else ""
            groups.append(Group(one.key, one.label, one.icon, hits[:most] if text else hits, more))
    return groups
