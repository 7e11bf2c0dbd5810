"""Plans: which devices they reach and why, how they are proposed from risk scores, and the work made from them."""

from __future__ import annotations

from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from wardwright.apps.maintenance import operations, permissions, queries
from wardwright.apps.maintenance.forms import PlanForm, ProposeForm, ReasonForm
from wardwright.apps.maintenance.forms.choosing import SEVERAL, models_like
from wardwright.apps.maintenance.models import Plan, Schedule, WorkOrder
from wardwright.apps.maintenance.queries.inclusion import rule_in_force
from wardwright.apps.maintenance.queries.reach import devices_of_plan
from wardwright.apps.maintenance.states import PLAN_TRANSITIONS, PlanState
from wardwright.apps.maintenance.tables import PLAN_MEANING, PLANS, applies_words, interval_words
from wardwright.platform.access.scope import allowed
from wardwright.platform.core.values import as_id
from wardwright.platform.core.words import number_words
from wardwright.web.tables import entry, list_page
from wardwright.web.views import form_page, go, page, visible_or_404

DEVICES_SHOWN = 100
DEVICES_NAMED = 6
DECIDED_BY = {"meter_first": gettext_lazy("by hours of use"), "calendar_first": gettext_lazy("by the calendar")}


@page(permissions.VIEW)
def plan_list(request: HttpRequest) -> HttpResponse:
    return list_page(request, PLANS)


def _plan(request: HttpRequest, plan_id: int) -> Plan:
    rows = Plan.objects.visible_to(request.user)
    rows = rows.select_related("device_type", "device_model__maker", "asset", "site", "procedure")
    return visible_or_404(rows, plan_id)


def _may_plan(request: HttpRequest, plan: Plan) -> bool:
    """Plans for one site may be changed by those who plan there, plans for every site by those who plan everywhere."""
    return allowed(request.user, permissions.PLAN, plan.scope())


@page(permissions.VIEW)
def plan_page(request: HttpRequest, plan_id: int) -> HttpResponse:
    plan = _plan(request, plan_id)
    schedules = Schedule.objects.visible_to(request.user).filter(plan=plan, is_active=True)
    count = schedules.count()
    would_reach = None if count else devices_of_plan(request.user, plan).count()
    orders = WorkOrder.objects.visible_to(request.user).filter(plan=plan)
    return render(
        request,
        "maintenance/plan.html",
        {
            "plan": plan,
            "meaning": PLAN_MEANING[PlanState(plan.state)],
            "applies": applies_words(plan),
            "interval": interval_words(plan),
            "sentence": _plan_sentence(plan, count),
            "count": count,
            "would_reach": would_reach,
            "rows": _device_rows(request, plan, schedules),
            "more": max(0, count - DEVICES_SHOWN),
            "may_plan": _may_plan(request, plan),
            "may_generate": allowed(request.user, permissions.GENERATE),
            "next_states": PLAN_TRANSITIONS[PlanState(plan.state)],
            "unfinished": orders.unfinished().count(),
            "late": orders.unfinished().filter(due_on__lt=timezone.localdate()).count(),
            "figures": _figures(plan),
        },
    )


def _plan_sentence(plan: Plan, count: int) -> str:
    devices = ngettext("%(n)s device", "%(n)s devices", count) % {"n": number_words(count)}
    if plan.state == PlanState.ACTIVE:
        return _("%(name)s: %(devices)s, %(interval)s") % {
            "name": plan.name,
            "devices": devices,
            "interval": interval_words(plan),
        }
    return _("%(name)s is %(state)s") % {"name": plan.name, "state": plan.get_state_display()}


def _figures(plan: Plan) -> list[tuple[str, str]]:
    """The window around a due date, in words."""
    return [
        (_("May be done earlier by"), _("%(n)s days") % {"n": plan.window_before_days}),
        (
            _("On schedule until"),
            _("the due date")
            if not plan.window_after_days
            else _("%(n)s days after the due date") % {"n": plan.window_after_days},
        ),
        (_("Out of compliance"), _("%(n)s days after that") % {"n": plan.grace_days}),
    ]


def _device_rows(request: HttpRequest, plan: Plan, schedules: QuerySet) -> list[Schedule]:
    """The first devices, each with where its series counts from, its next open work, or when that will be due."""
    waiting = WorkOrder.objects.visible_to(request.user).unfinished().filter(schedule=OuterRef("pk")).order_by("due_on")
    rows = schedules.select_related(
        "asset__device_type", "asset__device_model__maker", "asset__department", "asset__site"
    )
    rows = rows.annotate(
        next_due_on=Subquery(waiting.values("due_on")[:1]), next_order_id=Subquery(waiting.values("pk")[:1])
    )
    found, today = list(rows.order_by("asset__tag", "id")[:DEVICES_SHOWN]), timezone.localdate()
    for row in found:
        row.plan = plan
        result = None if row.next_order_id else queries.next_of_schedule(row, today)
        row.expected_on = getattr(result, "due_on", None)
        row.decided_by = (
            next((DECIDED_BY[r.code] for r in result.because if r.code in DECIDED_BY), "") if result else ""
        )
    return found


