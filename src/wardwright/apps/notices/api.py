"""Notices, cases and their devices over the API."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Router
from pydantic import BaseModel

from wardwright.api.lists import may
from wardwright.api.matching import missing
from wardwright.api.operating import operate
from wardwright.api.registers import register, rows_of
from wardwright.api.rows import row_of
from wardwright.apps.assets.models import Asset
from wardwright.apps.maintenance.models import WorkOrder
from wardwright.platform.core.kept import row_by_number

from . import operations, permissions
from .models import (
    Candidate,
    Case,
    CaseNote,
    Exposure,
    Notice,
    Refusal,
    ResponseTime,
    Run,
    Search,
    SearchedModel,
    SharedNumber,
    Source,
    SourceDocument,
    Supply,
)
from .queries.explaining import explained
from .source_tables import SOURCES
from .tables import CASES, SEARCHES, SUPPLIES, TIMES

router = Router(tags=["notices"])


class OfCase(BaseModel):
    case_id: int | None = None


class OfNotice(BaseModel):
    notice_id: int | None = None


class NoticeFilter(BaseModel):
    case_id: int | None = None
    ref: str | None = None
    scope_state: str | None = None


class ExposureFilter(BaseModel):
    case_id: int | None = None
    asset_id: int | None = None
    notice_id: int | None = None
    standing: str | None = None
    decision: str | None = None


class RunFilter(BaseModel):
    source_id: int | None = None
    state: str | None = None


class RefusalFilter(BaseModel):
    run_id: int | None = None


class CandidateFilter(BaseModel):
    notice_id: int | None = None
    device_model_id: int | None = None


class CaseValues(BaseModel):
    """The entries of a case that people change."""

    owner_id: int | None = None
    plan: str | None = None
    loaner_plan: str | None = None
    answer_by_on: date | None = None


class SupplyValues(BaseModel):
    """The entries of a lot."""

    name: str | None = None
    maker: str | None = None
    catalogue_no: str | None = None
    udi_di: str | None = None
    lot: str | None = None
    serial: str | None = None
    expires_on: date | None = None
    quantity: int | None = None
    at_home: bool | None = None
    holder: str | None = None
    note: str | None = None


class ResponseTimeValues(BaseModel):
    """How long a class may take."""

    triage_hours: int | None = None
    locate_days: int | None = None
    close_days: int | None = None
    check_days: int | None = None


class Rows(BaseModel):
    """The rows that were changed."""

    ids: list[int]


class Ordered(BaseModel):
    """The work orders that were opened."""

    work_order_ids: list[int]


class SpanOut(BaseModel):
    """Characters of the scope's text."""

    start: int
    end: int
    text: str


class StandingOut(BaseModel):
    """What the case of a notice has of a device."""

    standing: str
    decision: str
    outcome: str


class ExplainedOut(BaseModel):
    """Why a notice means a device or not, by the rules and the register of now; ``standing`` is ``no_match`` where
    nothing agrees, with what each rung of the ladder said."""

    ref: str
    source: str
    case: str
    standing: str
    rung: str
    score: int
    reason: str
    span: SpanOut | None
    rungs: dict[str, str]
    exposure: StandingOut | None


# What names or counts devices of all sites is not for whoever sees one: a case's figures, a search's differences.
CaseOut = row_of(Case, without=("counts", "closing"), name="NoticeCase")
NoticeOut = row_of(Notice)
ExposureOut = row_of(Exposure)
SupplyOut = row_of(Supply)
SearchOut = row_of(Search, without=("changes",), name="NoticeSearch")
TimeOut = row_of(ResponseTime)
SourceOut = row_of(Source, name="NoticeSource")
RunOut = row_of(Run, name="NoticeRun")
_sources, _runs = rows_of(Source), rows_of(Run)
_cases, _notices, _exposures = rows_of(Case), rows_of(Notice), rows_of(Exposure)
_supplies, _times = rows_of(Supply), rows_of(ResponseTime)
VIEW = permissions.VIEW

register(router, "/notice-cases", "case", plural="notice_cases", row=CaseOut, permission=VIEW, rows=_cases,
         sortable={"id": "id", "came_at": "came_at", "gravity": "gravity"}, table=CASES)  # fmt: skip
register(router, "/notices", "notice", row=NoticeOut, permission=VIEW, narrow=NoticeFilter, rows=_notices)


@router.get(
    "/notices/{int:notice_id}/devices/{int:asset_id}", response=ExplainedOut, operation_id="explain_notice",
    summary="Why a notice means a device",
)  # fmt: skip
def explain_notice(request: HttpRequest, notice_id: int, asset_id: int) -> Any:
    """Why a notice means a device or not. Nothing is written."""
    by = may(request, VIEW)
    notice = row_by_number(_notices(by).select_related("case", "source"), notice_id)
    asset = row_by_number(Asset.objects.visible_to(by), asset_id)
    if notice is None or asset is None:
        raise missing()
    return explained([notice], asset, Exposure.objects.visible_to(by))[0].as_plain()


register(router, "/exposures", "exposure", row=ExposureOut, permission=VIEW, narrow=ExposureFilter, rows=_exposures)
register(router, "/supplies", "supply", plural="supplies", row=SupplyOut, permission=VIEW, rows=_supplies,
         table=SUPPLIES)  # fmt: skip
