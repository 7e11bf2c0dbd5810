"""The labelled set as a whole: notices of all sources, and one inventory in which the devices of all are planted."""

from __future__ import annotations

import random
from pathlib import Path

from .composed import composed
from .labelled import Labelled
from .measures import Measures, measure
from .planting import Planted, Planter, background_rows
from .real import advisories, pages, reports
from .things import of_identifiers, of_registers


def labelled_set(
    folder: Path, seed: int, amount: int, each: int, mangles: int = 2
) -> tuple[list[Labelled], list[Planted]]:
    """``amount`` composed notices beside the real ones; ``each`` devices for every product that is meant."""
    rng = random.Random(seed)
    notices = [*advisories(folder), *reports(folder), *pages(folder)]
    equipment, register = of_identifiers(folder), of_registers(folder)
    more = rng.sample(of_identifiers(folder, all_of_them=True), 3000)
    for things, share in ((equipment, 0.5), (register, 0.25), (more, 0.25)):
        notices += composed(rng, things, round(amount * share))
    for number, notice in enumerate(notices):
        object.__setattr__(notice.subject, "key", f"{number} {notice.subject.key}")
    planter = Planter(rng, mangles=mangles)
    planted = [one for n, notice in enumerate(notices) for one in planter.plant(n, notice, each)]
    return notices, [*planted, *planter.background(background_rows(folder))]


def measured(folder: Path, seed: int, amount: int, each: int, mangles: int = 2) -> Measures:
    return measure(*labelled_set(folder, seed, amount, each, mangles))
