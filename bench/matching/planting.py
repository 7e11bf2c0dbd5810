"""Assets planted for labelled notices: what is true of each, and what the register has of it."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from wardwright.kernel.matching import Device
from wardwright.kernel.names.makers import known_maker, makers, relation
from wardwright.kernel.scope import Unit
from wardwright.kernel.tabular.values import clean_text

from . import mangling
from .labelled import Labelled, Meant, Truth
from .mangling import mangled
from .things import Thing, register_rows, spellings


@dataclass
class Planted:
    """A device and its truth: for which notice it was planted, and whether that notice means it."""

    device: Device
    notice: int
    kind: str  # inside, outside, sibling, other maker, background
    affected: bool
    thing: Thing
    rules: list[str] = field(default_factory=list)


class Planter:
    """Plants with one generator of random numbers; ``mangles`` is how many rules at most a name goes through."""

    def __init__(self, rng: random.Random, *, mangles: int = 2) -> None:
        self.rng, self.mangles = rng, mangles
        self.spellings = spellings()
        self.numbers = iter(range(10**9))

    def plant(self, number: int, notice: Labelled, each: int) -> Iterator[Planted]:
        """About ``each`` devices for every product that is meant, and as many that are not."""
        for meant in notice.meant:
            for _ in range(each):
                truth = self.rng.choice(meant.inside)
                yield self._device(number, meant.thing, truth, meant, "inside", affected=True)
            for _ in range(each if meant.outside else 0):
                truth = self.rng.choice(meant.outside)
                yield self._device(number, meant.thing, truth, meant, "outside", affected=False)
            for _ in range(max(1, each // 4)):
                truth = self.rng.choice(meant.inside)
                yield self._other_maker(number, meant.thing, truth)
        for sibling in notice.siblings:
            truth = self.rng.choice(self.rng.choice(notice.meant).inside)
            yield self._device(number, sibling, truth, None, "sibling", affected=False)

    def background(self, rows: list[tuple[str, str, str]]) -> Iterator[Planted]:
        for maker, model, serial in rows:
            unit = Unit.of({"maker": maker, "model": model, "serial": serial})
            yield Planted(Device(next(self.numbers), unit), -1, "background", False, Thing(maker, "", model))

    def _device(
        self, number: int, thing: Thing, truth: Truth, meant: Meant | None, kind: str, *, affected: bool
    ) -> Planted:
        rules: list[str] = []
        named = meant is None or meant.named
        missing = named and self.rng.random() < 0.04
        model, ref = self._model(thing, rules, most=1 if missing else self.mangles, missing=missing)
        maker = "" if missing else self._maker(thing.maker, rules)
        rules += ["maker missing"] if missing else []
        if maker and named and self.rng.random() < 0.07 and known_maker(maker):
            model, maker = f"{maker} {model}".strip(), ""
            rules.append("maker inside the model")
        di = thing.di if thing.di and self.rng.random() < 0.2 else ""
        unit = Unit(maker, clean_text(model), ref, di, *self._production(truth, rules))
        return Planted(Device(next(self.numbers), unit, self._code(thing)), number, kind, affected, thing, rules)

    def _model(self, thing: Thing, rules: list[str], *, most: int, missing: bool) -> tuple[str, str]:
        """The model and the catalogue number, as the register has them."""
        chance = self.rng.random()
        model, ref = thing.name, thing.ref if self.rng.random() < 0.5 else ""
        if thing.ref and (not thing.name or chance < 0.08):
            model, ref = thing.ref, ""
            rules.append("catalogue number as model")
        elif thing.brand and thing.model and chance < 0.25 and any(c.isdigit() for c in thing.model):
            model = thing.model
            rules.append("model without brand")
        elif chance < 0.29 and not missing:
            model = self.rng.choice(["", "", "(EU)", "spare", "Mod.", "w/ stand", "N/A", "-"])
            rules.append("model missing")
            return model, ref
        model = _one_of_family(self.rng, model) if not thing.di else model
        model, done = mangled(self.rng, model, mangling.NAME_RULES, most)
        if ref and self.rng.random() < 0.3:
            ref = self.rng.choice([ref.lower(), ref.replace("-", ""), ref.replace(" ", ""), f"REF {ref}"])
        rules += done
        return model, ref

    def _maker(self, maker: str, rules: list[str]) -> str:
        chance = self.rng.random()
        known = known_maker(maker)
        if known and chance < 0.3:
            others, related = self.spellings[known.name]
            if chance < 0.08 and related:
                rules.append("maker by a related name")
                return self.rng.choice(related)
            maker = self.rng.choice([known.name, *others])
        changed, done = mangled(self.rng, maker, mangling.MAKER_RULES, 1)
        rules += done
        return changed

    def _production(self, truth: Truth, rules: list[str]) -> tuple:
        serial, done = mangled(self.rng, truth.serial, mangling.SERIAL_RULES, 1 if self.rng.random() < 0.4 else 0)
        lot, version = truth.lot, truth.version
        if version and self.rng.random() < 0.3:
            version, more = mangled(self.rng, version, mangling.VERSION_RULES, 1)
            rules += more
        made_on = truth.made_on
        if self.rng.random() < 0.1:
            serial = lot = version = ""
            made_on = None
            done = ["numbers missing"]
        rules += done
        return lot, serial, version, made_on

    def _code(self, thing: Thing) -> str:
        return thing.code if self.rng.random() < 0.4 else ""

    def _other_maker(self, number: int, thing: Thing, truth: Truth) -> Planted:
        """The same words under another maker that is no relation."""
        own = known_maker(thing.maker)
        others = [one for one in makers() if own is None or (one is not own and not relation(own, one))]
        other = self.rng.choice(others).name
        fake = replace(thing, maker=other, di="", ref="", model=thing.name, brand="")
        planted = self._device(number, fake, truth, None, "other maker", affected=False)
        if not planted.device.unit.maker:
            unit = replace(planted.device.unit, maker=other)
            planted.device = replace(planted.device, unit=unit)
        return planted


def _one_of_family(rng: random.Random, model: str) -> str:
    """One model of a family: MP30 of MP2-MP90, MX700 of MX800/700/600."""
    family = re.search(r"\b([A-Z]{1,4})(\d{1,4})-\1?(\d{1,4})\b", model)
    if family and int(family[2]) < int(family[3]):
        return model.replace(family[0], f"{family[1]}{rng.randint(int(family[2]), int(family[3]))}")
    return model


def background_rows(folder: object) -> list[tuple[str, str, str]]:
    return list(register_rows(folder))  # type: ignore[arg-type]
