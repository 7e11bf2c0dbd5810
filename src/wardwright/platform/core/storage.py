"""What the database is and how much room it takes."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

TABLES_SHOWN = 10


@dataclass(frozen=True)
class DatabaseFacts:
    """The database in words, its size in bytes, its largest tables as (name, bytes); SQLite tells no table sizes."""

    name: str
    version: str
    size_bytes: int
    largest: tuple[tuple[str, int], ...] = ()


def database_facts() -> DatabaseFacts:
    """Read from the database itself."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT current_setting('server_version'), pg_database_size(current_database())")
            version, size = cursor.fetchone()
            cursor.execute(
                "SELECT relname, pg_total_relation_size(oid) AS bytes FROM pg_class WHERE relkind = 'r'"
                " AND relnamespace = 'public'::regnamespace ORDER BY bytes DESC, relname LIMIT %s",
                [TABLES_SHOWN],
            )
            return DatabaseFacts("PostgreSQL", version, size, tuple(cursor.fetchall()))
        cursor.execute(
            "SELECT sqlite_version(), c.page_count * s.page_size FROM pragma_page_count() c, pragma_page_size() s"
        )
        version, size = cursor.fetchone()
    return DatabaseFacts("SQLite", version, size)
