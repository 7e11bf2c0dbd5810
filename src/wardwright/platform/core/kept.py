"""One row by its number. The statement for each shape of queryset is kept: building it takes longer than running it."""

from __future__ import annotations

from copy import copy
from typing import Any, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import Manager, QuerySet
from django.db.models.sql import Query
from django.utils.hashable import make_hashable

_STANDS_FOR_THE_NUMBER = 2**63 - 977
_MOST = 500  # what a person's sites are is part of the shape
_kept: dict[Any, _Statement] = {}


class _Statement(NamedTuple):
    query: Query
    compiler: Any
    sql: str
    values: tuple[Any, ...]
    place: int  # of the number among the values


def row_by_number(rows: QuerySet | Manager, number: Any, *, lock: bool = False) -> Any:
    """What ``rows.filter(pk=number).first()`` gives: a row, its ``values()``, or None.

    ``lock`` keeps the row until commit on PostgreSQL; SQLite's transaction already holds the whole database.
    A statement is kept under all that makes it, the scope of the reader with its values too. A queryset with another
    one inside is like none but itself, and is built each time.

    Raises:
        ValueError: for what is no number.
    """
    queryset: QuerySet = rows.all() if isinstance(rows, Manager) else rows
    number = queryset.model._meta.pk.get_prep_value(number)
    if number is None or not -(2**63) <= number < 2**63:
        return None
    key = (queryset.model, queryset.db, lock, make_hashable(queryset.query.__dict__))
    try:
        statement = _kept.get(key) or _keep(key, queryset, lock)
    except EmptyResultSet:
        return None
    return next(iter(_finished(queryset, statement, number)), None)


def _keep(key: Any, queryset: QuerySet, lock: bool) -> _Statement:
    found = queryset.order_by().filter(pk=_STANDS_FOR_THE_NUMBER)
    query = (found.select_for_update(of=("self",)) if lock else found)[:1].query
    compiler = query.get_compiler(using=queryset.db)
    sql, values = compiler.as_sql()
    if len(_kept) >= _MOST:
        _kept.clear()
    _kept[key] = statement = _Statement(query, compiler, sql, tuple(values), values.index(_STANDS_FOR_THE_NUMBER))
    return statement


def _finished(queryset: QuerySet, statement: _Statement, number: int) -> QuerySet:
    """A queryset that asks with the finished statement, on the connection of this thread."""
    values = (*statement.values[: statement.place], number, *statement.values[statement.place + 1 :])
    query, compiler = copy(statement.query), copy(statement.compiler)
    compiler.connection = connections[queryset.db]
    compiler.as_sql = lambda *_args, **_kwargs: (statement.sql, values)
    query.get_compiler = lambda *_args, **_kwargs: compiler  # type: ignore[method-assign]
    found: QuerySet = QuerySet(queryset.model, query, queryset.db)
    for name in ("_iterable_class", "_fields", "_prefetch_related_lookups"):
        setattr(found, name, getattr(queryset, name))
    return found
