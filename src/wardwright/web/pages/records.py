"""A record of the trail in words: which row, what it was before, what it is now."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.urls import NoReverseMatch, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wardwright.kernel.said import from_plain
from wardwright.platform.audit import queries
from wardwright.platform.audit.models import AuditRecord
from wardwright.platform.core.said import SaidCharField
from wardwright.platform.core.words import noun_words, said_words
from wardwright.web.templatetags import ui

KINDS = {
    "I": (gettext_lazy("Added"), "plus"),
    "U": (gettext_lazy("Changed"), "pencil"),
    "D": (gettext_lazy("Removed"), "trash"),
}
BOOKKEEPING = frozenset({"id", "version", "created_at", "updated_at"})
LONGEST_VALUE = 2000
Names = dict[tuple[str, int], str]


@dataclass(frozen=True)
class Line:
    """One column of a row: its label, and its value before and after in words (None: it was empty or not there)."""

    label: str
    before: Any
    after: Any


@dataclass(frozen=True)
class RecordWords:
    """What the templates show of one record."""

    record: AuditRecord
    kind: Any
    icon: str
    table_label: str
    row_name: str
    row_url: str
    subject_name: str
    subject_url: str
    lines: list[Line] = field(default_factory=list)


def table_label(table: str) -> str:
    """What a table holds, in words; a table that is gone keeps its name."""
    model = queries.tables().get(table)
    return capfirst(noun_words(model._meta)) if model else table


def row_url(model: type[models.Model] | None, row_id: int) -> str:
    """The page of a row: the one whose name is the model's name in words with hyphens, if there is one."""
    if model is None:
        return ""
    name = "".join(f"-{c.lower()}" if c.isupper() else c for c in model.__name__).lstrip("-")
    try:
        return reverse(name, args=[row_id])
    except NoReverseMatch:
        return ""


def in_words(records: Iterable[AuditRecord]) -> list[RecordWords]:
    """Records for the page, with the names of everything they refer to (one query for each model)."""
    records = list(records)
    known = queries.tables()
    parsed = [(record, known.get(record.table_name), _loads(record.before), _loads(record.after)) for record in records]
    subject = queries.subject_model()
    names = queries.names_of(_mentioned(parsed, subject))
    return [_one(record, model, before, after, subject, names) for record, model, before, after in parsed]


def _loads(text: str | None) -> dict[str, Any]:
    return json.loads(text) if text else {}


def _mentioned(parsed: list[tuple], subject: type[models.Model] | None) -> dict[type[models.Model], set[int]]:
    wanted: dict[type[models.Model], set[int]] = {}
    for record, model, before, after in parsed:
        if subject is not None and record.subject_id is not None:
            wanted.setdefault(subject, set()).add(record.subject_id)
        if model is None:
            continue
        wanted.setdefault(model, set()).add(record.row_id)
        for column in _fields(model):
            if column.is_relation:
                ids = {side.get(column.column) for side in (before, after)} - {None}
                wanted.setdefault(column.related_model, set()).update(ids)  # type: ignore[arg-type]
    return wanted


def _fields(model: type[models.Model]) -> list[models.Field]:
    return list(model._meta.concrete_fields)


def _one(
    record: AuditRecord,
    model: type[models.Model] | None,
    before: dict,
    after: dict,
    subject: type[models.Model] | None,
    names: Names,
) -> RecordWords:
    kind, icon = KINDS[record.kind]
    row, own = (record.table_name, record.row_id), ("", "")
    if model is not subject and subject is not None and record.subject_id is not None:
        name = names.get((subject._meta.db_table, record.subject_id), f"#{record.subject_id}")
        own = name, row_url(subject, record.subject_id)
    return RecordWords(
        record,
        kind,
        icon,
        table_label(record.table_name),
        names.get(row, f"#{record.row_id}"),
        row_url(model, record.row_id) if row in names else "",
        *own,
        _lines(model, before, after, names),
    )


def _lines(model: type[models.Model] | None, before: dict, after: dict, names: Names) -> list[Line]:
    fields = {str(column.column): column for column in _fields(model)} if model else {}
    columns = [name for name in fields if name in before or name in after]
    columns += sorted((before.keys() | after.keys()) - fields.keys())  # columns that a later release dropped
    whole_row = not before or not after
    lines = []
    for name in columns:
        column = fields.get(name)
        old, new = (value_words(column, side.get(name), names) for side in (before, after))
        if name in BOOKKEEPING or (whole_row and old is None and new is None):
            continue
        lines.append(Line(capfirst(noun_words(column)) if column is not None else name, old, new))
    return lines


def value_words(column: models.Field | None, raw: Any, names: Names) -> Any:
    """A recorded value as people read it, None for none; what cannot be understood is shown as it was recorded."""
    if raw is None or raw == "":
        return None
    if column is None:
        return _short(raw)
    if column.is_relation:
        return names.get((column.related_model._meta.db_table, raw)) or f"#{raw}"  # type: ignore[union-attr]
    try:
        value = column.to_python(raw)
    except (ValidationError, ValueError, TypeError):
        return _short(raw)
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, datetime) and value.tzinfo is None:
        value = value.replace(tzinfo=UTC)
    if isinstance(column, models.DateField):  # moments are a kind of dates
        return ui.date(value)
    if isinstance(column, models.JSONField):
        return _structure(raw)
    if isinstance(column, SaidCharField):
        return said_words(column.read(value))
    return dict(column.flatchoices).get(value) or _short(value)


def _structure(raw: Any) -> str | None:
    """Nested data: SQLite records it as text, PostgreSQL as it is."""
    value = raw
    if isinstance(raw, str):
        try:
            value = json.loads(raw)
        except ValueError:
            return _short(raw)
    if value in (None, "", [], {}):
        return None
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return _short(", ".join(value))
    return _short(json.dumps(from_plain(value), ensure_ascii=False, indent=1))


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= LONGEST_VALUE else text[:LONGEST_VALUE] + "…"
