"""Inclusion rules and failure codes."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wardwright.apps.maintenance import permissions
from wardwright.apps.maintenance.models import FailureCode, Rule
from wardwright.apps.maintenance.states import CodeKind, RuleState
from wardwright.platform.access.scope import Scope, allowed
from wardwright.web.tables import Action, Column, Filter, Table, one_of
from wardwright.web.templatetags import ui

RULE_MEANING = {RuleState.DRAFT: "due", RuleState.ACTIVE: "ok", RuleState.ASIDE: "out"}

RULES = Table(
    key="rules",
    rows=lambda by: Rule.objects.visible_to(by),
    columns=[
        Column(
            "name",
            gettext_lazy("Rule"),
            lambda r: format_html(
                '<span class="nowrap">{}</span><span class="cell-2">{} {}</span>', r.name, _("version"), r.number
            ),
            order="name",
            text=lambda r: str(r),
        ),
        Column(
            "state",
            gettext_lazy("State"),
            lambda r: ui.pill(RULE_MEANING[RuleState(r.state)], r.get_state_display()),
            text=lambda r: r.get_state_display(),
        ),
        Column("formula", gettext_lazy("Formula"), lambda r: r.formula),
        Column(
            "included_from", gettext_lazy("Included from"), lambda r: f"{r.included_from.normalize():f}", numeric=True
        ),
    ],
    row_url=lambda r: reverse("rule", args=[r.pk]),
    sentence=lambda count, request: _("%(count)s to decide what is in the programme and how often") % {"count": count},
    order="name",
    filters=[
        one_of("state", gettext_lazy("State"), RuleState),
    ],
    search=lambda rows, q: rows.filter(Q(name__icontains=q) | Q(formula__icontains=q)),
    empty=(gettext_lazy("No rule fits"), gettext_lazy("Clear the filter to see all of them.")),
    noun=("rule", "rules"),
)


def _code_actions(by: Any) -> list[Action]:
    if not allowed(by, permissions.PLAN, Scope()):
        return []
    return [Action(_("Add a code"), reverse("new-code"), permissions.PLAN, "plus", True)]


CODES = Table(
    key="failure-codes",
    rows=lambda by: FailureCode.objects.visible_to(by),
    columns=[
        Column(
            "code",
            gettext_lazy("Code"),
            lambda r: format_html('<span class="code">{}</span>', r.code),
            order="code",
            text=lambda r: r.code,
        ),
        Column("label", gettext_lazy("What it means"), lambda r: r.label, order="label"),
        Column("kind", gettext_lazy("Used for"), lambda r: r.get_kind_display()),
        Column("source", gettext_lazy("Source"), lambda r: r.source or "–"),
        Column(
            "verified",
            gettext_lazy("Source checked"),
            lambda r: ui.pill("ok", _("verified")) if r.verified else ui.pill("due", _("not verified")),
            text=lambda r: _("verified") if r.verified else _("not verified"),
        ),
        Column("active", gettext_lazy("In use"), lambda r: _("yes") if r.is_active else _("no")),
    ],
    row_url=lambda r: reverse("edit-code", args=[r.pk]),
    actions=_code_actions,
    sentence=lambda count, request: _("%(count)s for what was wrong, why, and what was done") % {"count": count},
    order="code",
    filters=[
        one_of("kind", gettext_lazy("Used for"), CodeKind),
        Filter(
            "active",
            gettext_lazy("In use"),
            lambda rows, v: rows.filter(is_active=v == "yes"),
            lambda by: [("yes", _("yes")), ("no", _("no"))],
        ),
    ],
    search=lambda rows, q: rows.filter(Q(code__icontains=q) | Q(label__icontains=q)),
    empty=(gettext_lazy("No code fits"), gettext_lazy("Clear the filter to see all of them.")),
    noun=("code", "codes"),
)
