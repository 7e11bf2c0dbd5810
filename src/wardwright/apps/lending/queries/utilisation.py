"""How much the library is used, type by type, and how many devices would be enough."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from wardwright.apps.assets.models import StatusPeriod
from wardwright.apps.assets.states import Status
from wardwright.kernel.utilisation import (
    Level,
    Span,
    device_hours,
    fleet_needed,
    level_covering,
    levels,
    peak,
)

from ..models import Cleaning, Holding, Loan, LoanRequest
from ..states import RequestState
from .stock import within

#: A request counts as having waited when it was met later than this after the moment it was needed.
PATIENCE = timedelta(hours=1)
ENOUGH = 0.95


@dataclass
class Device:
    """One device in the period: hours in the library, with wards, and neither lent nor fit."""

    holding: Holding
    fleet_hours: float = 0
    out_hours: float = 0
    unready_hours: float = 0
    loans: int = 0


@dataclass
class UseLine:
    """One type of one library in the period. ``need`` is what was out and what was waited for, over time."""

    pool_id: int
    pool: str
    type_id: int
    name: str
    owned: int = 0
    devices: list[Device] = field(default_factory=list)
    out: list[Span] = field(default_factory=list)
    waiting: list[Span] = field(default_factory=list)
    requests: int = 0
    waited: int = 0
    refused: int = 0
    need: list[Level] = field(default_factory=list)

    @property
    def fleet_hours(self) -> float:
        return sum(device.fleet_hours for device in self.devices)

    @property
    def share_out(self) -> float | None:
        """Share of fleet-days with wards, in percent; None without a fleet."""
        return 100 * sum(d.out_hours for d in self.devices) / self.fleet_hours if self.fleet_hours else None

    @property
    def peak(self) -> Level | None:
        return peak(self.need)

    @property
    def usual_need(self) -> int:
        """How many were enough for 95 % of the time."""
        return level_covering(self.need, ENOUGH)

    @property
    def ready_share(self) -> float:
        """The share of its time in which a device was lent or could have been."""
        if not self.fleet_hours:
            return 1.0
        return max(0.0, 1 - sum(device.unready_hours for device in self.devices) / self.fleet_hours)

    @property
    def needed(self) -> int | None:
        return fleet_needed(self.usual_need, self.ready_share)

    @property
    def too_few(self) -> int:
        """How many more are needed than owned; negative where there are too many."""
        return (self.needed or 0) - self.owned


def library_use(
    by: Any, first_at: datetime, last_at: datetime, *, site_id: int | None = None, pool_id: int | None = None,
    type_id: int | None = None,
) -> list[UseLine]:  # fmt: skip
    """The types within reach with their use in first_at..last_at, by name, in five queries. Kits are counted by their
    devices; what is yet to come does not count."""
    last_at = min(last_at, timezone.now())
    if first_at >= last_at:
        return []
    rows = Holding.objects.visible_to(by).filter(Q(left_at=None) | Q(left_at__gt=first_at), **within(site_id, pool_id))
    rows = rows.filter(joined_at__lt=last_at).select_related("pool", "asset__device_type")
    if type_id:
        rows = rows.filter(asset__device_type_id=type_id)
    lines: dict[tuple[int, int], UseLine] = {}
    devices: dict[int, Device] = {}
    for holding in rows.order_by("pk"):
        kind = holding.asset.device_type
        line = lines.setdefault(
            (holding.pool_id, kind.pk), UseLine(holding.pool_id, holding.pool.name, kind.pk, kind.name)
        )
        device = devices[holding.pk] = Device(holding)
        device.fleet_hours = device_hours([Span(holding.joined_at, holding.left_at)], first_at, last_at)
        line.devices.append(device)
        line.owned += holding.left_at is None
    served = _count_loans(by, lines, devices, first_at, last_at)
    _count_requests(by, lines, served, first_at, last_at)
    _count_unready(devices, first_at, last_at)
    for line in lines.values():
        # Days on which nothing of the type was in the library yet say nothing about the need.
        begun = max(first_at, min(device.holding.joined_at for device in line.devices))
        line.need = levels([*line.out, *line.waiting], begun, last_at)
    return sorted(lines.values(), key=lambda line: (line.name, line.pool))


def _count_loans(
    by: Any, lines: dict[tuple[int, int], UseLine], devices: dict[int, Device], first_at: datetime, last_at: datetime
) -> dict[int, list[datetime]]:
    """Hours with wards; returns when each request got its devices."""
    rows = Loan.objects.visible_to(by).filter(holding_id__in=list(devices), delivered_at__lt=last_at)
    rows = rows.filter(Q(collected_at=None) | Q(collected_at__gt=first_at))
    served: dict[int, list[datetime]] = defaultdict(list)
    for holding_id, request_id, start, end in rows.values_list(
        "holding_id", "loan_request_id", "delivered_at", "collected_at"
    ):
        if start is None:
            continue
        span, device = Span(start, end), devices[holding_id]
        device.out_hours += device_hours([span], first_at, last_at)
        device.loans += first_at <= start
        lines[device.holding.pool_id, device.holding.asset.device_type_id].out.append(span)
        served[request_id].append(start)
    return served


def _count_requests(
    by: Any, lines: dict[tuple[int, int], UseLine], served: dict[int, list[datetime]], first_at: datetime,
    last_at: datetime,
) -> None:  # fmt: skip
    """What was waited for: from the moment it was needed to its delivery, or to the end of the request."""
    rows = LoanRequest.objects.visible_to(by).filter(device_type__isnull=False, from_at__lt=last_at)
    ended = Q(ended_at__gt=first_at) | Q(filled_at__gt=first_at)
    rows = rows.filter(ended | Q(ended_at=None, filled_at=None))
    columns = ("pk", "pool_id", "device_type_id", "quantity", "delivered", "from_at", "filled_at", "ended_at", "state")
    for pk, pool_id, type_id, quantity, delivered, from_at, filled_at, ended_at, state in rows.values_list(*columns):
        line = lines.get((pool_id, type_id))
        if line is None:
            continue
        line.waiting += [Span(from_at, moment) for moment in served.get(pk, []) if moment > from_at]
        rest = quantity - delivered
        if rest > 0:
            line.waiting.append(Span(from_at, ended_at, rest))
        if from_at >= first_at and state != RequestState.CANCELLED:
            line.requests += 1
            line.refused += state == RequestState.REFUSED
            line.waited += has_waited(state, from_at, filled_at, last_at)


def has_waited(state: str, from_at: datetime, filled_at: datetime | None, now: datetime) -> bool:
    """Whether a request that was not refused got its devices, or waits for them, more than an hour late."""
    return state != RequestState.REFUSED and (filled_at or now) - from_at > PATIENCE


def _count_unready(devices: dict[int, Device], first_at: datetime, last_at: datetime) -> None:
    """Hours out of service, and between coming back and being clean; a device that is both counts once."""
    by_asset = {device.holding.asset_id: device for device in devices.values()}
    spans: dict[int, list[Span]] = defaultdict(list)
    periods = StatusPeriod.objects.filter(asset_id__in=list(by_asset), from_at__lt=last_at)
    periods = periods.filter(Q(until_at=None) | Q(until_at__gt=first_at)).exclude(status=Status.IN_SERVICE)
    for asset_id, start, end in periods.values_list("asset_id", "from_at", "until_at"):
        spans[asset_id].append(Span(start, end))
    for asset_id, start, end in _dirty(list(devices), first_at, last_at):
        spans[asset_id].append(Span(start, end))
    for asset_id, some in spans.items():
        device = by_asset[asset_id]
        begin = max(first_at, device.holding.joined_at)
        end = min(last_at, device.holding.left_at or last_at)
        if begin < end:
            device.unready_hours = sum(level.hours for level in levels(some, begin, end) if level.count)


def _dirty(holding_ids: list[int], first_at: datetime, last_at: datetime) -> Iterable[tuple[int, datetime, Any]]:
    """From each return to the end of the next cleaning."""
    cleaned: dict[int, list[datetime]] = defaultdict(list)
    earliest = first_at - timedelta(days=30)  # nothing lies dirty for longer; older returns are history
    done = Cleaning.objects.filter(holding_id__in=holding_ids, done_at__gt=earliest).order_by("done_at")
    for asset_id, moment in done.values_list("asset_id", "done_at"):
        if moment:
            cleaned[asset_id].append(moment)
    back = Loan.objects.filter(holding_id__in=holding_ids, collected_at__lt=last_at).order_by("collected_at")
    back = back.filter(collected_at__gt=earliest)
    for asset_id, moment in back.values_list("asset_id", "collected_at"):
        if moment:
            yield asset_id, moment, next((one for one in cleaned[asset_id] if one > moment), None)