register(router, "/notice-searches", "notice_search", plural="notice_searches", row=SearchOut, permission=VIEW,
         narrow=OfNotice, rows=rows_of(Search), table=SEARCHES)  # fmt: skip
register(router, "/response-times", "response_time", plural="response_times", row=TimeOut, permission=VIEW,
         rows=_times, table=TIMES)  # fmt: skip
register(router, "/notice-documents", "notice_document", plural="notice_documents", row=row_of(SourceDocument),
         permission=VIEW, narrow=OfNotice, rows=rows_of(SourceDocument))  # fmt: skip
register(router, "/case-notes", "case_note", plural="case_notes", row=row_of(CaseNote), permission=VIEW,
         narrow=OfCase, rows=rows_of(CaseNote))  # fmt: skip
register(router, "/case-numbers", "case_number", plural="case_numbers", row=row_of(SharedNumber), permission=VIEW,
         narrow=OfCase, rows=rows_of(SharedNumber))  # fmt: skip
register(router, "/notice-candidates", "notice_candidate", plural="notice_candidates", row=row_of(Candidate),
         permission=VIEW, narrow=CandidateFilter, rows=rows_of(Candidate))  # fmt: skip
register(router, "/searched-models", "searched_model", plural="searched_models", row=row_of(SearchedModel),
         permission=VIEW, rows=rows_of(SearchedModel))  # fmt: skip

register(router, "/notice-sources", "source", plural="notice_sources", row=SourceOut, permission=VIEW,
         rows=_sources, table=SOURCES)  # fmt: skip
register(router, "/notice-runs", "notice_run", plural="notice_runs", row=RunOut, permission=VIEW, narrow=RunFilter,
         rows=_runs)  # fmt: skip
register(router, "/notice-refusals", "notice_refusal", plural="notice_refusals", row=row_of(Refusal, name="Refusal"),
         permission=VIEW, narrow=RefusalFilter, rows=rows_of(Refusal))  # fmt: skip

operate(router, "/notice-sources", operations.add_source, rows=_sources, out=SourceOut)
operate(router, "/notice-sources/{source_id}", operations.edit_source, key="source_id", rows=_sources, out=SourceOut,
        method="PATCH")  # fmt: skip
operate(router, "/notice-sources/{source_id}/on", operations.resume_source, key="source_id", rows=_sources,
        out=SourceOut)  # fmt: skip
operate(router, "/notice-sources/{source_id}/off", operations.pause_source, key="source_id", rows=_sources,
        out=SourceOut)  # fmt: skip
operate(router, "/notice-sources/{source_id}/fetch", operations.ask_source, key="source_id", rows=_sources,
        out=RunOut)  # fmt: skip
operate(router, "/notices/letters", operations.type_letter, rows=_notices, out=NoticeOut)
operation: Callable[..., Any]
for path, operation in (
    ("confirm", operations.confirm_scope),
    ("correct", operations.correct_scope),
    ("search", operations.search_again),
):
    operate(router, f"/notices/{{notice_id}}/{path}", operation, key="notice_id", rows=_notices, out=NoticeOut)
for path, operation in (
    ("open", operations.open_case),
    ("note", operations.note_case),
    ("dismiss", operations.dismiss_case),
    ("none-owned", operations.file_none_owned),
    ("take-up", operations.take_up_case),
    ("merge", operations.merge_cases),
    ("quarantine", operations.quarantine_exposed),
    ("answer", operations.answer_maker),
    ("close", operations.close_case),
    ("reopen", operations.reopen_case),
    ("check", operations.check_effectiveness),
):
    operate(router, f"/notice-cases/{{case_id}}/{path}", operation, key="case_id", rows=_cases, out=CaseOut)
operate(router, "/notice-cases/{case_id}", operations.change_case, key="case_id", rows=_cases, out=CaseOut,
        values=CaseValues, method="PATCH")  # fmt: skip


def _ids(rows: list[Any]) -> dict[str, Any]:
    return {"ids": [row.pk for row in rows]}


def _orders(rows: list[WorkOrder]) -> dict[str, Any]:
    return {"work_order_ids": [row.pk for row in rows]}


operate(router, "/notice-cases/none-owned", operations.file_many, rows=_cases, out=Rows, answer=_ids)
operate(router, "/notice-cases/work", operations.order_work, rows=_cases, out=Ordered, answer=_orders)
for path, operation in (
    ("decide", operations.decide_exposures),
    ("locate", operations.locate_exposures),
    ("settle", operations.settle_exposures),
):
    operate(router, f"/exposures/{path}", operation, rows=_exposures, out=Rows, answer=_ids)
operate(router, "/exposures/{exposure_id}/name", operations.learn_alias, key="exposure_id", rows=_exposures,
        out=ExposureOut)  # fmt: skip
operate(router, "/supplies", operations.add_supply, rows=_supplies, out=SupplyOut, values=SupplyValues)
operate(router, "/supplies/{supply_id}", operations.change_supply, key="supply_id", rows=_supplies, out=SupplyOut,
        values=SupplyValues, method="PATCH")  # fmt: skip
operate(router, "/response-times/{response_time_id}", operations.change_response_time, key="response_time_id",
        rows=_times, out=TimeOut, values=ResponseTimeValues, method="PATCH")  # fmt: skip
