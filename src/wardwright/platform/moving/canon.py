"""One value, one text: how every kind of column is written down, whichever database it came from, and read again."""

from __future__ import annotations

import base64
import json
import math
import uuid
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, time, timedelta
from typing import Any

import orjson
from django.apps import apps
from django.db import models
from django.db.models import Field, Model

#: Apps whose tables stay behind, and why. Everything else that is installed is carried out.
LEFT_OUT = {
    "contenttypes": "made anew by the migrations",
    "auth": "not used: people and roles are our own tables",
    "sessions": "log-ins that are open; people log in again",
    "axes": "wrong passwords of the last minutes",
    "procrastinate": "the way of waiting jobs to the workers; made anew from the jobs",
}
_EXACT = 1e16  # beyond it a float and a whole number are written differently by the two databases


def carried(registry: Any = apps) -> list[type[Model]]:
    """Every table that belongs to the house, by name."""
    found = {
        model._meta.db_table: model
        for model in registry.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy and model._meta.app_label not in LEFT_OUT
    }
    return [found[name] for name in sorted(found)]


def columns_of(model: type[Model]) -> list[Field]:
    """The columns of a table by name."""
    return sorted(model._meta.concrete_fields, key=lambda field: field.column or "")


def line(names: Iterable[str], values: Iterable[Any]) -> bytes:
    """One row as a line of JSON with sorted keys."""
    row = dict(zip(names, values, strict=True))
    try:
        return orjson.dumps(row, option=orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)
    except TypeError:  # a number larger than 64 bits within JSON
        return json.dumps(row, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def kind_of(field: Field) -> str:
    """The kind of a column: the name by which the file's guide explains it."""
    field = _root(field)
    for cls, kind in _KINDS:
        if isinstance(field, cls):
            return kind
    raise TypeError(f"{field} has a kind of column that the export does not know; add it to moving/canon.py.")


def _root(field: Any) -> Field:
    while isinstance(field, models.ForeignKey):
        field = field.target_field
    return field


_KINDS: tuple[tuple[Any, str], ...] = (
    (models.DateTimeField, "moment"),
    (models.DateField, "date"),
    (models.TimeField, "time"),
    (models.DecimalField, "decimal"),
    (models.BinaryField, "bytes"),
    (models.DurationField, "duration"),
    (models.UUIDField, "uuid"),
    (models.JSONField, "json"),
    (models.BooleanField, "boolean"),
    (models.FloatField, "number"),
    ((models.IntegerField, models.AutoField), "integer"),
    ((models.CharField, models.TextField, models.GenericIPAddressField), "text"),
)


# Out ------------------------------------------------------------------------------------------------------------


def writer(field: Field) -> Callable[[Any], Any] | None:
    """Python's value → JSON's; None for kinds that JSON has itself."""
    root, kind = _root(field), kind_of(field)
    if kind == "decimal":
        places = getattr(root, "decimal_places", 0)
        return lambda value: None if value is None else f"{value:.{places}f}"
    plain = _WRITERS.get(kind)
    if plain is None:
        return None
    if hasattr(root, "from_db_value"):  # Python has its values in a form of its own; the file holds what the row holds
        return lambda value: None if value is None else plain(root.get_prep_value(value))
    return lambda value: None if value is None else plain(value)


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _json(value: Any) -> Any:
    if isinstance(value, float) and math.isfinite(value) and abs(value) >= _EXACT:
        return int(value)
    if isinstance(value, dict):
        return {key: _json(part) for key, part in value.items()}
    return [_json(part) for part in value] if isinstance(value, list) else value


_WRITERS: dict[str, Callable[[Any], Any]] = {
    "moment": _moment,
    "date": lambda value: value.isoformat(),
    "time": lambda value: value.isoformat(timespec="microseconds"),
    "bytes": lambda value: base64.b64encode(bytes(value)).decode(),
    "duration": lambda value: value // timedelta(microseconds=1),
    "uuid": str,
    "json": _json,
    "text": str,
}


# In -------------------------------------------------------------------------------------------------------------


def reader(field: Field, connection: Any) -> Callable[[Any], Any] | None:
    """JSON's value → what the database takes; None for kinds that it takes as they are."""
    kind, null = kind_of(field), field.null
    if kind == "json":
        return lambda value: None if value is None and null else json.dumps(value, sort_keys=True)
    sqlite = connection.vendor == "sqlite"
    readers: dict[str, Callable[[Any], Any]] = {
        "moment": lambda value: connection.ops.adapt_datetimefield_value(datetime.fromisoformat(value)),
        "time": lambda value: str(time.fromisoformat(value)),
        "bytes": lambda value: base64.b64decode(value, validate=True),
        "duration": (lambda value: value) if sqlite else (lambda value: timedelta(microseconds=value)),
        "uuid": lambda value: uuid.UUID(value).hex if sqlite else value,
    }
    plain = readers.get(kind)
    return None if plain is None else (lambda value: None if value is None else plain(value))
