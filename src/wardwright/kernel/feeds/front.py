"""Kinds of feeds, and the walk over each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum

from . import bulk, csaf, openfda, plain
from .model import Ask, Cursor, Page, Plan

Walk = Callable[[Ask, Plan, Cursor], Iterator[Page]]


class Feed(StrEnum):
    OPENFDA = "openfda"
    OPENFDA_FILES = "openfda_files"
    CSAF = "csaf"
    FILE = "file"


FEEDS: Mapping[Feed, Walk] = {
    Feed.OPENFDA: openfda.walk,
    Feed.OPENFDA_FILES: bulk.walk,
    Feed.CSAF: csaf.walk,
    Feed.FILE: plain.walk,
}


def walk(feed: Feed, ask: Ask, plan: Plan, cursor: Cursor | None = None) -> Iterator[Page]:
    """The pages of a feed from where ``cursor`` says. Raises Unusable, and whatever ``ask`` raises."""
    return FEEDS[feed](ask, plan, dict(cursor or {}))
