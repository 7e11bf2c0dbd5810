"""One bulletin as its source published it, and what could not be taken."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from wardwright.kernel.scope import Scope


class Kind(StrEnum):
    RECALL = "recall"
    FIELD_SAFETY_NOTICE = "field_safety_notice"
    LETTER = "letter"
    SECURITY_ADVISORY = "security_advisory"


class Severity(StrEnum):
    """Classes of 21 CFR 7.3(m); for security advisories the qualitative rating of the highest CVSS base score."""

    CLASS_I = "I"
    CLASS_II = "II"
    CLASS_III = "III"
    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    UNCLASSIFIED = "unclassified"


class Status(StrEnum):
    """In our words; "" where the source does not say."""

    ONGOING = "ongoing"
    COMPLETED = "completed"
    TERMINATED = "terminated"
    DRAFT = "draft"
    UNKNOWN = ""


@dataclass(frozen=True, slots=True)
class Bulletin:
    """One record of one source. Texts are cleaned; what stands in ``raw`` is as it came.

    ``ref``: its identity within its source, stable from one reading to the next. ``event``: what groups several into
    one case in this source. ``also_known_as``: other numbers of the same action (not of its vulnerabilities, which
    several actions share), to find it in other sources; written as ``action_number`` writes them. ``cvss``: highest
    base score. ``revision``: equal where nothing changed. ``remarks``: sentences on what is odd, for whoever reads it.
    ``raw``: the record as JSON, keys in order.
    """

    ref: str
    kind: Kind
    title: str
    scope: Scope
    revision: str
    raw: str
    issuer: str = ""
    maker: str = ""
    severity: Severity = Severity.UNCLASSIFIED
    cvss: Decimal | None = None
    status: Status = Status.UNKNOWN
    published_on: dt.date | None = None
    updated_on: dt.date | None = None
    started_on: dt.date | None = None
    ended_on: dt.date | None = None
    event: str = ""
    also_known_as: tuple[str, ...] = ()
    reason: str = ""
    action: str = ""
    url: str = ""
    brands: tuple[str, ...] = ()
    product_codes: tuple[str, ...] = ()
    cves: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """What a person reads of the scope; the spans of the scope refer to it."""
        return self.scope.text


@dataclass(frozen=True, slots=True)
class Refused:
    """A part that is no bulletin. ``where``: file, and record or row with its number; ``words``: what is wrong and what
    to do. ``excerpt``: its beginning, for the log."""

    where: str
    words: str
    excerpt: str = field(default="", compare=False)


class Unfit(ValueError):
    """A record that cannot be a bulletin; ``str(error)`` says why and what to do."""
