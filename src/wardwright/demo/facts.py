"""What the simulation knows of the hospital: plain values with the ids of the rows they stand for."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def data(name: str) -> Any:
    """One of the data files of this package, read once."""
    return json.loads(files(__package__).joinpath(f"data/{name}.json").read_text("utf-8"))


@dataclass(frozen=True, slots=True)
class Department:
    id: int
    name: str
    code: str
    room_ids: tuple[int, ...]
    fleet: dict[str, int]


@dataclass(slots=True)
class Site:
    id: int
    code: str
    name: str
    store_id: int
    departments: list[Department]
    staff: list[Worker] = field(default_factory=list)
    instruments: dict[str, list[int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Worker:
    """Somebody who services devices; ``user_id`` is None for those without a log-in."""

    id: int
    name: str
    tier: str
    rate_cents: int
    user_id: int | None


@dataclass(frozen=True, slots=True)
class StepFacts:
    """One step, and for a reading how it is spread over healthy devices (mean and standard deviation)."""

    key: str
    kind: str
    unit: str
    low: str | None
    high: str | None
    mean: float
    spread: float
    needs_instrument: bool
    words: str = ""
    limit_source: str = ""
    key_in_order: str = ""

    @property
    def decimals(self) -> int:
        return 0 if abs(self.mean) >= 200 else 1 if abs(self.mean) >= 10 else 2 if abs(self.mean) >= 1 else 3


@dataclass(frozen=True, slots=True)
class ProcedureFacts:
    """The approved version of a procedure; ``frozen`` is its steps as JSON text, the form work keeps."""

    code: str
    procedure_id: int
    version_id: int
    minutes: int
    steps: tuple[StepFacts, ...]
    frozen: str


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """A plan in months on the fixed basis, with the reasons its orders begin with (JSON without brackets)."""

    id: int
    name: str
    months: int
    minutes: int
    strategy: str
    tier: str
    before_days: int
    after_days: int
    grace_days: int
    procedure: ProcedureFacts
    head: str


@dataclass(frozen=True, slots=True)
class ModelFacts:
    id: int
    name: str
    maker: str
    maker_id: int
    catalogue_no: str
    udi_di: str
    from_year: int
    to_year: int
    weight: int
    cost_factor: float
    maker_country: str


@dataclass(slots=True)
class TypeFacts:
    """A device type; ``ages`` holds the age in years at each percentile of a fleet renewed for ever."""

    id: int
    name: str
    family: str
    life_support: bool
    high_risk: bool
    score: int
    life_years: int
    cost: int
    failures_per_year: float
    failure_shape: float
    provider_id: int | None
    software: list[str]
    ages: list[float]
    models: list[ModelFacts] = field(default_factory=list)
    variants: list[ModelFacts] = field(default_factory=list)
    plans: list[PlanFacts] = field(default_factory=list)
    inspection: ProcedureFacts | None = None


@dataclass(slots=True)
class World:
    """Everything that stands before the first device is bought; ``calibrations`` holds (day, id) by instrument."""

    seed: int
    today: date
    history_days: int
    sites: list[Site]
    types: dict[str, TypeFacts]
    codes: dict[tuple[str, str], int]
    levels: dict[tuple[str, int], tuple[int, int]]
    suppliers: list[int]
    lessor_id: int
    provider_names: dict[int, str]
    full_history: bool
    calibrations: dict[int, list[tuple[int, int]]]
    currency: str = "EUR"
