"""Which devices a plan applies to: missing schedules are made, and stopped where a plan no longer applies.

The more specific plan wins where two cover the same work: one device, then a model, a filter, a device type; and a plan
of one site wins over the same kind of plan for every site. Two plans cover the same work when they have the same
procedure; a plan that the law asks for stands beside any other, and a run-to-failure plan stops all less specific ones.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.db.models import Max, Q

from wardwright.apps.assets.models import Asset
from wardwright.apps.assets.states import MAINTAINED
from wardwright.apps.maintenance.models import Plan, Schedule, WorkOrder
from wardwright.apps.maintenance.permissions import PLAN
from wardwright.apps.maintenance.queries.reach import LISTED, plan_q
from wardwright.apps.maintenance.queries.rules import has_schedules, interval_days
from wardwright.apps.maintenance.states import AnchorFrom, AppliesTo, Kind, PlanState, Strategy, Verdict, WorkState
from wardwright.platform.access.scope import Scope, authorize
from wardwright.platform.audit.operation import operation
from wardwright.platform.core.bulk import insert_rows

CHUNK = 5000
RANK = {AppliesTo.ASSET: 0, AppliesTo.MODEL: 2, AppliesTo.FILTER: 4, AppliesTo.TYPE: 6}
COLUMNS = ("plan_id", "asset_id", "anchor_on", "anchor_from", "meter_from", "last_done_on")
_GOLDEN = 0.6180339887498949


class Device(NamedTuple):
    """What decides about a device's plans and the start of its series."""

    id: int
    type_id: int
    model_id: int
    site_id: int
    usage_hours: Any
    accepted_on: date | None
    installed_on: date | None
    purchased_on: date | None


_DEVICE = (
    "id",
    "device_type_id",
    "device_model_id",
    "site_id",
    "usage_hours",
    "accepted_on",
    "installed_on",
    "purchased_on",
)


class Applicable:
    """The active plans, looked up by what they apply to."""

    def __init__(self) -> None:
        self.plans = list(Plan.objects.filter(state=PlanState.ACTIVE).order_by("pk"))
        self.by_key: dict[tuple[str, int | None], list[Plan]] = defaultdict(list)
        for plan in self.plans:
            key = {
                AppliesTo.ASSET: plan.asset_id,
                AppliesTo.MODEL: plan.device_model_id,
                AppliesTo.TYPE: plan.device_type_id,
            }
            if plan.applies_to in key:
                self.by_key[plan.applies_to, key[AppliesTo(plan.applies_to)]].append(plan)
        self.listed = {
            plan.pk for plan in self.plans if plan.applies_to == AppliesTo.FILTER and plan.filter.get(LISTED)
        }
        self.filters = [(plan, plan_q(plan)) for plan in self.plans if plan.applies_to == AppliesTo.FILTER]

    def is_listed(self, plan_id: int) -> bool:
        return plan_id in self.listed

    def may_stop(self, plan_id: int, is_maintained: bool) -> bool:
        """A register's schedule stops only when a more specific plan takes its place: only that can bring it back."""
        return is_maintained or plan_id not in self.listed

    def filtered(self, first: int, last: int) -> dict[int, list[Plan]]:
        """Device id → filter plans, for devices in this range of ids."""
        found: dict[int, list[Plan]] = defaultdict(list)
        for plan, condition in self.filters:
            for asset_id in Asset.objects.filter(condition, pk__range=(first, last)).values_list("pk", flat=True):
                found[asset_id].append(plan)
        return found

    def of(self, device: Device, filtered: Iterable[Plan]) -> list[Plan]:
        """The plans that schedule work on a device, after the more specific have won."""
        keys = ((AppliesTo.ASSET, device.id), (AppliesTo.MODEL, device.model_id), (AppliesTo.TYPE, device.type_id))
        found = [plan for key in keys for plan in self.by_key.get(key, ())]
        found = [plan for plan in (*found, *filtered) if plan.site_id in (None, device.site_id)]
        if len(found) < 2:
            return [plan for plan in found if has_schedules(plan)]
        return winners(found)


def rank(plan: Plan) -> int:
    """Smaller is more specific."""
    return RANK[AppliesTo(plan.applies_to)] + (0 if plan.site_id else 1)


def winners(plans: Iterable[Plan]) -> list[Plan]:
    """Of plans that apply to one device, those that schedule work on it."""
    best: dict[Any, int] = {}
    stopped_from = 99
    for plan in plans:
        key = _work_of(plan)
        best[key] = min(best.get(key, 99), rank(plan))
        if plan.strategy == Strategy.NONE:
            stopped_from = min(stopped_from, rank(plan))
    return [
        plan
        for plan in plans
        if has_schedules(plan) and rank(plan) == best[_work_of(plan)] and _stands(plan, stopped_from)
    ]


def _stands(plan: Plan, stopped_from: int) -> bool:
    return plan.strategy == Strategy.LAW or rank(plan) < stopped_from


def _work_of(plan: Plan) -> tuple[Any, bool]:
    return (plan.procedure_id, plan.strategy == Strategy.LAW)


