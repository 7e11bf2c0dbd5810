"""The lists of companies, people and log-ins."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wardwright.platform.access.builtin import MANAGE
from wardwright.platform.access.models import User
from wardwright.platform.signon.models import AccessEvent, Kind
from wardwright.web.tables import Action, Column, Filter, Table, by_id, one_of
from wardwright.web.templatetags import ui

from . import permissions
from .models import Absence, Company, Department, Person, Site
from .queries import companies_in_use, person_of
from .states import AbsenceKind, AbsenceState


def roles_of(row: Company) -> str:
    """What a company does for us, in words."""
    said = [
        words
        for flag, words in (
            (row.is_maker, _("makes devices")),
            (row.is_supplier, _("sells devices")),
            (row.is_provider, _("services devices")),
        )
        if flag
    ]
    return ", ".join(said)


def _by_role(rows: QuerySet, value: str) -> QuerySet:
    return rows.filter(**{value: True}) if value in ("is_maker", "is_supplier", "is_provider") else rows


COMPANIES = Table(
    key="companies",
    rows=companies_in_use,
    columns=[
        Column("name", gettext_lazy("Company"), lambda r: r.name, order="name"),
        Column("roles", gettext_lazy("What it does"), lambda r: roles_of(r) or "–"),
        Column("country", gettext_lazy("Country"), lambda r: r.country or "–"),
        Column("phone", gettext_lazy("Phone"), lambda r: r.phone or "–"),
    ],
    row_url=lambda r: reverse("company", args=[r.pk]),
    sentence=lambda count, request: _("%(count)s make, sell or service our devices") % {"count": count},
    order="name",
    search=lambda rows, q: rows.filter(Q(name__icontains=q) | Q(key__icontains=q)),
    filters=[
        Filter(
            "role",
            gettext_lazy("What it does"),
            _by_role,
            lambda by: [
                ("is_maker", _("makes devices")),
                ("is_supplier", _("sells devices")),
                ("is_provider", _("services devices")),
            ],
        )
    ],
    empty=(gettext_lazy("No company fits"), gettext_lazy("Companies come with an import, or add one.")),
    noun=("company", "companies"),
    actions=lambda by: [Action(_("Add a company"), reverse("new-company"), permissions.CHANGE, "plus", True)],
)


def _person_place(row: Person) -> SafeString | str:
    first = row.department.name if row.department else row.site.name if row.site else ""
    if row.employer:
        return format_html('{}<span class="cell-2">{}</span>', row.employer.name, first) if first else row.employer.name
    return first or "–"


def _log_in(row: Person) -> SafeString | str:
    if row.user is None:
        return _("none")
    return ui.pill("ok", _("open")) if row.user.is_active else ui.pill("out", _("closed"))


PEOPLE = Table(
    key="people",
    rows=lambda by: Person.objects.visible_to(by).select_related("site", "department", "employer", "user"),
    columns=[
        Column("name", gettext_lazy("Name"), lambda r: r.name, order="name"),
        Column("title", gettext_lazy("Job title"), lambda r: r.job_title or "–"),
        Column("tier", gettext_lazy("Tier"), lambda r: r.get_tier_display()),
        Column(
            "where",
            gettext_lazy("Where"),
            _person_place,
            text=lambda r: str(r.department or r.site or r.employer or ""),
        ),
        Column(
            "log-in",
            gettext_lazy("Log-in"),
            _log_in,
            text=lambda r: "" if r.user is None else r.user.username,
        ),
        Column("active", gettext_lazy("Works here"), lambda r: _("yes") if r.is_active else _("no longer")),
    ],
    row_url=lambda r: reverse("person", args=[r.pk]),
    sentence=lambda count, request: _("%(count)s do the work or ask for it") % {"count": count},
    order="name",
    search=lambda rows, q: rows.filter(Q(name__icontains=q) | Q(job_title__icontains=q) | Q(email__icontains=q)),
    filters=[
        one_of("tier", gettext_lazy("Tier"), Person.Tier),
        Filter(
            "site",
            gettext_lazy("Site"),
            by_id("site_id"),
            lambda by: Site.objects.visible_to(by).values_list("pk", "name"),
        ),
        Filter(
            "department",
            gettext_lazy("Department"),
            by_id("department_id"),
            lambda by: Department.objects.visible_to(by).values_list("pk", "name"),
        ),
        Filter(
            "active",
            gettext_lazy("Works here"),
            lambda rows, v: rows.filter(is_active=v == "yes"),
            lambda by: [("yes", _("yes")), ("no", _("no longer"))],
        ),
    ],
    empty=(gettext_lazy("Nobody fits"), gettext_lazy("Clear the filters, or add the person.")),
    noun=("person", "people"),
    actions=lambda by: [Action(_("Add a person"), reverse("new-person"), permissions.CHANGE, "plus", True)],
)


USERS = Table(
    key="log-ins",
    rows=lambda by: User.objects.visible_to(by),
    columns=[
        Column("name", gettext_lazy("Printed name"), lambda r: r.name, order="name"),
        Column("username", gettext_lazy("User name"), lambda r: r.username, order="username"),
        Column("email", gettext_lazy("E-mail"), lambda r: r.email or "–"),
        Column(
            "state",
            gettext_lazy("Log-in"),
            lambda r: ui.pill("ok", _("open")) if r.is_active else ui.pill("out", _("closed")),
            text=lambda r: _("open") if r.is_active else _("closed"),
        ),
    ],
    row_url=lambda r: reverse("user", args=[r.pk]),
    sentence=lambda count, request: _("%(count)s can open this system") % {"count": count},
    order="name",
    search=lambda rows, q: rows.filter(Q(name__icontains=q) | Q(username__icontains=q) | Q(email__icontains=q)),
    filters=[
        Filter(
            "state",
            gettext_lazy("Log-in"),
            lambda rows, v: rows.filter(is_active=v == "open"),
            lambda by: [("open", _("open")), ("closed", _("closed"))],
        )
    ],
    empty=(gettext_lazy("No log-in fits"), gettext_lazy("Clear the filters, or make one.")),
    noun=("log-in", "log-ins"),
    actions=lambda by: [Action(_("New log-in"), reverse("new-user"), MANAGE, "plus", True)],
)


_REFUSALS = (Kind.REFUSED, Kind.LOCKED)

SIGN_INS = Table(
    key="sign-ins",
    rows=lambda by: AccessEvent.objects.visible_to(by).select_related("user"),
    columns=[
        Column("at", gettext_lazy("When"), lambda r: ui.date(r.at), text=lambda r: f"{r.at:%Y-%m-%d %H:%M:%S}"),
        Column("who", gettext_lazy("Who"), lambda r: r.user.name if r.user else _("an unknown user name")),
        Column(
            "what",
            gettext_lazy("What"),
            lambda r: ui.pill("late", r.get_kind_display()) if r.kind in _REFUSALS else r.get_kind_display(),
            text=lambda r: r.get_kind_display(),
        ),
        Column("how", gettext_lazy("How"), lambda r: ", ".join(filter(None, (r.method, r.detail))) or "–"),
        Column("from", gettext_lazy("From"), lambda r: ", ".join(filter(None, (r.device, r.address))) or "–"),
    ],
    row_url=lambda r: reverse("user", args=[r.user_id]) if r.user_id else "",
    sentence=lambda count, request: _("%(count)s happened at the door") % {"count": count},
    order="-id",
    search=lambda rows, q: rows.filter(Q(user__name__icontains=q) | Q(user__username__icontains=q) | Q(address=q)),
    filters=[
        one_of("what", gettext_lazy("What"), Kind, "kind"),
    ],
    empty=(gettext_lazy("Nothing fits"), gettext_lazy("Clear the filters.")),
    noun=("thing", "things"),
)


# Absences -------------------------------------------------------------------------------------------------------

ABSENCE_MEANING = {
    AbsenceState.ASKED: "due",
    AbsenceState.AGREED: "ok",
    AbsenceState.DECLINED: "out",
    AbsenceState.WITHDRAWN: "out",
}


def _by_when(rows: QuerySet, value: str) -> QuerySet:
    today = timezone.localdate()
    spans = {
        "now": Q(first_on__lte=today, last_on__gte=today),
        "coming": Q(last_on__gte=today),
        "past": Q(last_on__lt=today),
    }
    return rows.filter(spans[value]) if value in spans else rows


def _absence_actions(by: Any) -> list[Action]:
    own = [Action(_("Ask for days off"), reverse("ask-absence"), None, "calendar-off")] if person_of(by) else []
    return [*own, Action(_("Enter an absence"), reverse("enter-absence"), permissions.ABSENCES, "plus", True)]


ABSENCES = Table(
    key="absences",
    rows=lambda by: Absence.objects.visible_to(by).select_related("person"),
    columns=[
        Column("person", gettext_lazy("Who"), lambda r: r.person),
        Column("first", gettext_lazy("First day"), lambda r: ui.date(r.first_on), order="first_on",
               text=lambda r: r.first_on),
        Column("last", gettext_lazy("Last day"), lambda r: ui.date(r.last_on), text=lambda r: r.last_on),
        Column("kind", gettext_lazy("Why"), lambda r: r.get_kind_display()),
        Column("state", gettext_lazy("State"),
               lambda r: ui.pill(ABSENCE_MEANING[AbsenceState(r.state)], r.get_state_display()),
               text=lambda r: r.get_state_display()),
        Column("note", gettext_lazy("Note"), lambda r: r.answer or r.note or "–"),
    ],
    row_url=lambda r: reverse("absence", args=[r.pk]),
    sentence=lambda count, request: _("%(count)s on the list") % {"count": count},
    order="first_on",
    filters=[
        Filter("when", gettext_lazy("When"), _by_when,
               lambda by: [("now", _("today")), ("coming", _("today and later")), ("past", _("past"))]),
        Filter("person", gettext_lazy("Who"), by_id("person_id"),
               lambda by: Person.objects.visible_to(by).filter(is_active=True).values_list("pk", "name")),
        one_of("state", gettext_lazy("State"), AbsenceState),
        one_of("kind", gettext_lazy("Why"), AbsenceKind),
    ],
    empty=(gettext_lazy("Nobody is away"), gettext_lazy("Days off that somebody asked for or took stand here.")),
    noun=("absence", "absences"),
    actions=_absence_actions,
)  # fmt: skip
