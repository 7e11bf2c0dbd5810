"""Closing a change: read back what the triggers recorded, hash it, and write the change's own row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db import connection

from wardwright.kernel import merkle
from wardwright.platform.core.change import Change

from .digest import CHANGE_COLUMNS, RECORD_COLUMNS, ChangeRow, Record, change_mac, pack_manifest, record_hash
from .keys import mac_key

CHUNK = 5000
_RECORDS = f"SELECT {RECORD_COLUMNS} FROM audit_record WHERE change_id = %s AND id > %s ORDER BY id LIMIT {CHUNK}"  # noqa: S608
_CHANGE = f"INSERT INTO audit_change ({CHANGE_COLUMNS}) VALUES ({', '.join(['%s'] * len(ChangeRow._fields))})"  # noqa: S608


def direct(sql: str, values: Sequence[Any]) -> Any:
    """Run one statement of the trail's own on the driver itself, and return its cursor.

    Three of these ride on every change, and the object mapper's layers would cost more than the database does.
    """
    connection.ensure_connection()
    with connection.wrap_database_errors:
        if connection.vendor == "postgresql":
            return connection.connection.execute(sql, values, prepare=True)
        return connection.connection.execute(sql.replace("%s", "?"), values)


def records_of(change_id: int) -> Iterator[Record]:
    """The records of one change in order, read in chunks so that a large import needs little memory."""
    last = 0
    while True:
        rows = direct(_RECORDS, [change_id, last]).fetchall()
        yield from map(Record._make, rows)
        if len(rows) < CHUNK:
            return
        last = rows[-1][0]


def close_change(change: Change) -> ChangeRow | None:
    """Write the change's row over the records found; a change that touched nothing leaves no row."""
    entries = [(record.id, record_hash(record)) for record in records_of(change.id)]
    if not entries:
        return None
    row = ChangeRow(
        id=change.id,
        at=change.at,
        actor_id=change.by.id,
        actor_name=str(change.by)[:120],
        operation=change.operation,
        reason=change.reason,
        source=change.source,
        notes="\n".join(change.warnings),
        records=len(entries),
        root=merkle.root([digest for _, digest in entries]),
        manifest=pack_manifest(entries),
        mac=b"",
    )
    row = row._replace(mac=change_mac(row, mac_key()))
    direct(_CHANGE, [row.id, connection.ops.adapt_datetimefield_value(row.at), *row[2:]])
    return row
