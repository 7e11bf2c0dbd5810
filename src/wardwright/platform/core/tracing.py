"""The id of the request, or of the job it asked for, that this thread works on: one word to find everything by.

It stands in the answer's header, in every line of the log, with every change in the trail and with every job.
"""

from __future__ import annotations

import re
import secrets
from contextvars import ContextVar

#: What is taken over from a proxy: nothing that could be read as anything else, and no longer than a column is.
WELL_FORMED = re.compile(r"[0-9A-Za-z_-]{8,32}")
_id: ContextVar[str] = ContextVar("wardwright_request_id", default="")


def begin_trace(given: str = "") -> str:
    """Begin with ``given`` if that is well-formed, else with a new id; returns it."""
    plain = given.replace("-", "") if len(given) == 36 else given  # a UUID
    trace = plain if WELL_FORMED.fullmatch(plain) else secrets.token_hex(8)
    _id.set(trace)
    return trace


def current_trace() -> str:
    """The id, or nothing on the command line."""
    return _id.get()


def end_trace() -> None:
    _id.set("")
