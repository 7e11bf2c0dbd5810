"""One reader of an instrument at a time, in whichever process and on whichever host."""

from __future__ import annotations

import fcntl
import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection
from django.db.utils import OperationalError
from django.utils.translation import gettext as _

from wardwright.platform.core.beside import beside
from wardwright.platform.core.errors import NotNow

WAIT_SECONDS = 8.0


@contextmanager
def one_reader(resource: str, wait_seconds: float = WAIT_SECONDS) -> Iterator[None]:
    """Hold the instrument while it is asked. A process that dies lets it go.

    Raises:
        NotNow: somebody else holds it for longer than ``wait_seconds``.
    """
    held = _held_in_database if connection.vendor == "postgresql" else _held_in_house
    with held(hashlib.sha256(resource.lower().encode()).digest(), wait_seconds):
        yield


def _busy() -> NotNow:
    return NotNow(_("Somebody else is reading this instrument right now."), _("Try again in a moment."))


@contextmanager
def _held_in_house(key: bytes, wait_seconds: float) -> Iterator[None]:
    """A house on SQLite is on one host: a file that is locked while it is open."""
    folder = settings.WARDWRIGHT_HOME / "instruments"
    folder.mkdir(mode=0o700, exist_ok=True)
    until = time.monotonic() + wait_seconds
    with (folder / f"{key.hex()[:16]}.lock").open("a") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= until:
                    raise _busy() from None
                time.sleep(0.05)
        yield


@contextmanager
def _held_in_database(key: bytes, wait_seconds: float) -> Iterator[None]:
    """A lock of a transaction beside the one in use: a pooler keeps it on one connection, a crash lets it go."""
    with beside() as other, other.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{round(1000 * wait_seconds)}ms"])
        try:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(%s, %s)",
                [int.from_bytes(key[:4], signed=True), int.from_bytes(key[4:8], signed=True)],
            )
        except OperationalError as error:
            raise _busy() from error
        yield
