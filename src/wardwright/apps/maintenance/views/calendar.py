"""The calendar: work by the day it is planned for, and one page that plans orders for another day or person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from wardwright.apps.directory.models import Person, Site
from wardwright.apps.maintenance import operations, permissions, queries
from wardwright.apps.maintenance.forms import PlanWorkForm
from wardwright.apps.maintenance.models import WorkOrder
from wardwright.apps.maintenance.queries import DayCell
from wardwright.apps.maintenance.tables import FILTERS as WORK_FILTERS
from wardwright.apps.maintenance.tables import day_of
from wardwright.kernel.capacity import each_day
from wardwright.kernel.periods import month_end, month_start
from wardwright.platform.access.scope import allowed
from wardwright.platform.core.errors import Refused
from wardwright.platform.core.values import as_id
from wardwright.platform.core.words import number_words
from wardwright.web.site import begun_with, first_look
from wardwright.web.views import asks_for, go, page

from .narrowing import Address, FilterBar
from .orders import selected_orders

FILTERS = [item for item in WORK_FILTERS if item.key not in ("state", "due", "planned", "day")]
LANE_WORDS = {
    "person": gettext_lazy("by person"),
    "site": gettext_lazy("by site"),
    "none": gettext_lazy("no lanes"),
}
CARDS_IN_DAY = 5
CARDS_IN_MONTH = 3
CARDS_TO_PLAN = 10
MOST_LANES = 40


@dataclass
class Lane:
    """One row of the calendar; ``value`` is how a drop and the work list name it."""

    value: str
    words: Any
    days: list[DayCell]


@page(permissions.VIEW)
def work_calendar(request: HttpRequest) -> HttpResponse:
    """A week in lanes, or a month."""
    if begun := begun_with(request, first_look(request)):
        return begun
    today = timezone.localdate()
    month = request.GET.get("view") == "month"
    on = _on(request, today)
    first, last = _span(on, month)
    lanes = request.GET.get("lanes", "")
    lanes = "none" if month else lanes if lanes in LANE_WORDS else "person"
    bar = FilterBar(request, "work-calendar", FILTERS, ("view", "on", "lanes"))
    rows, days = bar.rows(), list(each_day(first, last))
    found = queries.by_day(rows, days, lanes, CARDS_IN_MONTH if month else CARDS_IN_DAY)
    shown = _lanes(request, lanes, found, days)
    if not month:
        _without_idle_weekend(shown)
    address = Address("work-calendar", request.GET)
    context = {
        "table": bar,
        "title": _title(shown, first, last, on, month),
        "today": today,
        "month": month,
        "by_person": lanes == "person",
        "lanes": [_lane_context(request, lane, bar, lanes) for lane in shown],
        "heads": [cell.day for cell in shown[0].days[:7]] if shown else [],
        "lane_links": [{"words": words, "url": address.but(lanes=key), "here": key == lanes}
                       for key, words in LANE_WORDS.items()],
        "view_links": _view_links(address, month),
        "before_url": address.but(on=(first - timedelta(1) if month else on - timedelta(7)).isoformat()),
        "after_url": address.but(on=(month_end(on) + timedelta(1) if month else on + timedelta(7)).isoformat()),
        "today_url": address.but(on=""),
        "to_plan": _to_plan(request, bar, rows, today),
        "calendar_query": address.query,
        "may_plan": allowed(request.user, permissions.DISPATCH),
    }  # fmt: skip
    return render(
        request, "maintenance/_calendar.html" if asks_for(request, "rows") else "maintenance/calendar.html", context
    )


def _on(request: HttpRequest, today: date) -> date:
    on = day_of(request.GET.get("on", ""))
    return on if on is not None and date(2000, 1, 1) <= on <= date(2199, 12, 31) else today


def _span(on: date, month: bool) -> tuple[date, date]:
    """The whole weeks that hold the week or month of ``on``."""
    if not month:
        return queries.monday_of(on), queries.monday_of(on) + timedelta(6)
    return queries.monday_of(month_start(on)), queries.monday_of(month_end(on)) + timedelta(6)


def _title(lanes: list[Lane], first: date, last: date, on: date, month: bool) -> str:
    inside = [cell for lane in lanes for cell in lane.days if not month or cell.day.month == on.month]
    count, hours = sum(cell.jobs for cell in inside), queries.hours(sum(cell.minutes for cell in inside))
    jobs = ngettext("%(n)s job", "%(n)s jobs", count) % {"n": number_words(count)}
    when = date_format(on, "YEAR_MONTH_FORMAT") if month else _("Week %(n)s") % {"n": last.isocalendar().week}
    hands = queries.hours(sum(cell.capacity_minutes or 0 for cell in inside))
    if hands:
        return _("%(when)s: %(jobs)s, %(hours)s of %(hands)s hours") % {
            "when": when, "jobs": jobs, "hours": number_words(hours), "hands": number_words(hands)
        }  # fmt: skip
    return _("%(when)s: %(jobs)s, %(hours)s hours") % {"when": when, "jobs": jobs, "hours": number_words(hours)}


def _lanes(request: HttpRequest, lanes: str, found: dict[Any, dict[date, DayCell]], days: list[date]) -> list[Lane]:
    """Every lane of the view, also those with nothing in them: work can be put there."""
    site, person = (as_id(request.GET.get(key, "")) for key in ("site", "person"))
    people: Any = queries.own_people(request.user).order_by("name")
    people = people.filter(site_id=site) if site else people
    people = people.filter(pk=person) if person else people
    staff = list(people)
    hands = queries.hands_of(staff, days[0], days[-1])
    names: dict[Any, Any] = {}
    of_lane: dict[Any, list[Any]] = {}
    if lanes == "person":
        names = {} if person else {None: _("nobody")}
        names |= {one.pk: one for one in staff}
        others = Person.objects.visible_to(request.user).filter(pk__in=[pk for pk in found if pk and pk not in names])
        names |= {one.pk: one for one in others}
        of_lane = {one.pk: [hands[one.pk]] for one in staff}
    elif lanes == "site":
        sites = Site.objects.visible_to(request.user)
        names = {one.pk: one for one in (sites.filter(pk=site) if site else sites)}
        for one in staff:
            of_lane.setdefault(one.site_id, []).append(hands[one.pk])
    else:
        names, of_lane = {None: ""}, {None: list(hands.values())}
    busy = sorted(names, key=lambda value: (value is not None, value not in of_lane and value not in found))
    return [_lane(value, names[value], found.get(value, {}), of_lane.get(value), days) for value in busy[:MOST_LANES]]


def _lane(value: Any, words: Any, cells: dict[date, DayCell], hands: Sequence[Any] | None, days: list[date]) -> Lane:
    shown = [cells.get(day) or DayCell(day) for day in days]
    if hands:
        for cell in shown:
            cell.give(hands)
    return Lane("none" if value is None else str(value), words, shown)


def _lane_context(request: HttpRequest, lane: Lane, bar: FilterBar, lanes: str) -> dict[str, Any]:
    within = {lanes: lane.value} if lanes in queries.CALENDAR_LANES else {}
    cells = [
        {
            "cell": cell,
            "cards": [_card(request.user, order) for order in cell.cards],
            "url": bar.list_url(day=cell.day.isoformat(), **within) if cell.jobs else "",
            "hours": queries.hours(cell.minutes),
            "hands": None if cell.capacity_minutes is None else queries.hours(cell.capacity_minutes),
        }
        for cell in lane.days
    ]
    return {"words": lane.words, "value": lane.value, "cells": cells}


def _card(by: Any, order: WorkOrder) -> dict[str, Any]:
    """A card with what the eye and a drag have to know: its window, and whether it stands outside it."""
    end = queries.latest(order).day
    day = getattr(order, "day", None)
    told = queries.consequences(order, day) if day else []
    return {
        "order": order,
        "opens": order.window_opens_on,
        "ends": end,
        "told": told[0].words if told else "",
        "meaning": "late" if told and told[0].code == "out" else "due",
        "may_plan": order.state in queries.PLANNABLE and allowed(by, permissions.DISPATCH, order),
        "moves": _moves(day),
    }


def _moves(day: date | None) -> list[tuple[Any, date]]:
    """The next working days from where it stands: for the menu of a card."""
    today = timezone.localdate()
    start = max(day or today, today)
    steps = [(_("A day earlier"), start - timedelta(1)), (_("A day later"), start + timedelta(1)),
             (_("A week later"), start + timedelta(7))]  # fmt: skip
    return [(words, to) for words, to in steps if to >= today]


def _without_idle_weekend(lanes: list[Lane]) -> None:
    """A week whose weekend holds no work and no hands is shown as five days."""
    if all(not cell.jobs and not cell.capacity_minutes for lane in lanes for cell in lane.days[5:]):
        for lane in lanes:
            del lane.days[5:]


def _view_links(address: Address, month: bool) -> list[dict[str, Any]]:
    return [
        {"words": _("Week"), "url": address.but(view=""), "here": not month},
        {"words": _("Month"), "url": address.but(view="month"), "here": month},
    ]


def _to_plan(request: HttpRequest, bar: FilterBar, rows: Any, today: date) -> list[dict[str, Any]]:
    """What stands on no day to come: days gone by, and no day at all."""
    spans = queries.week_spans(today)
    planned = rows.with_day()
    shown = []
    for key, words in (("before", _("Left over from days gone by")), ("none", _("For no day yet"))):
        some = planned.filter(spans[key])
        count = some.count()
        cards = some.with_names().order_by("priority", "due_on", "pk")[:CARDS_TO_PLAN] if count else []
        shown.append({"key": key, "words": words, "count": count, "url": bar.list_url(planned=key),
                      "cards": [_card(request.user, order) for order in cards]})  # fmt: skip
    return shown


# Planning -------------------------------------------------------------------------------------------------------


def _back(request: HttpRequest) -> str:
    """To the calendar as it was; only its query comes from the address."""
    query = QueryDict((request.POST.get("calendar") or request.GET.get("calendar", ""))[:2000])
    return Address("work-calendar", query).but()


@require_POST
@page(permissions.DISPATCH)
def plan_work(request: HttpRequest) -> HttpResponse:
    """Plan the selected orders for another day or person. What that means is shown before it is done.

    A drop or a menu gives ``planned_on`` (and ``person``) at once: where there is nothing to say about it, it is done.
    """
    orders = selected_orders(request)
    back = _back(request)
    given = _given(request)
    form = PlanWorkForm(request.user, given, initial=_initial(orders))
    told: list[tuple[WorkOrder, str]] = []
    if orders and given is not None and form.is_valid():
        told = _told(request, orders, form.cleaned_data)
        if not told or form.cleaned_data["seen"] == _choice(form.cleaned_data):
            try:
                _plan(request, orders, form.cleaned_data)
            except Refused as error:
                form.refuse(error)
            else:
                return go(request, back)
        else:
            given["seen"] = _choice(form.cleaned_data)
    count = {"orders": ngettext("%(n)s work order", "%(n)s work orders", len(orders)) % {"n": len(orders)}}
    title = orders[0].title if len(orders) == 1 else _("When are these %(orders)s done?") % count
    context = {"form": form, "orders": orders, "told": told, "title": title, "submit": _("Plan"), "back": back,
               "calendar_query": back.partition("?")[2]}  # fmt: skip
    return render(request, "maintenance/plan_work.html", context, status=422 if form.errors else 200)


def _given(request: HttpRequest) -> QueryDict | None:
    """What was sent with a day; a menu's button has the order in its address."""
    if "planned_on" not in request.POST:
        return None
    given = request.GET.copy()
    given.update(request.POST)
    return given


