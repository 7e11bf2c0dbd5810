"""Letters without their marks: the ground on which all names compare."""

from __future__ import annotations

import unicodedata

_STROKES = str.maketrans(
    {
        "đ": "d",
        "Đ": "d",
        "ø": "o",
        "Ø": "o",
        "ł": "l",
        "Ł": "l",
        "ı": "i",
        "ß": "ss",
        "æ": "ae",
        "Æ": "ae",
        "œ": "oe",
        "Œ": "oe",
        "ð": "d",
        "Ð": "d",
        "Þ": "th",
        "ẞ": "ss",
        "þ": "th",
    }
)
_ARABIC = str.maketrans({"أ": "ا", "إ": "ا", "آ": "ا", "ى": "ي", "ـ": None})


def strip_accents(text: str) -> str:
    """ "Máy điện tim" → "May dien tim". Letters of other scripts stay; Arabic alifs and full-width forms become one."""
    if text.isascii():
        return text
    decomposed = unicodedata.normalize("NFKD", text.translate(_STROKES))
    bare = "".join(c for c in decomposed if not unicodedata.combining(c))
    return unicodedata.normalize("NFKC", bare.translate(_ARABIC))
