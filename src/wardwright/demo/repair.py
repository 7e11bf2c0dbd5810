"""Failures and repairs: how soon somebody comes, what it costs, how long the device is out, who verifies."""

from __future__ import annotations

from random import Random

from . import moments
from .facts import Worker, World, data
from .fleet import Unit
from .lives import Life, Period, Visit

FAILURE_MODES: list[dict] = data("words")["causes"]
MODE_WEIGHTS = [mode["weight"] for mode in FAILURE_MODES]
FAILED_STEP = {"cause": "FFPM", "problem": ["FAILPM"], "action": ["REPL", "ADJ"], "part": 0.6, "minutes": 70,
               "done": ["Cause of the failed step removed; whole procedure repeated and passed."]}  # fmt: skip


class Repairs:
    """One device under simulation; ``busy`` is the moment until which it is being worked on, ``gone`` says that a
    repair is still open today."""

    def __init__(self, world: World, unit: Unit) -> None:
        self.world, self.unit = world, unit
        self.rng = Random(f"{world.seed}:life:{unit.index}")
        self.now = moments.of(world.today)
        self.today = world.today.toordinal()
        self.life = Life(unit)
        self.busy = 0
        self.gone = False
        self.staff = unit.site.staff
        self.weights = [
            {"junior": 3, "engineer": 4, "senior": 2, "lead": 0}.get(worker.tier, 1) for worker in self.staff
        ]

    def _breaks(self, moment: int) -> None:
        mode = self.rng.choices(FAILURE_MODES, MODE_WEIGHTS)[0]
        harmless = mode["cause"] in ("USE", "NPF", "ACC", "NET", "ENV")
        unsafe = self.rng.random() < (0.25 if harmless else 0.85)
        self._repair(moment, mode, unsafe)

    def _repair(self, reported: int, mode: dict, unsafe: bool, parent: int | None = None) -> None:
        """From the report to the verified return, cut off at today."""
        rng = self.rng
        visit = Visit("corrective", reported, reported=reported, mode=mode, parent=parent)
        visit.priority = self._priority(unsafe)
        visit.provider_id = self.unit.kind.provider_id if rng.random() < 0.6 else None
        visit.title = self._complaint() if parent is None else "Repair after a failed step"
        visit.reported_by = self._reporter() if parent is None else self.life.visits[parent].worker.name  # type: ignore[union-attr]
        self.life.visits.append(visit)
        respond_hours, _ = self.world.levels["corrective", visit.priority]
        responded = reported + int(60 * respond_hours * rng.uniform(0.1, 1.25))
        visit.responded = responded
        bench = int(rng.expovariate(1 / 2.5) * moments.DAY) if visit.priority >= 3 else 0
        visit.started = moments.in_hours(responded + rng.randrange(10, 200) + bench)
        visit.worker = self._worker(senior=True)
        visit.minutes = max(8, int(mode["minutes"] * rng.lognormvariate(0, 0.5)))
        wait = self._parts(visit, mode)
        visit.done = moments.in_hours(visit.started + wait + visit.minutes)
        visit.needs_verification = bool(visit.parts) or unsafe or visit.priority <= 2
        visit.verifier = self._other(visit.worker)
        visit.verified = (
            moments.in_hours(visit.done + int(rng.expovariate(1 / 260)) + 5) if visit.needs_verification else None
        )
        visit.closed = visit.verified or visit.done + rng.randrange(5, 90)
        visit.work_done = rng.choice(mode["done"])
        visit.verdict = "repaired"
        visit.down_from = reported if unsafe else None
        self._out(visit, unsafe, wait)
        self._cut(visit, wait)

    def _priority(self, unsafe: bool) -> int:
        if self.unit.kind.life_support:
            return 1 if unsafe else 2
        return (
            self.rng.choices((2, 3, 4), (4, 5, 1))[0]
            if self.unit.kind.high_risk
            else self.rng.choices((2, 3, 4), (2, 6, 2))[0]
        )

    def _complaint(self) -> str:
        complaints = data("words")["complaints"]
        return self.rng.choice(complaints.get(self.unit.kind.family) or complaints[""])

    def _reporter(self) -> str:
        names = data("hospital")
        return f"{self.rng.choice(names['first_names'])} {self.rng.choice(names['last_names'])}"

    def _parts(self, visit: Visit, mode: dict) -> int:
        """Parts used; returns the minutes the repair waits for them."""
        rng = self.rng
        if rng.random() >= mode["part"]:
            return 0
        visit.parts = [self._part(mode["cause"]) for _ in range(1 if rng.random() < 0.85 else 2)]
        if rng.random() < 0.4:
            return 0
        return int((1 + rng.expovariate(1 / 11)) * moments.DAY)

    def _part(self, cause: str) -> tuple[str, int, int]:
        """(name, quantity, unit cost in cents)."""
        names = data("words")["parts"]
        share = self.rng.uniform(0.006, 0.05)
        cents = max(800, min(900_000, int(self.unit.kind.cost * 100 * share)))
        quantity = 2 if self.rng.random() < 0.12 else 1
        return self.rng.choice(names.get(cause) or names["PPF"]), quantity, cents // 50 * 50

    def _out(self, visit: Visit, unsafe: bool, wait: int) -> None:
        """The time out of service, as periods without gap or overlap."""
        assert visit.closed is not None and visit.started is not None
        visit.down_until = visit.returned = visit.closed
        self.busy = visit.closed
        self.life.seen = min(visit.done or 0, self.now)
        if not unsafe:
            visit.down_from = visit.down_until = visit.returned = None
            return
        start = visit.down_from or 0
        self.life.periods[-1].until = start
        by = visit.worker.name if visit.worker else ""
        reason = "failed_test" if visit.parent is not None else "under_repair"
        self.life.periods.append(
            Period("out_of_service", start, out_reason=reason, by=visit.reported_by, why=visit.title)
        )
        if wait > 2 * moments.DAY and visit.started + 30 < self.now:
            self.life.periods[-1].until = visit.started + 30
            self.life.periods.append(
                Period("out_of_service", visit.started + 30, out_reason="awaiting_parts", by=by, why="Part ordered")
            )
        if visit.closed < self.now:
            self.life.periods[-1].until = visit.closed
            verifier = visit.verifier.name if visit.verifier else by
            self.life.periods.append(Period("in_service", visit.closed, by=verifier, why="Repaired and verified"))

    def _cut(self, visit: Visit, wait: int) -> None:
        """Take back what has not happened yet."""
        now = self.now
        assert (
            visit.started is not None
            and visit.done is not None
            and visit.closed is not None
            and visit.responded is not None
        )
        held_until = visit.started + 30 + wait
        visit.held_minutes = wait if wait and held_until < now else 0
        if visit.closed < now:
            visit.state, visit.assigned = "closed", True
            return
        visit.closed = visit.returned = visit.down_until = visit.verified = None
        visit.verdict = ""
        self.gone = True  # It stays as it is until today; nothing else happens to it.
        if visit.done < now:
            visit.state, visit.assigned, visit.verdict = "to_verify", True, "repaired"
            return
        visit.done, visit.work_done = None, ""
        if visit.started + 30 < now:
            visit.assigned = True
            visit.state = "on_hold" if wait and held_until >= now else "in_progress"
            if visit.state == "on_hold":
                visit.hold, visit.held_since, visit.held_minutes = "parts", visit.started + 30, 0
                visit.parts = []
            return
        visit.started, visit.minutes, visit.parts = None, 0, []
        visit.assigned = visit.responded < now
        visit.responded = visit.responded if visit.responded < now else None
        visit.state = "assigned" if visit.assigned else "open"

    def _worker(self, *, senior: bool = False) -> Worker:
        weights = self.weights if not senior else [{"senior": 6, "lead": 0}.get(w.tier, 3) for w in self.staff]
        return self.rng.choices(self.staff, weights)[0]

    def _other(self, worker: Worker | None) -> Worker:
        others = [
            candidate
            for candidate in self.staff
            if candidate is not worker and candidate.tier in ("senior", "lead", "engineer")
        ]
        return self.rng.choice(others or self.staff)
