"""Lists: keyset pages of plain pydantic rows."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Annotated, Any, Generic, TypeVar

import orjson
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Query
from pydantic import AliasPath, BaseModel, ConfigDict, Field

from wardwright.platform.access.scope import allowed
from wardwright.platform.core.errors import Denied, Invalid
from wardwright.platform.core.kept import row_by_number
from wardwright.platform.core.keyset import keyset_page

from .matching import missing, tag_of

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
    queryset: QuerySet,
    paging: Paging,
    row: type[Row],
    *,
    sortable: dict[str, str],
    order: str,
) -> HttpResponse:
    """A page of ``queryset``. ``sortable`` maps API names to fields; ``order`` is used when none is asked for."""
    name = paging.sort.lstrip("-")
    if name and name not in sortable:
        words = _("This list cannot be sorted by that.")
        way = _("Sort by one of: %(known)s.") % {"known": ", ".join(sortable)}
        raise Invalid(words, way, fields={"sort": words})
    field = ("-" if paging.sort.startswith("-") else "") + sortable[name] if name else order
    paths = row_paths(row)
    columns = {*paths.values(), "id", field.lstrip("-")}
    page = keyset_page(queryset, field, cursor=paging.after, size=paging.limit, columns=columns)
    names = tuple(paths.items())
    items = [{name: found[path] for name, path in names} for found in page.rows]
    return HttpResponse(
        orjson.dumps({"items": items, "next": page.next_cursor}, default=str), content_type="application/json"
    )


def searched(queryset: QuerySet, text: str, search: Callable[[QuerySet, str], QuerySet] | None) -> QuerySet:
    """The rows within reach that have the words; asked before any filter, for a search counts what a reader sees."""
    if not text:
        return queryset
    if search is None:
        words = _("This list cannot be searched.")
        raise Invalid(words, _("Leave q out."), fields={"q": words})
    return search(queryset, text)


@cache
def row_paths(row: type[BaseModel]) -> dict[str, str]:
    """API name → column path of each entry of ``row``: only these columns are read, and no model is built for them."""
    paths = {}
    for name, field in row.model_fields.items():
        alias = field.validation_alias
        paths[name] = "__".join(str(part) for part in alias.path) if isinstance(alias, AliasPath) else name
    return paths


def detail(queryset: QuerySet, pk: int, row: type[BaseModel], *, status: int = 200) -> HttpResponse:
    """The row ``pk`` of an already scoped queryset as ``row``, with its ETag; out of reach is answered like missing."""
    paths = row_paths(row)
    found = row_by_number(queryset.values(*paths.values()), pk)
    if found is None:
        raise missing()
    body = orjson.dumps({name: found[path] for name, path in paths.items()}, default=str)
    response = HttpResponse(body, status=status, content_type="application/json")
    response["ETag"] = tag_of(body, found.get("version"))
    return response


def may(request: HttpRequest, permission: Any) -> Any:
    """The caller, who must have ``permission`` somewhere (None: nothing); what they see is scoped by ``visible_to``."""
    if permission is not None and not allowed(request.user, permission):
        raise Denied(
            _("This needs the permission %(permission)s.") % {"permission": permission},
            _("Ask the person who manages access in your department."),
        )
    return request.user


def seen(queryset: QuerySet, pk: int) -> int:
    """``pk``, if the scoped queryset has it; asked before an operation so that what is out of reach looks missing."""
    if row_by_number(queryset.values("pk"), pk) is None:
        raise missing()
    return pk
