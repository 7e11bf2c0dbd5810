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


@event
@dataclass(frozen=True)
class CalibrationWithdrawn:
    """A calibration was entered by mistake: it counts for nothing any more."""

    instrument_id: int
    calibration_id: int


@event
@dataclass(frozen=True)
class InstrumentFoundOut:
    """A calibration found a test instrument out of tolerance: what it measured before is in doubt."""

    instrument_id: int
    calibration_id: int


@event
@dataclass(frozen=True)
class LookbackMade:
    """It is known what a wrong instrument has measured; ``devices`` have readings in doubt."""

    lookback_id: int
    instrument_id: int
    devices: int


@event
@dataclass(frozen=True)
class LookbackConcluded:
    """Every reading in doubt is decided, and the impact statement is signed."""

    lookback_id: int


@event
@dataclass(frozen=True)
class ImagesAnalysed:
    """A phantom's images were analysed; ``failed`` of its figures are out of their limits."""

    run_id: int
    asset_id: int
    failed: int


@event
@dataclass(frozen=True)
class TestsRecorded:
    """Records of an analyser's file were taken in by ``by_name``: their readings are measurements of their devices."""

    result_file_id: int
    record_ids: list[int]
    by_name: str
