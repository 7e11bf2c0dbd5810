"""Readings become measurements of the devices they were taken on, also those of the years before the simulated ones."""

from __future__ import annotations

from bisect import bisect_right
from datetime import date
from functools import cache
from math import inf
from random import Random

from wardwright.apps.testing.models import Measurement
from wardwright.apps.testing.states import MeasurementSource
from wardwright.kernel.due import Every
from wardwright.kernel.due import Unit as Calendar
from wardwright.kernel.due.series import first_after, nth

from . import moments
from .facts import StepFacts, World, data
from .fleet import Unit
from .lives import Life
from .readings import reading
from .store import Batch, Ids

READ_DAYS = 1826  # how far back readings go


def instrument_of(unit: Unit, step: StepFacts, taken: int) -> int | None:
    """The instrument of the site that reads this step; where there are two of a kind, the one at hand that day."""
    if not step.needs_instrument:
        return None
    own = unit.site.instruments[_kind_of(unit.kind.family, step.key)]
    return own[(unit.index + taken // moments.DAY) % len(own)]


@cache
def _kind_of(family: str, key: str) -> str:
    """The kind of instrument for a step, else for all steps of a family, else the last, which reads most things."""
    kinds = data("instruments")["instruments"]
    of_step = [kind["name"] for kind in kinds if key in kind.get("steps", ())]
    of_family = [kind["name"] for kind in kinds if family in kind.get("families", ())]
    return (of_step or of_family or [kinds[-1]["name"]])[0]


class Measuring:
    """Puts measurements into a batch, each with the calibration its instrument had on that day."""

    def __init__(self, world: World, ids: Ids, batch: Batch) -> None:
        self.world, self.ids, self.batch = world, ids, batch

    def keep(
        self, unit: Unit, asset_id: int, step: StepFacts, value: str, outcome: str, taken: int, who: str,
        source: MeasurementSource = MeasurementSource.STEP,
    ) -> int:  # fmt: skip
        """One reading; its id."""
        pk, instrument = self.ids.next(Measurement), instrument_of(unit, step, taken)
        known = self.world.calibrations.get(instrument or 0, [])
        before = bisect_right(known, (taken // moments.DAY, inf))
        limited = step.low is not None or step.high is not None
        self.batch.rows[Measurement].append(
            (pk, asset_id, unit.site.id, instrument, known[before - 1][1] if before else None, source.value, step.key,
             step.words, value, step.unit, step.low, step.high, step.limit_source, outcome if limited else "none",
             moments.text(taken), who)
        )  # fmt: skip
        return pk

    def earlier(self, life: Life, asset_id: int) -> None:
        """What was read before the time that is simulated, as it was taken over from the system before."""
        unit, accepted = life.unit, life.unit.accepted_on
        if accepted is None or not self.world.full_history:
            return
        rng, today = Random(f"{self.world.seed}:earlier:{unit.index}"), self.world.today.toordinal()
        begun = date.fromordinal(accepted)
        for plan in unit.kind.plans:
            steps = [step for step in plan.procedure.steps if step.kind == "reading"]
            if plan.strategy == "none" or not steps:
                continue
            every = Every(plan.months, Calendar.MONTHS)
            index, due = first_after(every, begun, date.fromordinal(max(accepted, today - READ_DAYS)))
            while due.toordinal() < today - self.world.history_days:
                self._visit(rng, unit, asset_id, steps, moments.workday(due.toordinal() - rng.randrange(10)))
                index += 1
                due = nth(every, begun, index)

    def _visit(self, rng: Random, unit: Unit, asset_id: int, steps: list[StepFacts], day: int) -> None:
        who, years = rng.choice(unit.site.staff).name, (day - (unit.accepted_on or day)) / 365.25
        for number, step in enumerate(steps):
            value = reading(rng, step, unit.index, years, False, who)
            at = day * moments.DAY + 570 + 3 * number
            self.keep(unit, asset_id, step, value, "pass", at, who, MeasurementSource.FILE)
