"""What a house adds to its programme by itself: an inclusion rule of its own, and work by hours of use."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from wardwright.apps.assets.models import Asset, DeviceType
from wardwright.apps.assets.states import MAINTAINED
from wardwright.apps.maintenance.models import Plan, Rule, Schedule
from wardwright.apps.maintenance.states import AnchorFrom, Basis, PlanState, RuleState
from wardwright.platform.access.scope import authorize
from wardwright.platform.audit.operation import operation

METERED = "Intensive-care ventilator"
HOURS, MONTHS = 8000, 24
BANDS = ((12, 12), (16, 6))


@operation()
def make_house_rule(*, by: Any, today: date) -> None:
    """The department's own rule is in force: device types that keep breaking down are looked at more often."""
    authorize(by, "access.manage")
    Rule.objects.filter(state=RuleState.ACTIVE).update(state=RuleState.ASIDE)
    Rule.objects.create(
        name="House rule",
        state=RuleState.ACTIVE,
        formula="function + physical_risk + maintenance + (1 if repairs_per_year > 0.5 else 0)",
        included_from=Decimal(12),
        bands=[{"measure": "score", "low": str(low), "months": months} for low, months in BANDS],
        source="Fennigkoh–Smith with our own repair record; equipment committee",
        approved_at=datetime.combine(today - timedelta(days=400), datetime.min.time(), UTC) + timedelta(hours=9),
        approved_by_name="Hanna Keller",
        approval_reason="The committee wants our own failures to count.",
    )


@operation()
def make_meter_plan(*, by: Any, seed: int, today: date) -> None:
    """Ventilators get a new blower after so many hours or months, whichever comes first; all were done lately."""
    authorize(by, "access.manage")
    kind = DeviceType.objects.get(name=METERED)
    plan = Plan.objects.create(
        name=f"{METERED}: blower and filters",
        state=PlanState.ACTIVE,
        applies_to="type",
        device_type=kind,
        interval=MONTHS,
        meter_interval=HOURS,
        basis=Basis.FLOATING,
        minutes=60,
        window_before_days=30,
        window_after_days=14,
        grace_days=30,
        priority=2,
        why="The maker's manual: the blower is worn by hours of use, the filters by time.",
        risk_score=20,
    )
    rng = Random(f"{seed}:meters")
    schedules, assets = [], list(Asset.objects.filter(device_type=kind, status__in=MAINTAINED).order_by("tag"))
    for asset in assets:
        since = asset.accepted_on or asset.installed_on or today - timedelta(days=400)
        days = max(1, (today - since).days)
        per_day = rng.choice((4, 8, 14, 20))
        done_days = min(rng.randrange(60, 200), days)
        asset.usage_hours = Decimal(days * per_day)
        schedules.append(
            Schedule(
                plan=plan,
                asset=asset,
                anchor_on=today - timedelta(days=done_days),
                anchor_from=AnchorFrom.LAST_DONE,
                last_done_on=today - timedelta(days=done_days),
                last_due_on=today - timedelta(days=done_days),
                meter_from=asset.usage_hours - done_days * per_day,
            )
        )
    Asset.objects.bulk_update(assets, ["usage_hours"], batch_size=500)
    Schedule.objects.bulk_create(schedules, batch_size=500)
