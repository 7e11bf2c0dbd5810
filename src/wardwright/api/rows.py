"""A row as the API answers it, read off its table: for registers that show their columns as they are."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import models
from pydantic import AliasPath, Field, create_model

from .lists import Out

_TYPES: tuple[tuple[type[models.Field], Any], ...] = (
    (models.DateTimeField, datetime),  # a DateTimeField is a DateField too
    (models.DateField, date),
    (models.BooleanField, bool),
    (models.DecimalField, Decimal),
    (models.FloatField, float),
    (models.IntegerField, int),
    (models.CharField, str),
    (models.TextField, str),
    (models.JSONField, Any),
)


def row_of(model: type[models.Model], *, without: tuple[str, ...] = (), name: str = "", **joined: str) -> type[Out]:
    """What a line of ``model`` holds: its columns (foreign keys as ``…_id``) except ``without``.

    ``joined`` adds a text of another row: ``maker="device_model__maker__name"``.
    """
    fields: dict[str, Any] = {}
    for column in model._meta.concrete_fields:
        if column.attname not in without and column.name not in getattr(model, "audit_exclude", ()):
            kind = _type_of(column)
            fields[column.attname] = (kind | None if column.null and kind is not Any else kind, ...)
    for entry, path in joined.items():
        fields[entry] = (str | None, Field(None, validation_alias=AliasPath(*path.split("__"))))
    words = (model.__doc__ or model.__name__).split("\n\n")[0]
    row: type[Out] = create_model(name or f"{model.__name__}Row", __base__=Out, **fields)
    row.__doc__ = words
    return row


def _type_of(column: models.Field) -> Any:
    if isinstance(column, models.ForeignKey):
        return int
    return next(kind for base, kind in _TYPES if isinstance(column, base))
