"""Two rows that are one: what was said and done of the one counts for the other."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from wardwright.apps.assets.models import Asset
from wardwright.apps.notices.models import Exposure
from wardwright.apps.notices.permissions import HANDLE
from wardwright.apps.notices.states import CaseState, Decision, Standing
from wardwright.platform.access.scope import authorize
from wardwright.platform.audit.operation import operation

from .common import lock_cases, say_of
from .exposures import say_decision
from .following import follow

_FOUND = ("notice_id", "standing", "rung", "score", "reason", "start", "end")
#: What was decided, found, ordered and done: each is carried over as a whole, where the other knows nothing of it.
FACTS = (
    ("decided_at", "decision", "decision_reason", "decided_by_name"),
    ("located_at", "located_by_name"),
    ("order_number",),
    ("done_at", "outcome", "evidence", "done_by_name"),
)


def take_over(kept: Exposure, lost: Exposure) -> bool:
    """Whether anything was carried over. "Not affected" was said of another text: it is not carried to a device that
    this one's text names, and against "affected" it does not count."""
    changed = False
    for facts in FACTS:
        about_decision = facts[0] == "decided_at"
        meant = kept.standing == Standing.CONFIRMED or kept.decision == Decision.AFFECTED
        if about_decision and lost.decision == Decision.CLEARED and meant:
            continue
        clash = about_decision and kept.decision == Decision.CLEARED and lost.decision == Decision.AFFECTED
        if getattr(lost, facts[0]) and (clash or not getattr(kept, facts[0])):
            for name in facts:
                setattr(kept, name, getattr(lost, name))
            changed = True
    return changed


@operation()
def carry_over(*, by: Any, kept_id: int, lost_id: int) -> list[Exposure]:
    """Two records of the register were one device: what was said and done of the one that goes counts for the one that
    stays, and of the one that goes nothing is asked any more. Where one of them is affected, the device is. Again, it
    changes nothing."""
    authorize(by, HANDLE)
    either = Exposure.objects.filter(asset__in=(kept_id, lost_id)).exclude(case__state=CaseState.MERGED)
    cases = lock_cases(either.values_list("case", flat=True))
    there = {(row.case_id, row.asset_id): row for row in either.select_for_update(of=("self",)).order_by("pk")}
    kept, gone_asset = (Asset.objects.get(pk=pk) for pk in (kept_id, lost_id))
    carried = []
    for gone in [row for row in there.values() if row.asset_id == lost_id and not _is_carried(row, by)]:
        case = cases[gone.case_id]
        row = there.get((case.pk, kept_id))
        affected = gone.is_affected or (row is not None and row.is_affected)
        if row is None:
            row = Exposure(case=case, asset=kept, **{name: getattr(gone, name) for name in _FOUND})
        before = (row.decision, row.decision_reason, row.decided_by_name)
        take_over(row, gone)
        # Of a row that is new the rules may say nothing: by its own names no notice may find the device.
        if affected and (not row.is_affected or (row.pk is None and row.decision == Decision.OPEN)):
            why = _("By the record %(tag)s, which is the same device.") % {"tag": gone_asset}
            say_decision(row, by, Decision.AFFECTED, why)
        if before[0] != Decision.OPEN and before[0] != row.decision:
            told = {"device": kept, "why": before[1], "who": before[2], "tag": gone_asset}
            words = _("%(device)s: “%(why)s” (%(who)s) does not count any more; it is the same device as %(tag)s.")
            say_of(case, by, words % told)
        say_decision(gone, by, Decision.CLEARED, _("The same device as %(tag)s.") % {"tag": kept})
        for one in (row, gone):
            one.set_rank()
            one.version += 1
            one.save()
        follow(by, case, [])
        carried.append(row)
    return carried


def _is_carried(row: Exposure, by: Any) -> bool:
    return row.decision == Decision.CLEARED and row.decided_by_name == str(by)[:120]
