"""Documents of every owner over the API: list, add (multipart), read, download, withdraw; made from ``OWNERS``."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from inspect import Parameter, Signature
from typing import Annotated, Any

import orjson
from django.http import HttpRequest, HttpResponse
from ninja import File, Form, Router, UploadedFile
from pydantic import BaseModel, Field

from wardwright.platform.attachments.models import Attachment
from wardwright.platform.attachments.operations import add_documents, withdraw_document
from wardwright.platform.attachments.owners import Owner
from wardwright.platform.attachments.serving import file_response
from wardwright.platform.attachments.uploads import keep_files

from .lists import Out, may, seen
from .operating import ROUTED, operate
from .registers import register


class DocumentOut(Out):
    """One document: a file that belongs to a row, and what is known of it."""

    id: int
    owner_table: str
    owner_id: int
    kind: str
    name: str
    media_type: str
    size_bytes: int
    sha256: str
    caption: str
    language: str
    revision: str
    dated_on: date | None
    valid_until_on: date | None
    superseded_by_id: int | None
    added_at: datetime
    added_by_name: str
    withdrawn_at: datetime | None
    withdrawn_by_name: str
    withdrawn_reason: str


class DocumentsAdded(BaseModel):
    """The ids of the documents that came of the files, in their order."""

    ids: list[int]


class DocumentEntries(BaseModel):
    """What is said of the files, beside them in the form."""

    kind: str = Field("other", max_length=16)
    caption: str = Field("", max_length=200)
    language: str = Field("", max_length=12)
    revision: str = Field("", max_length=60)
    dated_on: date | None = None
    valid_until_on: date | None = None
    replaces_id: int | None = Field(None, ge=1, le=2**62)


class OfOwner(BaseModel):
    owner_id: int | None = None
    kind: str | None = None


def document_router(owners: Iterable[Owner]) -> Router:
    """For each owner: its documents as a register, ``/work-order-documents``, and adding to one of its rows,
    ``/work-orders/{work_order_id}/documents``."""
    router = Router(tags=["documents"])
    for owner in owners:
        _add_routes(router, owner)
    ROUTED.update((add_documents, withdraw_document))
    return router


def _add_routes(router: Router, owner: Owner) -> None:
    name, key, own_key = owner.key.replace("-", "_"), owner.document_parameter, owner.parameter
    path = f"/{owner.key}-documents"

    def rows(by: Any) -> Any:
        return Attachment.objects.visible_to(by).filter(owner_table=owner.table)

    def withdraw(*, by: Any, reason: str, **numbers: int) -> Attachment:
        """Take a document out of use, with the reason; it stays readable and in the history."""
        return withdraw_document(by=by, attachment_id=numbers[key], reason=reason)

    def add(request: HttpRequest, entries: Any, files: Any, **numbers: int) -> HttpResponse:
        by, found = may(request, owner.add), owner.rows(request.user)
        row = found.get(pk=seen(found, numbers[own_key]))
        kept = keep_files(by, owner, row, entries.kind, files or [])
        made = add_documents(by=by, owner=owner.key, owner_id=row.pk, files=kept, **entries.model_dump())
        return HttpResponse(
            orjson.dumps({"ids": [one.pk for one in made]}), status=201, content_type="application/json"
        )

    def content(request: HttpRequest, **numbers: int) -> Any:
        found = rows(may(request, owner.view))
        return file_response(found.get(pk=seen(found, numbers[key])), download=True)

    register(
        router, path, f"{name}_document", row=DocumentOut, permission=owner.view, rows=rows, narrow=OfOwner,
        order="-id",
    )  # fmt: skip
    operate(
        router, f"{path}/{{{key}}}/withdrawal", withdraw, rows=rows, out=DocumentOut, key=key,
        name=f"withdraw_{name}_document",
    )  # fmt: skip
    _route(
        router, "POST", f"/{owner.key}s/{{int:{own_key}}}/documents", add, own_key, DocumentsAdded,
        "Add files to a row, all of them or none.", f"add_{name}_documents",
        entries=Annotated[DocumentEntries, Form()], files=Annotated[list[UploadedFile] | None, File()],
    )  # fmt: skip
    _route(
        router, "GET", f"{path}/{{int:{key}}}/content", content, key, None,
        "The file itself, checked against its hash.", f"download_{name}_document",
    )  # fmt: skip


def _route(
    router: Router, method: str, path: str, run: Any, key: str, out: Any, words: str, name: str, **parameters: Any
) -> None:
    """Add a route whose path names its row by ``key``; ninja reads parameters off the function it is given."""
    both = {**parameters, key: int}
    given = [Parameter("request", Parameter.POSITIONAL_OR_KEYWORD)]
    for entry, annotation in both.items():
        default = None if entry == "files" else Parameter.empty
        given.append(Parameter(entry, Parameter.KEYWORD_ONLY, annotation=annotation, default=default))
    run.__signature__, run.__annotations__, run.__doc__ = Signature(given), both, words
    summary = name.replace("_", " ").capitalize()
    answers = {201: out} if out else None
    router.api_operation([method], path, response=answers, operation_id=name, summary=summary)(run)
