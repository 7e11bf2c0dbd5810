"""The work list."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wardwright.apps.maintenance import permissions
from wardwright.apps.maintenance.models import WorkOrder
from wardwright.apps.maintenance.queries import with_words
from wardwright.apps.maintenance.states import WorkState
from wardwright.web.tables import Action, Column, Table

from .cells import device_words, due_cell, state_pill, state_words
from .filters import FILTERS, PLANNED, day_of


def _work_sentence(count: str, request: HttpRequest) -> str:
    """What the list shows in words: how many, which, and how many of them are late."""
    due, state = request.GET.get("due", ""), request.GET.get("state", "")
    if due == "late":
        return _("%(count)s late") % {"count": count}
    if due == "today":
        return _("%(count)s due today") % {"count": count}
    if due == "week":
        return _("%(count)s due this week, besides what is late") % {"count": count}
    if due == "month":
        return _("%(count)s due in the next 30 days") % {"count": count}
    if due == "out":
        return _("%(count)s out of compliance") % {"count": count}
    if (planned := request.GET.get("planned", "")) in PLANNED:
        return _("%(count)s planned %(when)s") % {"count": count, "when": PLANNED[planned]}
    if (day := day_of(request.GET.get("day", ""))) is not None:
        return _("%(count)s planned for %(day)s") % {"count": count, "day": date_format(day)}
    if request.GET.get("promise") == "missed":
        return _("%(count)s past what was promised") % {"count": count}
    if request.GET.get("reported") == "weekend":
        return _("%(count)s reported since Friday, 16:00") % {"count": count}
    if state == "parts-long":
        return _("%(count)s waiting for parts for more than 7 days") % {"count": count}
    if state in WorkState.values:
        return _("%(count)s: %(state)s") % {"count": count, "state": WorkState(state).label}
    if state == "unfinished":
        return _("%(count)s not finished") % {"count": count}
    return _("%(count)s in all, finished ones too") % {"count": count}


def _work_actions(by: Any) -> list[Action]:
    return [Action(_("Report a problem"), reverse("report-problem"), permissions.REPORT, "message-report", True)]


def _bulk(by: Any) -> list[Action]:
    return [
        Action(_("Assign"), reverse("assign-many"), permissions.DISPATCH, "user-plus"),
        Action(_("Reschedule"), reverse("reschedule-many"), permissions.DISPATCH, "calendar-event"),
    ]


def _row_url(order: WorkOrder) -> str:
    return reverse("work-order", args=[order.pk])


WORK = Table(
    key="work",
    rows=lambda by: WorkOrder.objects.visible_to(by).with_names(),
    columns=[
        Column(
            "number",
            gettext_lazy("Work order"),
            lambda r: format_html('{}<span class="cell-2">{}</span>', r.title, r.number),
            order="number",
            text=lambda r: r.number,
        ),
        Column("device", gettext_lazy("Device"), device_words, text=lambda r: r.asset.tag),
        Column(
            "where",
            gettext_lazy("Where"),
            lambda r: format_html('{}<span class="cell-2">{}</span>', r.department or r.site, r.asset.room or ""),
            text=lambda r: r.department or r.site,
        ),
        Column("state", gettext_lazy("State"), state_pill, text=state_words),
        Column("due", gettext_lazy("Due"), due_cell, order="due_on", text=lambda r: r.due_on or ""),
        Column("priority", gettext_lazy("Priority"), lambda r: r.get_priority_display()),
        Column("person", gettext_lazy("Assigned to"), lambda r: r.assigned_to or _("nobody")),
    ],
    row_url=_row_url,
    sentence=_work_sentence,
    order="due_on",
    first_look="state=unfinished",
    nulls_last=True,
    filters=FILTERS,
    search=with_words,
    empty=(gettext_lazy("No work fits"), gettext_lazy("Nothing is due here. Clear the filters to see other work.")),
    noun=("work order", "work orders"),
    actions=_work_actions,
    bulk_actions=_bulk,
)


def work_rows(by: Any, **chosen: str) -> QuerySet:
    """The work list's rows under these filters: what a line on another page counts is what its link opens."""
    rows: QuerySet = WorkOrder.objects.visible_to(by)
    for item in WORK.filters:
        if item.key in chosen:
            rows = item.apply(rows, chosen[item.key])
    return rows


def work_url(**chosen: str) -> str:
    """The address of the work list under these filters."""
    return f"{reverse('work')}?{urlencode(chosen)}"