def _initial(orders: list[WorkOrder]) -> dict[str, Any]:
    days = {order.planned_on or order.due_on for order in orders}
    return {
        "planned_on": days.pop() if len(days) == 1 else None,
        "expected_version": orders[0].version if len(orders) == 1 else None,
    }


def _choice(cleaned: dict[str, Any]) -> str:
    return f"{cleaned['planned_on']}:{cleaned['person']}"


def _told(request: HttpRequest, orders: list[WorkOrder], cleaned: dict[str, Any]) -> list[tuple[WorkOrder, str]]:
    """What there is to say about each order on that day, with whoever is to do it."""
    day, chosen = cleaned["planned_on"], cleaned["person"]
    if day is None:
        return []
    people = {order.assigned_to_id for order in orders} if not chosen else {as_id(chosen)}
    hands = queries.hands_of(Person.objects.visible_to(request.user).filter(pk__in=people - {None}), day, day)
    return [
        (order, one.words)
        for order in orders
        for one in queries.consequences(order, day, hands.get((as_id(chosen) if chosen else order.assigned_to_id) or 0))
    ]


def _plan(request: HttpRequest, orders: list[WorkOrder], cleaned: dict[str, Any]) -> None:
    chosen = cleaned["person"]
    operations.plan_work(
        by=request.user,
        work_order_ids=[order.pk for order in orders],
        planned_on=cleaned["planned_on"],
        person_id=as_id(chosen) if chosen else operations.LEAVE,
        reason=cleaned["reason"],
        expected_version=cleaned["expected_version"],
    )
