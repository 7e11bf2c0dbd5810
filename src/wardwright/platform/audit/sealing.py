"""Sealing: a background step that gathers committed changes into a Merkle tree and signs its root.

No writer waits for it. Only one sealer may work at a time; the seal's number is a primary key, so that of two that
try at once one fails and tries again later.
"""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from django.db import connection, transaction
from django.utils import timezone

from wardwright.kernel import merkle

from . import journal
from .digest import CHANGE_COLUMNS, ChangeRow, change_bytes, pack_members, seal_bytes
from .keys import private_key, public_bytes
from .models import AuditLeaf, AuditSeal

BATCH = 20_000
# A transaction may commit after others with higher ids did; anything older than this cannot still be open.
LONGEST_TRANSACTION = timedelta(hours=6)
GENESIS = bytes(32)


class Sealed(NamedTuple):
    """What one call sealed."""

    seals: int
    changes: int


def leaf_of(change: ChangeRow) -> bytes:
    """The leaf of a change in its seal's tree."""
    return merkle.leaf_hash(change_bytes(change))


def seal_pending(*, limit: int = BATCH) -> Sealed:
    """Seal every change that is not sealed yet, in batches of ``limit``."""
    seals = changes = 0
    while True:
        with transaction.atomic():
            pending = _pending(limit)
            if not pending:
                break
            number, root, signature = _seal(pending)
        journal.note_seal(number, root, signature)
        seals += 1
        changes += len(pending)
        if len(pending) < limit:
            break
    if seals:
        journal.drop_finished(lambda ids: AuditLeaf.objects.filter(change_id__in=ids).count())
    return Sealed(seals, changes)


def _pending(limit: int) -> list[ChangeRow]:
    columns = ", ".join(f"c.{name}" for name in CHANGE_COLUMNS.split(", "))
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(change_id) FROM audit_leaf")
        newest = cursor.fetchone()[0] or 0
        floor = max(0, newest - (int(LONGEST_TRANSACTION.total_seconds() * 1000) << 20))
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
