"""Pages of a feed, and what a walk over it needs to know."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from wardwright.kernel.said import in_a_row, say

Cursor = dict[str, Any]
"""What a walk remembers from one page, and one run, to the next: JSON."""


class Answer(Protocol):
    """What a source answered; ``status`` is 200, 304 or what it refused with."""

    @property
    def url(self) -> str: ...
    @property
    def status(self) -> int: ...
    @property
    def body(self) -> bytes: ...
    @property
    def etag(self) -> str: ...
    @property
    def last_modified(self) -> str: ...
    @property
    def links(self) -> Mapping[str, str]: ...


class NoAnswer(Exception):
    """What ``Ask`` raises where nothing came; ``words`` say why, for a person. ``wait_seconds``: when the source asked
    to be left alone, for how long; 0 where it did not say. ``again``: whether the same request may succeed later."""

    def __init__(self, words: str, *, wait_seconds: float = 0.0, again: bool = True) -> None:
        super().__init__(words)
        self.words, self.wait_seconds, self.again = words, wait_seconds, again


class Ask(Protocol):
    """Fetches one address; validators are sent along. What it raises ends the walk, which can be resumed, except where
    :class:`NoAnswer` is about one document among others."""

    def __call__(self, url: str, *, etag: str = "", last_modified: str = "") -> Answer: ...


@dataclass(frozen=True, slots=True)
class Plan:
    """A source: its address, and how much of it. ``only``: names of documents begin so ("icsma-").
    ``full_days``: after how many days all is asked for again, because sources change old records without saying so.
    ``overlap_days``: how far behind the last run one asks again. ``key``: of the source's API."""

    address: str
    today: dt.date
    only: str = ""
    full_days: int = 30
    overlap_days: int = 60
    key: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a feed. ``data`` is for ``bulletins.read`` under ``name`` (empty: nothing to read). ``cursor``: behind
    this page, once it has been taken in; None: not yet. ``refused``: what could not be had, name and words. ``notes``:
    what a person should know of the feed itself. ``unchanged``: the source said that nothing is new."""

    name: str = ""
    data: bytes = b""
    cursor: Cursor | None = None
    refused: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    unchanged: bool = False


class Unusable(ValueError):
    """A source that answers with something else than what it was added as; ``str(error)`` says what to do."""


def as_object(answer: Answer, what: str) -> Mapping[str, Any]:
    """The JSON object that was answered. Raises Unusable."""
    try:
        found = json.loads(answer.body)
    except (ValueError, RecursionError):
        found = None
    if answer.status != 200:
        url = answer.url.partition("?")[0]
        words = say("{url} answered {status} instead of {what}.", url=url, status=str(answer.status), what=what)
        raise Unusable(in_a_row(words, _error_in(found)))
    if not isinstance(found, Mapping):
        page = answer.body.lstrip()[:1] == b"<"
        told = say("a web page") if page else say("something else")
        raise Unusable(say("{url} answered {found} instead of {what}.", url=answer.url, found=told, what=what))
    return found


def _error_in(found: Any) -> str:
    """What the source itself says is wrong."""
    error = found.get("error") if isinstance(found, Mapping) else None
    message = error.get("message") if isinstance(error, Mapping) else None
    return say("It says: {words}", words=" ".join(message.split())[:300]) if isinstance(message, str) else ""


def shrunk(now: int, before: Any, what: str) -> tuple[str, ...]:
    """The note on a feed that has become much shorter. Nothing is deleted for that."""
    if not isinstance(before, int) or isinstance(before, bool) or now >= before * 0.9 or before < 10:
        return ()
    told = say("The source lists {now:,} {what}; before it were {before:,}. Nothing was deleted here.",
               now=now, before=before, what=what)  # fmt: skip
    return (told,)
