"""The equipment library: two months of loans, and the round as it stands this morning."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from wardwright.apps.assets.models import Asset, AssetMove
from wardwright.apps.assets.states import Status
from wardwright.apps.directory.models import Company, Department, Room
from wardwright.apps.lending.models import (
    Cleaning,
    Holding,
    Kit,
    KitPart,
    Loan,
    LoanRequest,
    PatientDevice,
    Pool,
    PoolType,
    Rental,
)
from wardwright.apps.lending.states import Custody, RequestState
from wardwright.apps.maintenance.models import WorkOrder
from wardwright.platform.access.scope import authorize
from wardwright.platform.audit.operation import operation
from wardwright.platform.numbering.numbers import take_numbers

from . import moments

STORE, DAYS = "POOL", 60
#: type → (devices, at least ready, usual loan in days, quick checks, accessories)
LENT: dict[str, tuple[int, int, int | None, list[str], list[str]]] = {
    "Infusion pump": (16, 4, 7, ["Case and display are whole", "Door closes, no alarm at switch-on"],
                      ["Mains cable", "Pole clamp"]),
    "Syringe pump": (8, 3, 7, ["Case and display are whole", "Plunger moves freely"], ["Mains cable"]),
    "Enteral feeding pump": (4, 1, 14, ["Case and display are whole"], ["Mains cable", "Pole clamp"]),
    "Pressure-relief mattress system": (4, 1, None, ["Cover is whole", "Pump runs quietly"], ["Mains cable"]),
    "Patient hoist": (1, 0, 3, ["Straps are whole", "Emergency stop works"], ["Two slings"]),
}  # fmt: skip
FEWEST = 5  # of a type, where the house is so small that the store itself has hardly any
TAKERS = ("S. Abbas", "M. Dahl", "E. Ito", "R. Quist", "J. Weiss")
ASSISTANT = "Lina Fontaine"


@operation()
def make_lending(*, by: Any, seed: int, today: date) -> None:
    """The library of the first hospital; without a department that lends there is none."""
    authorize(by, "access.manage")
    department = Department.objects.filter(code=STORE).select_related("site").order_by("pk").first()
    if department is None:
        return
    site = department.site
    room = Room.objects.filter(site=site, name__startswith=STORE).order_by("pk").first()
    assert room is not None
    pool = Pool.objects.create(
        name="Medical equipment library", site=site, department=department, room=room,
        note="Basement, open day and night",
    )  # fmt: skip
    wards = Department.objects.filter(site=site).exclude(code__in=("", STORE, "RAD", "LAB", "CSSD", "EYE", "PHYS"))
    story = _Story(Random(f"{seed}:lending"), pool, list(wards.order_by("pk")), moments.of(today))
    for name in LENT:
        story.take_in(name)
    story.write()
    story.this_morning()
    story.others()


class _Story:
    def __init__(self, rng: Random, pool: Pool, wards: list[Department], midnight: int) -> None:
        self.rng, self.pool, self.wards, self.midnight = rng, pool, wards, midnight
        self.begin = self.at(-DAYS, 6)
        self.holdings: list[Holding] = []
        self.past: list[tuple[Holding, datetime, datetime]] = []

    def at(self, days: float, hour: float = 0) -> datetime:
        return moments.as_datetime(self.midnight) + timedelta(days=days, hours=hour)

    def take_in(self, name: str) -> None:
        most, par, loan_days, checks, accessories = LENT[name]
        found = Asset.objects.filter(
            site_id=self.pool.site_id, device_type__name=name, status=Status.IN_SERVICE, parent=None
        ).select_related("device_type")
        late = WorkOrder.objects.unfinished().filter(kind="planned", due_on__lt=self.at(1).date())
        found = found.exclude(pk__in=late.values("asset_id"))  # what comes back is maintained in time
        own = list(found.filter(department_id=self.pool.department_id).order_by("tag")[:most])
        more = found.exclude(department_id=self.pool.department_id).order_by("-tag")
        chosen = own + list(more[: max(0, min(FEWEST, most) - len(own))])
        if not chosen:
            return
        PoolType.objects.create(
            pool=self.pool, device_type=chosen[0].device_type, target=most, par=min(par, len(chosen)),
            loan_days=loan_days, checks=checks, accessories=accessories,
        )  # fmt: skip
        self.place(chosen, self.pool.department, self.pool.room, self.begin)
        self.holdings += [
            Holding(pool=self.pool, asset=asset, custody=Custody.READY, since_at=self.begin, joined_at=self.begin)
            for asset in chosen
        ]

    def place(self, assets: list[Asset], department: Department, room: Room | None, when: datetime) -> None:
        Asset.objects.filter(pk__in=[asset.pk for asset in assets]).update(
            department=department, room=room, last_seen_at=when
        )
        AssetMove.objects.bulk_create(
            AssetMove(asset=asset, site_id=asset.site_id, department=department, room=room, moved_at=when,
                      moved_by_name=ASSISTANT)
            for asset in assets
        )  # fmt: skip

    def write(self) -> None:
        """Two months of loans, each asked for, delivered, back and cleaned."""
        self.holdings = list(Holding.objects.bulk_create(self.holdings))
        for holding in self.holdings:
            moment = self.begin + timedelta(hours=self.rng.randint(0, 90))
            while True:
                end = moment + timedelta(hours=self.rng.randint(14, 150))
                if end > self.at(-2):
                    break
                self.past.append((holding, moment, end))
                moment = end + timedelta(hours=self.rng.randint(6, 70))
        self.past.sort(key=lambda one: one[1])
        requests = LoanRequest.objects.bulk_create(self._asked(*one) for one in self.past)
        Loan.objects.bulk_create(
            self._loan(request, holding, start, end)
            for request, (holding, start, end) in zip(requests, self.past, strict=True)
        )
        Cleaning.objects.bulk_create(
            Cleaning(asset_id=holding.asset_id, holding=holding, method="disinfect", started_at=end,
                     done_at=end + timedelta(hours=2), by_name=ASSISTANT)
            for holding, _start, end in self.past
        )  # fmt: skip
        for holding in self.holdings:
            ends = [end for one, _start, end in self.past if one is holding]
            if ends:
                holding.last_used_at, holding.since_at = ends[-1], ends[-1] + timedelta(hours=2)
                holding.save(update_fields=["last_used_at", "since_at"])

    def _asked(self, holding: Holding, start: datetime, end: datetime) -> LoanRequest:
        late = timedelta(hours=self.rng.choice((0, 0, 0, 0, 3, 9)))
        return self.request(
            holding.asset, self.rng.choice(self.wards), start - late - timedelta(minutes=30), state="filled",
            issued=1, delivered=1, filled_at=start,
        )  # fmt: skip

    def request(self, asset: Asset, ward: Department, when: datetime, **given: Any) -> LoanRequest:
        number = take_numbers(f"loan-{when.year}")[0]
        return LoanRequest(
            number=f"LN-{when.year}-{number:06d}", pool=self.pool, site_id=self.pool.site_id, department=ward,
            device_type_id=asset.device_type_id, from_at=when + timedelta(minutes=30), asked_at=when,
            asked_by_name=self.rng.choice(TAKERS), **given,
        )  # fmt: skip

    def _loan(self, request: LoanRequest, holding: Holding, start: datetime, end: datetime | None, **more: Any) -> Loan:
        back: dict[str, Any] = {
            "collected_at": end, "collected_by_name": ASSISTANT, "checked_at": end, "checked_by_name": ASSISTANT,
        } if end else {}  # fmt: skip
        return Loan(
            asset_id=holding.asset_id, holding=holding, pool=self.pool, loan_request=request,
            site_id=self.pool.site_id, department_id=request.department_id, picked_at=start - timedelta(minutes=20),
            picked_by_name=ASSISTANT, delivered_at=start, delivered_by_name=ASSISTANT,
            taken_by_name=request.asked_by_name, **{**back, **more},
        )  # fmt: skip

    def this_morning(self) -> None:
        """Half of the devices are out, some too long, some to be collected; some are dirty; three wards wait."""
        icu = self.wards[0]
        by_type: dict[int, list[Holding]] = {}
        for holding in self.holdings:
            by_type.setdefault(holding.asset.device_type_id, []).append(holding)
        for some in by_type.values():
            out, dirty = some[: len(some) // 2], some[len(some) // 2 :][: len(some) // 5]
            for number, holding in enumerate(out):
                self.lend(holding, icu if number % 3 == 0 else self.rng.choice(self.wards), number)
            for holding in dirty:
                self.dirty(holding)
        first = self.holdings[0].asset
        for ward, count, urgent in ((icu, 2, True), (self.wards[1], 3, False), (self.wards[-1], 1, False)):
            self.request(first, ward, self.at(0, 4), quantity=count, is_urgent=urgent, state=RequestState.OPEN).save()
        refused = self.request(
            first, self.wards[2], self.at(-5, 9), quantity=2, state=RequestState.REFUSED,
            end_reason="All pumps were with wards; two came free the next day", ended_at=self.at(-5, 10),
            ended_by_name=ASSISTANT,
        )  # fmt: skip
        refused.save()

    def lend(self, holding: Holding, ward: Department, number: int) -> None:
        start = self.at(-1.5 - number, 8)
        request = self.request(
            holding.asset, ward, start - timedelta(hours=1), state="filled", issued=1, delivered=1, filled_at=start
        )
        request.save()
        ready = number % 4 == 1
        loan = self._loan(
            request, holding, start, None, due_at=start + timedelta(days=7),
            ready_at=self.at(-0.5) if ready else None, ready_by_name=request.asked_by_name if ready else "",
        )  # fmt: skip
        loan.save()
        holding.custody, holding.since_at = Custody.WAITING if ready else Custody.OUT, self.at(-0.5) if ready else start
        holding.save()
        room = Room.objects.filter(site_id=ward.site_id, name__startswith=f"{ward.code} ").order_by("pk").first()
        self.place([holding.asset], ward, room, start)

    def dirty(self, holding: Holding) -> None:
        """Back since yesterday evening; its last loan waits to be checked."""
        back = self.at(-0.25)
        request = self.request(
            holding.asset, self.wards[3 % len(self.wards)], self.at(-1, 6), state="filled", issued=1, delivered=1,
            filled_at=self.at(-1, 7),
        )  # fmt: skip
        request.save()
        loan = self._loan(request, holding, self.at(-1, 7), back, checked_at=None, checked_by_name="")
        loan.save()
        holding.custody, holding.since_at, holding.last_used_at = Custody.DIRTY, back, back
        holding.save()

    def others(self) -> None:
        """A rented device, a kit, and what two patients brought."""
        ready = [one for one in self.holdings if one.custody == Custody.READY]
        renter = Company.objects.filter(name="Helix Leasing").first()
        if ready and renter:
            holding = ready[-1]
            Asset.objects.filter(pk=holding.asset_id).update(ownership="rented", owner=renter)
            Rental.objects.create(
                asset=holding.asset, company=renter, reference="HX-2041", from_on=self.begin.date(),
                until_on=self.at(2).date(), daily_price_cents=1450, currency="EUR",
            )  # fmt: skip
        kit = Kit.objects.create(pool=self.pool, name="Transfer kit", note="For moves between the sites")
        kind = self.holdings[0].asset.device_type_id
        first = next((one.asset for one in ready[:1] if one.asset.device_type_id == kind), None)
        for name, asset in (("First pump", first), ("Second pump", None)):
            KitPart.objects.create(kit=kit, name=name, device_type_id=kind, asset=asset)
        KitPart.objects.create(kit=kit, name="Pole clamp")
        brought: tuple[tuple[Any, str, str, list[str]], ...] = (
            (self.wards[0], "CPAP device", "4-117", []),
            (self.wards[1], "Insulin pump", "2-031", ["cable"]),
        )
        for ward, what, reference, failed in brought:
            PatientDevice.objects.create(
                site_id=ward.site_id, department=ward, reference=reference, description=what, came_at=self.at(-1, 15),
                received_by_name="Nora Castillo", failed_checks=failed, is_accepted=not failed,
            )  # fmt: skip
