"""Lists: keyset pages of plain pydantic rows."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Annotated, Any, Generic, TypeVar

import orjson
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from ninja import Query
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from wardwright.platform.access.scope import allowed
from wardwright.platform.core.errors import Denied, Invalid, NotFound
from wardwright.platform.core.keyset import keyset_page

Row = TypeVar("Row", bound=BaseModel)


class Out(BaseModel):
    """A row as the API answers it, read from attributes."""

    model_config = ConfigDict(from_attributes=True)


class In(BaseModel):
    """A request's body; an unknown entry is refused rather than ignored."""

    model_config = ConfigDict(extra="forbid", str_max_length=20_000)


class ListPage(BaseModel, Generic[Row]):
    """One page; ``next`` goes into ``after`` of the next request and is empty on the last page."""

    items: list[Row]
    next: str


class Paging(BaseModel):
    """The parameters every list takes."""

    after: str = Field("", max_length=600, description="`next` of the page before")
    limit: int = Field(50, ge=1, le=500)
    sort: str = Field("", max_length=40, description="a sortable field, with - in front for descending")
    q: str = Field("", max_length=200, description="words to search for")


PagingQuery = Annotated[Paging, Query()]


def listed(
    queryset: QuerySet, paging: Paging, row: type[Row], *, sortable: dict[str, str], order: str,
    search: Callable[[QuerySet, str], QuerySet] | None = None,
) -> HttpResponse:
    """A page of ``queryset``. ``sortable`` maps API names to fields; ``order`` is used when none is asked for."""
    if paging.q:
        if search is None:
            raise Invalid("This list cannot be searched.", "Leave q out.", fields={"q": "not supported here"})
        queryset = search(queryset, paging.q)
    name = paging.sort.lstrip("-")
    if name and name not in sortable:
        raise Invalid("This list cannot be sorted by that.", f"Sort by one of: {', '.join(sortable)}.", fields={"sort": name})
    field = ("-" if paging.sort.startswith("-") else "") + sortable[name] if name else order
    page = keyset_page(queryset, field, cursor=paging.after, size=paging.limit)
    adapter = _adapter(row)
    items = adapter.dump_json(adapter.validate_python(page.rows))
    body = b'{"items":' + items + b',"next":' + orjson.dumps(page.next_cursor) + b"}"
    return HttpResponse(body, content_type="application/json")


def answer(row: type[BaseModel], value: Any, *, status: int = 200) -> HttpResponse:
    """One row. Written here rather than by ninja, whose second validation costs several times as much."""
    return HttpResponse(row.model_validate(value).model_dump_json(), status=status, content_type="application/json")


@cache
def _adapter(row: type[BaseModel]) -> TypeAdapter:
    return TypeAdapter(list[row])  # type: ignore[valid-type]


def may(request: HttpRequest, permission: Any) -> Any:
    """The caller, who must have ``permission`` somewhere; what they see is scoped by ``visible_to``."""
    if not allowed(request.user, permission):
        raise Denied(f"This needs the permission {permission}.", "Ask the person who manages access in your department.")
    return request.user


def one(queryset: QuerySet, pk: int) -> Any:
    """The row ``pk`` of an already scoped queryset."""
    row = queryset.filter(pk=pk).first()
    if row is None:
        raise NotFound("There is no such record, or you may not see it.")
    return row
