"""Checking the whole trail: every record against its change, every change against its seal, every seal's signature.

Nothing here trusts the triggers: they may have been dropped. Problems name the record, change or seal, never only
"something is wrong". Rows are streamed, so that a trail of millions needs little memory.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from django.db import connection, transaction

from wardwright.kernel import merkle

from . import journal
from .digest import (
    CHANGE_COLUMNS,
    RECORD_COLUMNS,
    ChangeRow,
    Record,
    change_mac,
    record_hash,
    seal_bytes,
    unpack_manifest,
    unpack_members,
)
from .keys import mac_key
from .models import AuditChange, AuditLeaf, AuditSeal
from .sealing import GENESIS, leaf_of
from .trust import Chain, SealsDigest, chain, fits

TELL_EVERY = 500


@dataclass
class Report:
    """The answer of ``audit verify``: counts, and each problem with the record it is about."""

    records: int = 0
    changes: int = 0
    seals: int = 0
    unsealed: int = 0
    problems: list[dict[str, Any]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.problems

    def problem(self, record: Any, what: str) -> None:
        self.problems.append({"record": record, "what": what})

    def as_dict(self) -> dict[str, Any]:
        counts = {"records": self.records, "changes": self.changes, "seals": self.seals, "unsealed": self.unsealed}
        return {"ok": self.ok, **counts, "problems": self.problems, "notes": self.notes}


def verify(tell: Callable[[int, int], None] = lambda done, total: None) -> Report:
    """Check the trail and return what was found; ``tell`` hears how many changes of how many were looked at."""
    report = Report()
    noted = journal.noted_seals()  # before the moment that is looked at: a seal is noted once it is committed
    with one_moment():
        keys = chain()
        for record, what in keys.problems:
            report.problem(record, what)
        report.notes += keys.notes
        _check_changes(report, keys, tell)
        _check_seals(report, keys, noted)
    _check_journal(report)
    return report


@contextmanager
def one_moment() -> Iterator[None]:
    """What is read in here is of one moment, while others go on writing; or what came in between would look removed.

    On SQLite overlapping reads are of one moment by themselves.
    """
    if connection.vendor != "postgresql" or connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def stream(sql: str, parameters: list[Any] | None = None, *, size: int = 2000) -> Iterator[tuple]:
    """Rows of a long query, a few thousand at a time on both databases."""
    if connection.vendor == "postgresql":
        connection.ensure_connection()
        with one_moment(), connection.connection.cursor(name="ww_stream") as cursor:
            cursor.itersize = size
            cursor.execute(sql, parameters)
            yield from cursor
        return
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, parameters or [])
        while rows := cursor.fetchmany(size):
            yield from rows


# Records and changes --------------------------------------------------------------------------------------------


def _check_changes(report: Report, keys: Chain, tell: Callable[[int, int], None]) -> None:
    """Merge two ordered streams: changes by id, and records grouped by their change."""
    columns = ", ".join(f"c.{name}" for name in CHANGE_COLUMNS.split(", "))
    source = "audit_change c LEFT JOIN audit_leaf l ON l.change_id = c.id"
    changes = stream_changes(f"SELECT {columns}, l.hash, l.seal_id FROM {source} ORDER BY c.id")  # noqa: S608
    groups = _record_groups()
    group = next(groups, None)
    total = AuditChange.objects.count()
    for *columns_of_change, leaf, seal_id in changes:
        if report.changes % TELL_EVERY == 0:
            tell(report.changes, total)
        change = ChangeRow(*columns_of_change)
        _check_head(report, keys, change, leaf, seal_id)
        while group is not None and group[0] < change.id:
            _orphans(report, *group)
            group = next(groups, None)
        if group is not None and group[0] == change.id:
            _check_records(report, change, group[1])
            group = next(groups, None)
        else:
            _check_records(report, change, ())
    while group is not None:
        _orphans(report, *group)
        group = next(groups, None)
    tell(report.changes, total)


def stream_changes(sql: str) -> Iterator[tuple]:
    """Keyset pages rather than one cursor, since PostgreSQL's named cursors cannot be nested under one name."""
    last = -(2**63)
    base = sql.replace(" ORDER BY c.id", "")
    while True:
        with connection.cursor() as cursor:
            cursor.execute(f"{base} WHERE c.id > %s ORDER BY c.id LIMIT 2000", [last])
            rows = cursor.fetchall()
        yield from rows
        if len(rows) < 2000:
            return
        last = rows[-1][0]


def _record_groups() -> Iterator[tuple[int, Iterator[Record]]]:
    """Records by change, not gathered: an import is one change and may hold a million. Read a group before the next."""
    rows = stream(f"SELECT {RECORD_COLUMNS} FROM audit_record ORDER BY change_id, id")  # noqa: S608
    yield from groupby((Record(*row) for row in rows), key=lambda record: record.change_id)


def _orphans(report: Report, change_id: int, records: Iterable[Record]) -> None:
    for record in records:
        report.records += 1
        report.problem(record.id, f"inserted: its change {change_id} does not exist")


def _check_head(report: Report, keys: Chain, change: ChangeRow, leaf: bytes | None, seal_id: int | None) -> None:
    report.changes += 1
    if leaf is None:
        report.unsealed += 1
    name = f"change {change.id}"
    if not _is_as_written(keys, change, seal_id):
        report.problem(name, "changed: who, what, when, why or the list of its records differs from what was written")
    elif leaf is not None and leaf_of(change) != bytes(leaf):
        report.problem(name, "changed: its leaf in the seal differs")


