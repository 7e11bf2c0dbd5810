"""Plans: written, changed, put in force, paused and retired. Putting one in force makes its schedules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from wardwright.apps.assets.models import Asset, DeviceModel, DeviceType
from wardwright.apps.assets.states import MAINTAINED
from wardwright.apps.directory.models import Site
from wardwright.apps.maintenance.models import Plan, WorkOrder
from wardwright.apps.maintenance.permissions import AEM_FORBIDDEN, PLAN
from wardwright.apps.maintenance.queries.reach import check_filter, plan_q
from wardwright.apps.maintenance.queries.rules import due_rule
from wardwright.apps.maintenance.states import (
    PLAN_TRANSITIONS,
    AppliesTo,
    Basis,
    IntervalKind,
    Kind,
    PlanState,
    Strategy,
    WorkState,
)
from wardwright.apps.testing.models import Procedure
from wardwright.kernel.risk import AemFacts, aem_exclusions, explain
from wardwright.platform.access.guardrails import enforce
from wardwright.platform.access.scope import Scope, authorize
from wardwright.platform.audit.operation import operation
from wardwright.platform.core.edits import apply_edit, lock
from wardwright.platform.core.errors import Invalid, NotNow, Refused
from wardwright.platform.core.values import cleaned
from wardwright.platform.core.words import error_words, said_words

from .match import match_schedules
from .propose import propose_plans as propose_plans

CHANGEABLE = (
    "name",
    "site_id",
    "applies_to",
    "asset_id",
    "device_model_id",
    "device_type_id",
    "filter",
    "procedure_id",
    "strategy",
    "interval_kind",
    "interval",
    "meter_interval",
    "season_months",
    "season_day",
    "basis",
    "window_before_days",
    "window_after_days",
    "grace_days",
    "minutes",
    "required_tier",
    "priority",
    "why",
)
TARGETS = {
    AppliesTo.ASSET: ("asset_id", Asset),
    AppliesTo.MODEL: ("device_model_id", DeviceModel),
    AppliesTo.TYPE: ("device_type_id", DeviceType),
}
HISTORY_ORDERS = 3


@operation()
def create_plan(*, by: Any, override_reason: str = "", **values: Any) -> Plan:
    """Write a plan (state proposed) from ``values``, named as in CHANGEABLE.

    Raises:
        Invalid: with a message for each wrong entry. Guarded: an alternate programme where none is allowed.
        Denied: outside the site the actor may plan for.
    """
    plan = Plan(state=PlanState.PROPOSED)
    for name, value in cleaned(plan, _plain_names(values), CHANGEABLE).items():
        setattr(plan, name, value)
    authorize(by, PLAN, plan.scope())
    check_plan(by, plan, override_reason)
    plan.save()
    return plan


@operation()
def change_plan(
    *, by: Any, plan_id: int, expected_version: int | None = None, override_reason: str = "", **values: Any
) -> Plan:
    """Change a plan; an active one brings its schedules in line at once. Work that was made already stays as it is."""
    plan = lock(Plan.objects, plan_id)
    authorize(by, PLAN, plan.scope())
    if plan.state == PlanState.RETIRED:
        raise NotNow(_("This plan is retired."), _("Write a new plan instead."))
    good = cleaned(plan, _plain_names(values), CHANGEABLE)
    trial = Plan.objects.get(pk=plan_id)
    for name, value in good.items():
        setattr(trial, name, value)
    authorize(by, PLAN, trial.scope())
    check_plan(by, trial, override_reason)
    if apply_edit(plan, good, expected_version=expected_version) and plan.state == PlanState.ACTIVE:
        match_schedules(by=by, plan_id=plan.pk, today=timezone.localdate())
    return plan


@operation()
def activate_plan(*, by: Any, plan_id: int, override_reason: str = "") -> Plan:
    """Put a proposed or paused plan in force and make its schedules."""
    plan = _move(by, plan_id, PlanState.ACTIVE)
    check_plan(by, plan, override_reason)
    match_schedules(by=by, plan_id=plan.pk, today=timezone.localdate())
    return plan


@dataclass(frozen=True)
class Activated:
    """What became of the plans that waited: those in force now, and those refused with the reason in words."""

    plans: list[Plan]
    refused: list[tuple[Plan, str]]


@operation()
def activate_waiting(*, by: Any) -> Activated:
    """Put every proposed plan in force, whenever it was proposed; one that is refused stays proposed.

    Raises:
        Denied: without the permission to plan everywhere.
    """
    authorize(by, PLAN, Scope())
    done = Activated([], [])
    for plan in Plan.objects.filter(state=PlanState.PROPOSED).order_by("pk"):
        try:
            check_plan(by, plan)
        except Refused as error:
            done.refused.append((plan, str(error)))
        else:
            done.plans.append(_move(by, plan.pk, PlanState.ACTIVE))
    if done.plans:
        match_schedules(by=by, today=timezone.localdate())
    return done


@operation()
def pause_plan(*, by: Any, plan_id: int) -> Plan:
    """Make no new work from a plan for now; its schedules stop, open work stays."""
    plan = _move(by, plan_id, PlanState.PAUSED)
    match_schedules(by=by, plan_id=plan.pk, today=timezone.localdate())
    return plan


@operation(needs_reason=True)
def retire_plan(*, by: Any, plan_id: int, reason: str) -> Plan:
    """End a plan for good; its schedules stop, open work stays."""
    plan = _move(by, plan_id, PlanState.RETIRED)
    match_schedules(by=by, plan_id=plan.pk, today=timezone.localdate())
    return plan


@operation()
def replace_in_plans(*, by: Any, name: str, lost_id: int, kept_id: int) -> int:
    """Point plans of a merged device type or model (``name``: device_type or device_model) at the one that was kept."""
    authorize(by, PLAN)
    plans = list(Plan.objects.filter(**{f"{name}_id": lost_id}))
    for plan in plans:
        apply_edit(plan, {f"{name}_id": kept_id})
    match_schedules(by=by, today=timezone.localdate())
    return len(plans)


def _move(by: Any, plan_id: int, state: PlanState) -> Plan:
    plan = lock(Plan.objects, plan_id)
    authorize(by, PLAN, plan.scope())
    if state not in PLAN_TRANSITIONS[plan.state]:
        raise NotNow(
            _("A plan that is %(before)s cannot become %(after)s.")
            % {"before": plan.get_state_display(), "after": state.label},
            _("Reload the page to see what changed."),
        )
    apply_edit(plan, {"state": state})
    return plan


def _plain_names(values: dict[str, Any]) -> dict[str, Any]:
    """Rows given for foreign keys become their ids, so that a form's cleaned values fit as they are."""
    relations = {
        "site": Site,
        "asset": Asset,
        "device_model": DeviceModel,
        "device_type": DeviceType,
        "procedure": Procedure,
    }
    plain = {}
    for name, value in values.items():
        plain[f"{name}_id" if name in relations else name] = getattr(value, "pk", value)
    return plain


