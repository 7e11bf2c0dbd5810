"""Reading the whole house as it was at one moment, while others go on writing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.models import AutoField, F, Model
from django.db.models.functions import Collate

from .canon import LEFT_OUT, carried, columns_of, line, writer

CHUNK = 2000


def tables_now() -> tuple[dict[str, str], list[type[Model]]]:
    """The newest applied migration of each of our apps, and the models of the tables as they are.

    They are those of an older version after a new program was put in place and before ``wardwright upgrade``.
    """
    executor = MigrationExecutor(connection)
    leaves = executor.loader.graph.leaf_nodes()
    if not executor.migration_plan(leaves):
        return _ours(leaves), carried()
    applied = [node for node in executor.loader.applied_migrations if node in executor.loader.graph.nodes]
    newest = [n for n in applied if not any(c.key[0] == n[0] and c.key in applied for c in _children(executor, n))]
    return _ours(newest), carried(executor.loader.project_state(applied).apps)


def _children(executor: MigrationExecutor, node: tuple[str, str]) -> Any:
    return executor.loader.graph.node_map[node].children


def _ours(nodes: Iterable[tuple[str, str]]) -> dict[str, str]:
    return {label: name for label, name in sorted(nodes) if label not in LEFT_OUT}


@contextmanager
def one_moment() -> Iterator[None]:
    """Everything read inside is of one moment: a read transaction (SQLite, WAL) or REPEATABLE READ (PostgreSQL).

    Nobody waits for it: on SQLite it must not be ``atomic()``, whose transactions take the write lock at once.
    """
    if connection.vendor == "postgresql":
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield
        return
    with connection.cursor() as cursor:
        cursor.execute("BEGIN DEFERRED")
        try:
            cursor.execute("SELECT count(*) FROM django_migrations")  # the moment is that of the first read
            yield
        finally:
            cursor.execute("ROLLBACK")


def rows_of(model: type[Model]) -> Iterator[bytes]:
    """Every row of a table as a line, in the order of its key."""
    fields = columns_of(model)
    names = [field.column or "" for field in fields]
    writers = [(place, write) for place, field in enumerate(fields) if (write := writer(field))]
    rows = model._base_manager.order_by(_key(model)).values_list(*(field.attname for field in fields))
    for values in rows.iterator(chunk_size=CHUNK):
        row = list(values)
        for place, write in writers:
            row[place] = write(row[place])
        yield line(names, row)


def _key(model: type[Model]) -> Any:
    """The order of the primary key; of text by its bytes, which both databases order alike."""
    key = model._meta.pk
    is_text = key.get_internal_type() in ("CharField", "SlugField", "TextField")
    return Collate(F(key.attname), "C") if is_text and connection.vendor == "postgresql" else key.attname


def last_id(model: type[Model]) -> int | None:
    """The last number that the table's own counter gave out; None for a table without one."""
    key, table = model._meta.pk, model._meta.db_table
    if not isinstance(key, AutoField):
        return None
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [f'"{table}"', key.column])
            cursor.execute(f"SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {cursor.fetchone()[0]}")  # noqa: S608
        else:
            cursor.execute("SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = %s), 0)", [table])
        counted = cursor.fetchone()[0]
    newest = model._base_manager.order_by("-pk").values_list("pk", flat=True).first()
    return max(counted, newest or 0)
