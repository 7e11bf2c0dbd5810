"""What a labelled notice is: a subject, and who is meant, known from how it was made and not from how it is read."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from wardwright.kernel.matching import Subject

from .things import Thing


@dataclass
class Truth:
    """The true values of a unit, whatever the register has of them."""

    serial: str = ""
    lot: str = ""
    version: str = ""
    made_on: dt.date | None = None


@dataclass
class Meant:
    """A product that is meant. ``inside`` and ``outside`` are true values at, near and far from every edge."""

    thing: Thing
    inside: list[Truth]
    outside: list[Truth]
    restricts: str = ""  # serial, lot, version, made_on, or "" where all are meant
    named: bool = True  # by words or numbers that a register may have; not by its device identifier alone


@dataclass
class Labelled:
    """A notice with its truth. ``siblings``: other products of its makers that it does not mean."""

    source: str
    subject: Subject
    meant: list[Meant]
    siblings: list[Thing] = field(default_factory=list)

    @property
    def understood(self) -> bool:
        return self.subject.scope.understood == "wholly"
