"""Simulated lives become rows: devices, places, statuses, schedules, work orders with their evidence, signatures."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from random import Random
from typing import Any

from wardwright.apps.assets.models import Asset, AssetMove, StatusPeriod
from wardwright.apps.assets.queries import joined
from wardwright.apps.assets.states import CONDITION_OF, Condition, Status
from wardwright.apps.maintenance.models import Attempt, Labour, Part, Schedule, StepResult, WorkOrder
from wardwright.apps.maintenance.states import AnchorFrom
from wardwright.kernel.due import Window
from wardwright.kernel.due.series import edges
from wardwright.kernel.money import labour_cost_minor
from wardwright.platform.signatures.models import Meaning, Signature
from wardwright.platform.signatures.signing import canonical

from . import moments
from .facts import ProcedureFacts, World, data
from .fleet import Unit
from .lives import Life, Visit
from .measuring import Measuring, instrument_of
from .moments import optional, optional_day
from .readings import plain, reading
from .rows import SHAPE
from .store import Batch, Ids

SIGNED_SHARE, SIGNED_DAYS = 0.35, 400
RECENT_DAYS = 120
METERED = {"VENT": (6, 15), "ANAES": (5, 9), "DIALYSIS": (8, 13), "PERFUSION": (1, 3)}


class Numbers:
    """WO-{year}-{n}: a running number in each year, as maintenance gives them."""

    def __init__(self) -> None:
        self.last: dict[int, int] = {}

    def next(self, created: int) -> str:
        year = date.fromordinal(created // moments.DAY).year
        self.last[year] = self.last.get(year, 0) + 1
        return f"WO-{year}-{self.last[year]:06d}"


class Writer:
    """Turns lives into rows of one batch; knows what it gave to earlier ones."""

    def __init__(self, world: World, ids: Ids) -> None:
        self.world, self.ids = world, ids
        self.batch = Batch(SHAPE)
        self.measuring = Measuring(world, ids, self.batch)
        self.numbers = Numbers()
        self.now, self.today = moments.of(world.today), world.today.toordinal()
        self.orders: dict[tuple[int, int], tuple[int, str]] = {}
        self.parents: dict[tuple[int, str], int] = {}
        self.asset_ids: dict[int, int] = {}
        self.duplicates: list[tuple[int, int]] = []
        self.columns = {name: at for at, name in enumerate(SHAPE[WorkOrder])}

    def number(self, lives: list[Life]) -> None:
        """Give ids and numbers to the orders of these devices in the order in which they were made."""
        made = sorted((visit.created, life.unit.index, at) for life in lives for at, visit in enumerate(life.visits))
        for created, index, at in made:
            self.orders[index, at] = self.ids.next(WorkOrder), self.numbers.next(min(created, self.now))

    def add(self, life: Life) -> None:
        """One device with everything that happened to it."""
        rng = Random(f"{self.world.seed}:rows:{life.unit.index}")
        asset_id = self.ids.next(Asset)
        self.asset_ids[life.unit.index] = asset_id
        if life.unit.duplicate_of is not None:
            self.duplicates.append((self.asset_ids[life.unit.duplicate_of], asset_id))
        self._asset(rng, life, asset_id)
        self._moves(rng, life, asset_id)
        for period in life.periods:
            self.batch.rows[StatusPeriod].append(
                (
                    asset_id,
                    period.status,
                    period.out_reason,
                    moments.text(period.start),
                    optional(period.until),
                    period.by,
                    period.why,
                )
            )
        schedules = self._schedules(life, asset_id)
        self.measuring.earlier(life, asset_id)
        evident = self._with_evidence(life)
        for at, visit in enumerate(life.visits):
            self._order(rng, life, asset_id, at, visit, schedules, at in evident)
        for at in range(len(life.visits)):
            del self.orders[life.unit.index, at]

    def flush(self) -> None:
        self.batch.write()

    # The device ----------------------------------------------------------------------------------------------

    def _asset(self, rng: Random, life: Life, asset_id: int) -> None:
        unit, kind, model = life.unit, life.unit.kind, life.unit.model
        tag = f"EQ-{asset_id:06d}"
        udi_di = model.udi_di if unit.udi or rng.random() < 0.15 else ""
        last = life.periods[-1]
        status = Status(last.status)
        leased = rng.random() < (0.3 if kind.family in ("XRAY", "LAB") else 0.02)
        parent_id, part_kind = self._parent(rng, unit, asset_id)
        retired = next((period.start for period in life.periods if period.status == "retired"), None)
        software = rng.choice(kind.software) if kind.software and rng.random() < 0.8 else ""
        accepted = unit.accepted_on
        gap = rng.random()
        self.batch.rows[Asset].append(
            (asset_id, tag, unit.serial, kind.id, model.id, unit.site.id, unit.department and unit.department.id,
            unit.room_id,
             status.value, moments.text(last.start), last.out_reason, int(CONDITION_OF.get(status, Condition.ACTIVE)),
             unit.udi,
             udi_di, software, "leased" if leased else rng.choices(("owned", "donated", "loaned"), (96, 2, 2))[0],
             self.world.lessor_id if leased else None, rng.choice(self.world.suppliers) if gap > 0.1 else None,
             kind.provider_id,
             None if gap < 0.04 else optional_day(unit.bought_on), None if gap < 0.07 else unit.cost_cents,
             self.world.currency,
             None if gap > 0.97 else optional_day(unit.installed_on) if accepted else None, optional_day(accepted),
             optional_day(unit.bought_on + rng.choice((365, 730, 730, 1095))), date.fromordinal(unit.made_on).year,
             optional_day(unit.made_on) if unit.udi else None, kind.life_years, model.maker_country, parent_id,
             part_kind,
             kind.score, self._hours(rng, unit), self._inventoried(rng, life), optional(self._seen(rng, life)),
             optional_day(retired // moments.DAY) if retired else None, unit.note,
             joined(tag, unit.serial, kind.name, model.maker, model.name, model.catalogue_no, udi_di))
        )  # fmt: skip

    def _parent(self, rng: Random, unit: Unit, asset_id: int) -> tuple[int | None, str]:
        """Monitors belong to their central station, probes to a scanner, and so on, within one ward."""
        if unit.department is None or unit.status != "in_service":
            return None, ""
        rules = data("hospital")["parents_of"]
        if unit.kind.name not in rules:
            self.parents[unit.department.id, unit.kind.name] = asset_id
            return None, ""
        parent, part_kind, share = rules[unit.kind.name]
        found = self.parents.get((unit.department.id, parent))
        return (found, part_kind) if found and rng.random() < share else (None, "")

    def _hours(self, rng: Random, unit: Unit) -> str | None:
        if unit.kind.family not in METERED or unit.accepted_on is None:
            return None
        low, high = METERED[unit.kind.family]
        return f"{(self.today - unit.accepted_on) * rng.uniform(low, high):.1f}"

    def _inventoried(self, rng: Random, life: Life) -> str | None:
        if life.unit.never_seen or life.unit.accepted_on is None or rng.random() < 0.05:
            return None
        on = self.today - 190 + rng.randrange(0, 25)
        return optional_day(on) if on > life.unit.accepted_on else None

    def _seen(self, rng: Random, life: Life) -> int | None:
        if life.unit.never_seen or life.unit.accepted_on is None:
            return life.seen
        return life.seen or max(
            life.unit.accepted_on * moments.DAY + 660, (self.today - rng.randrange(30, 900)) * moments.DAY + 700
        )

    def _moves(self, rng: Random, life: Life, asset_id: int) -> None:
        """Where it was; the last row is where it is."""
        unit = life.unit
        arrived = (unit.accepted_on or unit.installed_on) * moments.DAY + 600
        wander = 0.35 if unit.kind.family in ("PUMP", "SYRINGE", "BED") else 0.08
        ward = unit.department.id if unit.department else None
        stops = [(unit.site.id, ward, unit.room_id)]
        while len(stops) < 4 and unit.accepted_on and rng.random() < wander:
            other = rng.choice(unit.site.departments)
            stops.insert(0, (unit.site.id, other.id, rng.choice(other.room_ids)))
        span = max(1, self.now - 1440 - arrived)
        times = [min(arrived, self.now), *sorted(arrived + rng.randrange(span) for _ in stops[1:])]
        for place, at in zip(stops, times, strict=True):
            self.batch.rows[AssetMove].append(
                (asset_id, *place, moments.text(at), rng.choice(unit.site.staff).name, "")
            )

    def _schedules(self, life: Life, asset_id: int) -> dict[int, int]:
        """Plan id → schedule id; devices that are gone keep theirs, switched off."""
        made = {}
        active = life.unit.status not in ("retired", "disposed")
        for plan_id, (last_due, last_done) in life.settled.items():
            made[plan_id] = self.ids.next(Schedule)
            self.batch.rows[Schedule].append(
                (made[plan_id], plan_id, asset_id, optional_day(life.unit.accepted_on), AnchorFrom.ACCEPTED.value,
                 optional_day(last_due), optional_day(last_done), active)
            )  # fmt: skip
        return made

    # Work ----------------------------------------------------------------------------------------------------

    def _with_evidence(self, life: Life) -> set[int]:
        """The visits whose steps and results are kept: all,
        or in a very large house a device's last if it is recent."""
        done = [at for at, visit in enumerate(life.visits) if visit.plan and visit.done]
        if self.world.full_history:
            return set(done)
        since = self.now - RECENT_DAYS * moments.DAY
        return {at for at in done[-1:] if (life.visits[at].done or 0) > since}

    def _order(
        self, rng: Random, life: Life, asset_id: int, at: int, visit: Visit, schedules: dict[int, int], evident: bool
    ) -> None:
        unit, plan = life.unit, visit.plan
        order_id, number = self.orders[unit.index, at]
        parent_id = None if visit.parent is None else self.orders[unit.index, visit.parent][0]
        labour_cents = self._labour(life, asset_id, order_id, visit)
        parts_cents = self._parts(asset_id, order_id, visit)
        problem, cause, action = self._codes(rng, visit)
        who = visit.worker.id if visit.worker and not visit.provider_id else None
        respond, finish = self._promised(visit)
        results = self._results(rng, life, asset_id, order_id, visit) if evident and plan else []
        row = (
            order_id, number, visit.kind, visit.title, asset_id, unit.site.id, unit.department and unit.department.id,
            visit.provider_id, schedules[plan.id] if plan else None, plan.id if plan else None,
            plan.procedure.version_id if plan else None, plan.procedure.frozen if evident and plan else "[]",
            visit.state,
            visit.hold, visit.priority, optional_day(visit.due_on), *self._window(visit), self._why(unit, visit),
            plan.minutes if plan else 30, plan.tier if plan else "", who if visit.assigned else None,
            optional(visit.reported),
            visit.reported_by, respond, finish, optional(visit.responded), optional(visit.held_since),
            visit.held_minutes * 60,
            optional(visit.started), optional(visit.done), optional(visit.closed), optional(visit.returned),
            who if visit.done else None, visit.verdict, problem, cause, action, visit.work_done, parent_id,
            visit.needs_verification and visit.done is not None, optional(visit.verified),
            visit.verifier.id if visit.verified and visit.verifier else None, optional(visit.down_from),
            optional(visit.down_until), visit.minutes if visit.done else 0, labour_cents, parts_cents,
            self.world.currency,
        )  # fmt: skip
        self.batch.rows[WorkOrder].append(row)
        self._attempts(asset_id, order_id, visit)
        if evident and plan and self._is_signed(rng, visit):
            self._sign(row, visit, plan.procedure, results)

    def _window(self, visit: Visit) -> tuple[str | None, str | None, str | None]:
        if visit.plan is None or visit.due_on is None:
            return None, None, None
        plan = visit.plan
        opens, end, out = edges(
            Window(plan.before_days, plan.after_days, plan.grace_days), date.fromordinal(visit.due_on)
        )
        return opens.isoformat(), end.isoformat(), out.isoformat()

    def _why(self, unit: Unit, visit: Visit) -> str:
        """Why it is due, in the form in which maintenance keeps it."""
        plan = visit.plan
        if plan is None or visit.due_on is None or unit.accepted_on is None:
            return "[]"
        due, accepted = date.fromordinal(visit.due_on), date.fromordinal(unit.accepted_on)
        first = (due.year - accepted.year) * 12 + due.month - accepted.month <= plan.months
        reason: dict[str, Any] = {"code": "fixed_first" if first else "fixed", "count": plan.months, "unit": "months",
                                  "from_on": accepted.isoformat()}  # fmt: skip
        if not first:
            reason["last_due_on"] = self._before(due, plan.months).isoformat()
        return f"[{plan.head},{json.dumps(reason)}]"

    @staticmethod
    def _before(due: date, months: int) -> date:
        years, month = divmod(due.year * 12 + due.month - 1 - months, 12)
        return date(years, month + 1, min(due.day, 28))

    def _promised(self, visit: Visit) -> tuple[str | None, str | None]:
        if visit.reported is None or visit.kind != "corrective":
            return None, None
        respond, finish = self.world.levels[visit.kind, visit.priority]
        return moments.text(visit.reported + respond * 60), moments.text(
            visit.reported + finish * 60 + visit.held_minutes
        )

    def _codes(self, rng: Random, visit: Visit) -> tuple[int | None, int | None, int | None]:
        """Problem, cause and action of finished repairs; a few were never coded."""
        if visit.mode is None or visit.done is None or rng.random() < 0.04:
            return None, None, None
        mode, codes = visit.mode, self.world.codes
        return (
            codes.get(("problem", rng.choice(mode["problem"]))),
            codes.get(("cause", mode["cause"])),
            codes.get(("action", rng.choice(mode["action"]))),
        )

    def _labour(self, life: Life, asset_id: int, order_id: int, visit: Visit) -> int:
        if visit.done is None or visit.worker is None or not visit.minutes:
            return 0
        day = optional_day(visit.done // moments.DAY)
        if visit.provider_id:
            name, person_id, rate = f"Engineer of {self.world.provider_names[visit.provider_id]}", None, 14_500
        else:
            name, person_id, rate = visit.worker.name, visit.worker.id, visit.worker.rate_cents
        cents = labour_cost_minor(visit.minutes, rate)
        self.batch.rows[Labour].append((order_id, asset_id, person_id, name, day, visit.minutes, rate, cents))
        return cents

    def _parts(self, asset_id: int, order_id: int, visit: Visit) -> int:
        if visit.done is None:
            return 0
        for name, quantity, cents in visit.parts:
            self.batch.rows[Part].append((order_id, asset_id, name, quantity, cents, quantity * cents))
        return sum(quantity * cents for _, quantity, cents in visit.parts)

    def _attempts(self, asset_id: int, order_id: int, visit: Visit) -> None:
        notes = {"in_use": "In use on a patient.", "not_located": "Not found on the ward; asked the charge nurse."}
        for attempt in visit.attempts:
            self.batch.rows[Attempt].append(
                (
                    order_id,
                    asset_id,
                    attempt.kind,
                    moments.text(attempt.at),
                    attempt.by,
                    notes[attempt.kind],
                    optional_day(attempt.next_try_on),
                )
            )

    # Evidence ------------------------------------------------------------------------------------------------

    def _results(self, rng: Random, life: Life, asset_id: int, order_id: int, visit: Visit) -> list[dict[str, Any]]:
        """Every step answered; readings of one device stay near its own mean and drift slowly."""
        assert visit.plan is not None and visit.started is not None and visit.worker is not None
        unit, found = life.unit, []
        years = (visit.started // moments.DAY - (unit.accepted_on or 0)) / 365.25
        who = "" if visit.provider_id else visit.worker.name
        steps = visit.plan.procedure.steps
        for position, step in enumerate(steps, 1):
            failed = step is visit.failed_step
            if visit.failed_step is not None and step.key == "label":
                continue
            value = reading(rng, step, unit.index, years, failed, who) if step.kind == "reading" else None
            outcome = "fail" if failed else "na" if step.kind == "check" and rng.random() < 0.01 else "pass"
            reason = "Out of limits." if failed and value else "Damaged." if failed else ""
            taken = visit.started + visit.minutes * position // len(steps)
            instrument = instrument_of(unit, step, taken)
            at = moments.text(taken)
            measurement = self.measuring.keep(unit, asset_id, step, value, outcome, taken, who) if value else None
            self.batch.rows[StepResult].append(
                (order_id, asset_id, position, step.key_in_order, step.kind, outcome, value, "", step.unit, step.low,
                step.high, reason,
                 instrument, at, who, measurement)
            )  # fmt: skip
            found.append({"key": step.key_in_order, "outcome": outcome, "value": plain(value), "text": "",
                          "reason": reason, "instrument": instrument, "attachment": None})  # fmt: skip
        return found

    def _is_signed(self, rng: Random, visit: Visit) -> bool:
        if visit.worker is None or visit.worker.user_id is None or visit.provider_id or visit.done is None:
            return False
        return visit.done > self.now - SIGNED_DAYS * moments.DAY and rng.random() < SIGNED_SHARE

    def _sign(
        self, row: tuple[Any, ...], visit: Visit, procedure: ProcedureFacts, results: list[dict[str, Any]]
    ) -> None:
        """A signature over what `WorkOrder.signed_content` says; the test compares the two."""
        at = self.columns
        assert visit.worker is not None and visit.closed is not None
        content = {
            "number": row[at["number"]], "kind": visit.kind, "asset": row[at["asset_id"]],
            "steps": json.loads(procedure.frozen),
            "verdict": visit.verdict, "work_done": visit.work_done, "problem": row[at["problem_id"]],
            "cause": row[at["cause_id"]], "action": row[at["action_id"]], "results": results,
        }  # fmt: skip
        snapshot = canonical(content)
        self.batch.rows[Signature].append(
            (WorkOrder._meta.db_table, row[0], row[at["asset_id"]], visit.worker.user_id, visit.worker.name,
             moments.text(visit.closed), Meaning.PERFORMED.value, snapshot,
             hashlib.sha256(snapshot.encode()).hexdigest())
        )  # fmt: skip
