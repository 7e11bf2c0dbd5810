"""Labels, scans and counts over the API."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import BaseModel, Field

from wardwright.api.lists import In, ListPage, Out, PagingQuery, listed, may, searched, seen
from wardwright.api.operating import operate
from wardwright.api.registers import register

from . import labels, operations, permissions
from .models import CycleCount, LabelFormat
from .queries import being_looked_for, lines_of, resolve

router = Router(tags=["scans"])


# Scans ----------------------------------------------------------------------------------------------------------


class Scanned(Out):
    """What a scanned text means: one device, or those it may mean."""

    text: str
    asset_id: int | None
    candidates: list[int]
    more: bool
    udi_error: str


@router.get("/scan", response=Scanned, operation_id="resolve_scan", summary="What a scan means")
def get_scan(request: HttpRequest, text: str = Query("", max_length=500)) -> Any:
    """The device that a scanned text means: our label, a UDI, an asset or serial number."""
    found = resolve(may(request, permissions.VIEW), text)
    return Scanned(
        text=found.text,
        asset_id=found.asset.pk if found.asset else None,
        candidates=[row.pk for row in found.candidates],
        more=found.more,
        udi_error=found.udi_error,
    )


# Labels ---------------------------------------------------------------------------------------------------------


def _formats(by: Any) -> Any:
    return LabelFormat.objects.visible_to(by)


class FormatOut(Out):
    """A sheet of labels or a single label, in millimetres."""

    id: int
    version: int
    code: str
    name: str
    page_width_mm: Decimal
    page_height_mm: Decimal
    columns: int
    rows: int
    width_mm: Decimal
    height_mm: Decimal
    is_active: bool


register(
    router,
    "/label-formats",
    "label_format",
    row=FormatOut,
    permission=permissions.VIEW,
    sortable={"id": "id", "name": "name"},
    rows=_formats,
)
operate(router, "/label-formats", operations.create_label_format, rows=_formats, out=FormatOut)
operate(
    router,
    "/label-formats/{label_format_id}",
    operations.change_label_format,
    rows=_formats,
    out=FormatOut,
    key="label_format_id",
    method="PATCH",
)


class Labels(In):
    """Labels for devices. ``dpi`` 203 or 300 answers ZPL for a label printer, without it the answer is a PDF."""

    asset_ids: list[int] = Field(max_length=labels.MOST)
    label_format: str = Field("", max_length=40, description="a format's `code`; empty for the first one offered")
    start: int = Field(1, ge=1, le=1000, description="the first free position of a sheet")
    wording: str = Field("identity", max_length=20)
    symbols: str = Field("both", max_length=20)
    dpi: int | None = None


@router.post("/labels", operation_id="print_labels", summary="Labels as PDF or ZPL")
def post_labels(request: HttpRequest, payload: Labels) -> HttpResponse:
    """Labels for these devices, as PDF or as text for a label printer."""
    by = may(request, permissions.CHANGE)
    given = payload.model_dump()
    ids, dpi = given.pop("asset_ids"), given.pop("dpi")
    wish = labels.wish(by, **given)
    if dpi is not None:
        text = labels.labels_zpl(by=by, asset_ids=ids, wish=wish, dpi=dpi)
        return HttpResponse(text, content_type="text/plain; charset=utf-8")
    return HttpResponse(labels.labels_pdf(by=by, asset_ids=ids, wish=wish), content_type="application/pdf")


# Counts ---------------------------------------------------------------------------------------------------------


class CountOut(Out):
    """A count of a room or department; its figures are final when it is closed."""

    id: int
    version: int
    site_id: int
    department_id: int | None
    room_id: int | None
    state: str
    started_by_name: str
    created_at: datetime
    closed_at: datetime | None
    closed_by_name: str
    note: str
    expected: int
    seen: int
    unexpected: int
    missing: int


class CountFilter(BaseModel):
    """What the list of counts can be narrowed by."""

    site_id: int | None = None
    department_id: int | None = None
    room_id: int | None = None
    state: str | None = Field(None, max_length=6)


def _counts(by: Any) -> Any:
    return CycleCount.objects.visible_to(by)


register(
    router, "/counts", "count", row=CountOut, permission=permissions.VIEW, narrow=CountFilter, rows=_counts
)  # fmt: skip
operate(router, "/counts", operations.start_count, rows=_counts, out=CountOut)
for path, step in (
    ("seen", operations.count_asset),
    ("taken-back", operations.uncount_asset),
    ("moved-here", operations.move_counted),
    ("left", operations.note_counted),
    ("close", operations.close_count),
):
    operate(router, f"/counts/{{count_id}}/{path}", step, rows=_counts, out=CountOut, key="count_id")


class LineOut(Out):
    """What a count found out about one device."""

    id: int
    asset_id: int
    expected: bool
    state: str
    seen_at: datetime | None
    seen_by_name: str
    note: str


@router.get("/counts/{int:count_id}/lines", response=ListPage[LineOut], operation_id="list_count_lines")
def get_lines(request: HttpRequest, count_id: int, paging: PagingQuery) -> Any:
    """The devices of a count."""
    by = may(request, permissions.VIEW)
    count = CycleCount.objects.visible_to(by).get(pk=seen(_counts(by), count_id))
    return listed(searched(lines_of(by, count), paging.q, None), paging, LineOut, sortable={"id": "id"}, order="id")


class SearchOut(Out):
    """A device that is not located."""

    id: int
    asset_id: int
    since_on: date
    looks: int
    looked_on: date
    next_look_on: date | None
    note: str


register(
    router,
    "/not-located",
    "not_located",
    plural="not_located",
    row=SearchOut,
    permission=permissions.VIEW,
    sortable={"id": "id", "since_on": "since_on"},
    rows=being_looked_for,
)


class Looks(Out):
    """How many devices were looked for once more, in vain."""

    recorded: int


operate(
    router,
    "/not-located/looks",
    operations.look_again,
    rows=being_looked_for,
    out=Looks,
    answer=lambda rows: {"recorded": len(rows)},
)
