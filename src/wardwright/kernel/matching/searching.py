"""Searching: a new notice against the whole inventory, and a new or changed device against all past notices."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from rapidfuzz import fuzz, process

from .aliases import NONE, Aliases
from .judging import Judge, single_keys
from .keys import of_product, of_sought
from .likeness import WHOLE_FROM
from .model import Device, Match, Subject
from .product import Product
from .sought import Sought

_NOTHING: dict[int, None] = {}


class Postings:
    """Which rows have a key. Rows are numbers, kept in the order in which they came."""

    def __init__(self) -> None:
        self._rows: dict[str, dict[int, None]] = {}

    def add(self, row: int, keys: Iterable[str]) -> None:
        for key in keys:
            self._rows.setdefault(key, {})[row] = None

    def remove(self, row: int, keys: Iterable[str]) -> None:
        for key in keys:
            rows = self._rows[key]
            del rows[row]
            if not rows:
                del self._rows[key]

    def with_any(self, keys: Iterable[str]) -> set[int]:
        found: set[int] = set()
        for key in keys:
            found.update(self._rows.get(key, _NOTHING))
        return found


class Flats:
    """Whole names in one piece, for those that are compared without a maker: few, and so one by one."""

    def __init__(self) -> None:
        self._names: dict[tuple[int, str], str] = {}

    def add(self, row: int, names: Iterable[str]) -> None:
        self._names.update({(row, name): name for name in names})

    def remove(self, row: int, names: Iterable[str]) -> None:
        for name in names:
            self._names.pop((row, name), None)

    def like(self, names: Iterable[str]) -> set[int]:
        found = (
            key[0]
            for name in names
            for _name, _score, key in process.extract(
                name, self._names, scorer=fuzz.ratio, score_cutoff=WHOLE_FROM, limit=None
            )
        )
        return set(found)


@dataclass(slots=True)
class _Stock:
    """Devices of one product."""

    product: Product
    devices: dict[Any, Device] = field(default_factory=dict)


class Inventory:
    """Devices made ready to be searched for many notices. ``add`` of a key that is there replaces it."""

    def __init__(self, devices: Iterable[Device] = (), aliases: Aliases = NONE) -> None:
        self.aliases = aliases
        self._rows = count()
        self._stocks: dict[int, _Stock] = {}
        self._row_of_product: dict[Product, int] = {}
        self._row_of_device: dict[Any, int] = {}
        self._places: dict[Any, int] = {}
        self._next_place = count()
        self._by_key = Postings()
        self._all, self._makerless = Flats(), Flats()
        self._by_number: dict[str, dict[Any, None]] = {}
        for device in devices:
            self.add(device)

    def __len__(self) -> int:
        return len(self._row_of_device)

    def add(self, device: Device) -> None:
        self.remove(device.key)
        product = Product.of(device, self.aliases)
        row = self._row_of_product.get(product)
        if row is None:
            row = self._row_of_product[product] = next(self._rows)
            self._stocks[row] = _Stock(product)
            self._by_key.add(row, of_product(product))
            self._all.add(row, product.flat)
            if product.makerless:
                self._makerless.add(row, product.flat)
        self._stocks[row].devices[device.key] = device
        self._row_of_device[device.key] = row
        self._places[device.key] = next(self._next_place)
        for number in single_keys(device):
            self._by_number.setdefault(number, {})[device.key] = None

    def remove(self, key: Any) -> None:
        """Take a device out; one that is not there stays out."""
        row = self._row_of_device.pop(key, None)
        if row is None:
            return
        stock = self._stocks[row]
        device = stock.devices.pop(key)
        del self._places[key]
        for number in single_keys(device):
            rows = self._by_number[number]
            rows.pop(key, None)
            if not rows:
                del self._by_number[number]
        if not stock.devices:
            del self._stocks[row], self._row_of_product[stock.product]
            self._by_key.remove(row, of_product(stock.product))
            self._all.remove(row, stock.product.flat)
            self._makerless.remove(row, stock.product.flat)

    def against(self, subject: Subject) -> Iterator[Match]:
        """Every device that the notice is about, in the order in which they were added."""
        sought = Sought(subject)
        found: dict[Any, Match] = {}
        reached: set[int] = set()
        names = self._all if sought.makerless else self._makerless
        for row in self._by_key.with_any(of_sought(sought)) | names.like(sought.flats):
            stock = self._stocks[row]
            judge = Judge(sought, stock.product)
            if not judge.ways:
                continue
            reached.add(row)
            for device in stock.devices.values():
                match = judge.match(device)
                if match:
                    found[device.key] = match
        for number in sought.singles:
            for key in self._by_number.get(number, ()):
                row = self._row_of_device[key]
                if row not in reached:
                    stock = self._stocks[row]
                    match = Judge(sought, stock.product).match(stock.devices[key])
                    if match:
                        found[key] = match
        yield from (found[key] for key in sorted(found, key=self._places.__getitem__))


class Notices:
    """Notices made ready to be searched for many devices. ``add`` of a key that is there replaces it."""

    def __init__(self, subjects: Iterable[Subject] = (), aliases: Aliases = NONE) -> None:
        self.aliases = aliases
        self._rows = count()
        self._sought: dict[int, Sought] = {}
        self._row_of: dict[Any, int] = {}
        self._by_key = Postings()
        self._all, self._makerless = Flats(), Flats()
        for subject in subjects:
            self.add(subject)

    def __len__(self) -> int:
        return len(self._row_of)

    def add(self, subject: Subject) -> None:
        self.remove(subject.key)
        row = self._row_of[subject.key] = next(self._rows)
        sought = self._sought[row] = Sought(subject)
        self._by_key.add(row, _all_keys(sought))
        self._all.add(row, sought.flats)
        if sought.makerless:
            self._makerless.add(row, sought.flats)

    def remove(self, key: Any) -> None:
        """Take a notice out; one that is not there stays out."""
        row = self._row_of.pop(key, None)
        if row is not None:
            sought = self._sought.pop(row)
            self._by_key.remove(row, _all_keys(sought))
            self._all.remove(row, sought.flats)
            self._makerless.remove(row, sought.flats)

    def against(self, device: Device) -> Iterator[Match]:
        """Every notice that is about the device, in the order in which they were added."""
        product = Product.of(device, self.aliases)
        keys = {*of_product(product), *(f"s{number}" for number in single_keys(device))}
        names = self._all if product.makerless else self._makerless
        for row in sorted(self._by_key.with_any(keys) | names.like(product.flat)):
            sought = self._sought[row]
            match = Judge(sought, product).match(device)
            if match:
                yield match


def _all_keys(sought: Sought) -> set[str]:
    return {*of_sought(sought), *(f"s{number}" for number in sought.singles)}
