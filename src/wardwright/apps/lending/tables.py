"""The lists of requests, loans, stores, rented and patients' devices."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wardwright.apps.assets.queries import all_found
from wardwright.apps.directory.models import Department, Site
from wardwright.web.tables import Action, Column, Filter, Table, by_id
from wardwright.web.templatetags import ui

from . import permissions
from .models import Loan, LoanRequest, PatientDevice, Pool, Rental
from .states import UNMET, RequestState


def _sites(by: Any) -> Any:
    return Site.objects.visible_to(by).values_list("pk", "name")


def _wards(by: Any) -> Any:
    return Department.objects.visible_to(by).values_list("pk", "name")


def _pools(by: Any) -> Any:
    return Pool.objects.visible_to(by).values_list("pk", "name")


# Requests -------------------------------------------------------------------------------------------------------


def _by_request_state(rows: Any, value: str) -> QuerySet:
    if value == "to-pick":
        return rows.to_pick(timezone.now())
    if value == "unmet":
        return rows.filter(state__in=UNMET)
    return rows.filter(state=value) if value in RequestState.values else rows.none()


def _request_count(row: LoanRequest) -> str:
    return f"{row.delivered} / {row.quantity}" if row.quantity > 1 else str(row.quantity)


def _what(row: LoanRequest) -> Any:
    kind = _("reserved") if row.is_reserved else _("kit") if row.kit_id else ""
    return ui.two_lines(row.asset or row.what, " · ".join(part for part in (row.number, kind) if part))


def _needed(row: LoanRequest) -> Any:
    until = _("until %(day)s") % {"day": ui.date(row.until_at)} if row.until_at else _("as long as needed")
    return format_html('{}<span class="cell-2">{}</span>', ui.date(row.from_at), format_html("{}", until))


REQUESTS = Table(
    key="loan-requests",
    rows=lambda by: LoanRequest.objects.visible_to(by).with_names(),
    columns=[
        Column("what", gettext_lazy("What"), _what, text=lambda r: f"{r.number} {r.what}"),
        Column("count", gettext_lazy("How many"), _request_count, numeric=True),
        Column("ward", gettext_lazy("Ward"), lambda r: ui.two_lines(r.department.name, r.asked_by_name)),
        Column("from", gettext_lazy("Needed from"), _needed, order="from_at", text=lambda r: r.from_at.isoformat()),
        Column(
            "state",
            gettext_lazy("State"),
            lambda r: ui.pill("late", _("urgent")) if r.is_urgent and r.is_unmet else ui.pill(r.meaning, r.state_label),
            text=lambda r: r.state_label,
        ),
        Column("pool", gettext_lazy("Library"), lambda r: r.pool.name),
    ],
    row_url=lambda r: reverse("loan-request", args=[r.pk]),
    sentence=lambda count, request: _("%(count)s for equipment") % {"count": count[:1].upper() + count[1:]},
    order="-from_at",
    filters=[
        Filter(
            "state",
            gettext_lazy("State"),
            _by_request_state,
            lambda by: [("unmet", _("not finished")), ("to-pick", _("to be picked")), *RequestState.choices],
        ),
        Filter("department", gettext_lazy("Ward"), by_id("department_id"), _wards),
        Filter("site", gettext_lazy("Site"), by_id("site_id"), _sites),
        Filter("pool", gettext_lazy("Library"), by_id("pool_id"), _pools),
    ],
    search=lambda rows, q: rows.filter(
        Q(number__iexact=q) | Q(device_type__name__icontains=q) | Q(department__name__icontains=q)
    ),
    empty=(
        gettext_lazy("Nobody asked for anything"),
        gettext_lazy("Requests of the wards stand here. Clear the filters to see all."),
    ),
    noun=("request", "requests"),
    actions=lambda by: [
        Action(_("Hand out many"), reverse("issue-batch"), permissions.HANDLE, "stack"),
        Action(_("Reserve"), reverse("reserve-equipment"), permissions.HANDLE, "calendar-event"),
        Action(_("Ask for equipment"), reverse("ask-equipment"), permissions.ASK, "plus", True),
    ],
)


# Loans ----------------------------------------------------------------------------------------------------------


def _by_loan_state(rows: Any, value: str) -> QuerySet:
    return {
        "running": rows.running(),
        "picked": rows.running().filter(delivered_at=None),
        "overdue": rows.overdue(timezone.now()),
        "collect": rows.to_collect(timezone.now()),
        "ready": rows.running().filter(ready_at__isnull=False),
        "unchecked": rows.filter(collected_at__isnull=False, checked_at=None),
        "fault": rows.exclude(fault=""),
        "missing": rows.exclude(missing=[]),
        "back": rows.filter(collected_at__isnull=False),
    }.get(value, rows.none())


def loan_pill(row: Loan) -> Any:
    return ui.pill(*row.state)


def device_cell(row: Any) -> Any:
    return format_html(
        '<span class="code">{}</span><span class="cell-2">{}</span>', row.asset.tag, row.asset.device_type.name
    )


def _loan_sentence(count: str, request: HttpRequest) -> str:
    if request.GET.get("state") == "overdue":
        return _("%(count)s past the agreed end") % {"count": count[:1].upper() + count[1:]}
    return _("%(count)s of the equipment library") % {"count": count[:1].upper() + count[1:]}


LOANS = Table(
    key="loans",
    rows=lambda by: Loan.objects.visible_to(by).with_names(),
    columns=[
        Column("device", gettext_lazy("Device"), device_cell, text=lambda r: r.asset.tag),
        Column(
            "ward",
            gettext_lazy("Ward"),
            lambda r: ui.two_lines(r.department.name, r.room.name if r.room else ""),
            text=lambda r: r.department.name,
        ),
        Column(
            "picked",
            gettext_lazy("Since"),
            lambda r: ui.two_lines(ui.date(r.delivered_at or r.picked_at), r.taken_by_name),
            order="picked_at",
            text=lambda r: r.picked_at.isoformat(),
        ),
        Column(
            "due",
            gettext_lazy("Back by"),
            lambda r: (ui.due(r.due_at) if r.is_running else ui.date(r.due_at)) if r.due_at else "–",
            text=lambda r: r.due_at or "",
        ),
        Column("state", gettext_lazy("State"), loan_pill, text=lambda r: r.state[1]),
        Column(
            "reminded",
            gettext_lazy("Reminded"),
            lambda r: ui.two_lines(_("%(n)s ×") % {"n": r.reminders}, ui.ago(r.reminded_at)) if r.reminders else "–",
        ),
    ],
    row_url=lambda r: reverse("library-device", args=[r.asset_id]),
    sentence=_loan_sentence,
    order="-picked_at",
    filters=[
        Filter(
            "state",
            gettext_lazy("State"),
            _by_loan_state,
            lambda by: [
                ("running", _("with a ward")),
                ("picked", _("picked, not delivered yet")),
                ("overdue", _("overdue")),
                ("ready", _("to be collected")),
                ("collect", _("to be collected or overdue")),
                ("unchecked", _("back, not checked")),
                ("missing", _("accessories missing")),
                ("fault", _("with a fault")),
                ("back", _("back")),
            ],
        ),
        Filter("department", gettext_lazy("Ward"), by_id("department_id"), _wards),
        Filter("site", gettext_lazy("Site"), by_id("site_id"), _sites),
        Filter("pool", gettext_lazy("Library"), by_id("pool_id"), _pools),
    ],
    search=lambda rows, q: rows.filter(asset__in=all_found(q)),
    empty=(gettext_lazy("No loan fits"), gettext_lazy("Clear the filters to see all loans.")),
    noun=("loan", "loans"),
)


# Stores, rented, brought ----------------------------------------------------------------------------------------

POOLS = Table(
    key="pools",
    rows=lambda by: Pool.objects.visible_to(by).select_related("site", "department", "room"),
    columns=[
        Column("name", gettext_lazy("Library"), lambda r: ui.two_lines(r.name, r.note), order="name"),
        Column("store", gettext_lazy("Store"), lambda r: ui.two_lines(r.room.name, r.department.name)),
        Column("site", gettext_lazy("Site"), lambda r: r.site.name),
        Column(
            "state",
            gettext_lazy("State"),
            lambda r: ui.pill("ok", _("in use")) if r.is_active else ui.pill("out", _("closed")),
        ),
    ],
    row_url=lambda r: reverse("pool", args=[r.pk]),
    sentence=lambda count, request: _("Equipment is lent from %(count)s") % {"count": count},
    order="name",
    filters=[Filter("site", gettext_lazy("Site"), by_id("site_id"), _sites)],
    empty=(
        gettext_lazy("There is no equipment library yet"),
        gettext_lazy("Open one: say where its store is, then put devices into it."),
    ),
    noun=(gettext_lazy("store"), gettext_lazy("stores")),
    actions=lambda by: [Action(_("Open a library"), reverse("new-pool"), permissions.KEEP, "plus", True)],
)


def _by_rental_state(rows: QuerySet, value: str) -> QuerySet:
    running = rows.filter(returned_on=None)
    return {
        "running": running,
        "late": running.filter(until_on__lt=timezone.localdate()),
        "back": rows.exclude(returned_on=None),
    }.get(value, rows.none())


def _rental_end(row: Rental) -> Any:
    if row.returned_on:
        return ui.two_lines(ui.date(row.returned_on), _("went back"))
    return ui.due(row.until_on) if row.until_on else _("no end agreed")


RENTALS = Table(
    key="rentals",
    rows=lambda by: Rental.objects.visible_to(by).select_related(
        "asset__device_type", "asset__department", "asset__site", "company"
    ),
    columns=[
        Column("device", gettext_lazy("Device"), device_cell, text=lambda r: r.asset.tag),
        Column("company", gettext_lazy("Rented from"), lambda r: ui.two_lines(r.company.name, r.reference)),
        Column("where", gettext_lazy("Where"), lambda r: (r.asset.department or r.asset.site).name),
        Column("from", gettext_lazy("From"), lambda r: ui.date(r.from_on), order="from_on", text=lambda r: r.from_on),
        Column("until", gettext_lazy("Until"), _rental_end, text=lambda r: r.returned_on or r.until_on or ""),
        Column(
            "daily",
            gettext_lazy("A day"),
            lambda r: ui.money(r.daily_price_cents, r.currency),
            numeric=True,
            text=lambda r: r.daily_price_cents / 100,
        ),
        Column(
            "cost",
            gettext_lazy("Cost so far"),
            lambda r: ui.money(r.cost_cents, r.currency),
            numeric=True,
            text=lambda r: r.cost_cents / 100,
        ),
    ],
    row_url=lambda r: reverse("rental", args=[r.pk]),
    sentence=lambda count, request: _("%(count)s") % {"count": count[:1].upper() + count[1:]},
    order="-from_on",
    filters=[
        Filter(
            "state",
            gettext_lazy("State"),
            _by_rental_state,
            lambda by: [("running", _("here")), ("late", _("past its end")), ("back", _("went back"))],
        ),
        Filter("site", gettext_lazy("Site"), by_id("asset__site_id"), _sites),
    ],
    search=lambda rows, q: rows.filter(Q(asset__in=all_found(q)) | Q(company__name__icontains=q)),
    empty=(
        gettext_lazy("Nothing is rented"),
        gettext_lazy("Register the device first, then say from whom it is rented and until when."),
    ),
    noun=(gettext_lazy("rented device"), gettext_lazy("rented devices")),
    actions=lambda by: [Action(_("Rent a device"), reverse("new-rental"), permissions.KEEP, "plus", True)],
)


PATIENT_DEVICES = Table(
    key="patient-devices",
    rows=lambda by: PatientDevice.objects.visible_to(by).select_related("department", "site"),
    columns=[
        Column(
            "what",
            gettext_lazy("Device"),
            lambda r: ui.two_lines(r.description, f"{r.maker} {r.model}".strip()),
            text=lambda r: r.description,
        ),
        Column("reference", gettext_lazy("Reference"), lambda r: r.reference),
        Column("ward", gettext_lazy("Ward"), lambda r: r.department.name),
        Column("came", gettext_lazy("Came"), lambda r: ui.two_lines(ui.date(r.came_at), r.received_by_name),
               order="came_at", text=lambda r: r.came_at.isoformat()),
        Column(
            "state",
            gettext_lazy("State"),
            lambda r: ui.pill(*patient_state(r)),
            text=lambda r: patient_state(r)[1],
        ),
    ],
    row_url=lambda r: reverse("patient-device", args=[r.pk]),
    sentence=lambda count, request: _("%(count)s of patients") % {"count": count[:1].upper() + count[1:]},
    order="-came_at",
    filters=[
        Filter(
            "state",
            gettext_lazy("State"),
            lambda rows, v: {"here": rows.filter(left_at=None), "left": rows.exclude(left_at=None)}.get(v, rows.none()),
            lambda by: [("here", _("here")), ("left", _("left"))],
        ),
        Filter("department", gettext_lazy("Ward"), by_id("department_id"), _wards),
        Filter("site", gettext_lazy("Site"), by_id("site_id"), _sites),
    ],
    search=lambda rows, q: rows.filter(Q(reference__iexact=q) | Q(description__icontains=q)),
    empty=(
        gettext_lazy("No device of a patient is here"),
        gettext_lazy("Take one in when a patient brings it, and let it go with the patient."),
    ),
    noun=(gettext_lazy("device"), gettext_lazy("devices")),
    actions=lambda by: [Action(_("Take one in"), reverse("new-patient-device"), permissions.ASK, "plus", True)],
)  # fmt: skip


def patient_state(row: PatientDevice) -> tuple[str, Any]:
    """Meaning and words."""
    if row.left_at:
        return "out", _("left with the patient")
    return ("ok", _("may be used")) if row.is_accepted else ("late", _("not accepted"))
