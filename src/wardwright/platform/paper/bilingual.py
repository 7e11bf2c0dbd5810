"""Texts on paper in the reader's language with a second beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC
from typing import Any

from django.utils.translation import get_language, override

Said = Callable[[Callable[[], Any]], list[str]]


def bilingual(second: str) -> Said:
    """A function that says words (made when it calls them) in one or two languages, the reader's first."""
    languages = list(dict.fromkeys([get_language() or "en", second]))

    def said(words: Callable[[], Any]) -> list[str]:
        found = []
        for language in languages:
            with override(language):
                found.append(str(words()))
        return list(dict.fromkeys(found))

    return said


def signature_lines(standings: Iterable[Any], said: Said, superseded: Callable[[], Any]) -> list[dict[str, Any]]:
    """Who signed, meaning what, when (in UTC), and the digest of what was signed."""
    return [
        {
            "name": standing.signature.printed_name,
            "when": standing.signature.signed_at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC"),
            "meaning": said(standing.signature.get_meaning_display),
            "superseded": said(superseded) if standing.superseded else [],
            "hash": standing.signature.snapshot_hash,
        }
        for standing in standings
    ]
