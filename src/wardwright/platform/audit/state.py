"""Comparing every audited row with its last recorded state, so that data changed behind the system's back is found."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import groupby
from typing import Any

import orjson
from django.db import connection
from django.db.models import (
    BinaryField,
    DateTimeField,
    DecimalField,
    Field,
    ForeignKey,
    JSONField,
    Model,
    UUIDField,
)

from .digest import moment
from .triggers import audited_models, hidden_columns, row_json_sqlite
from .verify import Report, one_moment, stream


def compare_state(report: Report) -> None:
    """Add to ``report`` every row that is missing, extra or different from what the trail says it should be."""
    with one_moment():
        for model in audited_models():
            _compare(report, model)


def _compare(report: Report, model: type[Model]) -> None:
    table = model._meta.db_table
    recorded = _recorded(table)
    expected = next(recorded, None)
    for row_id, actual in _actual(model):
        while expected is not None and expected[0] < row_id:
            _missing(report, table, *expected)
            expected = next(recorded, None)
        if expected is None or expected[0] != row_id or expected[1] is None:
            report.problem(f"{table} {row_id}", "exists although the trail does not say that it was made")
        else:
            _different(report, model, row_id, expected, actual)
        if expected is not None and expected[0] == row_id:
            expected = next(recorded, None)
    while expected is not None:
        _missing(report, table, *expected)
        expected = next(recorded, None)


def _recorded(table: str) -> Iterator[tuple[int, dict[str, Any] | None, int]]:
    """(row id, state or None when deleted, last record id) folded from the trail, ordered by row id."""
    rows = stream_records(table)
    for row_id, group in groupby(rows, key=lambda row: row[0]):
        state: dict[str, Any] | None = None
        last = 0
        for _, last, kind, after in group:  # noqa: B007 - the last one is given on
            if kind == "D":
                state = None
            else:
                state = {**(state or {}), **orjson.loads(after)} if after else state
        yield row_id, state, last


def stream_records(table: str) -> Iterator[tuple]:
    last = (-1, 0)
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT row_id, id, kind, after FROM audit_record WHERE table_name = %s AND (row_id, id) > (%s, %s)"
                " ORDER BY row_id, id LIMIT 5000",
                [table, *last],
            )
            rows = cursor.fetchall()
        yield from rows
        if len(rows) < 5000:
            return
        last = (rows[-1][0], rows[-1][1])


def _actual(model: type[Model]) -> Iterator[tuple[int, dict[str, Any]]]:
    table = model._meta.db_table
    if connection.vendor == "postgresql":
        hidden = ",".join(hidden_columns(model))
        sql = f"SELECT t.id, (to_jsonb(t) - string_to_array('{hidden}', ','))::text FROM \"{table}\" t ORDER BY t.id"  # noqa: S608
    else:
        sql = f'SELECT t.id, {row_json_sqlite(model, "t")} FROM "{table}" t ORDER BY t.id'  # noqa: S608
    for row_id, text in stream(sql):
        yield row_id, orjson.loads(text)


def _missing(report: Report, table: str, row_id: int, state: dict[str, Any] | None, last: int) -> None:
    if state is not None:
        report.problem(f"{table} {row_id}", f"missing: record {last} says that it exists")


def _different(report: Report, model: type[Model], row_id: int, expected: tuple, actual: dict[str, Any]) -> None:
    _, state, last = expected
    # A column added by a later release is unknown to older records; only what was recorded is compared.
    differing = [name for name, value in state.items() if name in actual and actual[name] != value]
    if differing:
        fields = {field.column: field for field in model._meta.concrete_fields}
        differing = [
            name for name in differing if _plain(fields[name], state[name]) != _plain(fields[name], actual[name])
        ]
    if differing:
        what = f"changed behind the system's back since record {last}: {', '.join(sorted(differing))}"
        report.problem(f"{model._meta.db_table} {row_id}", what)


def _plain(field: Field, value: Any) -> Any:
    """A recorded value whichever database recorded it: a house that moved has records of both."""
    while isinstance(field, ForeignKey):
        field = field.target_field
    try:
        return _told(field, value)
    except (ValueError, ArithmeticError, TypeError):  # what somebody put there by hand
        return value


def _told(field: Field, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(field, JSONField):
        return orjson.loads(value) if isinstance(value, str) else value
    if isinstance(field, DateTimeField):
        return moment(value)
    if isinstance(field, DecimalField):
        return f"{Decimal(str(value)):.{field.decimal_places}f}"
    if isinstance(field, BinaryField):
        return str(value).removeprefix("\\x").lower()
    if isinstance(field, UUIDField):
        return str(value).replace("-", "").lower()
    return value
