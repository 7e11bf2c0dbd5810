"""Writing the schedules that a register brought: plans as needed, then schedules in bulk, in the open change."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wardwright.apps.assets.models import Asset, DeviceType
from wardwright.platform.core.bulk import insert_rows
from wardwright.platform.core.change import require_change

from ..models import Plan, Schedule
from ..queries.importing import listed_plans
from ..states import AppliesTo, Basis, IntervalKind, PlanState, Strategy

COLUMNS = ("plan_id", "asset_id", "label", "anchor_on", "last_due_on", "last_done_on")
CHUNK = 5000


@dataclass(frozen=True)
class Wanted:
    """One schedule that a row asks for. ``months`` are those of a seasonal plan; ``last_due_on`` is the due date
    already met."""

    label: str
    kind: str
    interval: int
    anchor_on: date
    last_due_on: date | None = None
    last_done_on: date | None = None
    months: tuple[int, ...] = ()

    @property
    def months_text(self) -> str:
        return ",".join(map(str, self.months))


def write_schedules(
    wanted: list[tuple[int, Wanted]], changed: list[tuple[int, Wanted]], stopped: list[int], file_name: str
) -> tuple[int, int]:
    """Insert ``wanted`` (asset id, schedule), bring ``changed`` (schedule id) up to date, stop ``stopped``; returns
    (schedules, plans)."""
    require_change()
    types = _types({asset_id for asset_id, _w in wanted})
    plans, made = _plans({(types[asset_id], w.kind, w.interval, w.months_text) for asset_id, w in wanted}, file_name)
    rows = [
        (
            plans[types[asset_id], w.kind, w.interval, w.months_text],
            asset_id,
            w.label,
            w.anchor_on.isoformat(),
            w.last_due_on.isoformat() if w.last_due_on else None,
            w.last_done_on.isoformat() if w.last_done_on else None,
        )
        for asset_id, w in wanted
    ]
    for start in range(0, len(rows), CHUNK):
        insert_rows(Schedule, COLUMNS, rows[start : start + CHUNK])
    for pk, w in changed:
        Schedule.objects.filter(pk=pk).update(
            anchor_on=w.anchor_on, last_due_on=w.last_due_on, last_done_on=w.last_done_on, is_active=True
        )
    for start in range(0, len(stopped), 500):
        Schedule.objects.filter(pk__in=stopped[start : start + 500]).update(is_active=False)
    return len(rows), made


def _types(asset_ids: Iterable[int]) -> dict[int, int]:
    """Device → its type."""
    ids = sorted(asset_ids)
    found: dict[int, int] = {}
    for start in range(0, len(ids), 500):
        found.update(Asset.objects.filter(pk__in=ids[start : start + 500]).values_list("pk", "device_type_id"))
    return found


def _plans(keys: set[tuple[int, str, int, str]], file_name: str) -> tuple[dict[tuple[int, str, int, str], int], int]:
    """The plans of these keys (device type, interval kind, interval, months), and how many had to be made."""
    there = listed_plans()
    missing = sorted(keys - there.keys())
    names = dict(DeviceType.objects.filter(pk__in={key[0] for key in missing}).values_list("pk", "name"))
    made = Plan.objects.bulk_create([_plan(key, names[key[0]], file_name) for key in missing])
    return {**there, **{key: plan.pk for key, plan in zip(missing, made, strict=True)}}, len(made)


def _plan(key: tuple[int, str, int, str], type_name: str, file_name: str) -> Plan:
    type_id, kind, interval, months = key
    return Plan(
        name=f"{type_name}: {_every(kind, interval)}"[:150],
        state=PlanState.ACTIVE,
        applies_to=AppliesTo.FILTER,
        device_type_id=type_id,
        filter={"listed": True},
        strategy=Strategy.MAKER,
        interval_kind=kind,
        interval=interval,
        season_months=[int(month) for month in months.split(",") if month],
        basis=Basis.FIXED,
        why=_("From the register %(file)s: its devices keep the dates they had there.") % {"file": file_name},
    )


def _every(kind: str, interval: int) -> str:
    if kind == IntervalKind.SEASONAL:
        return _("in fixed months, from the register")
    if kind == IntervalKind.DAYS:
        words = ngettext("every day, from the register", "every %(n)d days, from the register", interval)
    else:
        words = ngettext("every month, from the register", "every %(n)d months, from the register", interval)
    return words % {"n": interval}
