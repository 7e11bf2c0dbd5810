"""An operation as a route: its body is read off the operation's own signature, so that the two cannot differ."""

from __future__ import annotations

from collections.abc import Callable
from inspect import Parameter, Signature, signature
from typing import Any, get_type_hints

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from ninja import Body, Router
from pydantic import BaseModel, Field, create_model

from .lists import In, detail, seen

_INSIDE = {"by", "progress", "today"}


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
) -> None:
    """Add ``POST path`` for ``operation``.

    Args:
        rows: the scoped queryset of the row that is answered, ``lambda by: Model.objects.visible_to(by)``.
        out: how that row is answered.
        key: the parameter that names the row, also in the path; without it the operation makes a new row (201).
        values: for an operation with ``**values``, the entries it takes.
    """
    body = _body_of(operation, key, values)
    name = operation.__name__

    def run(request: HttpRequest, payload: Any, **numbers: int) -> Any:
        given = payload.model_dump(exclude_unset=True)
        if key:
            given[key] = seen(rows(request.user), numbers[key])
        made = operation(by=request.user, **given)
        number = numbers[key] if key else made.pk
        if not key and not rows(request.user).filter(pk=number).exists():
            return HttpResponse(status=204)  # done, but the caller may not see what it made (a nurse's request)
        return detail(rows(request.user), number, out, status=200 if key else 201)

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
        [method], path.replace(f"{{{key}}}", f"{{int:{key}}}"), response={200 if key else 201: out}, operation_id=name
    )
    add(run)


def _body_of(operation: Callable[..., Any], key: str, values: type[BaseModel] | None) -> type[BaseModel]:
    """A model of the operation's own parameters; entries that are not given keep the operation's default."""
    hints = get_type_hints(operation)
    fields: dict[str, Any] = {}
    for name, parameter in signature(operation).parameters.items():
        if name in _INSIDE or name == key or parameter.kind is Parameter.VAR_KEYWORD:
            continue
        default = ... if parameter.default is Parameter.empty else parameter.default
        fields[name] = (hints.get(name, Any), Field(default))
    title = "".join(part.capitalize() for part in operation.__name__.split("_"))
    if values is not None:
        fields |= {name: (field.annotation, field) for name, field in values.model_fields.items()}
    return create_model(title, __base__=In, **fields)
