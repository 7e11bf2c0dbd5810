"""Which devices the hospital has: type, ward, model, age, numbers on the label, and what is wrong in the records."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from math import gcd
from random import Random

from wardwright.kernel.udi import ProductionIdentifiers, build_udi

from .facts import Department, ModelFacts, Site, TypeFacts, World, data

STATUS_SHARES = {"in_store": 0.035, "quarantined": 0.006, "out_of_service": 0.008}


@dataclass(slots=True)
class Unit:
    """One device before its history: days are ordinals, money is in cents."""

    index: int
    site: Site
    department: Department | None
    room_id: int | None
    kind: TypeFacts
    model: ModelFacts
    serial: str
    udi: str
    made_on: int
    bought_on: int
    installed_on: int
    accepted_on: int | None
    retires_on: int | None
    cost_cents: int
    status: str
    quirk: str
    note: str
    never_seen: bool
    duplicate_of: int | None


@dataclass(frozen=True)
class Slots:
    """Places for devices, in proportion to the wards' fleets: any number of devices keeps the hospital's mix."""

    places: list[tuple[Site, Department, str]]
    sums: list[int]

    def at(self, position: float) -> tuple[Site, Department, str]:
        return self.places[bisect_right(self.sums, position * self.sums[-1])]


def slots_of(world: World) -> Slots:
    places = [(site, ward, name) for site in world.sites for ward in site.departments for name in ward.fleet]
    return Slots(places, list(accumulate(ward.fleet[name] for _, ward, name in places)))


def units(world: World, count: int) -> Iterator[Unit]:
    """The fleet, oldest first, so that asset numbers grow with the day of purchase."""
    slots, step = slots_of(world), _step(count)
    last: Unit | None = None
    for index in range(count):
        rng = Random(f"{world.seed}:unit:{index}")
        site, ward, name = slots.at((index * step % count + rng.random()) / count)
        unit = _unit(world, rng, index, count, site, ward, world.types[name])
        if last is not None and rng.random() < 0.005:
            _make_duplicate(unit, last)
        last = unit
        yield unit


def _step(count: int) -> int:
    """A stride that visits every place once, far from its neighbours."""
    step = max(1, int(count * 0.6180339887))
    while gcd(step, count) != 1:
        step += 1
    return step


def _unit(world: World, rng: Random, index: int, count: int, site: Site, ward: Department, kind: TypeFacts) -> Unit:
    today = world.today.toordinal()
    age = _age(rng, kind, index, count)
    retires_on = None
    if age > 2.5 and rng.random() < 0.09:
        retires_on = today - rng.randrange(5, 880)
    bought_on = today - 20 - int(age * 365.25)
    year = date.fromordinal(bought_on).year
    model = _model(rng, kind, year)
    installed_on = bought_on + rng.randrange(5, 60)
    unit = Unit(
        index, site, ward, rng.choice(ward.room_ids), kind, model, _serial(rng, model), "",
        bought_on - rng.randrange(30, 240),
        bought_on, installed_on, installed_on + rng.randrange(0, 8), retires_on, _cost(rng, kind, model, year),
        _status(rng, kind, retires_on), "", "", False, None,
    )  # fmt: skip
    _newest(rng, unit, index, count, today)
    _settle(unit, today)
    _muddle(world, rng, unit)
    return unit


def _age(rng: Random, kind: TypeFacts, index: int, count: int) -> float:
    quantile = 100 * (1 - (index + rng.random()) / count) + rng.gauss(0, 6)
    at = min(99.0, max(0.0, quantile))
    low = int(at)
    return kind.ages[low] + (kind.ages[low + 1] - kind.ages[low]) * (at - low)


def _model(rng: Random, kind: TypeFacts, year: int) -> ModelFacts:
    """A model that was sold that year; a ward tends to buy what it has, so weights are uneven."""
    if kind.variants and rng.random() < 0.03:
        return rng.choice(kind.variants)
    sold = [model for model in kind.models if model.from_year <= year <= model.to_year]
    sold = sold or [min(kind.models, key=lambda model: abs(model.from_year - year))]
    return rng.choices(sold, [model.weight for model in sold])[0]


def _serial(rng: Random, model: ModelFacts) -> str:
    """Each maker numbers in its own way."""
    style = sum(map(ord, model.maker)) % 4
    if style == 0:
        letters = rng.choice("ABCDEFGHJKLMN") + rng.choice("RSTUVWXYZ")
        return f"{letters}{rng.randrange(10**6, 10**7)}"
    if style == 1:
        return f"{rng.randrange(10**8, 10**9)}"
    if style == 2:
        return f"{rng.randrange(10, 24)}-{rng.randrange(1, 53):02d}-{rng.randrange(10_000):05d}"
    return f"{model.name[:2].upper().strip()}{rng.randrange(10**6, 10**7)}".replace(" ", "")


def _cost(rng: Random, kind: TypeFacts, model: ModelFacts, year: int) -> int:
    value = kind.cost * model.cost_factor * rng.uniform(0.93, 1.07) * 1.018 ** (year - 2020)
    return round(value / 10) * 1000


def _status(rng: Random, kind: TypeFacts, retires_on: int | None) -> str:
    if retires_on is not None:
        return "disposed" if rng.random() < 0.6 else "retired"
    u = rng.random()
    for status, share in STATUS_SHARES.items():
        if u < share:
            return status
        u -= share
    return "in_service"


def _newest(rng: Random, unit: Unit, index: int, count: int, today: int) -> None:
    """The last devices bought: some are only just delivered, a few are still on order."""
    if count - index > max(2, count * 0.008) or unit.retires_on:
        return
    ordered = rng.random() < 0.25
    unit.bought_on = today - rng.randrange(12, 45)
    unit.made_on = unit.bought_on - rng.randrange(10, 90)
    unit.installed_on = today - rng.randrange(1, 9)
    unit.accepted_on = None
    unit.status = "ordered" if ordered else "received"


def _settle(unit: Unit, today: int) -> None:
    """Keep the days in order: made, bought, installed, accepted, retired, today."""
    if unit.accepted_on is None:
        return
    unit.accepted_on = _on_a_workday(min(unit.accepted_on, today - 1))
    unit.installed_on = min(unit.installed_on, unit.accepted_on)
    unit.bought_on = min(unit.bought_on, unit.installed_on)
    unit.made_on = min(unit.made_on, unit.bought_on)
    if unit.retires_on is not None and unit.retires_on <= unit.accepted_on + 400:
        unit.retires_on, unit.status = None, "in_service"


def _on_a_workday(ordinal: int) -> int:
    """The day itself, or the Friday before a weekend."""
    return ordinal - max(0, (ordinal - 1) % 7 - 4)


def _muddle(world: World, rng: Random, unit: Unit) -> None:
    """Records as they are: label data for some, and for others gaps, notes and wrong places."""
    if unit.model.udi_di and date.fromordinal(unit.made_on).year >= 2015 and rng.random() < 0.45:
        made = ProductionIdentifiers(serial=unit.serial, manufactured_on=date.fromordinal(unit.made_on))
        unit.udi = build_udi("GS1", unit.model.udi_di, made).human
    u = rng.random()
    if u < 0.03 and not unit.udi:
        unit.quirk, unit.serial = "no_serial", rng.choice(("", "", "n/a", "unreadable", "?"))
    elif u < 0.04:
        unit.quirk, unit.serial = "odd_serial", f" {unit.serial.lower()}".replace("-", " ")[1:]
    elif u < 0.065:
        unit.quirk, unit.department = "wrong_department", rng.choice(unit.site.departments)
    elif u < 0.075:
        unit.quirk, unit.department, unit.room_id = "no_place", None, None
    elif u < 0.12:
        unit.quirk, unit.note = "note", rng.choice(data("words")["notes"])
    unit.never_seen = unit.status == "in_service" and not unit.kind.life_support and rng.random() < 0.012
    if unit.status in ("in_store", "quarantined"):
        unit.room_id = unit.site.store_id
        unit.note = unit.note or (data("words")["store"] if unit.status == "in_store" else "")


def _make_duplicate(unit: Unit, other: Unit) -> None:
    """The device before was entered once more, with its number typed slightly differently."""
    if not other.serial or other.duplicate_of is not None:
        return
    unit.kind, unit.model, unit.udi, unit.quirk = other.kind, other.model, "", "duplicate"
    unit.serial = other.serial.replace("0", "O", 1) if "0" in other.serial else other.serial
    unit.bought_on, unit.made_on, unit.cost_cents = other.bought_on, other.made_on, other.cost_cents
    unit.installed_on, unit.accepted_on = other.installed_on, other.accepted_on
    unit.retires_on, unit.status, unit.site, unit.department = None, "in_service", other.site, other.department
    unit.room_id, unit.never_seen = other.room_id, not other.kind.life_support
    unit.duplicate_of = other.index
