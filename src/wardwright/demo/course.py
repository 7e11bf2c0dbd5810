"""A device's last years as a stochastic process: failures by a power law, maintenance that is mostly on time, repairs.

Nothing here touches a database. All chance comes from one random generator per device, so one seed gives one hospital.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from wardwright.kernel.due import Every
from wardwright.kernel.due import Unit as Calendar
from wardwright.kernel.due.series import first_after, nth
from wardwright.kernel.reliability import power_law_next_event

from . import moments
from .facts import PlanFacts, World, data
from .fleet import Unit
from .lives import Attempt, Life, Period, Visit
from .repair import FAILED_STEP, Repairs

AHEAD_DAYS = 35
NOT_DONE_AFTER_DAYS = 60
# The share of maintenance done in time, and the months ago in which two colleagues had left.
ON_TIME, ON_TIME_LIFE_SUPPORT, ON_TIME_SHORT = 0.9, 0.972, 0.74
SHORT_STAFFED_DAYS_AGO = (400, 510)


def live(world: World, unit: Unit) -> Life:
    """The history of one device up to the first minute of today."""
    return Course(world, unit).run()


@dataclass(slots=True)
class _Job:
    """A maintenance job as fate has it: when somebody comes, or never."""

    plan: PlanFacts
    due_on: int
    day: int
    never: bool
    attempts: list[tuple[str, int]]


class Course(Repairs):
    """The simulation of one device from its acceptance, or the begin of the time looked at, to today."""

    def run(self) -> Life:
        unit, life = self.unit, self.life
        if unit.accepted_on is None:
            self._await_inspection()
            return life
        start = self.today - self.world.history_days
        accepted = unit.accepted_on * moments.DAY + 11 * 60
        life.periods.append(Period("in_service", accepted, by=self._worker().name, why="Accepted"))
        if unit.accepted_on >= start:
            self._incoming(accepted)
        self.busy = accepted
        begin = max(start, unit.accepted_on)
        end = unit.retires_on or self.today + AHEAD_DAYS
        jobs = sorted(self._jobs(begin, end), key=lambda job: (job.day, job.due_on))
        self._walk(jobs, begin, min(end, self.today))
        self._finish()
        return life

    # What will come ------------------------------------------------------------------------------------------

    def _jobs(self, begin: int, end: int) -> Iterator[_Job]:
        """Every maintenance job due in the time looked at; what was due before counts as done in time."""
        accepted = date.fromordinal(self.unit.accepted_on or 0)
        for plan in self.unit.kind.plans:
            if plan.strategy == "none":
                continue
            every = Every(plan.months, Calendar.MONTHS)
            index, due = first_after(every, accepted, date.fromordinal(begin - 1))
            before = nth(every, accepted, index - 1).toordinal() if index > 1 else None
            self.life.settled[plan.id] = (before, before - self.rng.randrange(0, 12) if before else None)
            while due.toordinal() <= end:
                yield self._job(plan, due.toordinal())
                index += 1
                due = nth(every, accepted, index)

    def _job(self, plan: PlanFacts, due_on: int) -> _Job:
        rng, ago = self.rng, self.today - due_on
        if self.unit.never_seen:
            return _Job(plan, due_on, due_on + NOT_DONE_AFTER_DAYS, True, [("not_located", off) for off in (0, 5, 20)])
        early = min(plan.before_days - 1, 24)
        short = SHORT_STAFFED_DAYS_AGO[0] < ago < SHORT_STAFFED_DAYS_AGO[1]
        if self.unit.kind.life_support and 4 <= ago <= 40 and rng.random() < 0.15:
            return _Job(plan, due_on, self.today + rng.randrange(2, 15), False, [])  # Must be zero, and is not.
        in_time = ON_TIME_LIFE_SUPPORT if self.unit.kind.life_support else ON_TIME_SHORT if short else ON_TIME
        u = rng.random()
        if u < in_time:
            return _Job(plan, due_on, due_on - int(rng.triangular(0, early, early / 3)), False, [])
        if self.unit.kind.life_support or u < in_time + (1 - in_time) * 0.4:
            late = rng.randrange(2, 26) if rng.random() < 0.65 else rng.randrange(26, 75)
            return _Job(plan, due_on, due_on + late, False, [])
        if u < in_time + (1 - in_time) * 0.72:
            first = -rng.randrange(0, 10)
            second = first + rng.randrange(2, 8)
            tries = [("in_use", first)] if rng.random() < 0.7 else [("in_use", first), ("in_use", second)]
            return _Job(plan, due_on, due_on + tries[-1][1] + rng.randrange(3, 24), False, tries)
        if u < in_time + (1 - in_time) * 0.93:
            found = rng.random() < 0.55
            tries = [("not_located", off) for off in (0, 5, 20)]
            return _Job(
                plan, due_on, due_on + (rng.randrange(24, 50) if found else NOT_DONE_AFTER_DAYS), not found, tries
            )
        return _Job(plan, due_on, due_on + NOT_DONE_AFTER_DAYS, True, [])

    def _failures(self, begin: int, end: int) -> Iterator[int]:
        """Moments of failure by a power law whose mean over the expected life is the type's yearly rate."""
        kind, shape = self.unit.kind, self.unit.kind.failure_shape
        intensity = kind.failures_per_year * kind.life_years ** (1 - shape)
        base = self.unit.accepted_on or 0
        age = (begin - base) / 365.25
        while True:
            age = power_law_next_event(self.rng.random(), age, intensity, shape)
            day = base + int(age * 365.25)
            if day >= end:
                return
            hour = int(self.rng.triangular(0, 24 * 60, 11 * 60))
            yield day * moments.DAY + min(hour, moments.DAY - 1)

    def _walk(self, jobs: list[_Job], begin: int, end: int) -> None:
        """Maintenance and failures in the order of their days; a device under repair cannot fail or be visited."""
        failures = self._failures(begin, end)
        failure = next(failures, None)
        for job in jobs:
            while failure is not None and failure < job.day * moments.DAY and not self.gone:
                if failure > self.busy:
                    self._breaks(failure)
                failure = next(failures, None)
            if self.gone:
                self.life.visits.append(self._order(job))  # Nobody can come while the repair is open.
            else:
                self._maintain(job)
        while failure is not None and not self.gone:
            if failure > self.busy:
                self._breaks(failure)
            failure = next(failures, None)

    # Maintenance ---------------------------------------------------------------------------------------------

    def _maintain(self, job: _Job) -> None:
        visit = self._order(job)
        visit.worker = self._worker()
        visit.attempts = [attempt for kind, off in job.attempts if (attempt := self._attempt(kind, job.due_on + off))]
        self.life.visits.append(visit)
        day = moments.workday(job.day)
        started = max(day * moments.DAY + moments.OPENS + self.rng.randrange(0, 440), moments.in_hours(self.busy + 20))
        if self.unit.retires_on is not None and min(started // moments.DAY, job.day) >= self.unit.retires_on:
            visit.state, visit.worker, visit.work_done = "cancelled", None, "The device was retired."
            visit.closed = self.unit.retires_on * moments.DAY + 15 * 60
        elif job.never:
            self._give_up(visit, job)
        elif started < self.now - 180:
            self._perform(visit, started)
        else:
            visit.assigned = job.due_on - self.today < 10 and self.rng.random() < 0.45
            visit.state = "assigned" if visit.assigned else "open"

    def _order(self, job: _Job) -> Visit:
        """The order as the plan makes it, some weeks before it is due."""
        visit = Visit(
            "planned",
            (job.due_on - AHEAD_DAYS) * moments.DAY + 240,
            plan=job.plan,
            due_on=job.due_on,
            title=job.plan.name,
        )
        visit.priority = 2 if self.unit.kind.life_support else 3
        visit.provider_id = self.unit.kind.provider_id
        return visit

    def _attempt(self, kind: str, day: int) -> Attempt | None:
        at = moments.workday(day) * moments.DAY + moments.OPENS + self.rng.randrange(0, 400)
        if at >= self.now:
            return None
        return Attempt(kind, at, self._worker().name, moments.workday(day + self.rng.randrange(3, 8)))

    def _give_up(self, visit: Visit, job: _Job) -> None:
        """Never done: closed as not done after the search, or still open."""
        closed = max(moments.workday(job.day) * moments.DAY + 15 * 60, moments.in_hours(self.busy + 30))
        visit.worker = None
        if closed < self.now:
            visit.state, visit.closed, visit.verdict = "closed", closed, "not_done"
            visit.work_done = "Not located within the search protocol; told the ward and the head of department."
            if not visit.attempts:
                visit.work_done = "Not done: overtaken by the next interval."
            self._settle(visit, None)

    def _perform(self, visit: Visit, started: int) -> None:
        rng, plan = self.rng, visit.plan
        assert plan is not None and visit.worker is not None
        visit.minutes = max(5, int(plan.minutes * rng.uniform(0.65, 1.5)))
        visit.started, visit.responded = started, started
        visit.done = started + visit.minutes
        visit.closed = visit.done + rng.randrange(2, 30)
        visit.state, visit.assigned = "closed", True
        self.busy = visit.closed
        self.life.seen = visit.done
        self._settle(visit, visit.done)
        age_share = (started // moments.DAY - (self.unit.accepted_on or 0)) / 365.25 / self.unit.kind.life_years
        if rng.random() < 0.028 * (0.5 + age_share):
            self._fails(visit)
        elif rng.random() < 0.05:
            visit.verdict, visit.work_done = (
                "pass_minor_fix",
                rng.choice(
                    (
                        "Pole clamp tightened.",
                        "Battery replaced.",
                        "Label renewed.",
                        "Filter changed, rubber foot replaced.",
                    )
                ),
            )
            if visit.work_done == "Battery replaced.":
                visit.parts = [self._part("BATT")]
        else:
            visit.verdict = "pass"

    def _fails(self, visit: Visit) -> None:
        """A step fails: the device leaves service if it is unsafe, and one corrective order is linked."""
        assert visit.plan is not None and visit.done is not None
        steps = [step for step in visit.plan.procedure.steps if step.key != "label"]
        visit.failed_step = self.rng.choice(steps)
        unsafe = self.rng.random() < 0.7 or self.unit.kind.life_support
        visit.verdict = "fail_unsafe" if unsafe else "fail_safe"
        visit.work_done = "Taken out of service, ward told." if unsafe else "May be used until repaired."
        self._repair(visit.done, FAILED_STEP, unsafe, parent=len(self.life.visits) - 1)

    def _settle(self, visit: Visit, done: int | None) -> None:
        assert visit.plan is not None
        last_due, last_done = self.life.settled[visit.plan.id]
        day = None if done is None else done // moments.DAY
        known = [on for on in (last_done, day) if on is not None]
        self.life.settled[visit.plan.id] = (max(last_due or 0, visit.due_on or 0), max(known) if known else None)

    def _incoming(self, accepted: int) -> None:
        """The gate before first use, passed on the day of acceptance."""
        worker = self._worker()
        minutes = max(10, int(self.unit.kind.inspection.minutes * self.rng.uniform(0.6, 1.1)))  # type: ignore[union-attr]
        start = accepted - minutes
        visit = Visit("incoming", start - 600, "closed", title="Incoming inspection", started=start, responded=start)
        visit.done, visit.closed, visit.worker, visit.assigned = accepted, accepted, worker, True
        visit.verdict, visit.minutes = "pass", minutes
        self.life.visits.append(visit)
        self.life.seen = accepted

    def _await_inspection(self) -> None:
        """Delivered or on order: nothing is done with it before the incoming inspection."""
        if self.unit.status == "ordered":
            self.life.periods.append(
                Period("ordered", self.unit.bought_on * moments.DAY + 600, by="Ida Novak", why="Ordered")
            )
            return
        arrived = self.unit.installed_on * moments.DAY + 9 * 60
        self.life.periods.append(Period("received", arrived, by=self._worker().name, why="Delivered"))
        visit = Visit("incoming", arrived, title="Incoming inspection", priority=3, reported=arrived)
        visit.due_on = self.unit.installed_on + 7
        self.life.visits.append(visit)
        self.life.seen = arrived

    # The end -------------------------------------------------------------------------------------------------

    def _finish(self) -> None:
        """Retirement, store or quarantine as the device's fate says, unless a repair is open."""
        unit, last = self.unit, self.life.periods[-1]
        if self.gone:
            unit.status = last.status
            return
        if unit.status == "in_service":
            return
        rng = self.rng
        if unit.retires_on is not None:
            at = max(unit.retires_on * moments.DAY + 14 * 60, moments.in_hours(self.busy + 60))
            self._change(
                Period(
                    "retired",
                    at,
                    by="Hanna Keller",
                    why=rng.choice(("Replaced", "Beyond economic repair", "No parts any more")),
                )
            )
            if unit.status == "disposed":
                self._change(
                    Period(
                        "disposed",
                        at + rng.randrange(2, 40) * moments.DAY,
                        by="Sam Lindqvist",
                        why="Data removed; to the recycler",
                    )
                )
        else:
            at = max(self.now - rng.randrange(1, 120) * moments.DAY + 600, moments.in_hours(self.busy + 60))
            words = {
                "in_store": "Spare",
                "quarantined": rng.choice(data("words")["quarantine"]),
                "out_of_service": "Beyond repair",
            }
            reason = "beyond_repair" if unit.status == "out_of_service" else ""
            self._change(Period(unit.status, at, out_reason=reason, by=self._worker().name, why=words[unit.status]))
        unit.status = self.life.periods[-1].status

    def _change(self, period: Period) -> None:
        if period.start >= self.now:
            return
        self.life.periods[-1].until = period.start
        self.life.periods.append(period)