@operation()
def match_schedules(*, by: Any, plan_id: int | None = None, asset_id: int | None = None, today: date) -> int:
    """Make the missing schedules of active plans and stop those that no longer apply; returns how many.

    With ``plan_id`` only the devices that this plan applies to, or has schedules on, are looked at; with ``asset_id``
    only this device. Devices that are not accepted yet have no schedules. The series of a new
    schedule starts from the last maintenance on record, else from acceptance, installation or purchase within one
    interval; older devices without a record are spread evenly over the interval, so that they are not due on one day.

    Raises:
        Denied: without the permission to plan.
    """
    plan = Plan.objects.get(pk=plan_id) if plan_id else None
    authorize(by, PLAN, plan.scope() if plan else Scope())
    applicable = Applicable()
    return sum(_match_chunk(applicable, devices, today) for devices in _devices(plan, asset_id))


def _devices(plan: Plan | None, asset_id: int | None) -> Iterator[list[Device]]:
    """The devices to look at, in chunks by id; those out of the programme come too, so that their schedules stop."""
    found = Asset.objects.order_by("pk")
    if asset_id is not None:
        found = found.filter(pk=asset_id)
    if plan is not None:
        found = found.filter(plan_q(plan) | Q(pk__in=Schedule.objects.filter(plan=plan).values("asset_id")))
    last = 0
    while True:
        chunk = [Device(*values) for values in found.filter(pk__gt=last).values_list(*_DEVICE)[:CHUNK]]
        if chunk:
            yield chunk
            last = chunk[-1].id
        if len(chunk) < CHUNK:
            return


def _match_chunk(applicable: Applicable, devices: list[Device], today: date) -> int:
    """Bring the schedules of one chunk of devices in line with the plans."""
    ids = {device.id for device in devices}
    between = (devices[0].id, devices[-1].id)
    filtered = applicable.filtered(*between)
    maintained = _maintained(*between)
    there: dict[tuple[int, int], list[tuple[int, bool]]] = defaultdict(list)
    rows = Schedule.objects.filter(asset_id__gte=between[0], asset_id__lte=between[1]).values_list(
        "plan_id", "asset_id", "pk", "is_active"
    )
    for plan_id, asset_id, pk, is_active in rows:
        if asset_id in ids:
            there[plan_id, asset_id].append((pk, is_active))
    wanted = {
        (plan.pk, device.id): (plan, device)
        for device in devices
        if device.id in maintained
        for plan in applicable.of(device, filtered.get(device.id, ()))
    }
    missing = [pair for key, pair in wanted.items() if key not in there]
    start = [
        pk
        for key, found in there.items()
        if key in wanted and not applicable.is_listed(key[0])
        for pk, active in found
        if not active
    ]
    stop = [
        pk
        for key, found in there.items()
        if key not in wanted and applicable.may_stop(key[0], key[1] in maintained)
        for pk, active in found
        if active
    ]
    _insert(missing, today, *between)
    for pks, active in ((start, True), (stop, False)):
        for at in range(0, len(pks), 500):
            Schedule.objects.filter(pk__in=pks[at : at + 500]).update(is_active=active)
    return len(missing) + len(start) + len(stop)


def _maintained(first: int, last: int) -> set[int]:
    return set(Asset.objects.filter(pk__range=(first, last), status__in=MAINTAINED).values_list("pk", flat=True))


def _insert(missing: list[tuple[Plan, Device]], today: date, first: int, last: int) -> None:
    if not missing:
        return
    served = _last_served(first, last)
    rows = []
    for plan, device in missing:
        done_on = served.get((device.id, plan.procedure_id))
        anchor_on, source = anchor(plan, device, done_on, today)
        iso_done = done_on.isoformat() if done_on else None
        hours = None if device.usage_hours is None else str(device.usage_hours)
        rows.append((plan.pk, device.id, anchor_on.isoformat(), source.value, hours if done_on else None, iso_done))
    insert_rows(Schedule, COLUMNS, rows)


def _last_served(first: int, last: int) -> dict[tuple[int, int | None], date]:
    """(device, procedure) → the day of the last planned maintenance that was really done."""
    done = (
        WorkOrder.objects.filter(
            asset_id__gte=first, asset_id__lte=last, kind=Kind.PLANNED, state=WorkState.CLOSED, done_at__isnull=False
        )
        .exclude(verdict=Verdict.NOT_DONE)
        .values_list("asset_id", "plan__procedure_id")
        .annotate(done=Max("done_at"))
    )
    return {(asset_id, procedure_id): at.date() for asset_id, procedure_id, at in done}


def anchor(plan: Plan, device: Device, last_done_on: date | None, today: date) -> tuple[date, AnchorFrom]:
    """Where a new schedule's series starts, and where that day comes from."""
    if last_done_on is not None:
        return last_done_on, AnchorFrom.LAST_DONE
    days = interval_days(plan)
    for on, source in (
        (device.accepted_on, AnchorFrom.ACCEPTED),
        (device.installed_on, AnchorFrom.INSTALLED),
        (device.purchased_on, AnchorFrom.PURCHASED),
    ):
        if on is not None and today - timedelta(days=days) <= on <= today:
            return on, source
    # Multiples of the golden ratio fill the interval evenly however many devices come, and in whatever portions.
    return today - timedelta(days=int(device.id * _GOLDEN % 1 * days)), AnchorFrom.SPREAD
