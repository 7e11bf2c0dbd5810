"""Asking an instrument: a short conversation in a process that can be ended, put into words where it fails."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from wardwright.platform.core.change import current_change
from wardwright.platform.core.words import exact_words

from .turns import one_reader

logger = logging.getLogger("wardwright.instruments")
START_SECONDS = 6  # of the process itself, on a machine that has much to do
HANDED_ON = ("PATH", "PYTHONPATH", "VIRTUAL_ENV", "HOME", "LANG", "SYSTEMROOT", "LD_LIBRARY_PATH")  # and no secret


@dataclass(frozen=True)
class Asked:
    """Where to ask, who should answer, and what to ask."""

    resource: str
    questions: Sequence[str]
    serial: str = ""
    expected: str = ""
    timeout_ms: int = 3000
    line_end: str = "lf"
    baud: int = 9600


@dataclass(frozen=True)
class Heard:
    """What came of one question: its answer, or the trouble in words."""

    question: str
    answer: str = ""
    trouble: str = ""
    ms: int = 0


def is_installed() -> bool:
    return find_spec("pyvisa") is not None


def hear(asked: Asked) -> list[Heard]:
    """What the instrument answers: to ``*IDN?`` first, and if that is the right one, to the questions in their order.

    The list ends with what brought nothing; after that may follow what the instrument objects to.

    One reader at a time, and never within a change: what waits for an instrument must not hold the database.
    """
    if current_change() is not None:
        raise RuntimeError("An instrument is asked outside of any change.")
    given = {
        "library": settings.INSTRUMENT_LIBRARY,
        **asdict(asked),
    }
    most = START_SECONDS + (len(asked.questions) + 3) * asked.timeout_ms / 1000
    with one_reader(asked.resource):
        said = _said(given, most)
    heard = [_heard(line, asked) for line in map(_line, said.splitlines()) if line]
    return heard or [Heard("", trouble=_no_connection(asked, ""))]


def _said(given: dict[str, Any], most_seconds: float) -> bytes:
    """What the process wrote, whether it came to its end or was ended."""
    try:
        return subprocess.run(
            [sys.executable, "-m", "wardwright.apps.testing.live.speak"],
            input=json.dumps(given).encode(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=most_seconds,
            check=False, env={name: os.environ[name] for name in HANDED_ON if name in os.environ},
        ).stdout  # fmt: skip
    except subprocess.TimeoutExpired as late:
        return (late.stdout or b"") + b'\n{"trouble": "timeout"}\n'


def _line(text: bytes) -> dict[str, Any]:
    """What one line says; nothing for one that was cut off when the process was ended."""
    try:
        return json.loads(text)
    except ValueError:
        return {}


def _heard(line: dict[str, Any], asked: Asked) -> Heard:
    trouble = line.get("trouble", "")
    words = _words(trouble, str(line.get("words", "")), asked) if trouble else ""
    return Heard(line.get("question", ""), line.get("answer", ""), words, line.get("ms", 0))


def _words(trouble: str, words: str, asked: Asked) -> str:
    if trouble == "not-installed":
        return not_installed()
    if trouble == "timeout":
        return _(
            "The instrument did not answer within %(s)s s, or closed the connection. Check that it is on and shows its"
            " measurement, then try again."
        ) % {"s": exact_words(asked.timeout_ms / 1000)}
    if trouble in ("ConnectionRefusedError", "BrokenPipeError", "ConnectionResetError", "no-connection"):
        return _no_connection(asked, words)
    return _("The connection broke off (%(error)s). Check the cable, then try again.") % {"error": trouble}


def _no_connection(asked: Asked, words: str) -> str:
    """The driver's own ``words`` are English and for whoever looks after the server: they go to its log."""
    if words:
        logger.warning("no connection to an instrument", extra={"resource": asked.resource, "driver": words[:500]})
    said = _("There is no connection to %(resource)s. Check that the instrument is on, its cable and its address.")
    return said % {"resource": asked.resource}


def not_installed() -> str:
    return _("This server cannot read instruments yet: install it with the extra “instruments” (PyVISA).")
