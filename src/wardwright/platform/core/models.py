"""Base classes of every table: audited rows with a version, and the record of submissions already seen."""

from __future__ import annotations

from functools import cache
from typing import Any, ClassVar

from django.db import DEFAULT_DB_ALIAS, IntegrityError, connections, models

from .change import require_change


class AuditedQuerySet(models.QuerySet):
    """Refuses bulk writes outside an operation before the database's trigger does, with a clearer message."""

    def update(self, **kwargs: Any) -> int:
        require_change()
        return super().update(**kwargs)

    def delete(self) -> Any:
        require_change()
        return super().delete()

    def bulk_create(self, objs: Any, *args: Any, **kwargs: Any) -> Any:
        require_change()
        return super().bulk_create(objs, *args, **kwargs)

    def bulk_update(self, objs: Any, *args: Any, **kwargs: Any) -> int:
        require_change()
        return super().bulk_update(objs, *args, **kwargs)


class Taken(IntegrityError):
    """Another row has what must be unique. Nothing was inserted, and the transaction is as good as before."""


class InsertedModel(models.Model):
    """A row whose insert has the same text every time, so that it is built once.

    Django builds it anew for each row, which takes longer than the database needs to run it. Where it clashes with
    another row it does nothing and ``Taken`` is raised, so that nobody needs a savepoint around it.
    """

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        try:
            super().save(*args, **kwargs)
        except Taken:  # Django takes any error for one that spoilt the transaction
            connection = connections[kwargs.get("using") or DEFAULT_DB_ALIAS]
            if connection.in_atomic_block:
                connection.set_rollback(False)
            raise

    def _do_insert(self, manager: Any, using: str, fields: Any, returning_fields: Any, raw: bool) -> Any:
        connection = connections[using]
        values = [
            field.get_db_prep_save(getattr(self, field.attname) if raw else field.pre_save(self, True), connection)
            for field in fields
        ]
        if any(hasattr(value, "as_sql") for value in values) or returning_fields != [self._meta.pk]:
            return super()._do_insert(manager, using, fields, returning_fields, raw)
        with connection.cursor() as cursor:
            cursor.execute(_insert_of(type(self), tuple(field.column for field in fields)), values)
            made = cursor.fetchone()
        if made is None:
            raise Taken(f"UNIQUE constraint failed: {self._meta.db_table}")
        return [made]


class AuditedModel(InsertedModel):
    """A row whose every change is recorded by trigger.

    ``audit_subject`` names the column that holds the asset (or other subject) whose history the row belongs to;
    ``audit_exclude`` names columns that are derived or secret and therefore never recorded.
    """

    audit_subject: ClassVar[str | None] = None
    audit_exclude: ClassVar[tuple[str, ...]] = ()

    id = models.BigAutoField(primary_key=True)
    objects = AuditedQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        require_change()
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        require_change()
        return super().delete(*args, **kwargs)


@cache
def _insert_of(model: type[models.Model], columns: tuple[str, ...]) -> str:
    names, marks = ", ".join(f'"{column}"' for column in columns), ", ".join(["%s"] * len(columns))
    return (
        f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES ({marks}) ON CONFLICT DO NOTHING'  # noqa: S608  # names of our own models
        f' RETURNING "{model._meta.pk.column}"'
    )


class VersionedModel(AuditedModel):
    """An audited row that people edit: ``version`` counts its edits so that a stale form is noticed."""

    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True


class Once(models.Model):
    """A submission seen before: its key and the answer it got. A second arrival finds it and gets the same answer.

    A form's answer is the address it went to. A program's is the whole answer with its ``status``, and ``fingerprint``
    tells whether what arrives again under the key is the same request.
    """

    key = models.CharField(max_length=80, primary_key=True)
    result = models.TextField(blank=True)
    status = models.PositiveSmallIntegerField(default=0)
    fingerprint = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        db_table = "core_once"