@page(permissions.PLAN)
def model_names(request: HttpRequest) -> HttpResponse:
    """Suggestions for what is typed into a field of models; of several names the last one is being typed."""
    typed = entry(request, "model") or entry(request, "filter_models", 2000)
    before, _separator, last = typed.rpartition(SEVERAL)
    head = f"{before.strip()}{SEVERAL} " if before else ""
    names = [f"{head}{name}" for name in models_like(request.user, last)]
    return render(request, "assets/_options.html", {"names": names})


@require_POST
@page(permissions.PLAN)
def plan_reach(request: HttpRequest) -> HttpResponse:
    """How many devices the plan would reach as it is typed; ``?plan=`` is the plan that is being changed."""
    plan_id = as_id(entry(request, "plan"))
    plan = _plan(request, plan_id) if plan_id is not None else None
    trial = PlanForm(request.user, request.POST, plan=plan).trial()
    devices = devices_of_plan(request.user, trial) if trial is not None else None
    return render(
        request,
        "maintenance/_plan_reach.html",
        {
            "count": None if devices is None else devices.count(),
            "some": []
            if devices is None
            else list(devices.order_by("tag").values_list("tag", flat=True)[:DEVICES_NAMED]),
        },
    )


# Writing --------------------------------------------------------------------------------------------------------


@page(permissions.PLAN)
def new_plan(request: HttpRequest) -> HttpResponse:
    form = PlanForm(request.user, request.POST or None)

    def run(cleaned: dict[str, Any]) -> str:
        plan = operations.create_plan(
            by=request.user, override_reason=cleaned.get("override_reason", ""), **form.values()
        )
        return reverse("plan", args=[plan.pk])

    return form_page(
        request,
        form,
        run,
        title=_("Write a plan"),
        submit=_("Save as a proposal"),
        template="maintenance/plan_form.html",
        cancel_url=reverse("plans"),
        intro=_("It makes no work until it is put in force."),
    )


@page(permissions.PLAN)
def edit_plan(request: HttpRequest, plan_id: int) -> HttpResponse:
    plan = _plan(request, plan_id)
    form = PlanForm(request.user, request.POST or None, plan=plan)

    def run(cleaned: dict[str, Any]) -> str:
        operations.change_plan(
            by=request.user,
            plan_id=plan.pk,
            expected_version=cleaned["expected_version"],
            override_reason=cleaned.get("override_reason", ""),
            **form.values(),
        )
        return reverse("plan", args=[plan.pk])

    return form_page(
        request,
        form,
        run,
        title=_("Change “%(name)s”") % {"name": plan.name},
        submit=_("Save"),
        template="maintenance/plan_form.html",
        cancel_url=reverse("plan", args=[plan.pk]),
        intro=_("Work that was made already stays as it is.") if plan.state == PlanState.ACTIVE else "",
    )


@require_POST
@page(permissions.PLAN)
def activate_plan(request: HttpRequest, plan_id: int) -> HttpResponse:
    plan = _plan(request, plan_id)
    operations.activate_plan(by=request.user, plan_id=plan.pk)
    return go(request, reverse("plan", args=[plan.pk]))


@require_POST
@page(permissions.PLAN)
def pause_plan(request: HttpRequest, plan_id: int) -> HttpResponse:
    plan = _plan(request, plan_id)
    operations.pause_plan(by=request.user, plan_id=plan.pk)
    return go(request, reverse("plan", args=[plan.pk]))


@page(permissions.PLAN)
def retire_plan(request: HttpRequest, plan_id: int) -> HttpResponse:
    plan = _plan(request, plan_id)
    form = ReasonForm(request.POST or None)

    def run(cleaned: dict[str, Any]) -> str:
        operations.retire_plan(by=request.user, plan_id=plan.pk, reason=cleaned["reason"])
        return reverse("plan", args=[plan.pk])

    return form_page(
        request,
        form,
        run,
        title=_("End the plan “%(name)s”?") % {"name": plan.name},
        submit=_("End the plan"),
        dangerous=True,
        cancel_url=reverse("plan", args=[plan.pk]),
        intro=_("It makes no new work. Open work stays until it is done or cancelled."),
    )


# Proposing -------------------------------------------------------------------------------------------------------


@page(permissions.PLAN)
def propose_plans(request: HttpRequest) -> HttpResponse:
    form = ProposeForm(request.user, request.POST or None)
    row, rule = rule_in_force()

    def run(cleaned: dict[str, Any]) -> str:
        site = cleaned["site"]
        operations.propose_plans(by=request.user, site_id=site and site.pk)
        return f"{reverse('plans')}?state=proposed"

    return form_page(
        request,
        form,
        run,
        title=_("Propose a plan for every device type without one?"),
        submit=_("Propose plans"),
        cancel_url=reverse("plans"),
        intro=_(
            "Each type is scored by %(rule)s, the inclusion rule in force. The score decides whether it belongs "
            "in the programme and how often; each plan tells its reasons. "
            "Proposals make no work until you put them in force."
        )
        % {"rule": row or rule.name},
    )
