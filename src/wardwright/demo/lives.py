"""What happened to a device, before it becomes rows. Moments are whole minutes (`moments`), days are ordinals."""

from __future__ import annotations

from dataclasses import dataclass, field

from .facts import PlanFacts, StepFacts, Worker
from .fleet import Unit


@dataclass(slots=True)
class Period:
    """A stretch in one status; ``until`` is None for the last."""

    status: str
    start: int
    until: int | None = None
    out_reason: str = ""
    by: str = ""
    why: str = ""


@dataclass(slots=True)
class Attempt:
    kind: str
    at: int
    by: str
    next_try_on: int | None = None


@dataclass(slots=True)
class Visit:
    """One work order to be; ``parent`` is the position of the visit in which it was found necessary."""

    kind: str
    created: int
    state: str = "open"
    plan: PlanFacts | None = None
    due_on: int | None = None
    priority: int = 3
    title: str = ""
    reported: int | None = None
    reported_by: str = ""
    responded: int | None = None
    started: int | None = None
    done: int | None = None
    closed: int | None = None
    returned: int | None = None
    worker: Worker | None = None
    assigned: bool = False
    provider_id: int | None = None
    verdict: str = ""
    hold: str = ""
    held_since: int | None = None
    held_minutes: int = 0
    failed_step: StepFacts | None = None
    mode: dict | None = None
    work_done: str = ""
    parts: list[tuple[str, int, int]] = field(default_factory=list)
    minutes: int = 0
    parent: int | None = None
    needs_verification: bool = False
    verified: int | None = None
    verifier: Worker | None = None
    down_from: int | None = None
    down_until: int | None = None
    attempts: list[Attempt] = field(default_factory=list)


@dataclass(slots=True)
class Life:
    """What happened to one device, and what is open now."""

    unit: Unit
    visits: list[Visit] = field(default_factory=list)
    periods: list[Period] = field(default_factory=list)
    settled: dict[int, tuple[int | None, int | None]] = field(default_factory=dict)
    seen: int | None = None
    hours: float = 0.0
