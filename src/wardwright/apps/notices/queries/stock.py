"""The whole inventory made ready for many notices: models first, their devices only where a notice may mean them."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from wardwright.apps.assets.models import Asset
from wardwright.apps.assets.queries.importing import chunks
from wardwright.kernel.matching import Device, Inventory, Match, Subject
from wardwright.kernel.scope import Element, Form
from wardwright.kernel.scope.model import CODES

from .inventory import devices_of, guests, inventory_size, products, supplies

FRESH_SECONDS = 20


class Stock:
    """What we own at one moment. Devices of a model are read the first time a notice asks for them."""

    def __init__(self) -> None:
        self.read_at = time.monotonic()
        self.size = inventory_size()
        self._products = Inventory(products())
        self._others = Inventory([*supplies(), *guests()])
        self._devices: dict[int, list[Device]] = {}

    def fresh(self) -> Stock:
        """This, or one read anew where it is too old: what came since is not in it, and would look lost."""
        return self if time.monotonic() - self.read_at < FRESH_SECONDS else Stock()

    def against(self, subject: Subject) -> tuple[list[int], list[Match]]:
        """The models that a notice may be about, and what it says of each device, lot and patient's device."""
        models = sorted({match.device for match in self._products.against(subject)})
        devices = [one for model in self._ready(models) for one in self._devices[model]]
        known = {one.key for one in devices}
        devices += [one for one in _by_their_codes(subject) if one.key not in known]
        return models, [*Inventory(devices).against(subject), *self._others.against(subject)]

    def _ready(self, models: list[int]) -> list[int]:
        wanted = [model for model in models if model not in self._devices]
        if wanted:
            found: dict[int, list[Device]] = defaultdict(list)
            for some in chunks(wanted):
                for model, device in devices_of(some):
                    found[model].append(device)
            for model in wanted:
                self._devices[model] = found[model]
        return models


def _by_their_codes(subject: Subject) -> Iterator[Device]:
    """Devices that have a serial or lot number which the notice names singly, whatever their model is called."""
    named = {e.low for clause in subject.scope.clauses for e in clause.of(*CODES) if _is_single(e)}
    spelled = sorted({form for code in named for form in (code, code.upper(), code.lstrip("0"))} - {""})
    for some in chunks(spelled):
        found = Asset.objects.filter(serial__in=some).values_list("pk", flat=True)
        yield from (device for _model, device in devices_of(asset_ids=list(found)))


def _is_single(element: Element) -> Any:
    return element.form is Form.ONE and len(element.low) >= 4
