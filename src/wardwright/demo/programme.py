"""The maintenance programme: procedures in approved versions, test instruments, plans; codes and service levels."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import orjson

from wardwright.apps.assets.models import DeviceModel
from wardwright.apps.maintenance.models import FailureCode, Plan, ServiceLevel
from wardwright.apps.maintenance.states import Kind, PlanState, Strategy
from wardwright.apps.testing.models import Calibration, Instrument, Procedure, ProcedureVersion, Step
from wardwright.apps.testing.queries import steps_for
from wardwright.platform.access.models import User
from wardwright.platform.access.scope import authorize
from wardwright.platform.audit.operation import operation
from wardwright.platform.signatures.models import Meaning, Signature
from wardwright.platform.signatures.signing import canonical, content_hash

from .calibrations import INTERVAL_DAYS, make_calibrations
from .facts import PlanFacts, ProcedureFacts, Site, StepFacts, TypeFacts, data

# Hours to answer and to finish by priority; finishing follows WHO 2025, table 6 (2, 7, 30 and 90 days).
LEVELS = {1: (2, 48), 2: (8, 168), 3: (48, 720), 4: (168, 2160)}
INSTRUMENTS = (
    "Electrical safety analyser", "Infusion device analyser", "Patient simulator", "Gas flow analyser",
    "Defibrillator analyser", "Electrosurgery analyser", "Pressure and vacuum meter", "Multifunction X-ray meter",
    "Temperature and length meter", "Electrical safety analyser",
)  # fmt: skip


@operation()
def make_programme(*, by: Any, types: dict[str, TypeFacts], sites: list[Site], seed: int, today: date) -> None:
    """Procedures, instruments and plans; each type gets its ``plans`` and ``inspection``, each site its instruments."""
    authorize(by, "access.manage")
    rng = Random(f"{seed}:programme")
    procedures: dict[tuple[str, str], ProcedureFacts] = {}
    electrical = {given["name"]: given["electrical"] for given in data("types")}
    for kind in types.values():
        key = (kind.family, electrical[kind.name])
        if key not in procedures:
            procedures[key] = _procedure(*key, today)
        kind.inspection = procedures[key]
        kind.plans = [_plan(kind, given, procedures[key]) for given in _given(kind)]
    for number, site in enumerate(sites):
        made = _instruments(rng, site, today)
        make_calibrations(Random(f"{seed}:calibrations:{site.code}"), made, first_site=number == 0)
        for row in made:
            site.instruments.setdefault(row.name, []).append(row.pk)


def _given(kind: TypeFacts) -> list[str]:
    return next(given["plans"] for given in data("types") if given["name"] == kind.name) or ["none/12/10"]


# Procedures -----------------------------------------------------------------------------------------------------


def _procedure(family: str, electrical: str, today: date) -> ProcedureFacts:
    given = next(found for found in data("procedures")["procedures"] if found["code"] == family)
    suffix = {"I": " (class I)", "II": " (class II)", "IP": " (battery)"}.get(electrical, "")
    procedure = Procedure.objects.create(code=f"{family}-{electrical}", title=given["title"] + suffix)
    approved_at = datetime.combine(today - timedelta(days=1000), datetime.min.time(), UTC) + timedelta(hours=10)
    version = ProcedureVersion.objects.create(
        procedure=procedure,
        number=1,
        state="approved",
        minutes=given["minutes"],
        source=given["source"],
        approved_at=approved_at,
        approved_by_name="Hanna Keller",
    )
    lines = _lines(given, electrical)
    steps = [_step(version, at, line) for at, line in enumerate(lines, 1)]
    Step.objects.bulk_create(steps)
    _approve(version, steps, approved_at)
    device = DeviceModel(electrical_class=electrical, applied_parts=given["applied"] or "none")
    kept = steps_for([step.as_data() for step in steps], device, approved_at.date())  # one applied part, one step
    frozen = orjson.dumps(kept).decode()
    facts = tuple(_facts(step, line, of["key"]) for step, line, of in zip(steps, lines, kept, strict=True))
    return ProcedureFacts(procedure.code, procedure.pk, version.pk, version.minutes, facts, frozen)


def _lines(given: dict[str, Any], electrical: str) -> list[list[Any]]:
    blocks = data("procedures")["blocks"]
    visual = "visual_battery" if electrical in ("IP", "none") else given["visual"]
    applied = blocks.get(f"applied_{given['applied']}", []) if electrical in ("I", "II") else []
    lines = [*blocks[visual], *blocks.get(f"safety_{electrical}", []), *applied, *given["steps"], *blocks["finish"]]
    return [[*line, *[None] * (10 - len(line))] for line in lines]


def _step(version: ProcedureVersion, position: int, line: list[Any]) -> Step:
    key, section, kind, words, unit, low, high, _, _, source = line[:10]
    limit = line[11] if len(line) > 11 else {}
    return Step(
        procedure_version=version,
        position=position,
        key=key,
        section=section,
        kind=kind,
        text=words,
        unit=unit or "",
        low=None if low is None or limit else Decimal(low),
        high=None if high is None or limit else Decimal(high),
        limit=limit,
        limit_source=source or "",
        needs_instrument=bool(line[10]) if len(line) > 10 else False,
    )


def _facts(step: Step, line: list[Any], key_in_order: str) -> StepFacts:
    return StepFacts(
        step.key, step.kind, step.unit, line[5], line[6], line[7] or 0.0, line[8] or 0.0, step.needs_instrument,
        step.text, step.limit_source, key_in_order,
    )  # fmt: skip


def _approve(version: ProcedureVersion, steps: list[Step], at: datetime) -> None:
    hanna = User.objects.get(username="hanna")
    content = {
        "procedure": version.procedure.code, "number": version.number, "minutes": version.minutes,
        "source": version.source, "steps": [step.as_data() for step in steps],
    }  # fmt: skip
    Signature.objects.create(
        signed_table=ProcedureVersion._meta.db_table,
        signed_id=version.pk,
        signer=hanna,
        printed_name=hanna.name,
        signed_at=at,
        meaning=Meaning.APPROVED,
        snapshot=canonical(content),
        snapshot_hash=content_hash(content),
    )


# Instruments ----------------------------------------------------------------------------------------------------


def _instruments(rng: Random, site: Site, today: date) -> list[Instrument]:
    """Each calibrated within the year, but for one at the first site whose calibration ran out."""
    made = []
    for number, name in enumerate(INSTRUMENTS):
        expired = number == 6 and site.code == data("hospital")["sites"][0][0]
        on = today - timedelta(days=rng.randrange(380, 420) if expired else rng.randrange(20, 300))
        made.append(
            Instrument(
                name=name,
                serial=f"{rng.randrange(10**6, 10**7)}",
                site_id=site.id,
                calibrated_on=on,
                interval_days=INTERVAL_DAYS,
                calibration_due_on=on + timedelta(days=INTERVAL_DAYS),
            )
        )
    return Instrument.objects.bulk_create(made)


def calibrations() -> dict[int, list[tuple[int, int]]]:
    """Instrument → its calibrations as (day, id), the oldest first."""
    found: dict[int, list[tuple[int, int]]] = {}
    rows = Calibration.objects.order_by("calibrated_on", "pk")
    for pk, instrument_id, on in rows.values_list("pk", "instrument_id", "calibrated_on"):
        found.setdefault(instrument_id, []).append((on.toordinal(), pk))
    return found


# Plans ----------------------------------------------------------------------------------------------------------


def _plan(kind: TypeFacts, given: str, procedure: ProcedureFacts) -> PlanFacts:
    strategy, months, minutes = given.split("/")
    names = {
        "maker": "Maintenance",
        "aem": "Maintenance (AEM)",
        "law": "Inspection required by law",
        "none": "No planned maintenance",
    }
    name = (
        f"{kind.name}: {names[strategy]}, every {months} months"
        if strategy != "none"
        else f"{kind.name}: {names[strategy]}"
    )
    tier = "senior" if kind.score >= 19 and strategy != "none" else ""
    row = Plan.objects.create(
        name=name[:160],
        state=PlanState.ACTIVE,
        applies_to="type",
        device_type_id=kind.id,
        procedure_id=procedure.procedure_id,
        strategy=Strategy(strategy),
        interval=int(months),
        minutes=int(minutes),
        window_before_days=min(30, int(months) * 8),
        window_after_days=10 if kind.life_support else 14,
        grace_days=20 if kind.life_support else 30,
        required_tier=tier,
        priority=2 if kind.life_support else 3,
        why=_why(kind, strategy),
        risk_score=kind.score,
    )
    head = orjson.dumps(
        [{"code": "plan", "name": row.name, "strategy": strategy}, {"code": "applies_type", "what": kind.name},
         {"code": "risk_score", "score": kind.score}]
    ).decode()[1:-1]  # fmt: skip
    return PlanFacts(
        row.pk,
        row.name,
        int(months),
        int(minutes),
        strategy,
        tier,
        row.window_before_days,
        row.window_after_days,
        row.grace_days,
        procedure,
        head,
    )


def _why(kind: TypeFacts, strategy: str) -> str:
    reasons = {
        "maker": "As the maker's manual says.",
        "aem": "Alternate programme: five years of our records show no failure that more visits would have found.",
        "law": "The law asks for it, whatever the record says.",
        "none": "Low risk and cheap to replace: run to failure, checked when seen.",
    }
    return f"{reasons[strategy]} Risk score {kind.score} (Fennigkoh–Smith)."


# Codes and levels -----------------------------------------------------------------------------------------------


def codes() -> dict[tuple[str, str], int]:
    """(kind, code) → id of the house's failure codes."""
    return {(kind, code): pk for kind, code, pk in FailureCode.objects.values_list("kind", "code", "pk")}


def levels() -> dict[tuple[str, int], tuple[int, int]]:
    """(kind, priority) → hours to answer and to finish: the house's own where it has any."""
    defaults = {(kind.value, priority): hours for kind in Kind for priority, hours in LEVELS.items()}
    own = ServiceLevel.objects.values_list("kind", "priority", "respond_hours", "finish_hours")
    return defaults | {(kind, priority): (respond, finish) for kind, priority, respond, finish in own}
