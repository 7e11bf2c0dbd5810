"""Requests, symptoms and who is on call over the API."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from ninja import Router
from pydantic import BaseModel, Field

from wardwright.api.operating import operate
from wardwright.api.registers import register, rows_of
from wardwright.api.rows import row_of

from . import operations, permissions
from .models import Request, RequestNote, Rota, Shift, Symptom
from .tables import REQUESTS, SYMPTOMS

router = Router(tags=["helpdesk"])

RequestOut = row_of(Request, without=("message_id", "why"))
NoteOut = row_of(RequestNote)
SymptomOut = row_of(Symptom)
RotaOut = row_of(Rota)
ShiftOut = row_of(Shift)


class RequestFilter(BaseModel):
    asset_id: int | None = None
    site_id: int | None = None
    department_id: int | None = None
    work_order_id: int | None = None
    received_from: datetime | None = Field(None, description="received at this moment or later")


class OfRequest(BaseModel):
    request_id: int | None = None


class OfRota(BaseModel):
    rota_id: int | None = None
    person_id: int | None = None
    runs_at: datetime | None = Field(None, description="shifts that have not ended at this moment")


class SymptomValues(BaseModel):
    """The entries of a symptom."""

    label: str | None = None
    device_type_id: int | None = None
    position: int | None = None
    icon: str | None = None
    problem_id: int | None = None
    priority: int | None = None
    unsafe: bool | None = None


class RotaValues(BaseModel):
    """The entries of a rota."""

    name: str | None = None
    phone: str | None = None
    is_active: bool | None = None


_requests, _symptoms, _rotas, _shifts = rows_of(Request), rows_of(Symptom), rows_of(Rota), rows_of(Shift)
VIEW = permissions.VIEW
operation: Callable[..., Any]
register(
    router,
    "/requests",
    "request",
    row=RequestOut,
    permission=VIEW,
    narrow=RequestFilter,
    paths={"received_from": "received_at__gte"},
    rows=_requests,
    sortable={"id": "id", "received_at": "received_at"},
    table=REQUESTS,
)
register(router, "/request-notes", "request_note", row=NoteOut, permission=VIEW, narrow=OfRequest,
         rows=rows_of(RequestNote))  # fmt: skip
register(router, "/symptoms", "symptom", row=SymptomOut, permission=VIEW, rows=_symptoms, table=SYMPTOMS)
register(router, "/rotas", "rota", row=RotaOut, permission=VIEW, rows=_rotas)
register(router, "/shifts", "shift", row=ShiftOut, permission=VIEW, narrow=OfRota, paths={"runs_at": "until_at__gt"},
         rows=_shifts)  # fmt: skip

operate(router, "/requests", operations.receive_request, rows=_requests, out=RequestOut)
operate(router, "/requests/still-broken", operations.echo_request, rows=_requests, out=RequestOut)
for path, operation in (
    ("take", operations.take_request),
    ("order", operations.order_request),
    ("attach", operations.attach_request),
    ("merge", operations.merge_request),
    ("ask", operations.ask_requester),
    ("reply", operations.reply_request),
    ("device", operations.match_request),
    ("change", operations.change_request),
    ("close", operations.close_request),
    ("reopen", operations.reopen_request),
    ("feedback", operations.give_feedback),
):
    operate(router, f"/requests/{{request_id}}/{path}", operation, key="request_id", rows=_requests, out=RequestOut)
operate(router, "/symptoms", operations.add_symptom, rows=_symptoms, out=SymptomOut)
operate(router, "/symptoms/{symptom_id}", operations.change_symptom, key="symptom_id", rows=_symptoms, out=SymptomOut,
        values=SymptomValues, method="PATCH")  # fmt: skip
for path, operation in (("retire", operations.retire_symptom), ("restore", operations.restore_symptom)):
    operate(router, f"/symptoms/{{symptom_id}}/{path}", operation, key="symptom_id", rows=_symptoms, out=SymptomOut)
operate(router, "/rotas", operations.make_rota, rows=_rotas, out=RotaOut)
operate(router, "/rotas/{rota_id}", operations.change_rota, key="rota_id", rows=_rotas, out=RotaOut, values=RotaValues,
        method="PATCH")  # fmt: skip
operate(router, "/rotas/{rota_id}/plan", operations.plan_shifts, key="rota_id", rows=_rotas, out=RotaOut)
operate(router, "/shifts", operations.add_shift, rows=_shifts, out=ShiftOut)
for path, operation in (
    ("swap", operations.swap_shift),
    ("drop", operations.drop_shift),
    ("handover", operations.write_handover),
):
    operate(router, f"/shifts/{{shift_id}}/{path}", operation, key="shift_id", rows=_shifts, out=ShiftOut)
