"""Reading the trail: changes by who, what, when and where; seals; names of the rows that a record speaks of.

Everything starts from ``AuditChange.objects.visible_to(by)``. Each filter stands on an index, so that a trail of
millions of records answers as fast as one of hundreds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection
from django.db.models import Exists, Model, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from wardwright.platform.core.values import as_id

from .models import AuditChange, AuditLeaf, AuditRecord, AuditSeal
from .sealing import recent_floor
from .triggers import audited_models

SYSTEM = "system"
RARE_TABLE_RECORDS = 20_000
MOST_ACTORS = 500
UNSEALED_CAP = 10_000


def changes_seen(by: Any) -> QuerySet:
    """The changes ``by`` may read, each with ``seal_id`` (None while it is not sealed), without their heavy columns."""
    seal = AuditLeaf.objects.filter(change_id=OuterRef("id")).values("seal_id")
    return AuditChange.objects.visible_to(by).defer("root", "manifest", "mac").annotate(seal_id=Subquery(seal))


def by_actor(changes: QuerySet, actor: str) -> QuerySet:
    """Changes of one user (by id), or of the system itself."""
    if actor == SYSTEM:
        return changes.filter(actor_id__isnull=True)
    number = as_id(actor)
    return changes.none() if number is None else changes.filter(actor_id=number)


def by_table(changes: QuerySet, table: str) -> QuerySet:
    """Changes that touched a table. A table with few records is read from its own index, a busy one newest first."""
    records = AuditRecord.objects.filter(table_name=table)
    few = records.order_by().values("pk")[: RARE_TABLE_RECORDS + 1].count() <= RARE_TABLE_RECORDS
    if few:
        return changes.filter(id__in=records.values("change_id"))
    return changes.filter(Exists(records.filter(change_id=OuterRef("id"))))


def since(changes: QuerySet, day: str) -> QuerySet:
    """Changes from the beginning of a day on (ISO date, in the house's time zone)."""
    moment = _start_of(day, 0)
    return changes.filter(id__gte=_first_id(moment)) if moment else changes.none()


def until(changes: QuerySet, day: str) -> QuerySet:
    """Changes up to the end of a day."""
    moment = _start_of(day, 1)
    return changes.filter(id__lt=_first_id(moment)) if moment else changes.none()


def reason_contains(changes: QuerySet, words: str) -> QuerySet:
    """Changes whose reason contains ``words``; only those with a reason at all are looked through."""
    return changes.filter(~Q(reason=""), reason__icontains=words)


def _start_of(day: str, later_days: int) -> datetime | None:
    try:
        begin = date.fromisoformat(day) + timedelta(days=later_days)
        return timezone.make_aware(datetime.combine(begin, time.min))
    except (ValueError, OverflowError):
        return None


def _first_id(moment: datetime) -> int:
    """The smallest change id of a moment: ids sort by time (``core.change.new_change_id``)."""
    return max(0, int(moment.timestamp() * 1000)) << 20


def actors() -> list[tuple[str, str]]:
    """(id, name) of everybody who ever changed something, found by hopping along the index instead of reading it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE hop(id) AS (SELECT min(actor_id) FROM audit_change UNION ALL SELECT"
            " (SELECT min(c.actor_id) FROM audit_change c WHERE c.actor_id > hop.id) FROM hop WHERE hop.id IS NOT NULL)"
            " SELECT u.id, u.name FROM hop JOIN access_user u ON u.id = hop.id ORDER BY u.name LIMIT %s",
            [MOST_ACTORS],
        )
        return [(str(pk), name) for pk, name in cursor.fetchall()]


# Records --------------------------------------------------------------------------------------------------------


def records_of_change(change: AuditChange) -> QuerySet:
    """What one change touched."""
    return AuditRecord.objects.filter(change_id=change.pk)


def records_of_row(table: str, row_id: int) -> QuerySet:
    """Everything recorded about one row of one table."""
    return AuditRecord.objects.filter(table_name=table, row_id=row_id)


def changes_of(by: Any, records: Iterable[AuditRecord]) -> dict[int, AuditChange]:
    """The changes of some records, by id."""
    return {change.pk: change for change in changes_seen(by).filter(pk__in={record.change_id for record in records})}


def seal_of(change: AuditChange) -> AuditLeaf | None:
    """The change's place in its seal, or None while it waits for the next one."""
    return AuditLeaf.objects.filter(pk=change.pk).first()


def tables() -> dict[str, type[Model]]:
    """Every audited table and its model."""
    return {model._meta.db_table: model for model in audited_models()}


def subject_model() -> type[Model] | None:
    """The model whose rows are the subjects of the trail: it names its own key as ``audit_subject``."""
    return next((model for model in audited_models() if getattr(model, "audit_subject", None) == "id"), None)


def names_of(wanted: Mapping[type[Model], set[int]]) -> dict[tuple[str, int], str]:
    """(table, id) → the name people know each row by; one query for each model, rows that are gone are left out.

    For readers of the whole trail: it looks past scopes, as the trail itself does.
    """
    found: dict[tuple[str, int], str] = {}
    for model, ids in wanted.items():
        if model.__str__ is Model.__str__ or not ids:
            continue
        rows = model._base_manager.filter(pk__in=ids).select_related()
        found |= {(model._meta.db_table, row.pk): str(row) for row in rows}
    return found


# How the trail stands -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Standing:
    """How the trail stands: ``records`` is counted from the newest number, ``unsealed`` no further than a cap."""

    records: int
    unsealed: int
    unsealed_capped: bool
    last_seal: AuditSeal | None


def standing() -> Standing:
    """The size of the trail and how far it is sealed."""
    newest = AuditRecord.objects.order_by("-id").values_list("id", flat=True).first() or 0
    waiting = AuditChange.objects.filter(~Exists(AuditLeaf.objects.filter(pk=OuterRef("pk"))), id__gt=recent_floor())
    unsealed = waiting.order_by().values("pk")[: UNSEALED_CAP + 1].count()
    last = AuditSeal.objects.defer("members").order_by("-id").first()
    return Standing(newest, min(unsealed, UNSEALED_CAP), unsealed > UNSEALED_CAP, last)
