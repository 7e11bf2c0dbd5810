"""The words of all names, to correct what was mistyped."""

from __future__ import annotations

from django.db import models


class Word(models.Model):
    """A word that some name has: derived from the names and kept up by a job, so it is nobody's record.

    ``spelling`` is how it is written there; ``names`` how many have it.
    """

    word = models.CharField(max_length=40, primary_key=True)
    length = models.PositiveSmallIntegerField(db_index=True)
    spelling = models.CharField(max_length=40)
    names = models.PositiveIntegerField(default=1)

    class Meta:
        db_table = "search_word"

    def __str__(self) -> str:
        return self.spelling
