"""Is something free when it is needed, who has it then, and when is it free at the earliest."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import F, Q
from django.utils import timezone

from wardwright.apps.assets.states import Status
from wardwright.kernel.utilisation import Span, earliest_free, most_at_once

from ..models import Holding, KitPart, Loan, LoanRequest
from ..states import Custody


@dataclass(frozen=True)
class Booking:
    """Somebody who has some or will have: in words for the page, as a span for the arithmetic."""

    ward: str
    count: int
    from_at: datetime
    until_at: datetime | None
    is_out: bool

    @property
    def span(self) -> Span:
        return Span(self.from_at, self.until_at, self.count)


@dataclass(frozen=True)
class Availability:
    """``free`` of ``fleet`` devices throughout the time asked for; ``earliest_at`` is when enough are (None: no such
    moment is known)."""

    fleet: int
    free: int
    wanted: int
    earliest_at: datetime | None
    bookings: list[Booking] = field(default_factory=list)

    @property
    def is_free(self) -> bool:
        return self.free >= self.wanted


def fleet_of(pool_id: int, device_type_id: int) -> int:
    """How many devices of a type a pool can lend at all: in service, and in no kit."""
    rows = Holding.objects.held().filter(
        pool_id=pool_id, asset__device_type_id=device_type_id, asset__status=Status.IN_SERVICE
    )
    in_kits = KitPart.objects.filter(asset__isnull=False).values("asset_id")
    return rows.exclude(asset_id__in=in_kits).count()


def availability(
    *,
    pool_id: int,
    from_at: datetime,
    until_at: datetime | None,
    wanted: int = 1,
    device_type_id: int | None = None,
    asset_id: int | None = None,
    without_id: int | None = None,
) -> Availability:
    """Of a type, or of one device. ``without_id`` leaves out a request (the one that asks).

    A loan that is overdue, or has no end, counts as out for good: nobody can promise it.
    """
    now = timezone.now()
    if asset_id:
        usable = Holding.objects.held().filter(asset_id=asset_id, asset__status=Status.IN_SERVICE)
        fleet = usable.exclude(custody=Custody.LEFT).count()
    else:
        fleet = fleet_of(pool_id, device_type_id or 0)
    bookings = _loans(pool_id, device_type_id, asset_id, now) + _requests(
        pool_id, device_type_id, asset_id, without_id, now
    )
    clashes = [
        one
        for one in bookings
        if (until_at is None or one.from_at < until_at) and (one.until_at is None or one.until_at > from_at)
    ]
    spans = [one.span for one in bookings]
    length = until_at - from_at if until_at else None
    return Availability(
        fleet=fleet,
        free=max(0, fleet - most_at_once(spans, from_at, until_at)),
        wanted=wanted,
        earliest_at=earliest_free(fleet, spans, wanted, length, from_at),
        bookings=sorted(clashes, key=lambda one: one.from_at),
    )


def _loans(pool_id: int, device_type_id: int | None, asset_id: int | None, now: datetime) -> list[Booking]:
    rows = Loan.objects.running().filter(kit=None)
    rows = rows.filter(asset_id=asset_id) if asset_id else rows.filter(
        pool_id=pool_id, asset__device_type_id=device_type_id, asset__status=Status.IN_SERVICE
    )  # fmt: skip
    return [
        Booking(ward, 1, picked_at, due_at if due_at and due_at > now else None, True)
        for ward, picked_at, due_at in rows.values_list("department__name", "picked_at", "due_at")
    ]


def _requests(
    pool_id: int, device_type_id: int | None, asset_id: int | None, without_id: int | None, now: datetime
) -> list[Booking]:
    """What is promised and not picked yet. A request of a type may end up with any device, so for one device only
    requests of that device count."""
    rows = LoanRequest.objects.unmet().filter(pool_id=pool_id, issued__lt=F("quantity")).exclude(pk=without_id or 0)
    rows = rows.filter(asset_id=asset_id) if asset_id else rows.filter(device_type_id=device_type_id)
    rows = rows.filter(Q(until_at=None) | Q(until_at__gt=now))
    columns = ("department__name", "quantity", "issued", "from_at", "until_at")
    return [
        Booking(ward, quantity - issued, from_at, until_at, False)
        for ward, quantity, issued, from_at, until_at in rows.values_list(*columns)
    ]


def usual_end(from_at: datetime, loan_days: int | None) -> datetime | None:
    """When a loan of the type usually ends; None where it lasts until it is no longer needed."""
    return from_at + timedelta(days=loan_days) if loan_days else None
