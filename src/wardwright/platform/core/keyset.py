"""Keyset pages: the next fifty rows cost the same at row fifty and at row one million."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import orjson
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import F, Q, QuerySet, Value
from django.utils.translation import gettext as _

from .errors import Invalid

#: The name under which a word search stands in a query, that of the number in whose order its index gives the rows, and
#: that which says that the query names the rows of one page already.
FOUND, FOUND_ROW, FOUND_PAGE = "found", "found_row", "found_page"


@dataclass(frozen=True)
class Page:
    """One page of rows, and the cursor of the next one (empty on the last page)."""

    rows: list[Any]
    next_cursor: str


def in_order(queryset: QuerySet, order: str, *, nulls_last: bool = False) -> QuerySet:
    """Rows in the order of :func:`keyset_page`: by ``order`` and, where that is the same, by id."""
    field, sign = order.lstrip("-"), "-" if order.startswith("-") else ""
    if nulls_last and not sign and connection.vendor != "postgresql":
        return queryset.order_by(F(field).asc(nulls_last=True), "id")
    if field in ("id", "pk"):
        rows = _by_number(queryset)
        return rows.order_by(sign + _number_in(rows))
    return queryset.order_by(sign + field, f"{sign}id")


def _by_number(queryset: QuerySet) -> QuerySet:
    """``queryset`` read the way that gives its rows soonest in the order of their numbers."""
    search: Any = queryset.query.annotations.get(FOUND)
    return search.in_row_order(queryset) if hasattr(search, "in_row_order") else queryset


def _first(ordered: QuerySet, size: int) -> QuerySet:
    """The first of many that a search lists: told by their numbers, so that only these are joined with other tables."""
    numbers = list(ordered.values_list("pk", flat=True)[:size])
    return ordered.filter(pk__in=numbers).alias(**{FOUND_PAGE: Value(True)})


def _number_in(queryset: QuerySet) -> str:
    return FOUND_ROW if FOUND_ROW in queryset.query.annotations else "id"


def keyset_page(
    queryset: QuerySet,
    order: str,
    *,
    cursor: str = "",
    size: int = 50,
    nulls_last: bool = False,
    columns: Collection[str] = (),
) -> Page:
    """Rows of ``queryset`` ordered by ``order`` (a field, or "-field") and then id, after ``cursor``.

    With ``columns`` the rows are dicts of these, which have to hold ``id`` and the field of the order.
    ``nulls_last`` puts rows without a value after the others when ascending, on both databases; on SQLite this costs a
    sort, so it is for lists that their filters keep short.

    Raises:
        Invalid: when the cursor is not one that this function gave for this order.
    """
    field, descending = order.lstrip("-"), order.startswith("-")
    nulls_last = nulls_last and not descending
    ordered = in_order(queryset, order, nulls_last=nulls_last)
    if cursor:
        value, pk = _decode(cursor, order)
        try:
            ordered = ordered.filter(_after(ordered, field, descending, value, pk, nulls_last=nulls_last))
        except (ValidationError, ValueError, TypeError, OverflowError, ArithmeticError):
            raise _not_ours() from None
    if getattr(ordered.query.annotations.get(FOUND), "listed", False):
        ordered = _first(ordered, size + 1)
    rows = list((ordered.values(*columns) if columns else ordered)[: size + 1])
    more = len(rows) > size
    rows = rows[:size]
    return Page(rows, _encode(order, _read(rows[-1], field), _pk(rows[-1])) if more else "")


def _read(row: Any, path: str) -> Any:
    if isinstance(row, dict):
        return row["id" if path == "pk" else path]
    for part in path.split("__"):
        row = getattr(row, part, None)
    return row


def _pk(row: Any) -> int:
    return row["id"] if isinstance(row, dict) else row.pk


def _after(queryset: QuerySet, field: str, descending: bool, value: Any, pk: int, *, nulls_last: bool = False) -> Q:
    """Rows that come after (value, pk) in the order the database itself uses, where NULL sorts last on PostgreSQL
    when ascending and first on SQLite, so that a plain index serves both."""
    beyond = "lt" if descending else "gt"
    if field in ("id", "pk"):
        return Q(**{f"{_number_in(queryset)}__{beyond}": pk})
    nulls_after = nulls_last or (connection.vendor == "postgresql") != descending
    if value is None:
        tied = Q(**{f"{field}__isnull": True, f"id__{beyond}": pk})
        return tied if nulls_after else tied | Q(**{f"{field}__isnull": False})
    # The first condition is implied by the second; it is what lets the index start at the right place.
    rest = Q(**{f"{field}__{beyond}e": value}) & (
        Q(**{f"{field}__{beyond}": value}) | Q(**{field: value, f"id__{beyond}": pk})
    )
    nullable = "__" in field or queryset.model._meta.get_field(field).null
    return rest | Q(**{f"{field}__isnull": True}) if nulls_after and nullable else rest


def _encode(order: str, value: Any, pk: int) -> str:
    text = orjson.dumps([order, value, pk], default=str)
    return base64.urlsafe_b64encode(text).decode().rstrip("=")


def _decode(cursor: str, order: str) -> tuple[Any, int]:
    try:
        data = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        found_order, value, pk = data
        if found_order != order or not isinstance(pk, int) or isinstance(value, list | dict) or "\x00" in str(value):
            raise ValueError
    except (ValueError, binascii.Error, TypeError):
        raise _not_ours() from None
    return value, pk


def _not_ours() -> Invalid:
    return Invalid(
        _("This page marker does not belong to this list."),
        _("Start again from the first page."),
        fields={"after": _("Take the value from the “next” of the page before.")},
    )


def capped_count(queryset: QuerySet, cap: int = 1000) -> tuple[int, bool]:
    """How many rows there are, counting no further than ``cap``; (count, whether there are more)."""
    found = _by_number(queryset).order_by().values_list("pk")[: cap + 1].count()
    return min(found, cap), found > cap
