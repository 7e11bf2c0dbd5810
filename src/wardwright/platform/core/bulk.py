"""Inserting many rows of one table at the speed of the database; the audit triggers record every one of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import Field, JSONField, Model
from django.utils import timezone

from .change import require_change

CHUNK = 500
_ESCAPES = str.maketrans({"\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"})


def reserve_ids(model: type[Model], count: int) -> Sequence[int]:
    """``count`` ids that no other row will get, so that rows may point at each other before they are written."""
    require_change()
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count]
            )
            return [row[0] for row in cursor.fetchall()]
        # The write lock is ours from the beginning of the transaction; explicit ids move the table's own counter on.
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        found = cursor.fetchone()
    first = (found[0] if found else 0) + 1
    return range(first, first + count)


def insert_rows(model: type[Model], columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert ``rows`` whose values stand in the order of ``columns`` (column names; numbers, text, None; dates as ISO
    text, JSON as text). Every other column gets the default of its field. Inside an operation only.
    """
    require_change()
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    rest = {field.column: column_default(field) for field in fields if field.column not in columns}
    head = ", ".join(f'"{name}"' for name in (*columns, *rest))
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            _copy(cursor, f'COPY "{table}" ({head}) FROM STDIN', rows, list(rest.values()))
        else:
            marks = ", ".join([*["%s"] * len(columns), *map(_literal, rest.values())])
            cursor.executemany(f'INSERT INTO "{table}" ({head}) VALUES ({marks})', rows)  # noqa: S608


def column_default(field: Field) -> Any:
    """The default of a field as the database takes it; moments set by themselves are now."""
    if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
        return as_moment(timezone.now())
    value = field.get_default()
    return json.dumps(value) if isinstance(field, JSONField) else field.get_db_prep_save(value, connection)


def as_moment(at: Any) -> str:
    """A moment as the database takes it."""
    return str(connection.ops.adapt_datetimefield_value(at))


def _copy(cursor: Any, statement: str, rows: Sequence[tuple[Any, ...]], rest: list[Any]) -> None:
    """PostgreSQL's own way to take many rows; triggers and constraints hold as for any insert."""
    tail = "".join(f"\t{_field(value)}" for value in rest) + "\n"
    with cursor.copy(statement) as copy:
        for start in range(0, len(rows), CHUNK):
            copy.write("".join("\t".join(map(_field, row)) + tail for row in rows[start : start + CHUNK]))


def _field(value: Any) -> str:
    """One value in the text format of COPY."""
    if value is None:
        return "\\N"
    text = value if isinstance(value, str) else str(value)
    if "\\" in text or "\n" in text or "\t" in text or "\r" in text:
        return text.translate(_ESCAPES)
    return text


def _literal(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return str(value) if isinstance(value, int) else "'" + str(value).replace("'", "''").replace("%", "%%") + "'"
