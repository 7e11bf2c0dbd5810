"""What happened to procedures and test instruments, for the apps above."""

from __future__ import annotations

from dataclasses import dataclass

from wardwright.platform.events.registry import event


@event
@dataclass(frozen=True)
class ProcedureApproved:
    """A version is in force; the one before it is retired."""

    procedure_id: int
    version_id: int


@event
@dataclass(frozen=True)
class InstrumentCalibrated:
    """A test instrument was calibrated; ``due_on`` is an ISO date."""

    instrument_id: int
    due_on: str
