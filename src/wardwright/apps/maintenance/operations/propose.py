"""Proposing plans: which device types belong in the programme and how often, each with its reasons in words."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from wardwright.apps.assets.models import Asset, DeviceType
from wardwright.apps.assets.states import MAINTAINED, Status
from wardwright.apps.directory.models import Site
from wardwright.apps.maintenance.models import Plan, Schedule
from wardwright.apps.maintenance.permissions import PLAN
from wardwright.apps.maintenance.states import AppliesTo, PlanState, Strategy
from wardwright.apps.testing.models import Procedure, ProcedureVersion
from wardwright.apps.testing.states import VersionState
from wardwright.kernel.risk import (
    FENNIGKOH_SMITH,
    FennigkohSmithFactors,
    Proposal,
    explain,
    fennigkoh_smith,
    propose,
    shipped_scales,
)
from wardwright.platform.access.scope import Scope, authorize
from wardwright.platform.audit.operation import operation

PRESET = "A"
SCALES = {"function": "fs_function", "physical_risk": "fs_risk", "maintenance": "fs_maintenance"}


@operation()
def propose_plans(*, by: Any, site_id: int | None = None, preset: str = PRESET) -> list[Plan]:
    """Propose a plan for every device type with devices that no plan of any state reaches; returns the new ones.

    A type in the programme gets the maker's maintenance at the preset's interval; one below the threshold is proposed
    without planned maintenance only where its attributes say so; without attributes it gets a yearly visit.
    A second run proposes nothing new. Devices within a department or vendor scope alone cannot be planned for.

    Raises:
        Denied: without the permission to plan (for this site). ValueError: for a preset that does not exist.
    """
    site = Site.objects.get(pk=site_id) if site_id else None
    authorize(by, PLAN, site or Scope())
    versions = dict(ProcedureVersion.objects.filter(state=VersionState.APPROVED).values_list("procedure_id", "minutes"))
    procedures = {
        p.device_type_id: p for p in Procedure.objects.filter(pk__in=versions).order_by("-pk") if p.device_type_id
    }
    plans = []
    for device_type in _without_plan(site_id):
        plan = _proposed(device_type, site, preset)
        procedure = procedures.get(device_type.pk)
        if procedure is not None:
            plan.procedure, plan.minutes = procedure, versions[procedure.pk]
        plan.save()
        plans.append(plan)
    return plans


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


def _proposed(device_type: Any, site: Site | None, preset: str) -> Plan:
    plan = Plan(
        name=_("%(type)s: planned maintenance") % {"type": device_type.name[:130]},
        state=PlanState.PROPOSED,
        site=site,
        applies_to=AppliesTo.TYPE,
        device_type=device_type,
        strategy=Strategy.MAKER,
    )
    count = _("%(count)d devices and no plan yet.") % {"count": device_type.device_count}
    proposal, score = _judge(device_type, preset)
    if proposal is None:
        unknown = _("The risk attributes of this type are not known: a yearly visit until somebody has judged them.")
        plan.why = f"{count} {unknown}"
        return plan
    plan.risk_score = score
    words = [count, explain(proposal.because)]
    if proposal.included:
        plan.interval = proposal.interval_months or plan.interval
    elif kept := _keeps_maker(device_type):
        words.append(_("The score alone would leave it out, but it stays in: %(why)s.") % {"why": kept})
    else:
        plan.strategy = Strategy.NONE
        plan.name = _("%(type)s: no planned maintenance") % {"type": device_type.name[:130]}
    plan.why = " ".join(words)
    return plan


def _judge(device_type: DeviceType, preset: str) -> tuple[Proposal | None, int | None]:
    """The Fennigkoh–Smith score of a type and what the preset makes of it; None where an attribute is missing."""
    codes = {name: _level(name, getattr(device_type, field)) for name, field in SCALES.items()}
    if None in codes.values():
        return None, None
    score = fennigkoh_smith(FennigkohSmithFactors(**codes))  # type: ignore[arg-type]
    return propose(score, preset), int(score.total)


def _level(scale: str, points: int | None) -> str | None:
    """The level of a scale that has this many points."""
    levels = shipped_scales().levels(FENNIGKOH_SMITH, scale)
    return next((level.key.partition(".")[2] for level in levels if level.value == points), None)


def _keeps_maker(device_type: DeviceType) -> str:
    """Why a type with a low score keeps the maker's maintenance (CMS S&C 14-07; high risk is never left out)."""
    grounds = {
        _("imaging equipment keeps the maker's maintenance"): device_type.imaging,
        _("medical lasers keep the maker's maintenance"): device_type.laser,
        _("a law requires the maker's maintenance"): device_type.law_mandated,
        _("it is life support or high risk"): device_type.life_support or device_type.high_risk,
    }
    return "; ".join(words for words, holds in grounds.items() if holds)
