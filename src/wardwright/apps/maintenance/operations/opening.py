"""Making work by hand: a reported problem, an inspection, the gate before first use."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from wardwright.apps.assets.models import Asset
from wardwright.apps.assets.states import OutReason, Status
from wardwright.apps.maintenance.events import WorkOrderOpened
from wardwright.apps.maintenance.models import FailureCode, Schedule, WorkOrder
from wardwright.apps.maintenance.permissions import DISPATCH, REPORT
from wardwright.apps.maintenance.states import UNFINISHED, CodeKind, Kind, Priority
from wardwright.apps.testing.models import ProcedureVersion
from wardwright.apps.testing.states import VersionState
from wardwright.platform.audit.operation import operation
from wardwright.platform.core.edits import lock
from wardwright.platform.core.errors import Invalid, NotFound, NotNow
from wardwright.platform.events.registry import publish

from .common import new_number, set_clocks, take_asset, take_out_of_service

GENERAL_INCOMING = "INCOMING"


@operation()
def report_problem(
    *,
    by: Any,
    asset_id: int,
    title: str,
    description: str = "",
    priority: int = 3,
    problem_id: int | None = None,
    unsafe: bool = False,
) -> WorkOrder:
    """Open a repair order for a device; ``unsafe`` also takes the device out of service at once.

    Raises:
        Invalid: without a title, or with an unknown priority or problem code. NotNow: for a device that is gone.
    """
    asset = take_asset(by, asset_id, REPORT)
    _check_here(asset)
    title = title.strip()
    if not title:
        raise Invalid(_("Say in a few words what is wrong."), fields={"title": _("Enter what is wrong.")})
    check_code(problem_id, CodeKind.PROBLEM, "problem_id")
    order = build_corrective(asset, title[:200], str(by), priority)
    order.description, order.problem_id = description.strip(), problem_id
    if unsafe or asset.status == Status.OUT_OF_SERVICE:
        order.down_from_at = order.reported_at
    order.save()
    if unsafe:
        reason = _("Reported unsafe: %(title)s (%(number)s)") % {"title": title, "number": order.number}
        take_out_of_service(by, asset, reason[:300], OutReason.UNDER_REPAIR)
    publish(WorkOrderOpened(work_order_id=order.pk, asset_id=asset.pk, kind=order.kind))
    return order


def build_corrective(asset: Asset, title: str, reporter: str, priority: int) -> WorkOrder:
    """A repair order, not saved yet. A repair is verified before the device returns to service."""
    if priority not in Priority.values:
        raise Invalid(_("There is no such priority."), fields={"priority": _("Choose one from the list.")})
    order = build(asset, Kind.CORRECTIVE, title, priority)
    order.reported_by_name, order.needs_verification = reporter[:120], True
    order.why = [{"code": "reported", "by": reporter, "on": timezone.localdate().isoformat()}]
    set_clocks(order, order.reported_at or timezone.now())
    return order


@operation()
def order_inspection(
    *, by: Any, asset_id: int, kind: str, due_on: date, procedure_version_id: int | None = None, title: str = ""
) -> WorkOrder:
    """Order one inspection or incoming inspection; a second incoming inspection while one is open returns the open one.

    Raises:
        Invalid: for another kind or a version that is not approved.
    """
    asset = take_asset(by, asset_id, DISPATCH)
    _check_here(asset)
    if kind not in (Kind.INSPECTION, Kind.INCOMING):
        raise Invalid(
            _("Only inspections are ordered here."), fields={"kind": _("Choose inspection or incoming inspection.")}
        )
    if kind == Kind.INCOMING:
        lock(Asset.objects, asset.pk)  # of two that ask at once, the second sees what the first ordered
        waiting = WorkOrder.objects.filter(asset=asset, kind=kind, state__in=UNFINISHED).first()
        if waiting is not None:
            return waiting
    version = _approved(procedure_version_id) or version_for(asset)
    order = build(asset, Kind(kind), title.strip()[:200] or Kind(kind).label.capitalize(), Priority.ROUTINE)
    order.due_on = order.window_opens_on = order.window_end_on = due_on
    order.procedure_version = version
    order.minutes_planned = version.minutes if version else order.minutes_planned
    order.why = [{"code": "ordered", "by": str(by), "on": timezone.localdate().isoformat()}]
    if kind == Kind.INCOMING:
        order.why = [{"code": "incoming"}]
    set_clocks(order, order.reported_at or timezone.now())
    order.save()
    publish(WorkOrderOpened(work_order_id=order.pk, asset_id=asset.pk, kind=order.kind))
    return order


def build(asset: Asset, kind: Kind, title: str, priority: int, number: str = "") -> WorkOrder:
    """An order for a device where it is now, not saved yet."""
    now = timezone.now()
    return WorkOrder(
        number=number or new_number(timezone.localdate()),
        kind=kind,
        title=title,
        asset=asset,
        site_id=asset.site_id,
        department_id=asset.department_id,
        provider_id=asset.provider_id,
        priority=priority,
        reported_at=now,
        currency=asset.site.currency,
    )


def _check_here(asset: Asset) -> None:
    if asset.status in (Status.RETIRED, Status.DISPOSED):
        raise NotNow(
            _("%(tag)s is %(status)s.") % {"tag": asset.tag, "status": asset.get_status_display()},
            _("Check the number on the tag; a device that is back must be taken into store first."),
        )


def _approved(version_id: int | None) -> ProcedureVersion | None:
    if version_id is None:
        return None
    version = ProcedureVersion.objects.filter(pk=version_id).first()
    if version is None:
        raise NotFound(_("There is no such procedure version."))
    if version.state != VersionState.APPROVED:
        raise Invalid(
            _("Version %(version)s is not approved.") % {"version": version},
            _("Choose the approved version."),
            fields={"procedure_version_id": _("Choose an approved version.")},
        )
    return version


def version_for(asset: Asset) -> ProcedureVersion | None:
    """The approved procedure an inspection is done by: ``versions_for`` of one device."""
    return versions_for([asset]).get(asset.pk)


def versions_for(assets: list[Asset]) -> dict[int, ProcedureVersion]:
    """For each device the approved procedure of its type, else of its plan, else the general one for what comes in."""
    approved = ProcedureVersion.objects.filter(state=VersionState.APPROVED).order_by("pk")
    of_procedure = {version.procedure_id: version for version in approved.select_related("procedure")}
    of_type = {v.procedure.device_type_id: v for v in of_procedure.values() if v.procedure.device_type_id}
    general = next((v for v in of_procedure.values() if v.procedure.code == GENERAL_INCOMING), None)
    planned = Schedule.objects.filter(asset__in=assets, is_active=True, plan__procedure__in=of_procedure)
    of_plan = dict(planned.order_by("-pk").values_list("asset_id", "plan__procedure_id"))
    found = {
        asset.pk: of_type.get(asset.device_type_id) or of_procedure.get(of_plan.get(asset.pk, 0)) or general
        for asset in assets
    }
    return {pk: version for pk, version in found.items() if version is not None}


def check_code(code_id: int | None, kind: CodeKind, field: str) -> None:
    """Refuse an id that is no code of this kind in use."""
    if code_id is not None and not FailureCode.objects.filter(pk=code_id, kind=kind, is_active=True).exists():
        raise Invalid(_("There is no such code."), fields={field: _("Choose one from the list.")})
