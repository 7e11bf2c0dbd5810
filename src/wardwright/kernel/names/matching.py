"""What a match is, for companies, models and types alike."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Literal

Kind = Literal["exact", "alias", "sure", "unsure", "new"]


@dataclass(frozen=True)
class Candidate:
    """One of the known names that it could be. ``score`` 0–100.

    ``related``: known to be another company of the same family.
    """

    id: Hashable
    key: str
    score: float
    why: str
    related: bool = False


@dataclass(frozen=True)
class Match:
    """``exact``, ``alias`` and ``sure`` carry the ``id`` to use; ``unsure`` asks a person; ``new`` makes a new one.

    ``name`` is the name to give a new one (the usual name of a known maker, or the text as it stands).
    """

    kind: Kind
    name: str
    id: Hashable | None = None
    why: str = ""
    candidates: tuple[Candidate, ...] = ()

    @property
    def settled(self) -> bool:
        """No person is needed."""
        return self.kind != "unsure"
