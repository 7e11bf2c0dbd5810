"""How cases and devices stand."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from wardwright.apps.assets.queries import public_reason
from wardwright.apps.directory.models import Person
from wardwright.apps.notices.models import Case, Exposure, Notice, SharedNumber
from wardwright.apps.notices.models.exposures import AFFECTED, UNDECIDED
from wardwright.apps.notices.states import RUNNING, Decision, Outcome, Severity, Standing

_COUNTS = {
    "affected": Count("pk", filter=AFFECTED),
    "undecided": Count("pk", filter=UNDECIDED),
    "excluded": Count("pk", filter=Q(decision=Decision.OPEN, standing=Standing.EXCLUDED)),
    "cleared": Count("pk", filter=Q(decision=Decision.CLEARED)),
    "located": Count("pk", filter=AFFECTED & (Q(located_at__isnull=False) | Q(done_at__isnull=False))),
    "done": Count("pk", filter=AFFECTED & Q(done_at__isnull=False)),
}


def counts_of(rows: Any) -> dict[str, int]:
    """Of exposures: affected, undecided, excluded, cleared, and of the affected those located and done."""
    return dict(rows.order_by().aggregate(**_COUNTS))


def board_counts(by: Any, case_ids: Collection[int]) -> dict[int, dict[str, int]]:
    """The same for each case, of what the reader may see, in one query."""
    rows = Exposure.objects.visible_to(by).filter(case__in=case_ids).order_by().values("case_id").annotate(**_COUNTS)
    return {row.pop("case_id"): row for row in (dict(row) for row in rows)}


def open_class_one(asset_ids: Collection[int]) -> dict[int, Case]:
    """Devices that may not return to service, each with the class I case that holds it back.

    What the rules call affected, what a person called so, and what may be affected as far as the register knows: its
    model is meant and its serial number or version is not known. One that could not be found turns up again some day:
    what the notice asks for was not done to it, also where the case is closed.
    """
    held = AFFECTED | Q(decision=Decision.OPEN, standing=Standing.MODEL_ONLY)
    waiting = Q(done_at=None, case__state__in=RUNNING) | Q(outcome=Outcome.NOT_FOUND)
    rows = Exposure.objects.filter(held, waiting, asset__in=asset_ids, case__severity=Severity.CLASS_I).select_related(
        "case"
    )
    return {row.asset_id: row.case for row in rows.order_by("-pk") if row.asset_id is not None}


@public_reason
def recalled(asset_id: int) -> list[str]:
    """For whoever stands before a device: the notices that are open on it. A notice is public, and so is its title."""
    rows = Exposure.objects.filter(asset=asset_id, case__state__in=RUNNING).unsettled().select_related("case")
    return [
        _("%(kind)s %(number)s: %(title)s")
        % {"kind": capfirst(row.case.get_kind_display()), "number": row.case.number, "title": row.case.title}
        for row in rows.order_by("case__gravity", "pk")[:3]
    ]


def people_who_answer(by: Any) -> Any:
    """The people a case can be given to."""
    return Person.objects.visible_to(by).filter(is_active=True)


def cases_found(rows: QuerySet, text: str) -> QuerySet:
    """Cases by number, title or maker, and by the numbers under which sources name them."""
    named = Q()
    for word in text.split()[:6]:
        named &= Q(title__icontains=word) | Q(maker__icontains=word) | Q(number__iexact=word)
    numbers = SharedNumber.objects.filter(number__iexact=text).values("case")
    refs = Notice.objects.filter(ref__iexact=text).values("case")
    return rows.filter(named | Q(pk__in=numbers) | Q(pk__in=refs))
