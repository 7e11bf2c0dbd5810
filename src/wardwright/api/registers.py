"""One declaration of a register gives its list and its single record."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from inspect import Parameter, Signature
from typing import Annotated, Any, Protocol

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Query, Router
from pydantic import BaseModel, Field, create_model

from wardwright.platform.core.errors import Invalid

from .lists import ListPage, PagingQuery, detail, listed, may, searched
from .matching import unless_known


class Narrowing(Protocol):
    """A filter that a list's page declares; over the API it has the same name and takes the same values."""

    @property
    def key(self) -> str: ...
    @property
    def label(self) -> Any: ...
    @property
    def apply(self) -> Callable[[QuerySet, str], QuerySet]: ...


class ListOfPage(Protocol):
    """What a register takes over from the list of its page (``web.tables.Table``)."""

    @property
    def rows(self) -> Callable[[Any], QuerySet]: ...
    @property
    def filters(self) -> Any: ...
    @property
    def search(self) -> Callable[[QuerySet, str], QuerySet] | None: ...


@dataclass(frozen=True)
class Register:
    """A register that has a list and a record over the API."""

    path: str
    list_name: str
    rows: Callable[[Any], QuerySet]
    table: ListOfPage | None


REGISTERS: list[Register] = []


def rows_of(model: Any) -> Callable[[Any], QuerySet]:
    """The scoped rows of a table."""
    return lambda by: model.objects.visible_to(by)


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
    paths: dict[str, str | Callable[[QuerySet, Any], QuerySet]] | None = None,
    plural: str = "",
    sortable: dict[str, str] | None = None,
    order: str = "id",
    search: Callable[[QuerySet, str], QuerySet] | None = None,
    table: ListOfPage | None = None,
) -> None:
    """Add ``GET path`` and ``GET path/{id}``.

    Args:
        rows: the scoped queryset for a caller, ``lambda by: Model.objects.visible_to(by)``.
        row, full: what a line and a whole record hold (``full`` defaults to ``row``).
        narrow: the filters, a model of optional entries; ``paths`` maps an entry to its column where they differ,
            or to what applies it.
        sortable: API name → indexed column.
        table: the list's page, whose rows, search and filters the API's list takes over.
    """
    whole = full or row
    narrowings: dict[str, Narrowing] = {item.key: item for item in table.filters} if table else {}
    listed_rows, search = (table.rows, search or table.search) if table else (rows, search)
    narrow = _with_filters(name, narrow, narrowings.values()) if narrowings else narrow
    plural, key = plural or f"{name}s", f"{name}_id"
    words = plural.replace("_", " ")
    columns = paths or {}

    REGISTERS.append(Register(path, f"list_{plural}", rows, table))

    def page(request: HttpRequest, paging: Any, wanted: dict[str, Any]) -> Any:
        found = searched(listed_rows(may(request, permission)), paging.q, search)
        for entry in [entry for entry in wanted if entry in narrowings]:
            found = _narrowed(found, narrowings[entry], wanted.pop(entry).strip())
        for entry, value in wanted.items():
            path = columns.get(entry, entry)
            found = path(found, value) if callable(path) else found.filter(**{path: value})
        return listed(found, paging, row, sortable=sortable or {"id": "id"}, order=order)

    def list_all(request: HttpRequest, paging: Any) -> Any:
        return page(request, paging, {})

    def list_some(request: HttpRequest, paging: Any, filters: Any) -> Any:
        return page(request, paging, filters.model_dump(exclude_none=True))

    def get_row(request: HttpRequest, **numbers: int) -> Any:
        return unless_known(request, detail(rows(may(request, permission)), numbers[key], whole))

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


def _with_filters(name: str, narrow: type[BaseModel] | None, items: Iterable[Narrowing]) -> type[BaseModel]:
    """``narrow`` with the filters of the page; where both have a name, the page's is meant."""
    fields: dict[str, Any] = {
        item.key: (str | None, Field(None, max_length=200, description=f"{item.label}, as in the list's address"))
        for item in items
    }
    title = "".join(part.capitalize() for part in name.split("_"))
    return create_model(f"{title}Filters", __base__=narrow or BaseModel, **fields)


def _narrowed(rows: QuerySet, item: Narrowing, value: str) -> QuerySet:
    try:
        return item.apply(rows, value) if value else rows
    except (ValueError, OverflowError):
        words = _("This is no value of the filter %(name)s.") % {"name": item.key}
        raise Invalid(words, _("Take one from the list's page."), fields={item.key: words}) from None
