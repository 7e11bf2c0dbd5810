"""The change that is open in this thread: one operation, one actor, one reason, many rows."""

from __future__ import annotations

import secrets
import threading
import time
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from .errors import WriteOutsideOperation
from .tracing import current_trace

if TYPE_CHECKING:
    from collections.abc import Callable


@runtime_checkable
class Actor(Protocol):
    """Who acts: a user, or the system itself under a name."""

    id: int | None
    is_system: bool

    def __str__(self) -> str: ...


@dataclass(frozen=True)
class System:
    """The system acting on its own behalf: a schedule, the command line on the host, the demo."""

    name: str = "system"
    id: int | None = None
    is_system: bool = True
    is_authenticated: bool = True

    def __str__(self) -> str:
        return self.name


@dataclass
class Change:
    """One open change. ``authorized`` must have become true before it commits; ``places`` are the scopes it was for."""

    id: int
    operation: str
    by: Actor
    at: datetime
    reason: str = ""
    source: str = ""
    authorized: bool = False
    places: list[Any] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    before_commit: list[Callable[[], None]] = field(default_factory=list)
    after_rollback: list[Callable[[], None]] = field(default_factory=list)


_current: ContextVar[Change | None] = ContextVar("wardwright_change", default=None)
_source: ContextVar[str] = ContextVar("wardwright_source", default="")
_making_id, _newest_id = threading.Lock(), 0


def current_change() -> Change | None:
    """The open change of this thread, or None."""
    return _current.get()


def require_change() -> Change:
    """The open change; raises WriteOutsideOperation when there is none."""
    change = _current.get()
    if change is None:
        raise WriteOutsideOperation("This write happened outside an @operation; call the operation instead.")
    return change


def new_change_id() -> int:
    """A 63-bit id that sorts by time (milliseconds) with 20 random bits, so that no writer waits for another.

    Those of one process also sort within a millisecond, in the order in which they were asked for.
    """
    global _newest_id
    found = (int(time.time() * 1000) << 20 | secrets.randbits(20)) & 0x7FFF_FFFF_FFFF_FFFF
    with _making_id:
        if 0 <= _newest_id - found < 2 << 20:
            found = _newest_id + 1
        _newest_id = found
    return found


def set_source(source: str) -> None:
    """Remember where this thread's work comes from ('page', 'api', 'cli', 'job …'); recorded with every change."""
    _source.set(source)


def current_source() -> str:
    """Where this thread's work comes from, and the id of its request: what fits into the trail's column."""
    return " ".join(filter(None, (_source.get(), current_trace())))[:40]
