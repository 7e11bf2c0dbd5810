"""Why a notice means a device or not, by the rules and the register of now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from wardwright.apps.assets.models import Asset
from wardwright.apps.notices.models import Exposure, Notice
from wardwright.apps.notices.models.exposures import RANKED
from wardwright.apps.notices.states import Standing
from wardwright.kernel.matching import Match, NoMatch, explain
from wardwright.kernel.said import say

from .inventory import devices_of, subject_of


@dataclass(frozen=True, slots=True)
class Explained:
    """What one notice says of one device. ``exposure`` is what its case has of the device, if it is in it."""

    notice: Notice
    found: Match | NoMatch
    exposure: Exposure | None

    def as_plain(self) -> dict[str, Any]:
        """As JSON has it: ``standing`` (``no_match`` with what each rung of the ladder said), ``rung``, ``score``,
        ``reason``, the ``span`` of the scope's text that decided, and what the case has of the device."""
        found, kept = self.found, self.exposure
        told: dict[str, Any] = {
            "ref": self.notice.ref, "source": self.notice.source.name, "case": self.notice.case.number,
            "reason": str(found.reason),
        }  # fmt: skip
        if isinstance(found, Match):
            span = {"start": found.span.start, "end": found.span.end, "text": found.text} if found.span else None
            told |= {"standing": found.standing.value, "rung": found.rung.value, "score": found.score, "span": span,
                     "rungs": {}}  # fmt: skip
        else:
            tried = {rung.value: str(words) for rung, words in found.rungs}
            told |= {"standing": "no_match", "rung": "", "score": 0, "span": None, "rungs": tried}
        names = ("standing", "decision", "outcome")
        return {**told, "exposure": {name: getattr(kept, name) for name in names} if kept else None}


def explained(notices: list[Notice], asset: Asset, exposures: QuerySet[Exposure]) -> list[Explained]:
    """What each of these notices says of a device; the gravest, which counts for a case, first. ``exposures``: those
    that the reader may see."""
    devices = [device for _model, device in devices_of(asset_ids=[asset.pk])]
    cases = {row.case_id: row for row in exposures.filter(asset=asset, case__in=[n.case_id for n in notices])}
    found = []
    for row in notices:
        subject = subject_of(row)
        said: Match | NoMatch
        if devices:
            said = explain(subject, devices[0])
        else:
            gone = say("It has been disposed of; notices are not asked about it any more.")
            said = NoMatch(row.pk, asset.pk, gone)
        found.append(Explained(row, said, cases.get(row.case_id)))
    return sorted(found, key=_rank)


def _rank(one: Explained) -> tuple[int, int]:
    if isinstance(one.found, NoMatch):
        return len(RANKED), 0
    return RANKED.index(Standing(one.found.standing.value)), -one.found.score