def _is_as_written(keys: Chain, change: ChangeRow, seal_id: int | None) -> bool:
    """By its MAC, or by its leaf where only an older key could check that."""
    if keys.covers(seal_id):
        return True  # its leaf, under a seal that is pinned, says so
    if change.id in keys.adopted:
        return leaf_of(change) == keys.adopted[change.id]
    return hmac.compare_digest(change_mac(change, mac_key()), bytes(change.mac))


def _check_records(report: Report, change: ChangeRow, found: Iterable[Record]) -> None:
    expected = dict(unpack_manifest(change.manifest))
    if merkle.root(list(expected.values())) != bytes(change.root) or len(expected) != change.records:
        report.problem(f"change {change.id}", "changed: its list of records does not fit its root")
    for record in found:
        report.records += 1
        wanted = expected.pop(record.id, None)
        if wanted is None:
            report.problem(record.id, f"inserted into change {change.id} after it was committed, or moved there")
        elif record_hash(record) != wanted:
            report.problem(record.id, f"changed: {record.table_name} row {record.row_id} in change {change.id}")
    for number in expected:
        report.problem(number, f"removed from change {change.id}, or moved away")


# Seals ----------------------------------------------------------------------------------------------------------


def _check_seals(report: Report, keys: Chain, noted: dict[int, tuple[str, str]]) -> None:
    previous, number = GENESIS, 0
    digest = SealsDigest()
    for seal in AuditSeal.objects.order_by("id").iterator(chunk_size=50):
        for missing in range(number + 1, seal.id):
            report.problem(f"seal {missing}", "removed")
        report.seals += 1
        _check_signature(report, seal, keys.key_of(seal.id))
        digest.add(seal)
        if seal.id in keys.pinned and keys.pinned[seal.id][1] != digest.value():
            report.problem(f"key {keys.pinned[seal.id][0]}", f"the seals up to {seal.id} differ from those it pinned")
        if bytes(seal.previous) != previous:
            report.problem(f"seal {seal.id}", "reordered or changed: it does not follow the seal before it")
        if seal.id in noted and noted[seal.id] != (bytes(seal.root).hex(), bytes(seal.signature).hex()):
            report.problem(f"seal {seal.id}", "changed: it differs from the line noted in seals.log when it was made")
        _check_leaves(report, seal)
        previous, number = bytes(seal.root), seal.id
    for last in sorted(last for last in keys.pinned if last > number):
        report.problem(f"seal {last}", f"removed: key {keys.pinned[last][0]} pins it")
    for missing in sorted(noted.keys() - set(range(1, number + 1))):
        report.problem(f"seal {missing}", "removed: seals.log notes it")


def _check_signature(report: Report, seal: AuditSeal, trusted: bytes) -> None:
    message = seal_bytes(
        seal.id, seal.at, bytes(seal.previous), bytes(seal.root), seal.count, merkle.leaf_hash(bytes(seal.members))
    )
    if not fits(trusted, bytes(seal.signature), message):
        what = "signed with another key" if bytes(seal.key) != trusted else "changed: its signature does not fit"
        report.problem(f"seal {seal.id}", what)


def _check_leaves(report: Report, seal: AuditSeal) -> None:
    leaves = list(
        AuditLeaf.objects.filter(seal_id=seal.id).order_by("position").values_list("change_id", "position", "hash")
    )
    members = unpack_members(seal.members)
    placed = {position: change_id for change_id, position, _ in leaves}
    for position, change_id in enumerate(members):
        if placed.get(position) is None:
            report.problem(f"change {change_id}", f"its leaf at position {position} of seal {seal.id} was removed")
        elif placed[position] != change_id:
            report.problem(
                f"change {change_id}", f"reordered: position {position} of seal {seal.id} holds another change"
            )
    for position in placed.keys() - set(range(len(members))):
        report.problem(f"change {placed[position]}", f"inserted into seal {seal.id} after it was signed")
    if merkle.root([bytes(digest) for _, _, digest in leaves]) != bytes(seal.root):
        report.problem(f"seal {seal.id}", "its leaves do not fit its signed root")
    existing = set(
        AuditChange.objects.filter(id__range=(min(members, default=0), max(members, default=0))).values_list(
            "id", flat=True
        )
    )
    for change_id in members:
        if change_id not in existing:
            report.problem(f"change {change_id}", f"removed, although seal {seal.id} holds its leaf")


# The journal beside the database --------------------------------------------------------------------------------


def _check_journal(report: Report) -> None:
    report.notes += [
        f"{place} was cut off, by a full disk or a power failure; what it was about is checked in the database only"
        for place in journal.cut_off()
    ]
    for path in journal.files():
        noted = {change_id: mac for change_id, _, mac in journal.entries(path)}
        ids = sorted(noted)
        for start in range(0, len(ids), 500):
            part = ids[start : start + 500]
            stored = dict(AuditChange.objects.filter(id__in=part).values_list("id", "mac"))
            for change_id in part:
                if change_id not in stored:
                    report.problem(f"change {change_id}", "removed: it was committed, the journal notes it")
                elif bytes(stored[change_id]).hex() != noted[change_id]:
                    report.problem(f"change {change_id}", "changed: the journal notes another MAC")
