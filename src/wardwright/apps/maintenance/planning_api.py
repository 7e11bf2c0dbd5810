"""Planning over the API: days and people of orders, the forecast, and evening the weeks out."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router
from pydantic import AliasPath, Field

from wardwright.api.lists import Out, may
from wardwright.api.operating import operate
from wardwright.api.registers import rows_of

from . import operations, permissions, queries
from .models import WorkOrder

router = Router(tags=["maintenance"])


class PlannedOut(Out):
    """The orders that were planned."""

    work_order_ids: list[int]


def _planned(orders: Any) -> dict[str, Any]:
    return {"work_order_ids": [order.pk for order in orders]}


operate(router, "/work-orders/plan", operations.plan_work, rows=rows_of(WorkOrder), out=PlannedOut, answer=_planned)
operate(router, "/work-orders/level", operations.level_work, rows=rows_of(WorkOrder), out=PlannedOut, answer=_planned)


class AmountOut(Out):
    """Jobs, and the minutes they are expected to take."""

    jobs: int
    minutes: int


class LoadOut(AmountOut):
    capacity_minutes: int


class ExpectedOut(Out):
    """Repairs to be expected: the mean, and the counts that eight weeks of ten keep between."""

    mean: float
    low: int
    high: int


class ForecastWeekOut(LoadOut):
    first_on: date
    last_on: date
    repairs: ExpectedOut | None
    repair_minutes_each: int


class ForecastGroupOut(Out):
    """A site or person by number, or a tier; null: nobody."""

    value: int | str | None
    weeks: list[LoadOut]


class ForecastOut(Out):
    """Four weeks of our own work against our own hours, and what stands in none of them."""

    weeks: list[ForecastWeekOut]
    before: AmountOut
    no_day: AmountOut
    companies: AmountOut
    estimated: int
    repair_weeks: int
    repairs_known: bool
    people: int
    people_without_hours: int
    groups: list[ForecastGroupOut]


@router.get("/work-forecast", response=ForecastOut, operation_id="get_work_forecast", summary="Four weeks of work")
def get_work_forecast(
    request: HttpRequest, site_id: int | None = None, by: Literal["person", "site", "tier"] | None = None
) -> Any:
    """Planned work and the repairs to be expected against the hours there are, divided as asked."""
    found = queries.forecast(may(request, permissions.VIEW), timezone.localdate(), site_id=site_id, divided=by or "")
    return ForecastOut.model_validate(found)


class MoveOut(Out):
    """An order and the day it would go to, as `level_work` takes it."""

    work_order_id: int = Field(validation_alias=AliasPath("order", "pk"))
    version: int = Field(validation_alias=AliasPath("order", "version"))
    from_on: date
    planned_on: date = Field(validation_alias="to_on")
    minutes: int
    percent_from: int | None
    percent_to: int | None


class LevelWeekOut(Out):
    first_on: date
    minutes: int
    minutes_after: int
    capacity_minutes: int


class LevellingOut(Out):
    """The moves that would even out the weeks, and the weeks before and after them."""

    weeks: list[LevelWeekOut]
    moves: list[MoveOut]
    movable: int


@router.get("/work-levelling", response=LevellingOut, operation_id="get_work_levelling", summary="Moves that even out")
def get_work_levelling(request: HttpRequest, site_id: int | None = None) -> Any:
    """Which planned jobs to move within their windows so that four weeks are evenly full; nothing is moved by it."""
    found = queries.levelling(may(request, permissions.VIEW), timezone.localdate(), site_id=site_id)
    return LevellingOut.model_validate(found)
