"""Why nothing could be fetched."""

from __future__ import annotations


class Unfetched(Exception):
    """Nothing came; ``words`` say why, for a person. ``wait_seconds``: when the source asked to be left alone, for how
    long; 0 where it did not say. ``again``: whether the same request may succeed later."""

    def __init__(self, words: str, *, wait_seconds: float = 0.0, again: bool = True) -> None:
        super().__init__(words)
        self.words, self.wait_seconds, self.again = words, wait_seconds, again
