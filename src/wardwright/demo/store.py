"""Writing many rows with ids given out beforehand, so that rows may point at each other before they are written."""

from __future__ import annotations

from typing import Any

from django.core.management.color import no_style
from django.db import connection
from django.db.models import Max, Model

from wardwright.platform.core.bulk import insert_rows


class Ids:
    """The next free id of each table."""

    def __init__(self) -> None:
        self._next: dict[type[Model], int] = {}

    def next(self, model: type[Model]) -> int:
        if model not in self._next:
            self._next[model] = (model._base_manager.aggregate(top=Max("pk"))["top"] or 0) + 1
        taken = self._next[model]
        self._next[model] = taken + 1
        return taken

    def release(self) -> None:
        """Tell PostgreSQL's sequences how far the ids went; SQLite sees it by itself."""
        statements = connection.ops.sequence_reset_sql(no_style(), list(self._next))
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)


class Batch:
    """Rows of several tables, collected and then written in the order in which they may point at each other."""

    def __init__(self, shape: dict[type[Model], tuple[str, ...]]) -> None:
        self._shape = shape
        self.rows: dict[type[Model], list[tuple[Any, ...]]] = {model: [] for model in shape}

    def write(self) -> None:
        """Insert everything and forget it."""
        for model, columns in self._shape.items():
            if self.rows[model]:
                insert_rows(model, columns, self.rows[model])
            self.rows[model] = []
