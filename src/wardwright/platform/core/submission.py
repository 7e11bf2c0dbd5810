"""A form or request that may arrive twice: the edge names its key, the operation claims it in its own transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_key: ContextVar[str] = ContextVar("wardwright_submission", default="")


@contextmanager
def submission(key: str) -> Iterator[None]:
    """The operation called in this block takes effect once for ``key``; a repeat raises Repeated."""
    token = _key.set(key[:80])
    try:
        yield
    finally:
        _key.reset(token)


def pending_key() -> str:
    """The key of the running submission, for the outermost operation to claim; empty when there is none."""
    return _key.get()
