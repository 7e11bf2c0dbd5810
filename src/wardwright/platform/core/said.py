"""Columns that keep sentences of the kernel as sentences, so that each reader reads them in their own language."""

from __future__ import annotations

import json
from typing import Any

from django.db import models

from wardwright.kernel.said import Said, from_plain, to_plain

_START = '{"say":'


class SaidJSONField(models.JSONField):
    """JSON with sentences anywhere in it, also as keys. To the database it is a column of JSON like any other."""

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.JSONField", args, kwargs

    def get_prep_value(self, value: Any) -> Any:
        return super().get_prep_value(to_plain(value))

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return from_plain(super().from_db_value(value, expression, connection))


class SaidCharField(models.CharField):
    """One sentence, or any text. What does not fit is kept in English and cut."""

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs

    def get_prep_value(self, value: Any) -> Any:
        limit = self.max_length or 0
        if isinstance(value, Said):
            kept = json.dumps(to_plain(value), ensure_ascii=False, separators=(",", ":"))
            return kept if len(kept) <= limit else str(value)[:limit]
        text = super().get_prep_value(value)
        if isinstance(text, str):
            text = text[:limit]
            return text.lstrip("{") if text.startswith(_START) else text  # nobody types a sentence's own form
        return text

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return self.read(value)

    def read(self, stored: Any) -> Any:
        """What the column holds, also as the audit trail recorded it."""
        return from_plain(json.loads(stored)) if stored and stored.startswith(_START) else stored
