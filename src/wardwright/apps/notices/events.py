"""What happened with notices, for webhooks, mails and the apps above."""

from __future__ import annotations

from dataclasses import dataclass

from wardwright.platform.events.registry import event


@event
@dataclass(frozen=True)
class NoticesTakenIn:
    """A run of a source, or somebody's file, brought notices; each of ``notice_ids`` is new or says something else."""

    run_id: int
    source_id: int
    notice_ids: list[int]


@event
@dataclass(frozen=True)
class NoticeMatched:
    """A notice was searched for; ``confirmed`` and ``unsure`` count what is owned of it, ``added`` what is new."""

    notice_id: int
    case_id: int
    confirmed: int
    unsure: int
    added: int


@event
@dataclass(frozen=True)
class NoticesMerged:
    """Two cases turned out to be one; ``lost_id`` stays as a signpost."""

    kept_id: int
    lost_id: int


@event
@dataclass(frozen=True)
class CaseOpened:
    """Somebody took a case: it has an owner and its clocks run. ``severity`` is I, II, III or unclassified."""

    case_id: int
    severity: str


@event
@dataclass(frozen=True)
class CaseEscalated:
    """A clock of a case ran out; ``clock`` is triage, locate or close, ``level`` counts from 1."""

    case_id: int
    clock: str
    level: int


@event
@dataclass(frozen=True)
class CaseClosed:
    """A case is closed, none is owned, or it is not for us; ``state`` says which."""

    case_id: int
    state: str


@event
@dataclass(frozen=True)
class ExposureDecided:
    """A person said whether one device is affected."""

    exposure_id: int
    case_id: int
    asset_id: int | None
    decision: str


@event
@dataclass(frozen=True)
class ExposureSettled:
    """What a notice asks for is done for one device."""

    exposure_id: int
    case_id: int
    asset_id: int | None
    outcome: str


@event
@dataclass(frozen=True)
class SourceFailed:
    """A source could not be read ``times`` times running; what it said last still stands."""

    source_id: int
    times: int


@event
@dataclass(frozen=True)
class NameLearnt:
    """A person said that a name in a notice is the maker or the model of a device: a spelling from now on."""

    exposure_id: int
    asset_id: int
