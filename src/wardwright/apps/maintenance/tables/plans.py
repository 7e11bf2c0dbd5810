"""Plans."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wardwright.apps.directory.models import Site
from wardwright.apps.maintenance import permissions
from wardwright.apps.maintenance.models import Plan, Schedule, WorkOrder
from wardwright.apps.maintenance.states import UNFINISHED, IntervalKind, PlanState, Strategy
from wardwright.platform.core.values import as_id
from wardwright.platform.core.words import number_words
from wardwright.web.tables import Action, Column, Filter, Table, one_of
from wardwright.web.templatetags import ui

PLAN_MEANING = {PlanState.PROPOSED: "info", PlanState.ACTIVE: "ok", PlanState.PAUSED: "due", PlanState.RETIRED: "out"}


def interval_words(plan: Plan) -> str:
    """How often, in words: "every 6 months", "every 2,000 hours of use", "every May and November"."""
    if plan.strategy == Strategy.NONE:
        return _("no planned maintenance")
    if plan.interval_kind == IntervalKind.SEASONAL:
        months = [date(2000, int(m), 1) for m in plan.season_months if str(m).isdecimal() and 1 <= int(m) <= 12]
        return _("every %(months)s") % {"months": ", ".join(date_format(m, "F") for m in months)}
    if plan.meter_interval is not None:
        both = {"calendar": _calendar_words(plan), "n": number_words(plan.meter_interval)}
        return _("%(calendar)s or %(n)s hours of use, whichever comes first") % both
    return _calendar_words(plan)


def _calendar_words(plan: Plan) -> str:
    if plan.interval_kind == IntervalKind.MONTHS and plan.interval % 12 == 0:
        years = plan.interval // 12
        return _("every year") if years == 1 else _("every %(n)s years") % {"n": years}
    return _("every %(n)s %(unit)s") % {"n": plan.interval, "unit": plan.get_interval_kind_display()}


def applies_words(plan: Plan) -> str:
    """Which devices, in words; the plan's device, model and type must be loaded."""
    what = {"asset": plan.asset, "model": plan.device_model, "type": plan.device_type}.get(plan.applies_to)
    return str(what) if what else _("devices found by a filter")


def _plans(by: Any) -> QuerySet:
    schedules = Schedule.objects.visible_to(by).filter(plan=OuterRef("pk"), is_active=True)
    counted = schedules.order_by().values("plan").annotate(n=Count("pk")).values("n")
    rows = Plan.objects.visible_to(by).select_related("device_type", "device_model", "asset", "site", "procedure")
    return rows.annotate(
        devices=counted,
        has_late=Exists(
            WorkOrder.objects.visible_to(by).filter(
                plan=OuterRef("pk"), state__in=UNFINISHED, due_on__lt=timezone.localdate()
            )
        ),
    )


def _plan_state(row: Plan) -> SafeString:
    return ui.pill(PLAN_MEANING[PlanState(row.state)], row.get_state_display())


def _plan_actions(by: Any) -> list[Action]:
    return [
        Action(_("Make due work"), reverse("generate-work"), permissions.GENERATE, "calendar-event"),
        Action(_("Propose plans"), reverse("propose-plans"), permissions.PLAN, "scale"),
        Action(_("New plan"), reverse("new-plan"), permissions.PLAN, "plus", True),
    ]


PLANS = Table(
    key="plans",
    rows=_plans,
    columns=[
        Column("name", gettext_lazy("Plan"), lambda r: r.name, order="name"),
        Column("state", gettext_lazy("State"), _plan_state, text=lambda r: r.get_state_display()),
        Column("applies", gettext_lazy("Applies to"), applies_words),
        Column("interval", gettext_lazy("How often"), interval_words),
        Column("strategy", gettext_lazy("Strategy"), lambda r: r.get_strategy_display()),
        Column("devices", gettext_lazy("Devices"), lambda r: r.devices or 0, numeric=True),
        Column(
            "risk", gettext_lazy("Risk score"), lambda r: "–" if r.risk_score is None else r.risk_score, numeric=True
        ),
        Column(
            "late",
            gettext_lazy("Late work"),
            lambda r: ui.pill("late", _("late work")) if r.has_late else "",
            text=lambda r: _("yes") if r.has_late else "",
        ),
    ],
    row_url=lambda r: reverse("plan", args=[r.pk]),
    sentence=lambda count, request: _("%(count)s for planned maintenance") % {"count": count},
    order="name",
    filters=[
        one_of("state", gettext_lazy("State"), PlanState),
        one_of("strategy", gettext_lazy("Strategy"), Strategy),
        Filter(
            "site",
            gettext_lazy("Site"),
            lambda rows, v: rows.filter(Q(site_id=as_id(v)) | Q(site__isnull=True)),
            lambda by: Site.objects.visible_to(by).values_list("pk", "name"),
        ),
    ],
    search=lambda rows, q: rows.filter(
        Q(name__icontains=q) | Q(device_type__name__icontains=q) | Q(device_model__name__icontains=q)
    ),
    empty=(
        gettext_lazy("No plan fits"),
        gettext_lazy("Let the system propose plans from the risk scores, or write one."),
    ),
    noun=("plan", "plans"),
    actions=_plan_actions,
)
