"""How fast matching is: a whole inventory against all notices from nothing, and a day's news. Needs no shared data.

Names are made up: a universe of products of many makers, of which the hospital owns some; some makers are much larger
than others, and registers write their names in several ways. Notices are about products of the whole universe.
"""

from __future__ import annotations

import random
import resource
import statistics
import time
from collections import Counter
from typing import Any

from rapidfuzz import fuzz, process

from wardwright.kernel.matching import Device, Inventory, Notices, Subject
from wardwright.kernel.scope import Clause, Element, Form, Of, Scope, Unit

from . import mangling
from .mangling import mangled

_SYLLABLES = "ba ce di fo gu ha je ki lo mu na pe qui ro su ta ve wi xa zo bri cla dre flo gra".split()
_KINDS = "Monitor Pump Ventilator Defibrillator Bed Scale Analyzer Warmer Lamp Scope Cart Concentrator".split()
_PROSE = (
    "may stop without an alarm because a capacitor on the power board can fail and the battery may not take over "
    "in time customers are asked to inspect affected units and to contact the firm for a correction of the firmware"
)


class Universe:
    """Makers and their products."""

    def __init__(self, rng: random.Random, makers: int, products: int) -> None:
        self.rng = rng
        names = {self._word(2, 3).title() for _ in range(makers * 2)}
        self.makers = sorted(names)[:makers]
        weights = [1 / (rank + 3) for rank in range(len(self.makers))]
        owners = rng.choices(self.makers, weights, k=products)
        self.products = [(maker, self._model(), f"{rng.randrange(10**6, 10**7)}") for maker in owners]

    def _word(self, low: int, high: int) -> str:
        return "".join(self.rng.choice(_SYLLABLES) for _ in range(self.rng.randint(low, high)))

    def _model(self) -> str:
        code = f"{self.rng.choice(['', '', 'MX', 'V', 'SE-', 'T'])}{self.rng.randrange(10, 9999)}"
        return " ".join((self._word(2, 3).title(), code, *self.rng.sample(_KINDS, self.rng.randint(0, 1))))

    def device(self, key: int, product: tuple[str, str, str]) -> Device:
        maker, model, ref = product
        serial = f"{self.rng.choice(['', 'SN', 'A'])}{self.rng.randrange(10_000, 99_999)}"
        version = f"{self.rng.randint(1, 5)}.{self.rng.randint(0, 9)}"
        return Device(key, Unit(maker, model, ref if key % 3 == 0 else "", serial=serial, version=version))

    def written(self, product: tuple[str, str, str]) -> tuple[str, str, str]:
        """One of the ways in which a register writes a product."""
        maker, model, ref = product
        maker, _done = mangled(self.rng, maker, mangling.MAKER_RULES, 1)
        model, _done = mangled(self.rng, model, mangling.NAME_RULES, 2)
        return maker, model, ref

    def subject(self, key: Any, product: tuple[str, str, str]) -> Subject:
        """A notice about one product or two, by model or catalogue number, most with ranges of serials or versions."""
        maker, model, ref = product
        others = [self.rng.choice(self.products)[1]] if self.rng.random() < 0.3 else []
        text = f"{maker} {model} {ref} {_PROSE}"
        named = [Element(Of.MODEL, Form.ONE, one) for one in (model, *others)]
        if self.rng.random() < 0.3:
            named = [Element(Of.REF, Form.ONE, ref)]
        low = self.rng.randrange(10_000, 90_000)
        how = self.rng.random()
        if how < 0.5:
            named += [Element(Of.SERIAL, Form.RANGE, f"{low + n * 900}", f"{low + n * 900 + 400}") for n in range(3)]
        elif how < 0.7:
            named.append(Element(Of.VERSION, Form.RANGE, "", f"{self.rng.randint(1, 5)}.{self.rng.randint(0, 9)}"))
        else:
            named.append(Element(Of.PRODUCT, Form.ALL))
        return Subject(key, Scope(text, (Clause(tuple(named)),)), (f"{maker} Medical Inc.",))


def speed(devices: int, notices: int, *, owned: int = 1000, products: int = 30_000) -> dict[str, Any]:
    """Seconds and megabytes. ``owned`` products in about three spellings each."""
    rng = random.Random(5)
    universe = Universe(rng, 1500, products)
    stock = [universe.written(one) for one in rng.sample(universe.products, owned) for _ in range(3)]
    assets = [universe.device(key, rng.choice(stock)) for key in range(devices)]
    subjects = [universe.subject(key, rng.choice(universe.products)) for key in range(notices)]
    floor = _floor(rng, assets, subjects)
    before = _megabytes()
    start = time.process_time()
    inventory = Inventory(assets)
    built = time.process_time() - start
    start = time.process_time()
    standings: Counter[str] = Counter()
    for subject in subjects:
        standings.update(match.standing for match in inventory.against(subject))
    searched = time.process_time() - start
    between = _megabytes()
    start = time.process_time()
    known = Notices(subjects)
    kept = time.process_time() - start
    news = [universe.subject(f"new {n}", rng.choice(universe.products)) for n in range(10)]
    changed = [universe.device(devices + n, rng.choice(stock)) for n in range(200)]
    each_notice = [_timed(lambda one=one: (known.add(one), list(inventory.against(one)))) for one in news]
    each_device = [_timed(lambda one=one: (inventory.add(one), list(known.against(one)))) for one in changed]
    return {
        "devices": devices,
        "notices": notices,
        "products": len({(one.unit.maker, one.unit.model, one.unit.ref) for one in assets}),
        "built_seconds": round(built, 1),
        "searched_seconds": round(searched, 1),
        "per_notice_ms": round(searched / notices * 1000, 2),
        "matches": dict(standings),
        "floor_seconds": round(floor),
        "times_the_floor": round(floor / (built + searched), 1),
        "new_notice_ms": round(statistics.median(each_notice) * 1000, 1),
        "new_notice_worst_ms": round(max(each_notice) * 1000, 1),
        "changed_device_ms": round(statistics.median(each_device) * 1000, 1),
        "changed_device_worst_ms": round(max(each_device) * 1000, 1),
        "notices_built_seconds": round(kept, 1),
        "inventory_mb": round(between - before),
        "notices_mb": round(_megabytes() - between),
        "peak_mb": round(_megabytes()),
    }


def _floor(rng: random.Random, assets: list[Device], subjects: list[Subject]) -> float:
    """Every notice beside every asset by the likeness (``fuzz.ratio``) of maker and model alone, and nothing decided:
    measured on 100 notices and 5,000 assets, and scaled by the number of pairs."""
    left = [f"{s.makers[0]} {s.scope.clauses[0].elements[0].low}".casefold() for s in rng.sample(subjects, 100)]
    right = [f"{a.unit.maker} {a.unit.model}".casefold() for a in rng.sample(assets, min(5_000, len(assets)))]
    start = time.process_time()
    process.cdist(left, right, scorer=fuzz.ratio, score_cutoff=80, workers=1)
    seconds = time.process_time() - start
    return seconds / (len(left) * len(right)) * len(subjects) * len(assets)


def _timed(run: Any) -> float:
    start = time.process_time()
    run()
    return time.process_time() - start


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    import json
    import sys

    print(json.dumps(speed(*(int(one) for one in sys.argv[1:3] or ("10000", "5000"))), indent=1))
