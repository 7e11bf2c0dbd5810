"""Identifiers hidden in notes: "AssetID: AST000001 | Phân loại: … | ProcurementID: PR000199".

A pattern is a key before a colon, or a template such as ``INV-#####`` (# a digit, @ a letter).
There are no free regular expressions:
nothing a user can type makes the matching slow.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from .table import Cell
from .values import clean_text, is_blank
from .vocabulary import field_words, heading_key

MAX_TEMPLATE = 60
_MAX_NOTE = 4_000
_PARTS = re.compile(r"[|;\n\r]+|,\s+(?=[^,:=|;]{1,40}[:=])")
_PAIR = re.compile(r"\s*([^:=|;]{1,40}?)\s*[:=]\s*(.{1,200})", re.DOTALL)
_CODE = re.compile(r"\b(?=[A-Za-z0-9/-]{5,30}\b)([A-Za-z]{1,8}[-/]?)(\d{3,12})\b")


@dataclass(frozen=True)
class NotePattern:
    """A way to get one value out of notes. ``coverage`` and ``unique`` are shares (0–1) of the notes that are not
    blank, and of the values.

    ``kind`` "key": the text after ``key`` and a colon; "template": the first text of that shape.
    ``field`` is what it may mean.
    """

    kind: Literal["key", "template"]
    key: str
    coverage: float
    unique: float
    examples: tuple[str, ...]
    field: str | None = None

    @property
    def identifies(self) -> bool:
        """It could tell one device from another: nearly always there and never the same twice."""
        return self.coverage >= 0.5 and self.unique >= 0.98


def propose_patterns(notes: Sequence[Cell], *, least_coverage: float = 0.3) -> tuple[NotePattern, ...]:
    """Patterns that occur in enough of the notes, the identifying ones first."""
    texts = [text[:_MAX_NOTE] for note in notes if not is_blank(note) and (text := _text(note))]
    if not texts:
        return ()
    values: dict[tuple[str, str], list[str]] = {}
    labels: dict[str, Counter[str]] = {}
    for text in texts:
        for label, value in _pairs(text):
            labels.setdefault(heading_key(label), Counter())[label] += 1
            values.setdefault(("key", heading_key(label)), []).append(value)
        for template in dict.fromkeys(_shape(match) for match in _CODE.finditer(_without_pairs(text))):
            values.setdefault(("template", template), []).append(extract_template(template, text) or "")
    found = [_pattern(kind, key, labels, taken, len(texts)) for (kind, key), taken in values.items() if key]
    kept = [pattern for pattern in found if pattern.coverage >= least_coverage]
    return tuple(sorted(kept, key=lambda p: (-p.identifies, -p.coverage, -p.unique, p.key)))


def extract(pattern: NotePattern, note: Cell) -> str | None:
    """The value that a pattern finds in one note, None when it is not there or blank."""
    text = _text(note)[:_MAX_NOTE]
    if pattern.kind == "template":
        return extract_template(pattern.key, text)
    wanted = heading_key(pattern.key)
    return next((value for label, value in _pairs(text) if heading_key(label) == wanted), None)


def extract_template(template: str, text: str) -> str | None:
    """The first part of the text that has the template's shape: "INV-#####" finds INV-00123."""
    match = _compiled(template).search(text[:_MAX_NOTE])
    return match.group() if match else None


def check_template(template: str) -> str:
    """ "" when a user's template can be used, else what is wrong with it."""
    if not template.strip() or len(template) > MAX_TEMPLATE:
        return f"A template has 1 to {MAX_TEMPLATE} characters."
    return (
        ""
        if "#" in template or "@" in template
        else "A template needs # for each digit or @ for each letter, for example INV-#####."
    )


@lru_cache(maxsize=256)
def _compiled(template: str) -> re.Pattern[str]:
    """Literals and single-character classes only, so matching takes linear time."""
    parts = {"#": r"\d", "@": r"[^\W\d_]"}
    body = "".join(parts.get(char) or re.escape(char) for char in template[:MAX_TEMPLATE])
    return re.compile(rf"(?<![^\W_]){body}(?![^\W_])")


def _text(note: Cell) -> str:
    return note if isinstance(note, str) else clean_text(note)


def _pairs(text: str) -> list[tuple[str, str]]:
    """ "key: value" parts. A time (10:30) or an address (https:) is none."""
    found = []
    for part in _PARTS.split(text):
        match = _PAIR.match(part)
        if match and not match[1].isdigit() and not match[2].startswith("//") and not is_blank(match[2].strip()):
            found.append((match[1].strip(), " ".join(match[2].split())))
    return found


def _without_pairs(text: str) -> str:
    return " ".join(part for part in _PARTS.split(text) if not _PAIR.match(part))


def _shape(match: re.Match[str]) -> str:
    return match[1] + "#" * len(match[2])


def _pattern(kind: str, key: str, labels: dict[str, Counter[str]], taken: list[str], notes: int) -> NotePattern:
    label = labels[key].most_common(1)[0][0] if kind == "key" else key
    fields = [field for field in field_words().get(key, {}) if field != "ignore"] if kind == "key" else []
    unique = len(set(taken)) / len(taken)
    guess = fields[0] if fields else None
    return NotePattern(
        "key" if kind == "key" else "template",
        label,
        min(1.0, len(taken) / notes),
        unique,
        tuple(dict.fromkeys(taken))[:3],
        guess,
    )
