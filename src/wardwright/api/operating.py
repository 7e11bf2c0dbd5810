"""An operation as a route: its body is read off the operation's own signature, so that the two cannot differ."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from inspect import Parameter, Signature, signature
from typing import Any, get_args, get_origin, get_type_hints

import orjson
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from ninja import Body, Router
from pydantic import BaseModel, Field, create_model

from wardwright.platform.core.errors import NotFound

from .lists import In, detail
from .matching import matched

_INSIDE = {"by", "progress", "today"}
MOST_ROWS = 5_000  # of an operation on several rows
ROUTED: set[Callable[..., Any]] = set()  # operations that some route calls


def operate(
    router: Router,
    path: str,
    operation: Callable[..., Any],
    *,
    rows: Callable[[Any], QuerySet],
    out: type[BaseModel],
    key: str = "",
    values: type[BaseModel] | None = None,
    method: str = "POST",
    answer: Callable[[Any], dict[str, Any]] | None = None,
    name: str = "",
    without: tuple[str, ...] = (),
) -> None:
    """Add ``POST path`` for ``operation``.

    Args:
        rows: the scoped queryset of the row that is answered, ``lambda by: Model.objects.visible_to(by)``.
        out: how that row is answered, with its ETag; ``If-Match`` is checked before the operation, in its transaction.
        key: the parameter that names the row, also in the path; without it the operation makes a new row (201).
        values: for an operation with ``**values``, the entries it takes.
        answer: for an operation on several rows, the entries of ``out`` from what it returned (200).
        name, without: for the second route of one operation, its own name and the parameters it does not take.
    """
    ROUTED.add(operation)
    name = name or operation.__name__
    body = _body_of(operation, name, {key, *without}, values)

    def run(request: HttpRequest, payload: Any, **numbers: int) -> Any:
        given = payload.model_dump(exclude_unset=True)
        seen = rows(request.user)
        if not key:
            made = operation(by=request.user, **given)
            if answer is not None:
                return HttpResponse(orjson.dumps(answer(made), default=str), content_type="application/json")
            return _row(rows(request.user), made.pk, out, status=201)
        pk = numbers[key]
        with matched(request, seen, pk, lambda: detail(seen, pk, out)["ETag"]):
            operation(by=request.user, **given, **{key: pk})
            return _row(rows(request.user), pk, out)

    parameters = [
        Parameter("request", Parameter.POSITIONAL_OR_KEYWORD),
        Parameter("payload", Parameter.KEYWORD_ONLY, annotation=body, default=Body(...)),
    ]
    if key:
        parameters.append(Parameter(key, Parameter.KEYWORD_ONLY, annotation=int))
    run.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {"payload": body} | ({key: int} if key else {})
    run.__doc__ = (operation.__doc__ or name).split("\n\n")[0]
    add = router.api_operation(
        [method],
        path.replace(f"{{{key}}}", f"{{int:{key}}}"),
        response={200 if key or answer else 201: out, 204: None},
        operation_id=name,
        summary=name.replace("_", " ").capitalize(),
    )
    add(run)


def _row(queryset: QuerySet, pk: int, out: type[BaseModel], *, status: int = 200) -> HttpResponse:
    """The row, or 204 when the operation took it away or the caller may not see what it made (a nurse's request)."""
    try:
        return detail(queryset, pk, out, status=status)
    except NotFound:
        return HttpResponse(status=204)


def _body_of(
    operation: Callable[..., Any], title: str, without: set[str], values: type[BaseModel] | None
) -> type[BaseModel]:
    """A model of the operation's own parameters; entries that are not given keep the operation's default."""
    hints = get_type_hints(operation)
    fields: dict[str, Any] = {}
    for name, parameter in signature(operation).parameters.items():
        if name in _INSIDE | without or parameter.kind is Parameter.VAR_KEYWORD:
            continue
        default = ... if parameter.default is Parameter.empty else parameter.default
        limits: dict[str, Any] = (
            {"min_length": 1, "max_length": MOST_ROWS} if name.endswith("_ids") and default is ... else {}
        )
        fields[name] = (_listed(hints.get(name, Any)), Field(default, **limits))
    title = "".join(part.capitalize() for part in title.split("_"))
    if values is not None:
        fields |= {name: (field.annotation, field) for name, field in values.model_fields.items()}
    return create_model(title, __base__=In, **fields)


def _listed(hint: Any) -> Any:
    """An operation that takes any iterable takes a list over the API."""
    if get_origin(hint) is Iterable:
        return list[get_args(hint)[0]]  # type: ignore[misc]
    parts = get_args(hint)
    if type(None) in parts and any(get_origin(part) is Iterable for part in parts):
        inner = next(get_args(part)[0] for part in parts if get_origin(part) is Iterable)
        return list[inner] | None  # type: ignore[valid-type]
    return hint
