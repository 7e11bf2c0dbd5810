"""A connection beside the one in use, and what several hosts on one database do one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

_ONE_HOST = 0x77617264  # any number that no other program locks in this database


@contextmanager
def beside() -> Iterator[Any]:
    """A connection of its own (PostgreSQL): what is written there others see at once, and no rollback takes it back."""
    other: Any = connection.copy()
    try:
        yield other
    finally:
        other.close()


@contextmanager
def one_host_at_a_time() -> Iterator[None]:
    """Whoever comes second, on whichever host, waits until the first has done. A house on SQLite has one host."""
    if connection.vendor != "postgresql":
        yield
        return
    with beside() as other, other.cursor() as cursor:
        cursor.execute("BEGIN")  # a lock of a transaction: a pooler keeps it on one connection, a crash lets it go
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ONE_HOST])
        yield
