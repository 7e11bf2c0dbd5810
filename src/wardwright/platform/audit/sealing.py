"""Sealing: a background step that gathers committed changes into a Merkle tree and signs its root.

No writer waits for it. Only one sealer may work at a time; the seal's number is a primary key, so that of two that
try at once one fails and tries again.
"""

from __future__ import annotations

import hmac
import logging
from datetime import timedelta
from time import monotonic
from typing import NamedTuple

from django.db import IntegrityError, connection, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from wardwright.kernel import merkle

from . import journal
from .digest import CHANGE_COLUMNS, ChangeRow, change_bytes, change_mac, pack_members, seal_bytes
from .keys import mac_key, private_key, public_bytes
from .models import AuditChange, AuditLeaf, AuditSeal
from .trust import chain

log = logging.getLogger(__name__)
BATCH = 20_000
# A transaction may commit after others with higher ids did; anything older than this cannot still be open.
LONGEST_TRANSACTION = timedelta(hours=6)
SWEEP_SECONDS = 3600
RACES = 5
GENESIS = bytes(32)
_swept_at: float | None = None


class Sealed(NamedTuple):
    """What one call sealed."""

    seals: int
    changes: int


def leaf_of(change: ChangeRow) -> bytes:
    """The leaf of a change in its seal's tree."""
    return merkle.leaf_hash(change_bytes(change))


def seal_pending(*, limit: int = BATCH, everything: bool = False) -> Sealed:
    """Seal every change that is not sealed yet, in batches of ``limit``.

    Changes far older than the newest sealed one are looked for once an hour, and always with ``everything``: a clock
    that was wrong for a while leaves such changes behind. A change whose MAC does not fit is not signed.
    """
    seals = changes = lost_races = 0
    floor = _floor(everything)
    while True:
        try:
            with transaction.atomic():
                pending = _pending(floor, limit)
                genuine = [change for change in pending if _is_genuine(change)]
                sealed = _seal(genuine) if genuine else None
        except IntegrityError:  # another sealer took this number or these changes
            lost_races += 1
            if lost_races == RACES:
                raise
            continue
        if sealed is not None:
            journal.note_seal(*sealed)
            seals += 1
            changes += len(genuine)
        if len(pending) < limit:
            break
        floor = pending[-1].id
    if seals:
        journal.drop_finished(lambda ids: AuditLeaf.objects.filter(change_id__in=ids).count())
    return Sealed(seals, changes)


def recent_floor() -> int:
    """The id of a change too old for its transaction to be open still. A clock that once ran ahead does not count."""
    newest = AuditLeaf.objects.order_by("-change_id").values_list("change_id", flat=True).first() or 0
    longest = int(LONGEST_TRANSACTION.total_seconds() * 1000) << 20
    return max(0, min(newest, int(timezone.now().timestamp() * 1000) << 20) - longest)


def _floor(everything: bool) -> int:
    """The id above which unsealed changes are looked for. Reading the whole trail happens outside the transaction."""
    global _swept_at
    if not everything and _swept_at is not None and monotonic() - _swept_at < SWEEP_SECONDS:
        return recent_floor()
    _swept_at = monotonic()
    waiting = AuditChange.objects.filter(~Exists(AuditLeaf.objects.filter(pk=OuterRef("pk"))))
    oldest = waiting.order_by("id").values_list("id", flat=True).first()
    return recent_floor() if oldest is None else min(recent_floor(), oldest - 1)


def _is_genuine(change: ChangeRow) -> bool:
    """Whether the house wrote it: what somebody put into the table by hand must not get the house's signature."""
    if hmac.compare_digest(change_mac(change, mac_key()), bytes(change.mac)):
        return True
    if chain().adopted.get(change.id) == leaf_of(change):
        return True
    log.error("Change %s is not sealed: its MAC does not fit. Run `wardwright audit verify`.", change.id)
    return False


def _pending(floor: int, limit: int) -> list[ChangeRow]:
    columns = ", ".join(f"c.{name}" for name in CHANGE_COLUMNS.split(", "))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {columns} FROM audit_change c LEFT JOIN audit_leaf l ON l.change_id = c.id"  # noqa: S608
            " WHERE l.change_id IS NULL AND c.id > %s ORDER BY c.id LIMIT %s",
            [floor, limit],
        )
        return [ChangeRow(*row) for row in cursor.fetchall()]


def _seal(pending: list[ChangeRow]) -> tuple[int, bytes, bytes]:
    last = AuditSeal.objects.order_by("-id").first()
    number = last.id + 1 if last else 1
    previous = bytes(last.root) if last else GENESIS
    leaves = [leaf_of(change) for change in pending]
    root = merkle.root(leaves)
    members = pack_members(change.id for change in pending)
    now = timezone.now()
    signature = private_key().sign(seal_bytes(number, now, previous, root, len(leaves), merkle.leaf_hash(members)))
    AuditSeal.objects.create(
        id=number,
        at=now,
        previous=previous,
        root=root,
        count=len(leaves),
        members=members,
        key=public_bytes(),
        signature=signature,
    )
    AuditLeaf.objects.bulk_create(
        [
            AuditLeaf(change_id=change.id, seal_id=number, position=position, hash=leaf)
            for position, (change, leaf) in enumerate(zip(pending, leaves, strict=True))
        ],
        batch_size=2000,
    )
    return number, root, signature
