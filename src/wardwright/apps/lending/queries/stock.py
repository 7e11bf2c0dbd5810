"""Where the library's devices are, which may go out, and which goes out next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone

from wardwright.apps.assets.models import Asset
from wardwright.apps.assets.queries.labels import next_due
from wardwright.apps.assets.states import Status
from wardwright.apps.directory.models import Department
from wardwright.platform.access.scope import scope_q
from wardwright.platform.core.change import System

from ..models import Cleaning, Holding, KitPart, Loan, LoanRequest, Pool, PoolType, Rental
from ..models.loans import PICK_AHEAD
from ..models.pools import HoldingQuerySet
from ..permissions import ASK, HANDLE
from ..states import LENT, UNCLEAN, Custody

LIBRARY = System("lending")
#: A device that is reserved for a moment within these hours is not proposed to anybody else.
KEPT_BACK_HOURS = 24


def wards_of(by: Any) -> QuerySet[Department]:
    """The wards for which ``by`` may ask or deliver; a nurse needs no right to see the whole directory for that."""
    reachable = scope_q(by, ASK, site="site_id", department="pk") | scope_q(by, HANDLE, site="site_id")
    return Department.objects.filter(reachable).select_related("site").order_by("site__name", "name")


def held(by: Any) -> HoldingQuerySet:
    """The devices that are in a library now."""
    return Holding.objects.visible_to(by).held()


def pool_type_of(pool_id: int, device_type_id: int | None) -> PoolType | None:
    """How a pool lends a type; None where it was never said."""
    return PoolType.objects.filter(pool_id=pool_id, device_type_id=device_type_id).first()


def lent_types(by: Any) -> QuerySet[PoolType]:
    """The types that can be asked for, by name."""
    rows = PoolType.objects.visible_to(by).filter(is_active=True, pool__is_active=True)
    return rows.select_related("device_type", "pool__site").order_by("device_type__name", "pool__name")


def within(site_id: int | None, pool_id: int | None = None) -> dict[str, int]:
    """The filter that keeps what belongs to a site and to a pool; None keeps all."""
    return ({"pool__site": site_id} if site_id else {}) | ({"pool": pool_id} if pool_id else {})


# What may go out ------------------------------------------------------------------------------------------------


def overdue_for_maintenance(asset_ids: Iterable[int], today: date | None = None) -> set[int]:
    """Those devices whose maintenance is overdue, whoever asks: lending one would be the same mistake for all."""
    today = today or timezone.localdate()
    return {asset_id for asset_id, due_on in next_due(LIBRARY, asset_ids).items() if due_on < today}


def fit_to_lend(pool_id: int, device_type_id: int | None = None) -> QuerySet[Holding]:
    """Clean and ready devices in service that belong to no kit, the longest idle first, so that all get used."""
    rows = _fit().filter(pool_id=pool_id)
    return rows.filter(asset__device_type_id=device_type_id) if device_type_id else rows


def _fit() -> QuerySet[Holding]:
    rows = Holding.objects.filter(custody=Custody.READY, asset__status=Status.IN_SERVICE)
    rows = rows.exclude(asset_id__in=KitPart.objects.filter(asset__isnull=False).values("asset_id"))
    return rows.order_by(F("last_used_at").asc(nulls_first=True), "pk")


def proposed(request: LoanRequest, count: int, now: datetime | None = None) -> list[Holding]:
    """The devices that should go out for a request: fit, in date, not reserved by somebody else for soon."""
    if request.device_type_id is None or count <= 0:
        return []
    rows = fit_to_lend(request.pool_id, request.device_type_id)
    rows = rows.filter(asset_id=request.asset_id) if request.asset_id else rows
    return _at_hand(rows, now or timezone.now(), request)[:count]


def ready_at_site(site_id: int, device_type_id: int, now: datetime | None = None) -> list[Holding]:
    """What a ward could have at once from the libraries of its site, whoever asks."""
    rows = _fit().filter(pool__site_id=site_id, pool__is_active=True, asset__device_type_id=device_type_id)
    return _at_hand(rows, now or timezone.now())


def _at_hand(rows: QuerySet[Holding], now: datetime, request: LoanRequest | None = None) -> list[Holding]:
    """Of fit devices, those in date that are not reserved for soon, except for the request itself."""
    soon = LoanRequest.objects.unmet().filter(
        asset__isnull=False, is_reserved=True, from_at__lt=now + timedelta(hours=KEPT_BACK_HOURS)
    )
    soon = soon.exclude(pk=request.pk) if request else soon
    rows = rows.exclude(asset_id__in=soon.values("asset_id")).select_related(
        "pool__room__floor__building", "pool__department", "asset__device_type", "asset__device_model__maker",
        "asset__room__floor__building",
    )  # fmt: skip
    found = list(rows)
    late = overdue_for_maintenance([row.asset_id for row in found])
    return [row for row in found if row.asset_id not in late]


# The board ------------------------------------------------------------------------------------------------------


@dataclass
class TypeLine:
    """One type of one pool on the board: how many are where, and how many are missing from the shelf."""

    pool: Pool
    type_id: int
    name: str
    ready: int = 0
    picked: int = 0
    out: int = 0
    waiting: int = 0
    unclean: int = 0
    repair: int = 0
    target: int = 0
    par: int = 0
    wanted: int = 0
    wards: Counter[str] = field(default_factory=Counter)

    @property
    def top_wards(self) -> list[tuple[str, int]]:
        return self.wards.most_common(4)

    @property
    def total(self) -> int:
        return self.ready + self.picked + self.out + self.waiting + self.unclean + self.repair

    @property
    def is_short(self) -> bool:
        return self.ready < self.par or self.ready < self.wanted

    @property
    def missing(self) -> int:
        """How many the library owns too few."""
        return max(0, self.target - self.total)


def stock_board(by: Any, pool_id: int | None = None, site_id: int | None = None) -> list[TypeLine]:
    """Each type with its devices by state and ward, in three queries, by name."""
    here = within(site_id, pool_id)
    rows = held(by).filter(**here)
    lines: dict[tuple[int, int], TypeLine] = {}
    for row in lent_types(by).filter(**here):
        name = row.device_type.name
        lines[row.pool_id, row.device_type_id] = TypeLine(
            row.pool, row.device_type_id, name, target=row.target, par=row.par
        )
    pools = {pool.pk: pool for pool in Pool.objects.visible_to(by).select_related("site")}
    counted = rows.values(
        "pool_id", "asset__device_type_id", "asset__device_type__name", "custody", "asset__status",
        "asset__department__name",
    ).annotate(n=Count("pk")).order_by()  # fmt: skip
    for found in counted:
        key = (found["pool_id"], found["asset__device_type_id"])
        if found["pool_id"] not in pools:
            continue
        line = lines.setdefault(key, TypeLine(pools[key[0]], key[1], found["asset__device_type__name"]))
        place = _column(found["custody"], found["asset__status"])
        setattr(line, place, getattr(line, place) + found["n"])
        if found["custody"] in (Custody.OUT, Custody.WAITING):
            line.wards[found["asset__department__name"] or ""] += found["n"]
    for key, wanted in _wanted(by).items():
        if key in lines:
            lines[key].wanted = wanted
    return sorted(lines.values(), key=lambda line: (line.name, line.pool.name))


def _column(custody: str, status: str) -> str:
    """On a ward it counts as out, whatever its status; in the house of the library a device out of service is in
    repair before it is anything else."""
    if custody in LENT:
        return {Custody.PICKED: "picked", Custody.OUT: "out", Custody.WAITING: "waiting"}[Custody(custody)]
    if status != Status.IN_SERVICE:
        return "repair"
    return "unclean" if custody in UNCLEAN else "ready"


def _wanted(by: Any) -> dict[tuple[int, int], int]:
    """What wards wait for now, by pool and type."""
    rows = LoanRequest.objects.visible_to(by).unmet().filter(from_at__lte=timezone.now(), device_type__isnull=False)
    found: Counter[tuple[int, int]] = Counter()
    for pool_id, type_id, quantity, issued in rows.values_list("pool_id", "device_type_id", "quantity", "issued"):
        found[pool_id, type_id] += max(0, quantity - issued)
    return dict(found)


def library_figures(by: Any, site_id: int | None = None) -> dict[str, int]:
    """What is to be done now: requests, deliveries, collections, cleaning, late loans, rentals that end."""
    now, here = timezone.now(), within(site_id)
    loans = Loan.objects.visible_to(by).running().filter(**here)
    figures = loans.aggregate(
        to_deliver=Count("pk", filter=Q(delivered_at=None)),
        to_collect=Count("pk", filter=Q(ready_at__isnull=False)),
        overdue=Count("pk", filter=Q(due_at__lt=now)),
    )
    soon = timezone.localdate(now) + timedelta(days=3)
    rentals = Rental.objects.visible_to(by).running().filter(until_on__lte=soon)
    rentals = rentals.filter(asset__site=site_id) if site_id else rentals
    return {
        **figures,
        "requests": LoanRequest.objects.visible_to(by).unmet().filter(from_at__lte=now + PICK_AHEAD, **here).count(),
        "to_clean": held(by).filter(custody__in=UNCLEAN, **here).count(),
        "rentals": rentals.count(),
    }


# One device -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class History:
    """What the library knows of one device, the newest first."""

    holding: Holding | None
    loan: Loan | None
    loans: list[Loan]
    cleanings: list[Cleaning]
    rental: Rental | None


def history_of(by: Any, asset: Asset, count: int = 6) -> History:
    """The device's place in the library, its running loan, the last loans and cleanings."""
    holding = Holding.objects.visible_to(by).filter(asset=asset).select_related("pool").order_by("-pk").first()
    loans: list[Loan] = []
    cleanings: list[Cleaning] = []
    if holding:  # most devices never were in a library
        loans = list(Loan.objects.visible_to(by).filter(asset=asset).with_names().order_by("-pk")[:count])
        cleanings = list(Cleaning.objects.visible_to(by).filter(asset=asset).order_by("-pk")[:count])
    return History(
        holding,
        next((loan for loan in loans if loan.is_running), None),
        loans,
        cleanings,
        Rental.objects.visible_to(by).running().filter(asset=asset).select_related("company").first(),
    )
