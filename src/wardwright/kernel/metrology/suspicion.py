"""Which instruments are under suspicion when one was found wrong, from when until when, by which calibrations.

The root is suspect from when it was last known to be good until it was found out. Every calibration made with a
standard that is suspect at that moment makes what it calibrated suspect, until that is calibrated again with sound
standards. Suspicion goes forward in time only, so one pass over the calibrations in their order finds all of it, cycles
included: whatever is older than a calibration is settled when it is looked at. Calibrations of one moment count in the
order of their ids.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class State(StrEnum):
    """How a calibration left one quantity of an instrument (as left; as found where nothing was adjusted)."""

    IN_TOLERANCE = "in_tolerance"
    OUT = "out"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class CalibrationEvent:
    """One calibration: of which instrument, when, with which standards, and how it left each quantity."""

    id: Any
    instrument_id: Hashable
    performed_at: datetime
    left: Mapping[str, State] = field(default_factory=dict)
    standard_ids: Sequence[Hashable] = ()


@dataclass(frozen=True, slots=True)
class Suspicion:
    """An instrument is not to be trusted from ``start_at`` (None: ever since) until before ``end_at`` (None: still).

    ``quantities`` None means all of them. ``calibration_id`` made it so, by the standards in ``standard_ids``; the root
    has none. ``through`` is the suspicion of the standard that is nearest to the root.
    """

    instrument_id: Hashable
    start_at: datetime | None
    end_at: datetime | None
    quantities: frozenset[str] | None
    calibration_id: Any = None
    standard_ids: tuple[Hashable, ...] = ()
    through: Suspicion | None = field(default=None, repr=False, compare=False)

    def holds_at(self, moment: datetime) -> bool:
        """Whether the instrument is suspect at this moment."""
        return (self.start_at is None or self.start_at <= moment) and (self.end_at is None or moment < self.end_at)

    @property
    def chain(self) -> tuple[tuple[Hashable, Any], ...]:
        """From the root to here: each instrument, and the calibration that made it suspect (None for the root)."""
        links: list[tuple[Hashable, Any]] = []
        span: Suspicion | None = self
        while span is not None:
            links.append((span.instrument_id, span.calibration_id))
            span = span.through
        return tuple(reversed(links))


def last_known_good(
    calibrations: Iterable[CalibrationEvent], instrument_id: Hashable, found_at: datetime, quantity: str
) -> datetime | None:
    """When the instrument was last left in tolerance before it was found out; None when it never was."""
    return max(
        (
            one.performed_at
            for one in calibrations
            if one.instrument_id == instrument_id
            and one.performed_at < found_at
            and one.left.get(quantity) is State.IN_TOLERANCE
        ),
        default=None,
    )


def suspicions(
    calibrations: Iterable[CalibrationEvent],
    root_id: Hashable,
    found_at: datetime,
    quantities: Iterable[str],
    *,
    recursive: bool = True,
) -> tuple[Suspicion, ...]:
    """Every span of suspicion, the root's first (one for each start), the others by their beginning.

    The calibration that found the root out is among ``calibrations`` or not: it is not earlier than ``found_at``.
    """
    ordered = sorted(calibrations, key=lambda one: (one.performed_at, one.id))
    roots = _of_the_root([one for one in ordered if one.instrument_id == root_id], root_id, found_at, quantities)
    if not recursive or not roots:
        return roots
    began = roots[0].start_at
    later = [one for one in ordered if began is None or began <= one.performed_at]
    caused, ended_at = _sweep(later, root_id, roots)
    spans: dict[Any, Suspicion] = {}
    for event, standards, nearest in caused:
        spans[event.id] = Suspicion(
            event.instrument_id,
            event.performed_at,
            ended_at.get(event.id),
            None,
            event.id,
            standards,
            nearest if isinstance(nearest, Suspicion) else spans[nearest.id],
        )
    return (*roots, *spans.values())


_Cause = Suspicion | CalibrationEvent  # a span of the root, or the calibration that made a standard suspect


def _sweep(
    ordered: list[CalibrationEvent], root_id: Hashable, roots: tuple[Suspicion, ...]
) -> tuple[list[tuple[CalibrationEvent, tuple[Hashable, ...], _Cause]], dict[Any, datetime]]:
    """The calibrations made with suspect standards, in their order, and when the next one of the same took over."""
    caused, ended_at = [], {}
    suspect: dict[Hashable, CalibrationEvent] = {}
    depth: dict[Any, int] = {}

    def cause(standard: Hashable, moment: datetime) -> _Cause | None:
        own = (span for span in roots if standard == root_id and span.holds_at(moment))
        return next(own, None) or suspect.get(standard)

    def far(found: _Cause) -> int:
        return 0 if isinstance(found, Suspicion) else depth[found.id]

    for event in ordered:
        causes = {standard: found for standard in event.standard_ids if (found := cause(standard, event.performed_at))}
        if event.instrument_id in suspect:
            ended_at[suspect.pop(event.instrument_id).id] = event.performed_at
        if causes:
            nearest = min(causes.values(), key=far)
            depth[event.id] = far(nearest) + 1
            suspect[event.instrument_id] = event
            caused.append((event, tuple(causes), nearest))
    return caused, ended_at


def _of_the_root(
    own: list[CalibrationEvent], root_id: Hashable, found_at: datetime, quantities: Iterable[str]
) -> tuple[Suspicion, ...]:
    by_start: dict[datetime | None, set[str]] = {}
    for quantity in quantities:
        by_start.setdefault(last_known_good(own, root_id, found_at, quantity), set()).add(quantity)
    return tuple(
        Suspicion(root_id, start, found_at, frozenset(by_start[start]))
        for start in sorted(by_start, key=lambda start: (start is not None, start))
    )
