"""Searching: a new notice against the whole inventory, and a new or changed device against all past notices."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from .aliases import NONE, Aliases
from .evidence import evidence
from .judging import judge
from .model import Device, Match, Subject
from .product import Product
from .sought import Sought


class Inventory:
    """Devices made ready to be searched for many notices. ``add`` of a key that is there replaces it."""

    def __init__(self, devices: Iterable[Device] = (), aliases: Aliases = NONE) -> None:
        self.aliases = aliases
        self._devices: dict[Any, tuple[Device, Product]] = {}
        for device in devices:
            self.add(device)

    def __len__(self) -> int:
        return len(self._devices)

    def add(self, device: Device) -> None:
        self._devices[device.key] = (device, Product.of(device, self.aliases))

    def remove(self, key: Any) -> None:
        """Take a device out; one that is not there stays out."""
        self._devices.pop(key, None)

    def against(self, subject: Subject) -> Iterator[Match]:
        """Every device that the notice is about, in the order in which they were added."""
        sought = Sought(subject)
        for device, product in self._devices.values():
            match = judge(sought, device, product, evidence(sought, product))
            if match:
                yield match


class Notices:
    """Notices made ready to be searched for many devices. ``add`` of a key that is there replaces it."""

    def __init__(self, subjects: Iterable[Subject] = (), aliases: Aliases = NONE) -> None:
        self.aliases = aliases
        self._sought: dict[Any, Sought] = {}
        for subject in subjects:
            self.add(subject)

    def __len__(self) -> int:
        return len(self._sought)

    def add(self, subject: Subject) -> None:
        self._sought[subject.key] = Sought(subject)

    def remove(self, key: Any) -> None:
        """Take a notice out; one that is not there stays out."""
        self._sought.pop(key, None)

    def against(self, device: Device) -> Iterator[Match]:
        """Every notice that is about the device, in the order in which they were added."""
        product = Product.of(device, self.aliases)
        for sought in self._sought.values():
            match = judge(sought, device, product, evidence(sought, product))
            if match:
                yield match
