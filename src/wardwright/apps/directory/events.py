"""What happened in the directory, for apps above to hear."""

from __future__ import annotations

from dataclasses import dataclass

from wardwright.platform.events.registry import event


@event
@dataclass(frozen=True)
class PersonDeactivated:
    """Somebody left: whatever is assigned to them needs another hand."""

    person_id: int


@event
@dataclass(frozen=True)
class CompaniesMerged:
    """Two companies turned out to be one; ``lost_id`` stays as a signpost to ``kept_id``."""

    kept_id: int
    lost_id: int


@event
@dataclass(frozen=True)
class CompanyRenamed:
    """A company goes by another name now."""

    company_id: int
