"""Reports, saved views and the mails of them over the API."""

from __future__ import annotations

from typing import Annotated, Any

import orjson
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import Field

from wardwright.platform.reports import files, operations, permissions
from wardwright.platform.reports.asking import PERIODS, as_given, asked_of, report_for, reports_for
from wardwright.platform.reports.models import MailSchedule, SavedView
from wardwright.platform.reports.sheet import sheet_of
from wardwright.platform.reports.sources import url_of

from .lists import In, Out, may
from .operating import operate
from .registers import register, rows_of
from .rows import row_of

router = Router(tags=["reports"])


class ReportLine(Out):
    """A report that the caller may read: its question, whom it is for and how often it is looked at."""

    key: str
    title: str
    goal: str
    audience: str
    frequency: str
    period: str
    parameters: list[str]
    groups: list[str]


class Reports(Out):
    """Every report that the caller may read."""

    reports: list[ReportLine]


class AskedIn(In):
    """What is asked of a report; entries that it does not have are ignored."""

    period: str = Field("", max_length=20, description=f"one of: {', '.join(PERIODS)}")
    first: str = Field("", alias="from", max_length=10, description="first day, 2026-01-31; without a period")
    last: str = Field("", alias="to", max_length=10, description="last day")
    by: str = Field("", max_length=40, description="grouping, one of the report's groups")
    site: str = Field("", max_length=20, description="number of a site")
    department: str = Field("", max_length=20, description="number of a department")
    type: str = Field("", max_length=20, description="number of a device type")
    maker: str = Field("", max_length=20, description="number of a company")
    provider: str = Field("", max_length=20, description="number of a company; 0: our own people")
    limit: int = Field(files.JSON_ROWS, ge=0, le=10_000, description="at most so many rows")


class ColumnOut(Out):
    key: str
    label: str
    kind: str
    unit: str


class BehindOut(Out):
    """Cases counted, not counted, or left out for a reason."""

    which: str
    words: str
    count: int
    is_left_out: bool


class FigureOut(Out):
    """A figure with its formula in words, its sums, and what lies behind it."""

    key: str
    label: str
    value: float | None
    unit: str
    words: str
    sums: str
    formula: str
    cases: int
    behind: list[BehindOut]


class ReportOut(Out):
    """A report's figures and its first rows; ``more`` says whether there are others."""

    key: str
    title: str
    about: str
    columns: list[ColumnOut]
    figures: list[FigureOut]
    rows: list[dict[str, Any]]
    more: bool


@router.get("/reports", response=Reports, operation_id="list_reports", summary="List reports")
def list_reports(request: HttpRequest) -> Any:
    """Every report that the caller may read."""
    lines = [
        ReportLine(
            key=one.key,
            title=str(one.title),
            goal=str(one.goal),
            audience=one.audience.value,
            frequency=one.frequency.value,
            period=one.period,
            parameters=[parameter.key for parameter in one.parameters],
            groups=[column.key for column in one.groups],
        )
        for one in reports_for(may(request, permissions.VIEW))
    ]
    return Reports(reports=lines)


@router.get("/reports/{report}", response=ReportOut, operation_id="get_report", summary="One report")
def get_report(request: HttpRequest, report: str, asked: Annotated[AskedIn, Query()]) -> Any:
    """The figures of a report for what the caller may see, and its first rows."""
    declared = report_for(may(request, permissions.VIEW), report)
    given = asked.model_dump(by_alias=True, exclude={"limit"})
    wanted = asked_of(declared, given)
    sheet = sheet_of(declared, request.user, wanted, url=url_of(declared, wanted))
    data = files.as_data(sheet, asked.limit) | {"asked": as_given(declared, wanted)}
    return HttpResponse(orjson.dumps(data, default=str), content_type="application/json")


ViewOut = row_of(SavedView, name="SavedViewOut")
MailOut = row_of(MailSchedule, name="MailScheduleOut")
register(
    router,
    "/views",
    "view",
    row=ViewOut,
    permission=permissions.SAVE,
    rows=lambda by: SavedView.objects.visible_to(by).filter(is_active=True),
)
register(
    router, "/mail-schedules", "mail_schedule", row=MailOut, permission=permissions.SAVE, rows=rows_of(MailSchedule)
)
operate(router, "/views", operations.save_view, rows=rows_of(SavedView), out=ViewOut)
operate(
    router,
    "/views/{view_id}",
    operations.change_view,
    key="view_id",
    rows=rows_of(SavedView),
    out=ViewOut,
    method="PATCH",
)
operate(router, "/views/{view_id}/removal", operations.remove_view, key="view_id", rows=rows_of(SavedView), out=ViewOut)
operate(router, "/mail-schedules", operations.send_view, rows=rows_of(MailSchedule), out=MailOut)
operate(
    router,
    "/mail-schedules/{mail_schedule_id}/stop",
    operations.stop_sending,
    key="mail_schedule_id",
    rows=rows_of(MailSchedule),
    out=MailOut,
)
