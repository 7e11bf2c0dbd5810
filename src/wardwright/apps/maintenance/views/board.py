"""The work board: unfinished work in columns by state, and one page that moves an order from one to another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from wardwright.apps.maintenance import operations, permissions, queries
from wardwright.apps.maintenance.forms import AssignForm, HoldForm
from wardwright.apps.maintenance.models import WorkOrder
from wardwright.apps.maintenance.queries import LANES, Lane
from wardwright.apps.maintenance.states import UNFINISHED, Priority, WorkState
from wardwright.apps.maintenance.tables import WORK, due_cell
from wardwright.platform.access.scope import allowed
from wardwright.platform.core.errors import NotNow
from wardwright.platform.core.values import as_id
from wardwright.platform.core.words import number_words
from wardwright.web.site import begun_with, first_look
from wardwright.web.views import OnceForm, asks_for, form_page, page

from .narrowing import Address, FilterBar
from .orders import order_or_404, where_words

FILTERS = [item for item in WORK.filters if item.key not in ("state", "day")]  # the columns are the states
PRIORITY_MEANING = {Priority.EMERGENT: "late", Priority.URGENT: "due"}
LANE_WORDS = {
    "": gettext_lazy("no lanes"),
    "person": gettext_lazy("by person"),
    "department": gettext_lazy("by department"),
    "priority": gettext_lazy("by priority"),
}


@page(permissions.VIEW)
def work_board(request: HttpRequest) -> HttpResponse:
    """The board. Asked again every few seconds, it answers only when something changed."""
    if begun := begun_with(request, first_look(request)):
        return begun
    filters = FilterBar(request, "work-board", FILTERS, ("lanes", "column"))
    rows = filters.rows()
    seen = _seen(rows)
    is_part = asks_for(request, "rows")
    if is_part and request.GET.get("seen") == seen:
        return HttpResponse(status=204)
    lanes = request.GET.get("lanes", "")
    lanes = lanes if lanes in LANES else ""
    found = queries.board(rows.with_names(), lanes)
    column = request.GET.get("column", "")
    address = Address("work-board", request.GET, without=("seen",))
    context = {
        "table": filters,
        "title": _title(sum(found.counts.values()), rows),
        "columns": [_column(state, found.counts[state], filters, address) for state in UNFINISHED],
        "chosen": column if column in UNFINISHED else WorkState.OPEN.value,
        "lanes": [_lane(request.user, lane, lanes, filters) for lane in found.lanes],
        "lanes_more": found.lanes_more,
        "lane_links": [{"words": words, "url": address.but(lanes=key), "here": key == lanes}
                       for key, words in LANE_WORDS.items()],
        "is_divided": bool(lanes),
        "poll_url": address.but(seen=seen),
        "board_query": address.query,
        "list_url": filters.list_url(state="unfinished"),
    }  # fmt: skip
    return render(request, "maintenance/_board.html" if is_part else "maintenance/board.html", context)


def _seen(rows: QuerySet[WorkOrder]) -> str:
    """Differs whenever the board would look different; the day changes what is late."""
    at = rows.order_by().aggregate(n=Count("pk"), last=Max("updated_at"))
    return f"{at['n']}-{at['last'].timestamp() if at['last'] else ''}-{timezone.localdate().toordinal()}"


def _title(count: int, rows: QuerySet[WorkOrder]) -> str:
    if not count:
        return _("No work fits")
    past = Q(due_on__lt=timezone.localdate()) | Q(due_on=None, finish_by_at__lt=timezone.now())
    late = rows.filter(past).count()
    jobs = ngettext("%(n)s job is not finished", "%(n)s jobs are not finished", count) % {"n": number_words(count)}
    tail = ngettext("%(n)s is late", "%(n)s are late", late) % {"n": number_words(late)} if late else _("none is late")
    return _("%(jobs)s, %(tail)s") % {"jobs": jobs, "tail": tail}


def _column(state: WorkState, count: int, filters: FilterBar, address: Address) -> dict[str, Any]:
    return {
        "state": state.value,
        "words": state.label,
        "count": count,
        "url": filters.list_url(state=state.value),
        "tab_url": address.but(column=state.value),
    }


def _lane(by: Any, lane: Lane, lanes: str, filters: FilterBar) -> dict[str, Any]:
    """A lane with its name and one cell for each column."""
    cells: list[dict[str, Any]] = []
    within = {lanes: "none" if lane.value is None else str(lane.value)} if lanes else {}
    for state in UNFINISHED:
        orders = sorted(lane.cards[state], key=lambda one: one.hold_reason)  # what waits stands by what it waits for
        more = lane.counts[state] - len(orders)
        cells.append(
            {
                "state": state.value,
                "cards": [_card(by, order) for order in orders],
                "more": more,
                "url": filters.list_url(state=state.value, **within) if more else "",
            }
        )
    some = next((cell["cards"][0]["order"] for cell in cells if cell["cards"]), None)
    return {"words": _lane_words(some, lanes), "count": lane.count, "cells": cells, "key": lane.value or 0}


def _lane_words(order: WorkOrder | None, lanes: str) -> Any:
    if order is None or not lanes:
        return ""
    if lanes == "person":
        return order.assigned_to or _("nobody")
    if lanes == "department":
        return order.department or _("no department")
    return order.get_priority_display()


def _card(by: Any, order: WorkOrder) -> dict[str, Any]:
    return {
        "order": order,
        "due": due_cell(order) if order.due_on or order.finish_by_at else "",
        "where": ", ".join(str(part) for part in (order.department or order.site, order.asset.room) if part),
        "priority_meaning": PRIORITY_MEANING.get(Priority(order.priority), ""),
        "is_life_support": order.asset.device_type.life_support,
        "ways": [way for way in ways(order) if allowed(by, way.permission, order)],
    }


# Moving -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Way:
    """One move of an order: its operation, or the page that asks for more than the board can (``url``)."""

    to: str
    words: Any
    permission: Any
    run: Callable[..., Any] | None = None
    asks: bool = False
    url: str = ""


def ways(order: WorkOrder) -> list[Way]:
    """Where this order may go, in the order of the columns."""
    return [_way(order, to) for to in queries.next_states(order)]


def _way(order: WorkOrder, to: WorkState) -> Way:
    waits = order.state == WorkState.ON_HOLD
    if order.state == WorkState.TO_VERIFY:
        return Way(to, _("It does not hold"), permissions.VERIFY, url=reverse("verify-repair", args=[order.pk]))
    if to == WorkState.TO_VERIFY:
        return Way(to, _("Repaired"), permissions.PERFORM, url=reverse("perform", args=[order.pk]))
    if to == WorkState.ON_HOLD:
        return Way(to, _("Let it wait"), permissions.PERFORM, operations.hold_work, asks=True)
    if to == WorkState.IN_PROGRESS:
        return Way(to, _("Go on") if waits else _("Begin"), permissions.PERFORM, operations.start_work)
    if waits:
        return Way(to, _("The wait is over"), permissions.PERFORM, operations.resume_work)
    if to == WorkState.ASSIGNED:
        return Way(to, _("Give to somebody"), permissions.DISPATCH, operations.assign_work, asks=True)
    return Way(to, _("Take back from %(name)s") % {"name": order.assigned_to or _("nobody")}, permissions.DISPATCH,
               operations.assign_work)  # fmt: skip


def _back(request: HttpRequest) -> str:
    """To the board as it was; only its query comes from the address."""
    query = QueryDict((request.POST.get("board") or request.GET.get("board", ""))[:2000])
    return Address("work-board", query, without=("seen",)).but()


@page(permissions.VIEW)
def move_work(request: HttpRequest, work_order_id: int) -> HttpResponse:
    """Move one order: without ``to`` it shows where it may go; with it, it asks what the operation needs, and moves."""
    order, back = order_or_404(request, work_order_id), _back(request)
    to = request.POST.get("to") or request.GET.get("to", "")
    open_ways = {way.to: way for way in ways(order)}
    if not to:
        context = {"order": order, "where": where_words(order), "back": back, "board_query": back.partition("?")[2]}
        may = [way for way in open_ways.values() if allowed(request.user, way.permission, order)]
        return render(request, "maintenance/move.html", {**context, "ways": may})
    if to not in open_ways:
        raise NotNow(
            _("Work order %(number)s is %(state)s; it cannot go there.")
            % {"number": order.number, "state": order.get_state_display()},
            _("Go back to the board to see where it may go."),
        )
    way = open_ways[to]
    if way.run is None:
        return HttpResponseRedirect(way.url)
    return _moving(request, order, way, back)


def _moving(request: HttpRequest, order: WorkOrder, way: Way, back: str) -> HttpResponse:
    act: Any = way.run
    form = _form_of(request, way)

    def run(cleaned: dict[str, Any]) -> str:
        if act is operations.assign_work:
            person = cleaned.pop("person", None)
            cleaned = {"person_id": person and person.pk}
        act(by=request.user, work_order_id=order.pk, **{**cleaned, "expected_version": _version(request)})
        return back

    return form_page(request, form, run, title=way.words, submit=way.words, template="maintenance/order_form.html",
                     cancel_url=back, order=order, where=where_words(order))  # fmt: skip


def _form_of(request: HttpRequest, way: Way) -> OnceForm:
    given = request.POST if request.method == "POST" else None
    if way.to == WorkState.ASSIGNED and way.asks:
        form = AssignForm(request.user, given)
        form.fields["person"].required = True
        return form
    return HoldForm(given) if way.to == WorkState.ON_HOLD else OnceForm(given)


def _version(request: HttpRequest) -> int | None:
    """The version of the card that was moved: somebody may have changed the order since the board was drawn."""
    return as_id(request.POST.get("version") or request.GET.get("version", ""))
