"""Is this company one that we have? Exact key, known spelling, safe typing error; the rest is a question or a new
company.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from wardwright.kernel.said import say

from .keys import core_key, name_key
from .makers import Maker, family, known_maker, relation
from .matching import Candidate, Match

UNSURE_FROM = 82.0
SURE_FROM = 97.0
_SURE_LENGTH = 8


@lru_cache(maxsize=65_536)
def score_company(a: str, b: str) -> tuple[float, str]:
    """How likely two names are one company (0–100), and why. 97 and more is safe to merge; related makers never
    pass 60.
    """
    key_a, key_b = name_key(a), name_key(b)
    if not key_a or not key_b:
        return 0.0, say("One of them has no letters.")
    if key_a == key_b or key_a.replace(" ", "") == key_b.replace(" ", ""):
        return 100.0, say("The same name but for punctuation, accents or legal form.")
    maker_a, maker_b = known_maker(a), known_maker(b)
    if maker_a and maker_b:
        return _score_known(maker_a, maker_b)
    return _score_spelling(key_a, key_b)


def _score_known(a: Maker, b: Maker) -> tuple[float, str]:
    if a is b:
        return 99.0, say("Both are spellings of {name}.", name=a.name)
    why = relation(a, b)
    return (
        (60.0, say("{name} and {other} are related, not one: {why}.", name=a.name, other=b.name, why=why))
        if why
        else (0.0, say("{name} and {other} are different makers.", name=a.name, other=b.name))
    )


def _score_spelling(a: str, b: str) -> tuple[float, str]:
    flat_a, flat_b = a.replace(" ", ""), b.replace(" ", "")
    if _is_typing_error(flat_a, flat_b):
        return 97.0, say("One typing error apart.")
    if core_key(a) == core_key(b) and len(core_key(a)) >= 3:
        return 94.0, say("The same name but for general words such as “Medical”.")
    if a.split()[0] != b.split()[0] and fuzz.ratio(a.split()[0], b.split()[0]) < 80:
        return min(70.0, fuzz.token_sort_ratio(a, b)), say("The names begin differently.")
    score = max(
        fuzz.token_sort_ratio(a, b), fuzz.ratio(flat_a, flat_b), 0.92 * fuzz.token_set_ratio(core_key(a), core_key(b))
    )
    return min(93.0, score), say("The names resemble each other.")


def _is_typing_error(a: str, b: str) -> bool:
    """One letter wrong, missing, doubled or swapped in a name long enough, and not its first letter; never a digit."""
    if min(len(a), len(b)) < _SURE_LENGTH or a[0] != b[0] or any(c.isdigit() for c in a + b):
        return False
    return OSA.distance(a, b, score_cutoff=1) == 1


@dataclass(frozen=True)
class CompanyIndex:
    """The companies that we have, ready for many questions. ``known``: name or key → id (aliases included)."""

    by_key: Mapping[str, Hashable]
    by_maker: Mapping[str, tuple[str, Hashable]]

    @classmethod
    def of(cls, known: Mapping[str, Hashable]) -> CompanyIndex:
        by_key = {name_key(name): identity for name, identity in known.items() if name_key(name)}
        by_maker: dict[str, tuple[str, Hashable]] = {}
        for name, identity in known.items():
            maker = known_maker(name)
            if maker:
                by_maker.setdefault(maker.name, (name_key(name), identity))
        return cls(by_key, by_maker)

    def match(self, text: str) -> Match:
        """Match one name; see :class:`Match` for what the kinds mean."""
        key = name_key(text)
        if key in self.by_key:
            return Match(
                "exact",
                text.strip(),
                self.by_key[key],
                say("The same name but for punctuation, accents or legal form."),
            )
        maker = known_maker(text)
        return self._match_known(maker) if maker else self._match_unknown(text.strip(), key)

    def _match_known(self, maker: Maker) -> Match:
        if maker.name in self.by_maker:
            return Match(
                "alias", maker.name, self.by_maker[maker.name][1], say("A known spelling of {name}.", name=maker.name)
            )
        related = tuple(
            Candidate(
                self.by_maker[name][1],
                self.by_maker[name][0],
                60.0,
                say("Related, not the same: {why}.", why=why),
                related=True,
            )
            for name, why in maker.related
            if name in self.by_maker
        )
        return Match(
            "new",
            maker.name,
            why=say("A known spelling of {name}, which is not there yet.", name=maker.name),
            candidates=related,
        )

    def _match_unknown(self, text: str, key: str) -> Match:
        found = self._candidates(key) or self._same_family(text) if key else ()
        best = found[0] if found else None
        runner_up = found[1].score if len(found) > 1 else 0.0
        if best and best.score >= SURE_FROM and runner_up < SURE_FROM:
            return Match("sure", text, best.id, best.why, found)
        if best:
            return Match("unsure", text, None, best.why, found)
        return Match("new", text, why=say("No known company resembles it."))

    def _same_family(self, text: str) -> tuple[Candidate, ...]:
        maker = family(text)
        if maker is None or maker.name not in self.by_maker:
            return ()
        key, identity = self.by_maker[maker.name]
        return (Candidate(identity, key, UNSURE_FROM, say("It begins with a spelling of {name}.", name=maker.name)),)

    def _candidates(self, key: str) -> tuple[Candidate, ...]:
        near = process.extract(key, self.by_key.keys(), scorer=fuzz.WRatio, limit=25, score_cutoff=70)
        scored: dict[Hashable, Candidate] = {}
        for other, _score, _index in near:
            score, why = score_company(key, other)
            if score >= UNSURE_FROM and score > (
                scored[self.by_key[other]].score if self.by_key[other] in scored else 0
            ):
                scored[self.by_key[other]] = Candidate(self.by_key[other], other, round(score, 1), why)
        return tuple(sorted(scored.values(), key=lambda c: -c.score)[:5])


def match_company(text: str, known: Mapping[str, Hashable]) -> Match:
    """Match one name against name → id. For many names build a :class:`CompanyIndex` once."""
    return CompanyIndex.of(known).match(text)
