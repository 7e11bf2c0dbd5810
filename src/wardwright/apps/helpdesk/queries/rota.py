"""Who is on call at a moment, and what was handed over to them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Subquery

from wardwright.apps.directory.models import Department
from wardwright.apps.helpdesk.models import Rota, Shift

MOST_PARENTS = 10


@dataclass(frozen=True)
class OnCall:
    """A rota and who has it now; ``shift`` is None for a gap."""

    rota: Rota
    shift: Shift | None


def on_call_at(site_id: int | None, department_id: int | None, moment: datetime) -> list[Shift]:
    """The shifts that answer for a place at ``moment``: of its department or what that is part of, of the site."""
    if site_id is None:
        return []
    running = Shift.objects.filter(
        rota__site_id=site_id, rota__is_active=True, from_at__lte=moment, until_at__gt=moment
    ).select_related("rota", "person")
    reaching = _with_parents(department_id)
    found = [shift for shift in running if shift.rota.department_id in (None, *reaching)]
    return sorted(found, key=lambda shift: (shift.rota.department_id is None, shift.pk))


def is_on_call(site_id: int | None, department_id: int | None, moment: datetime) -> bool:
    """Whether anybody is on call for this place: all that the portal tells."""
    return bool(on_call_at(site_id, department_id, moment))


def _with_parents(department_id: int | None) -> list[int]:
    found: list[int] = []
    while department_id is not None and department_id not in found and len(found) < MOST_PARENTS:
        found.append(department_id)
        department_id = Department.objects.filter(pk=department_id).values_list("parent_id", flat=True).first()
    return found


def current_shifts(by: Any, moment: datetime) -> list[OnCall]:
    """Every rota the reader may see with its shift of this moment; a gap is told, not left out."""
    rotas = list(Rota.objects.visible_to(by).filter(is_active=True).select_related("site", "department"))
    shifts = Shift.objects.visible_to(by).filter(from_at__lte=moment, until_at__gt=moment).select_related("person")
    by_rota = {shift.rota_id: shift for shift in shifts}
    return [OnCall(rota, by_rota.get(rota.pk)) for rota in rotas]


def handover_for(shifts: Iterable[Shift]) -> dict[int, Shift]:
    """For each shift the one before it in its rota that left something to read: shift id → the earlier shift."""
    ids = [shift.pk for shift in shifts]
    before = Shift.objects.filter(rota=OuterRef("rota"), until_at__lte=OuterRef("from_at")).exclude(handover="")
    rows = Shift.objects.filter(pk__in=ids).annotate(before_id=Subquery(before.order_by("-until_at").values("pk")[:1]))
    found = {pk: before_id for pk, before_id in rows.values_list("pk", "before_id") if before_id}
    earlier = Shift.objects.select_related("person").in_bulk(set(found.values()))
    return {pk: earlier[before_id] for pk, before_id in found.items()}
