"""Taking numbers inside the running transaction."""

from __future__ import annotations

from django.db import connection


def take_numbers(name: str, count: int = 1) -> range:
    """Reserve ``count`` consecutive numbers of the sequence ``name``; rolled back with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO numbering_sequence (name, last) VALUES (%s, %s)"
            " ON CONFLICT (name) DO UPDATE SET last = numbering_sequence.last + excluded.last RETURNING last",
            [name, count],
        )
        last = cursor.fetchone()[0]
    return range(last - count + 1, last + 1)
