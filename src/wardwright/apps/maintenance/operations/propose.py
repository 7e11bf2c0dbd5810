"""Proposing plans: which device types belong in the programme and how often, each with its reasons in words."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from wardwright.apps.assets.models import Asset, DeviceType
from wardwright.apps.assets.states import MAINTAINED, Status
from wardwright.apps.directory.models import Site
from wardwright.apps.maintenance.models import Plan, Rule, Schedule
from wardwright.apps.maintenance.permissions import PLAN
from wardwright.apps.maintenance.queries.inclusion import Decision, decide, inputs_of_types, rule_in_force
from wardwright.apps.maintenance.states import AppliesTo, PlanState, RuleState, Strategy
from wardwright.apps.testing.models import Procedure, ProcedureVersion
from wardwright.apps.testing.states import VersionState
from wardwright.kernel.risk import InclusionRule
from wardwright.platform.access.scope import Scope, authorize
from wardwright.platform.audit.operation import operation
from wardwright.platform.core.errors import Invalid
from wardwright.platform.core.values import reachable

from .rules import check_rule

HIGHEST_SCORE = 32_767  # what the column of whole points holds; the plan remembers the exact score beside it


@operation()
def propose_plans(*, by: Any, site_id: int | None = None, rule: str = "") -> list[Plan]:
    """Propose a plan for every device type with devices that no plan of any state reaches; returns the new ones.

    ``rule`` names an inclusion rule (its newest version that was ever put in force, or a preset's letter); without it
    the rule in force decides. A type in the programme gets the maker's maintenance at the rule's interval; one below
    the threshold is proposed without planned maintenance only where its attributes say so; without attributes it gets
    a yearly visit. Each plan remembers the rule, its version, the inputs and the result.
    A second run proposes nothing new. Devices within a department or vendor scope alone cannot be planned for.

    Raises:
        Denied: without the permission to plan (for this site). Invalid: for a rule that is not there or a draft.
    """
    site = reachable(Site.objects, site_id, "site_id")
    authorize(by, PLAN, site or Scope())
    row, read = rule_in_force() if not rule else _named(rule)
    versions = dict(ProcedureVersion.objects.filter(state=VersionState.APPROVED).values_list("procedure_id", "minutes"))
    procedures = {
        p.device_type_id: p for p in Procedure.objects.filter(pk__in=versions).order_by("-pk") if p.device_type_id
    }
    types = _without_plan(site_id)
    inputs = inputs_of_types(types, timezone.localdate())
    plans = []
    for device_type in types:
        decision = decide(read, device_type, inputs[device_type.pk])
        plan = _proposed(device_type, site, decision)
        plan.judged = _judged(row, read, decision)
        procedure = procedures.get(device_type.pk)
        if procedure is not None:
            plan.procedure, plan.minutes = procedure, versions[procedure.pk]
        plan.save()
        plans.append(plan)
    return plans


def _named(name: str) -> tuple[Rule | None, InclusionRule]:
    """The rule of this name, or the preset of this letter."""
    wanted = f"Preset {name.upper()}" if len(name) == 1 else name
    rows = list(Rule.objects.filter(name__iexact=wanted).order_by("-number"))
    usable = next((row for row in rows if row.state != RuleState.DRAFT), None)
    if usable is not None:
        check_rule(usable)
        return usable, usable.read()
    known = Rule.objects.exclude(state=RuleState.DRAFT).values_list("name", flat=True)
    raise Invalid(
        _("“%(name)s” is a draft that nobody has approved.") % {"name": name}
        if rows
        else _("There is no rule “%(name)s”.") % {"name": name},
        _("Choose one of: %(names)s.") % {"names": ", ".join(dict.fromkeys(known)) or _("none yet")},
        fields={"rule": _("Choose another one.")},
    )


def _judged(row: Rule | None, read: InclusionRule, decision: Decision) -> dict[str, Any]:
    """What the plan remembers of the rule that proposed it, so that it explains itself when the rule has changed."""
    return {
        "rule": read.name,
        "version": read.version,
        "rule_id": row.pk if row else None,
        "formula": read.formula.text,
        "included_from": str(read.included_from),
        "inputs": {name: str(value) for name, value in decision.inputs},
        "score": None if decision.score is None else str(decision.score),
        "included": decision.included,
        "months": decision.months,
    }


def _without_plan(site_id: int | None) -> list[Any]:
    """Device types with devices that no plan reaches (of the type, of the model, or by a schedule)."""
    devices = Asset.objects.filter(status__in=(*MAINTAINED, Status.RECEIVED))
    plans = Plan.objects.all()
    if site_id:
        devices = devices.filter(site_id=site_id)
        plans = plans.filter(Q(site_id=site_id) | Q(site_id=None))
    planned_types = plans.filter(applies_to=AppliesTo.TYPE, device_type_id__isnull=False).values("device_type_id")
    planned_models = plans.filter(applies_to=AppliesTo.MODEL, device_model_id__isnull=False).values("device_model_id")
    open_devices = devices.exclude(device_type_id__in=planned_types).exclude(device_model_id__in=planned_models)
    scheduled = Schedule.objects.filter(is_active=True, plan__state=PlanState.ACTIVE).values("asset_id")
    open_devices = open_devices.exclude(pk__in=scheduled)
    counts = dict(open_devices.values_list("device_type_id").annotate(n=Count("pk")).order_by())
    types: list[Any] = list(DeviceType.objects.filter(pk__in=list(counts)).order_by("name"))
    for row in types:
        row.device_count = counts[row.pk]
    return types


def _proposed(device_type: Any, site: Site | None, decision: Decision) -> Plan:
    count = _("%(count)d devices and no plan yet.") % {"count": device_type.device_count}
    plan = Plan(
        name=_("%(type)s: planned maintenance") % {"type": device_type.name[:130]},
        state=PlanState.PROPOSED,
        site=site,
        applies_to=AppliesTo.TYPE,
        device_type=device_type,
        strategy=Strategy.MAKER,
        why=f"{count} {decision.why}",
    )
    if decision.score is not None and 0 <= decision.score <= HIGHEST_SCORE:
        plan.risk_score = round(decision.score)
    if decision.included:
        plan.interval = decision.months or plan.interval
    else:
        plan.strategy = Strategy.NONE
        plan.name = _("%(type)s: no planned maintenance") % {"type": device_type.name[:130]}
    return plan
