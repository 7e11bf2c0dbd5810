"""Word search over one text column per table: FTS5 on SQLite, a GIN index over ``tsvector`` on PostgreSQL.

The column holds text normalised by ``normalise``; queries pass through the same function, so both databases answer
alike. Every word must be found. The index follows the table by trigger (SQLite) or as a generated column (PostgreSQL):
nobody has to remember to refresh it.
"""

from __future__ import annotations

import re
import time
import unicodedata
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

INDEXED: dict[str, str] = {}
FEW = 1000
COMMON_SHARE = 0.02
_WORD = re.compile(r"[^\W_]+")
_COMMON = """
SELECT word FROM pg_stats, unnest(most_common_elems::text::text[], most_common_elem_freqs) AS counted(word, share)
WHERE schemaname = current_schema() AND tablename = %s AND attname = %s AND share >= %s AND word IS NOT NULL
"""
_counted: dict[str, tuple[frozenset[str], float]] = {}
_SPECIAL = str.maketrans({"ß": "ss", "ø": "o", "đ": "d", "ł": "l", "æ": "ae", "œ": "oe"})


def searchable(table: str, column: str) -> None:
    """Declare that ``table.column`` is searched."""
    INDEXED[table] = column


def normalise(text: str) -> str:
    """Lower case, without accents, words separated by single spaces."""
    folded = unicodedata.normalize("NFKD", text.casefold().translate(_SPECIAL))
    plain = "".join(c for c in folded if not unicodedata.combining(c))
    return " ".join(_WORD.findall(plain))


def words_of(text: str) -> list[str]:
    """The distinct words of a query, at most eight."""
    return list(dict.fromkeys(normalise(text).split()))[:8]


def match(queryset: QuerySet, text: str) -> QuerySet:
    """The rows whose search column has every word of ``text``; nothing for a query without words.

    A word that exists as it stands is looked for as a whole word, one that does not (a number half typed) as a
    prefix. Whole words can be answered row by row in order, however many there are; prefixes cannot.
    """
    words = words_of(text)
    if not words:
        return queryset.none()
    table = queryset.model._meta.db_table
    connection = connections[queryset.db]
    if connection.vendor == "postgresql":
        return _match_postgresql(connection, queryset, table, words)
    query = " ".join(f'"{word}"' if _exists(connection, table, word) else f'"{word}"*' for word in words)
    # The correlated form lets SQLite walk the index in the order of the rows and stop at the limit.
    inner = RawSQL(f"SELECT rowid FROM {table}_words WHERE {table}_words MATCH %s", [query])  # noqa: S611
    return queryset.filter(pk__in=inner)


def _exists(connection: Any, table: str, word: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {table}_words WHERE {table}_words MATCH %s LIMIT 1", [f'"{word}"'])
        return cursor.fetchone() is not None


# PostgreSQL -----------------------------------------------------------------------------------------------------
#
# Its planner takes a word it has no statistics of for one that many rows have, and walks the whole register to find the
# few. So what is rare is asked of the index first; what is common is found soon by walking.


def _match_postgresql(connection: Any, queryset: QuerySet, table: str, words: list[str]) -> QuerySet:
    common = _common_words(connection, table)
    there = [word if word in common or _ids(connection, table, word, 1) else f"{word}:*" for word in words]
    query = " & ".join(there)
    if any(word not in common for word in there) or len(there) > 1:
        ids = _ids(connection, table, query, FEW + 1)
        if len(ids) <= FEW:
            few = RawSQL(f'"{table}"."id" = ANY(%s)', [ids])  # noqa: S611
            return queryset.alias(found=few).filter(found=True)
    condition = RawSQL(f'"{table}"."{INDEXED[table]}_tsv" @@ to_tsquery(\'simple\', %s)', [query])  # noqa: S611
    return queryset.alias(found=condition).filter(found=True)


def _ids(connection: Any, table: str, query: str, most: int) -> list[int]:
    """Up to ``most`` rows that ``query`` finds, in no order, by the index alone."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM ww_find_{table}(to_tsquery('simple', %s), %s)", [query, most])
        return [pk for (pk,) in cursor.fetchall()]


def _common_words(connection: Any, table: str) -> frozenset[str]:
    """The words that one row in fifty or more has, as the database last counted (``ANALYZE``); kept ten minutes."""
    kept, until = _counted.get(table, (frozenset(), 0.0))
    if time.monotonic() > until:
        with connection.cursor() as cursor:
            cursor.execute(_COMMON, [table, f"{INDEXED[table]}_tsv", COMMON_SHARE])
            kept = frozenset(word for (word,) in cursor.fetchall())
        _counted[table] = (kept, time.monotonic() + 600)
    return kept


def install_after_migrate(using: str = DEFAULT_DB_ALIAS, app_config: Any = None, **_: Any) -> None:
    """Make the indexes that are missing, when every app has migrated (the signal of the audit app stands for all)."""
    if app_config is None or app_config.label != "audit":
        return
    connection = connections[using]
    tables = set(connection.introspection.table_names())
    for table, column in INDEXED.items():
        if table in tables:
            with connection.cursor() as cursor:
                for statement in _statements(connection.vendor, table, column):
                    cursor.execute(statement)
                if connection.vendor == "sqlite" and f"{table}_words" not in tables:  # rows may be there already
                    cursor.execute(f"INSERT INTO {table}_words({table}_words) VALUES ('rebuild')")


def _statements(vendor: str, table: str, column: str) -> list[str]:
    if vendor == "postgresql":
        return [
            f'ALTER TABLE "{table}" ADD COLUMN IF NOT EXISTS "{column}_tsv" tsvector'
            f" GENERATED ALWAYS AS (to_tsvector('simple', \"{column}\")) STORED",
            f'ALTER TABLE "{table}" ALTER COLUMN "{column}_tsv" SET STATISTICS 1000',
            f'CREATE INDEX IF NOT EXISTS {table}_words ON "{table}" USING gin ("{column}_tsv") WITH (fastupdate = on)',
            f"CREATE OR REPLACE FUNCTION ww_find_{table}(words tsquery, most bigint) RETURNS SETOF bigint"
            " LANGUAGE plpgsql STABLE SET enable_seqscan = off SET enable_indexscan = off"
            f' AS $body$ BEGIN RETURN QUERY SELECT id FROM "{table}" WHERE "{column}_tsv" @@ words LIMIT most;'
            " END $body$",
        ]
    words = f"{table}_words"
    drop = f"INSERT INTO {words}({words}, rowid, {column}) VALUES ('delete', OLD.id, OLD.{column});"
    add = f"INSERT INTO {words}(rowid, {column}) VALUES (NEW.id, NEW.{column});"
    return [
        f"CREATE VIRTUAL TABLE IF NOT EXISTS {words} USING fts5({column}, content='{table}', content_rowid='id',"
        " tokenize='unicode61')",
        *[f"DROP TRIGGER IF EXISTS {words}_{letter}" for letter in "iud"],
        f"CREATE TRIGGER {words}_i AFTER INSERT ON {table} BEGIN {add} END",
        f"CREATE TRIGGER {words}_u AFTER UPDATE OF {column} ON {table} WHEN OLD.{column} IS NOT NEW.{column}"
        f" BEGIN {drop} {add} END",
        f"CREATE TRIGGER {words}_d AFTER DELETE ON {table} BEGIN {drop} END",
    ]
