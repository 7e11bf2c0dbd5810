"""One declaration of a register gives its list and its single record."""

from __future__ import annotations

from collections.abc import Callable
from inspect import Parameter, Signature
from typing import Annotated, Any

from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import Query, Router
from pydantic import BaseModel

from .lists import ListPage, PagingQuery, detail, listed, may


def register(
    router: Router,
    path: str,
    name: str,
    *,
    row: type[BaseModel],
    permission: Any,
    rows: Callable[[Any], QuerySet],
    full: type[BaseModel] | None = None,
    narrow: type[BaseModel] | None = None,
    paths: dict[str, str] | None = None,
    plural: str = "",
    sortable: dict[str, str] | None = None,
    order: str = "id",
    search: Callable[[QuerySet, str], QuerySet] | None = None,
) -> None:
    """Add ``GET path`` and ``GET path/{id}``.

    Args:
        rows: the scoped queryset for a caller, ``lambda by: Model.objects.visible_to(by)``.
        row, full: what a line and a whole record hold (``full`` defaults to ``row``).
        narrow: the filters, a model of optional entries; ``paths`` maps an entry to its column where they differ.
        sortable: API name → indexed column.
    """
    whole = full or row
    plural, key = plural or f"{name}s", f"{name}_id"
    words = plural.replace("_", " ")
    columns = paths or {}

    def page(request: HttpRequest, paging: Any, wanted: dict[str, Any]) -> Any:
        found = rows(may(request, permission)).filter(**wanted)
        return listed(found, paging, row, sortable=sortable or {"id": "id"}, order=order, search=search)

    def list_all(request: HttpRequest, paging: Any) -> Any:
        return page(request, paging, {})

    def list_some(request: HttpRequest, paging: Any, filters: Any) -> Any:
        given = filters.model_dump(exclude_none=True)
        return page(request, paging, {columns.get(name, name): value for name, value in given.items()})

    def get_row(request: HttpRequest, **numbers: int) -> Any:
        return detail(rows(may(request, permission)), numbers[key], whole)

    # The path parameter carries the row's own name, so that GET and the routes of operations share one address.
    request_only, wanted_type = Parameter("request", Parameter.POSITIONAL_OR_KEYWORD), {"annotation": int}
    get_row.__signature__ = Signature([request_only, Parameter(key, Parameter.KEYWORD_ONLY, **wanted_type)])  # type: ignore[attr-defined]
    get_row.__annotations__ = {key: int}
    # ninja reads annotations when the route is added; they differ from register to register.
    list_all.__annotations__ |= {"paging": PagingQuery}
    list_some.__annotations__ |= {"paging": PagingQuery, "filters": Annotated[narrow, Query()]}
    listing = list_some if narrow else list_all
    listing.__doc__, get_row.__doc__ = (row.__doc__ or name, whole.__doc__ or name)
    router.get(path, response=ListPage[row], operation_id=f"list_{plural}", summary=f"List {words}")(listing)  # type: ignore[valid-type]
    router.get(
        f"{path}/{{int:{key}}}", response=whole, operation_id=f"get_{name}", summary=f"One {name.replace('_', ' ')}"
    )(get_row)
