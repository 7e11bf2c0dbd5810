"""How text is folded, and which column of a table holds the folded text that a word search reads.

What is written and what is asked pass through the same ``normalise``, so both databases answer alike. The index follows
the table by trigger (SQLite) or as a generated column (PostgreSQL): nobody has to remember to refresh it.
"""

from __future__ import annotations

import re
import unicodedata

INDEXED: dict[str, str] = {}
_WORD = re.compile(r"[^\W_]+")
_SPECIAL = str.maketrans({"ß": "ss", "ø": "o", "đ": "d", "ł": "l", "æ": "ae", "œ": "oe"})


def searchable(table: str, column: str) -> None:
    """Declare that ``table.column`` is searched."""
    INDEXED[table] = column


def fold(text: str) -> str:
    """Lower case, without accents."""
    folded = unicodedata.normalize("NFKD", text.casefold().translate(_SPECIAL))
    return "".join(c for c in folded if not unicodedata.combining(c))


def normalise(text: str) -> str:
    """Folded, words separated by single spaces.

    Words are of letters and decimal digits: PostgreSQL's parser takes no other number (𝋠) for a part of one.
    """
    folded = fold(text)
    if not folded.isascii():
        folded = "".join(c if c.isalpha() or c.isdecimal() else " " for c in folded)
    return " ".join(_WORD.findall(folded))


def words_of(text: str) -> list[str]:
    """The distinct words of a query, at most eight."""
    return list(dict.fromkeys(normalise(text).split()))[:8]
