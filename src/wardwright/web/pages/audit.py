"""The audit trail: every change, what it touched, the history of one row, and whether the whole still holds."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wardwright.platform.audit import queries
from wardwright.platform.audit.models import AuditChange
from wardwright.platform.audit.operation import OPERATIONS
from wardwright.platform.audit.permissions import VIEW
from wardwright.platform.core.errors import NotFound
from wardwright.platform.core.keyset import keyset_page
from wardwright.platform.core.words import home_words, number_words, step_words
from wardwright.platform.jobs import operations as job_operations
from wardwright.platform.jobs.queries import newest_verification
from wardwright.web.tables import Action, Column, Filter, Table, list_page
from wardwright.web.templatetags import ui
from wardwright.web.views import OnceForm, asks_for, page, run_form, visible_or_404

from . import records

PAGE_SIZE = 50


def _operations(by: Any) -> list[tuple[str, str]]:
    named = [(name, f"{step_words(name)} ({home_words(name.split('.', maxsplit=1)[0])})") for name in OPERATIONS]
    return sorted(named, key=lambda pair: pair[1])


def _tables(by: Any) -> list[tuple[str, str]]:
    return sorted(((table, records.table_label(table)) for table in queries.tables()), key=lambda pair: pair[1])


def _actors(by: Any) -> list[tuple[str, Any]]:
    return [(queries.SYSTEM, _("the system itself")), *queries.actors()]


def _what(change: AuditChange) -> Any:
    home = home_words(change.operation.split(".", maxsplit=1)[0])
    return format_html('{}<span class="cell-2">{}</span>', step_words(change.operation), home)


def _sealed(change: Any) -> Any:
    if change.seal_id is None:
        return ui.pill("due", _("waiting"))
    return ui.pill("ok", _("seal %(number)s") % {"number": change.seal_id})


def _actions(by: Any) -> list[Action]:
    return [Action(gettext_lazy("Verify the trail"), reverse("audit-verification"), icon="shield-check", primary=True)]


CHANGES = Table(
    key="audit",
    rows=queries.changes_seen,
    columns=[
        Column("at", gettext_lazy("When"), lambda c: ui.date(c.at), text=lambda c: c.at.isoformat()),
        Column("actor", gettext_lazy("Who"), lambda c: c.actor_name),
        Column("operation", gettext_lazy("What"), _what, text=lambda c: c.operation),
        Column("reason", gettext_lazy("Why"), lambda c: c.reason[:160] or "–", text=lambda c: c.reason),
        Column(
            "records", gettext_lazy("Rows"), lambda c: number_words(c.records), numeric=True, text=lambda c: c.records
        ),
        Column("seal", gettext_lazy("Seal"), _sealed, text=lambda c: c.seal_id or ""),
    ],
    row_url=lambda c: reverse("audit-change", args=[c.pk]),
    sentence=lambda count, request: _("%(count)s, newest first") % {"count": count},
    order="-id",
    filters=[
        Filter("actor", gettext_lazy("Who"), queries.by_actor, choices=_actors),
        Filter("operation", gettext_lazy("What"), lambda rows, name: rows.filter(operation=name), choices=_operations),
        Filter("table", gettext_lazy("Touched"), queries.by_table, choices=_tables),
        Filter("from", gettext_lazy("From"), queries.since, kind="date"),
        Filter("to", gettext_lazy("To"), queries.until, kind="date"),
        Filter("reason", gettext_lazy("Reason contains"), queries.reason_contains),
    ],
    empty=(
        gettext_lazy("No change fits."),
        gettext_lazy("Widen the dates or clear a filter. The whole trail is for those who may read it at every site."),
    ),
    noun=("change", "changes"),
    actions=_actions,
)


@page(VIEW)
def audit_list(request: HttpRequest) -> HttpResponse:
    return list_page(request, CHANGES)


@page(VIEW)
def audit_change(request: HttpRequest, change_id: int) -> HttpResponse:
    """One change: who, when, why, from where, how it is sealed, and each row it touched."""
    change = visible_or_404(queries.changes_seen(request.user), change_id)
    rows = keyset_page(queries.records_of_change(change), "id", cursor=request.GET.get("after", ""), size=PAGE_SIZE)
    return render(
        request,
        "web/pages/audit_change.html",
        {
            "change": change,
            "words": step_words(change.operation),
            "seal": queries.seal_of(change),
            "notes": change.notes.splitlines(),
            "records": records.in_words(rows.rows),
            "next_cursor": rows.next_cursor,
            "continued": bool(request.GET.get("after")),
        },
    )


@page(VIEW)
def audit_row(request: HttpRequest, table: str, row_id: int) -> HttpResponse:
    """The history of one row of one table, newest first."""
    recorded = queries.records_of_row(table, row_id)
    rows = keyset_page(recorded, "-id", cursor=request.GET.get("after", ""), size=PAGE_SIZE)
    changes = queries.changes_of(request.user, rows.rows)
    shown = records.in_words(record for record in rows.rows if record.change_id in changes)
    if not shown:
        raise NotFound(
            _("Nothing is recorded about this row, or you may not see it."),
            _("Check the table and the number; the whole trail is for those who may read it at every site."),
        )
    told = [(item, changes[item.record.change_id]) for item in shown]
    return render(
        request,
        "web/pages/audit_row.html",
        {
            "entries": [(item, change, step_words(change.operation)) for item, change in told],
            "title": _("History of %(kind)s %(name)s") % {"kind": shown[0].table_label, "name": shown[0].row_name},
            "row_url": shown[0].row_url,
            "next_cursor": rows.next_cursor,
            "continued": bool(request.GET.get("after")),
        },
    )


@page(VIEW)
def audit_verification(request: HttpRequest) -> HttpResponse:
    """The newest verification and its result; the button starts another in the background."""
    form = OnceForm(request.POST if request.method == "POST" else None)

    def run(cleaned: dict[str, Any]) -> str:
        job_operations.verify_trail(by=request.user)
        return reverse("audit-verification")

    answer = run_form(request, form, run)
    if answer is not None:
        return answer
    context = {"form": form, "job": newest_verification(), "standing": queries.standing()}
    only_result = asks_for(request, "verification")
    template = "web/pages/_verification.html" if only_result else "web/pages/audit_verification.html"
    return render(request, template, context)
