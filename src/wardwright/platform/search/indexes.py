"""The word indexes: FTS5 on SQLite, GIN over a generated ``tsvector`` on PostgreSQL."""

from __future__ import annotations

from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections

from .text import INDEXED

#: Normalised text is split at its blanks and nowhere else. Without positions the index is small, and the first letters
#: of a word are words of it too: a prefix is then read in the order of the rows, however many there are.
_FTS5 = "tokenize='ascii', detail=none, prefix='1 2 3 4 5'"


def install_after_migrate(using: str = DEFAULT_DB_ALIAS, app_config: Any = None, **_: Any) -> None:
    """Make the indexes that are missing, when every app has migrated (the signal of the audit app stands for all)."""
    if app_config is None or app_config.label != "audit":
        return
    connection = connections[using]
    tables = set(connection.introspection.table_names())
    for table in INDEXED.keys() & tables:
        with connection.cursor() as cursor:
            (_on_postgresql if connection.vendor == "postgresql" else _on_sqlite)(cursor, table, INDEXED[table])


def _on_postgresql(cursor: Any, table: str, column: str) -> None:
    for statement in (
        f'ALTER TABLE "{table}" ADD COLUMN IF NOT EXISTS "{column}_tsv" tsvector'
        f" GENERATED ALWAYS AS (to_tsvector('simple', \"{column}\")) STORED",
        f'ALTER TABLE "{table}" ALTER COLUMN "{column}_tsv" SET STATISTICS 1000',
        f'CREATE INDEX IF NOT EXISTS {table}_words ON "{table}" USING gin ("{column}_tsv")',
        # What is not sorted in yet is read through by every search: the usual 4 MB cost each of them 3 ms.
        f"ALTER INDEX {table}_words SET (fastupdate = on, gin_pending_list_limit = 64)",
        # By the word index alone: the planner takes a word without statistics for one that many rows have.
        f"CREATE OR REPLACE FUNCTION ww_find_{table}(words tsquery, most bigint) RETURNS SETOF bigint"
        " LANGUAGE plpgsql STABLE SET enable_seqscan = off SET enable_indexscan = off"
        f' AS $body$ BEGIN RETURN QUERY SELECT id FROM "{table}" WHERE "{column}_tsv" @@ words LIMIT most;'
        " END $body$",
    ):
        cursor.execute(statement)


def _on_sqlite(cursor: Any, table: str, column: str) -> None:
    words = f"{table}_words"
    made = f"CREATE VIRTUAL TABLE {words} USING fts5({column}, content='{table}', content_rowid='id', {_FTS5})"
    cursor.execute("SELECT sql FROM sqlite_master WHERE name = %s", [words])
    found = cursor.fetchone()
    if found != (made,):
        if found:
            cursor.execute(f"DROP TABLE {words}")
        cursor.execute(made)
        cursor.execute(f"INSERT INTO {words}({words}) VALUES ('rebuild')")  # rows may be there already
    drop = f"INSERT INTO {words}({words}, rowid, {column}) VALUES ('delete', OLD.id, OLD.{column});"
    add = f"INSERT INTO {words}(rowid, {column}) VALUES (NEW.id, NEW.{column});"
    changed = f"AFTER UPDATE OF {column} ON {table} WHEN OLD.{column} IS NOT NEW.{column}"
    for letter, moment, does in (
        ("i", f"AFTER INSERT ON {table}", add),
        ("u", changed, f"{drop} {add}"),
        ("d", f"AFTER DELETE ON {table}", drop),
    ):
        cursor.execute(f"DROP TRIGGER IF EXISTS {words}_{letter}")
        cursor.execute(f"CREATE TRIGGER {words}_{letter} {moment} BEGIN {does} END")