def check_plan(by: Any, plan: Plan, override_reason: str = "") -> None:
    """Refuse a plan that says nothing, contradicts itself, or leaves the maker's maintenance where it must not."""
    applies_to = AppliesTo(plan.applies_to)
    if applies_to == AppliesTo.FILTER:
        check_filter(plan.filter)
    else:
        name, model = TARGETS[applies_to]
        if not model.objects.filter(pk=getattr(plan, name)).exists():
            raise Invalid(_("Say what the plan applies to."), fields={name.removesuffix("_id"): _("Choose one.")})
    if plan.interval_kind == IntervalKind.SEASONAL and plan.basis == Basis.FLOATING:
        raise Invalid(_("Fixed months of the year have fixed dates."), fields={"basis": _("Choose the fixed basis.")})
    if plan.meter_interval is not None:
        _check_whichever_first(plan)
    try:
        due_rule(plan)
    except (ValueError, TypeError) as error:
        words = error_words(error)
        field = "season_months" if plan.interval_kind == IntervalKind.SEASONAL else "interval"
        raise Invalid(_("The interval makes no dates: %(error)s") % {"error": words}, fields={field: words}) from error
    if plan.strategy in (Strategy.AEM, Strategy.NONE):
        _check_alternate(by, plan, override_reason)


def _check_whichever_first(plan: Plan) -> None:
    if plan.interval_kind in (IntervalKind.METER, IntervalKind.SEASONAL):
        raise Invalid(
            _("Whichever comes first needs a calendar interval beside the hours of use."),
            _("Count the interval in months, weeks or days, or leave the hours empty."),
            fields={"meter_interval": _("Leave it empty, or count the interval in months, weeks or days.")},
        )
    if plan.basis != Basis.FLOATING:
        raise Invalid(
            _("Calendar or hours of use, whichever comes first, counts anew when the work is done."),
            _("Choose the floating basis."),
            fields={"basis": _("Choose floating: both count anew from the last completion.")},
        )


def _check_alternate(by: Any, plan: Plan, override_reason: str) -> None:
    """CMS S&C 14-07: imaging, lasers, what a law requires, and new devices keep the maker's activities and frequencies.

    The history is asked for only where other maintenance replaces the maker's: a type whose score leaves it out of the
    programme has no maintenance history by nature.
    """
    devices = Asset.objects.filter(plan_q(plan), status__in=MAINTAINED)
    types = DeviceType.objects.filter(pk__in=devices.values("device_type_id"))
    if plan.device_type_id:
        types = types | DeviceType.objects.filter(pk=plan.device_type_id)
    served = WorkOrder.objects.filter(
        kind=Kind.PLANNED, state=WorkState.CLOSED, asset__device_type_id__in=types.values("pk")
    )
    facts = AemFacts(
        is_imaging=types.filter(imaging=True).exists(),
        is_laser=types.filter(laser=True).exists(),
        is_law_mandated=types.filter(law_mandated=True).exists(),
        has_sufficient_history=plan.strategy != Strategy.AEM or served[:HISTORY_ORDERS].count() == HISTORY_ORDERS,
    )
    exclusions = aem_exclusions(facts)
    if exclusions:
        enforce(
            by,
            AEM_FORBIDDEN,
            _("These devices may not leave the maker's maintenance. %(why)s")
            % {"why": said_words(explain(exclusions))},
            _("Choose the strategy “as the maker recommends”, or leave those devices out."),
            override_reason=override_reason,
        )
