"""What somebody meant who mistyped: the words of all names, compared by the edits between them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.db.models import Model
from rapidfuzz import process
from rapidfuzz.distance import OSA

from .models import Word
from .text import normalise

SHORTEST, LONGEST = 4, 40
_LETTERS = re.compile(r"[^\W\d_]+")
_SOURCES: dict[tuple[type[Model], str], None] = {}


def vocabulary(model: type[Model], *columns: str) -> None:
    """Declare that the words of these columns are what people look for."""
    _SOURCES.update(dict.fromkeys((model, column) for column in columns))


def corrected(text: str) -> str:
    """``text`` with each word that no name has replaced by the nearest that some name has; "" when nothing changed."""
    better, changed = [], False
    for part in text.split():
        word = normalise(part)
        meant = _nearest(word) if word.isalpha() and len(word) >= SHORTEST else ""
        better.append(meant or part)
        changed = changed or bool(meant)
    return " ".join(better) if changed else ""


def _nearest(word: str) -> str:
    """The word that was meant, as it is written; "" for one that is right, begun right, or like none."""
    if Word.objects.filter(word__startswith=word).exists():
        return ""
    edits = 1 if len(word) == SHORTEST else 2 if len(word) < 9 else 3
    lengths = range(len(word) - edits, len(word) + edits + 1)
    known = {row.word: row for row in Word.objects.filter(length__in=lengths)}
    near = process.extract(word, known.keys(), scorer=OSA.distance, score_cutoff=edits, limit=50)
    if not near:
        return ""
    best = min(near, key=lambda one: (one[1], one[0][0] != word[0], -known[one[0]].names, one[0]))
    return known[best[0]].spelling


def learn_words() -> dict[str, int]:
    """Bring the words in line with the names there are; returns how many came and went."""
    counts: Counter[str] = Counter()
    spellings: dict[str, str] = {}
    for word, spelling in _words():
        counts[word] += 1
        spellings.setdefault(word, spelling)
    wanted = {word: (spellings[word], count) for word, count in counts.items()}
    kept = {row.word: (row.spelling, row.names) for row in Word.objects.all()}
    gone = [word for word in kept if word not in wanted]
    new = [
        Word(word=word, length=len(word), spelling=spelling, names=count)
        for word, (spelling, count) in wanted.items()
        if kept.get(word) != (spelling, count)
    ]
    with transaction.atomic():
        for start in range(0, len(gone), 500):
            Word.objects.filter(word__in=gone[start : start + 500]).delete()
        Word.objects.bulk_create(
            new,
            batch_size=500,
            update_conflicts=True,
            unique_fields=["word"],
            update_fields=["spelling", "names"],
        )
    return {"learned": len(new), "forgotten": len(gone)}


def _words() -> Iterator[tuple[str, str]]:
    for model, column in _SOURCES:
        rows: Any = model._base_manager.order_by("pk").values_list(column, flat=True)
        for name in rows.iterator(chunk_size=2000):
            for spelling in dict.fromkeys(_LETTERS.findall(name or "")):
                word = normalise(spelling)
                if SHORTEST <= len(word) <= LONGEST and word.isalpha():
                    yield word, spelling
