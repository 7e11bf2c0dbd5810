"""The lists of requests and symptoms, and the words their cells share with the desk."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from wardwright.apps.assets.queries import all_found
from wardwright.apps.directory.models import Site
from wardwright.kernel.periods import weekend_began
from wardwright.platform.access.scope import Scope, allowed
from wardwright.web.tables import Action, Column, Filter, Table, by_id, one_of
from wardwright.web.templatetags import ui

from . import permissions
from .models import Request, Symptom
from .queries import plain_ticket
from .states import Answer, RequestState, Source

SOON = timedelta(minutes=30)
INVOLVED = (Answer.YES, Answer.UNSURE)
STATE_MEANING = {
    RequestState.NEW: "due",
    RequestState.ASKED: "info",
    RequestState.ORDERED: "ok",
    RequestState.MERGED: "out",
    RequestState.CLOSED: "out",
}


def span_words(length: timedelta) -> str:
    """A length of time as people say it: 35 min, 3 h, 2 days."""
    minutes = max(0, int(length.total_seconds() // 60))
    if minutes < 60:
        return _("%(n)s min") % {"n": minutes}
    if minutes < 48 * 60:
        return _("%(n)s h") % {"n": minutes // 60}
    days = minutes // (24 * 60)
    return ngettext("%(n)s day", "%(n)s days", days) % {"n": days}


def clock_of(request: Request, now: datetime) -> dict[str, Any] | None:
    """The promise that runs: to answer until somebody has, then to finish; amber when it nears, red when past."""
    order = request.work_order
    answered = request.answered_at or (order.responded_at if order is not None else None)
    by_at = request.respond_by_at if answered is None else (order.finish_by_at if order else request.finish_by_at)
    if by_at is None or (order is not None and order.done_at is not None):
        return None
    left = by_at - now
    whole = max(by_at - request.received_at, timedelta(minutes=1))
    meaning = "late" if left < timedelta() else "due" if left < SOON or left < whole / 4 else "info"
    names = {"span": span_words(abs(left))}
    if answered is None:
        words = _("answer late by %(span)s") if meaning == "late" else _("answer within %(span)s")
    else:
        words = _("finish late by %(span)s") if meaning == "late" else _("finish within %(span)s")
    return {"by_at": by_at, "meaning": meaning, "words": words % names}


def _device(row: Request) -> Any:
    if row.asset is None:
        return _("no device named")
    return format_html(
        '<span class="code">{}</span><span class="cell-2">{}</span>', row.asset.tag, row.asset.device_type
    )


def _state(row: Request) -> Any:
    words = row.get_state_display()
    if row.state == RequestState.ORDERED and row.work_order is not None:
        words = row.work_order.get_state_display()
    return ui.pill(STATE_MEANING[RequestState(row.state)], str(words))


def _solved(row: Request) -> str:
    return _("yes") if row.solved else _("no")


def _by_state(rows: Any, value: str) -> Any:
    if value == "unfinished":
        return rows.unfinished()
    if value == "waiting":
        return rows.waiting()
    return rows.filter(state=value) if value in RequestState.values else rows


def _by_harm(rows: Any, value: str) -> Any:
    return rows.filter(harm__in=INVOLVED if value == "involved" else (value,))


def _by_received(rows: Any, value: str) -> Any:
    return rows.filter(received_at__gte=weekend_began(timezone.localtime())) if value == "weekend" else rows


REQUESTS = Table(
    key="requests",
    url_name="all-requests",
    rows=lambda by: Request.objects.visible_to(by).with_names(),
    columns=[
        Column("title", gettext_lazy("What is wrong"), lambda r: r.title),
        Column("device", gettext_lazy("Device"), _device, text=lambda r: r.asset.tag if r.asset else ""),
        Column("where", gettext_lazy("Where"), lambda r: r.department or r.site or "–"),
        Column(
            "received",
            gettext_lazy("Received"),
            lambda r: ui.date(r.received_at),
            order="received_at",
            text=lambda r: r.received_at.isoformat(),
        ),
        Column("source", gettext_lazy("Came by"), lambda r: r.get_source_display()),
        Column("state", gettext_lazy("State"), _state, text=lambda r: r.get_state_display()),
        Column(
            "solved",
            gettext_lazy("Solved"),
            lambda r: ui.pill("ok" if r.solved else "late", _solved(r)) if r.solved is not None else "–",
            text=lambda r: _solved(r) if r.solved is not None else "",
        ),
        Column("ticket", gettext_lazy("Ticket"), lambda r: format_html('<span class="code">{}</span>', r.ticket),
               text=lambda r: r.ticket),
    ],
    row_url=lambda r: reverse("request", args=[r.pk]),
    sentence=lambda count, request: _("%(count)s for help") % {"count": count},
    order="-received_at",
    filters=[
        Filter("state", gettext_lazy("State"), _by_state,
               lambda by: [("unfinished", _("not finished")), ("waiting", _("taken by nobody")),
                           *RequestState.choices]),
        one_of("source", gettext_lazy("Came by"), Source),
        Filter("harm", gettext_lazy("Patient involved"), _by_harm,
               lambda by: [("yes", _("yes")), ("unsure", _("not sure")), ("involved", _("yes or not sure"))]),
        Filter("received", gettext_lazy("Received"), _by_received,
               lambda by: [("weekend", _("since Friday, 16:00"))]),
        Filter("solved", gettext_lazy("Solved"), lambda rows, v: rows.filter(solved=v == "yes"),
               lambda by: [("yes", _("yes")), ("no", _("no"))]),
        Filter("site", gettext_lazy("Site"), by_id("site_id"),
               lambda by: Site.objects.visible_to(by).values_list("pk", "name")),
    ],
    search=lambda rows, q: rows.filter(
        Q(title__icontains=q) | Q(asset__in=all_found(q)) | Q(code=plain_ticket(q))
    ),
    empty=(gettext_lazy("No request fits"), gettext_lazy("Clear the filter to see all of them.")),
    noun=("request", "requests"),
)  # fmt: skip


def _symptom_actions(by: Any) -> list[Action]:
    if not allowed(by, permissions.TILES, Scope()):
        return []
    return [Action(_("Add a symptom"), reverse("new-symptom"), permissions.TILES, "plus", True)]


SYMPTOMS = Table(
    key="symptoms",
    rows=lambda by: Symptom.objects.visible_to(by).select_related("device_type", "problem"),
    columns=[
        Column("label", gettext_lazy("What the tile says"), lambda r: format_html("{} {}", ui.icon(r.icon), r.label),
               text=lambda r: r.label),
        Column("type", gettext_lazy("For"), lambda r: r.device_type or _("every type that has none of its own")),
        Column("position", gettext_lazy("Place"), lambda r: r.position, order="position", numeric=True),
        Column("problem", gettext_lazy("Problem code"), lambda r: r.problem.label if r.problem else "–"),
        Column("priority", gettext_lazy("How soon"), lambda r: r.get_priority_display()),
        Column("unsafe", gettext_lazy("Taken out of service"),
               lambda r: ui.pill("late", _("at once")) if r.unsafe else "–", text=lambda r: "yes" if r.unsafe else ""),
        Column("active", gettext_lazy("Offered"), lambda r: _("yes") if r.is_active else _("no")),
    ],
    row_url=lambda r: reverse("edit-symptom", args=[r.pk]),
    actions=_symptom_actions,
    sentence=lambda count, request: _("%(count)s for whoever scans a label") % {"count": count},
    order="position",
    filters=[
        Filter("type", gettext_lazy("For"), by_id("device_type_id"),
               lambda by: Symptom.objects.visible_to(by).exclude(device_type=None).order_by("device_type__name")
               .values_list("device_type_id", "device_type__name").distinct()),
        Filter("active", gettext_lazy("Offered"), lambda rows, v: rows.filter(is_active=v == "yes"),
               lambda by: [("yes", _("yes")), ("no", _("no"))]),
    ],
    empty=(gettext_lazy("No symptom fits"), gettext_lazy("Add one, or clear the filter.")),
    noun=("symptom", "symptoms"),
)  # fmt: skip
