"""What the labelled set shows: false "not affected", precision of what is confirmed, what a person has to look at."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from wardwright.kernel.matching import Inventory, Match, Standing
from wardwright.kernel.names.companies import score_company
from wardwright.kernel.names.makers import known_maker, relation

from .labelled import Labelled
from .planting import Planted


@dataclass
class Measures:
    """Counts by source. A lost device is one that is meant and comes as excluded, or not at all."""

    affected: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)
    lost_unread: Counter[str] = field(default_factory=Counter)  # of notices that were not wholly understood
    found: Counter[tuple[str, str]] = field(default_factory=Counter)  # source, standing of those that are meant
    confirmed: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    standings: Counter[str] = field(default_factory=Counter)
    review_weak: int = 0
    notices: Counter[str] = field(default_factory=Counter)
    understood: Counter[str] = field(default_factory=Counter)
    how: dict[str, Counter[str]] = field(default_factory=dict)  # by source: wholly, partly, not
    devices: int = 0
    worst: list[str] = field(default_factory=list)

    def precision(self) -> float:
        return 1 - self.wrong.total() / max(1, self.confirmed.total())


def measure(notices: list[Labelled], planted: list[Planted], *, keep: int = 400) -> Measures:
    """Every notice against the whole inventory."""
    inventory = Inventory(one.device for one in planted)
    by_key = {one.device.key: one for one in planted}
    by_notice: dict[int, list[Planted]] = {}
    for one in planted:
        by_notice.setdefault(one.notice, []).append(one)
    found = Measures(devices=len(planted))
    for number, notice in enumerate(notices):
        found.notices[notice.source] += 1
        found.understood[notice.source] += notice.understood
        found.how.setdefault(notice.source, Counter())[notice.subject.scope.understood] += 1
        matches = {match.device: match for match in inventory.against(notice.subject)}
        _lost(found, number, notice, by_notice.get(number, ()), matches, keep)
        _confirmed(found, number, notice, by_key, matches.values(), keep)
    return found


def _lost(
    found: Measures, number: int, notice: Labelled, own: Iterable[Planted], matches: dict[Any, Match], keep: int
) -> None:
    for one in own:
        if not one.affected:
            continue
        found.affected[notice.source] += 1
        match = matches.get(one.device.key)
        found.found[notice.source, str(match.standing) if match else "absent"] += 1
        if match is None or match.standing is Standing.EXCLUDED:
            (found.lost if notice.understood else found.lost_unread)[notice.source] += 1
            if len(found.worst) < keep:
                said = match.reason if match else "absent"
                found.worst.append(f"LOST {notice.subject.key} {one.device.unit} {one.rules}: {said}")


def _confirmed(
    found: Measures, number: int, notice: Labelled, by_key: dict[Any, Planted], matches: Iterable[Match], keep: int
) -> None:
    for match in matches:
        found.standings[match.standing] += 1
        found.review_weak += match.standing is Standing.REVIEW and match.score <= 30
        if match.standing is not Standing.CONFIRMED:
            continue
        one = by_key[match.device]
        if one.notice != number and not _certainly_another(notice, one):
            continue  # a product of the same makers that was planted for another notice: nobody knows
        found.confirmed[notice.source] += 1
        if not (one.notice == number and one.affected):
            found.wrong[notice.source] += 1
            if len(found.worst) < keep:
                found.worst.append(
                    f"WRONG {notice.subject.key} {one.device.unit} {one.kind} {one.rules}: {match.reason}"
                )


def _certainly_another(notice: Labelled, one: Planted) -> bool:
    """Whether its true maker is none of the notice's, and no relation of one."""
    return all(_apart(meant.thing.maker, one.thing.maker) for meant in notice.meant)


def _apart(a: str, b: str) -> bool:
    known_a, known_b = known_maker(a), known_maker(b)
    if known_a and known_b:
        return known_a is not known_b and not relation(known_a, known_b)
    words = [set(re.findall("[a-z]{4,}", name.casefold())) for name in (a, b)]
    return bool(a and b) and not words[0] & words[1] and score_company(a, b)[0] < 60
