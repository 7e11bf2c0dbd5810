"""How often the world may knock: one token bucket for each caller, the same for all processes of a house.

The bucket lies in the database. Asking it at every request would cost more than many requests do, so a process draws a
share of it in one short write and spends that by itself. Every token comes out of the bucket, so the rate holds over
time whatever the number of processes; what a burst can gain is the share each of them still holds.
"""

from __future__ import annotations

import hashlib
import math
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import OperationalError, connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wardwright.platform.core.errors import TooOften

from .models import Bucket

SHARES = 20  # a share is a twentieth of the allowance
MOST_CALLERS = 10_000
CALLER_CHARACTERS = 80
FORGET_SECONDS = 24 * 3600
QUICK_MS = 50

_held: dict[str, int] = {}
_lock = threading.Lock()


@dataclass(frozen=True)
class Limit:
    """So many in a stretch of time, and at most ``burst`` at once (as many as in that time unless it is given)."""

    most: int
    seconds: int = 60
    burst: int = 0

    @property
    def full(self) -> int:
        return self.burst or self.most

    @property
    def rate(self) -> float:
        """How many come back in a second."""
        return self.most / self.seconds

    @property
    def share(self) -> int:
        return max(1, min(self.most, self.full) // SHARES)


def spend(caller: str, limit: Limit) -> None:
    """Take one from the bucket of ``caller``.

    Raises:
        TooOften: when it is empty; ``wait_seconds`` says when there is one again.
    """
    caller = _named(caller)
    with _lock:
        held = _held.get(caller, 0)
        if held > 0:
            _held[caller] = held - 1
            return
    drawn = _draw(caller, limit)
    with _lock:
        if len(_held) >= MOST_CALLERS:
            _held.clear()
        _held[caller] = _held.get(caller, 0) + drawn - 1


def check_left(caller: str, limit: Limit) -> None:
    """Take nothing, but raise TooOften when there is nothing to take."""
    caller = _named(caller)
    with _lock:
        if _held.get(caller, 0) > 0:
            return
    wait = _seconds_until_one(caller, limit, time.time())
    if wait > 0:
        raise _too_often(wait)


def forget_held() -> None:
    """What this process still holds (for tests)."""
    with _lock:
        _held.clear()


def forget_buckets() -> int:
    """Drop the buckets of callers that did not come for a day: they are full anyway."""
    return Bucket.objects.filter(at__lt=time.time() - FORGET_SECONDS).delete()[0]


def _named(caller: str) -> str:
    """``caller`` as its bucket is called; what others choose, such as the sender of a mail, may be long."""
    return caller if len(caller) <= CALLER_CHARACTERS else hashlib.sha256(caller.encode()).hexdigest()


def _too_often(wait: int) -> TooOften:
    words = ngettext("Wait %(n)d second, then go on.", "Wait %(n)d seconds, then go on.", wait) % {"n": wait}
    return TooOften(_("Too many requests in a short time."), words, wait_seconds=wait)


def _draw(caller: str, limit: Limit) -> int:
    """A share, or a single token when there is no whole share left."""
    now = time.time()
    try:
        with quick():
            for wanted in dict.fromkeys((limit.share, 1)):
                if _take(caller, limit, wanted, now) or _begin(caller, limit, wanted, now):
                    return wanted
            wait = max(1, _seconds_until_one(caller, limit, now))
    except OperationalError:
        return 1  # the database is busy with something long: nobody is kept waiting for being counted
    raise _too_often(wait)


def _take(caller: str, limit: Limit, wanted: int, now: float) -> bool:
    least, most = ("LEAST", "GREATEST") if connection.vendor == "postgresql" else ("MIN", "MAX")
    level = f"{least}(%s, level + {most}(0, %s - at) * %s)"
    filled = [float(limit.full), now, limit.rate]
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE access_bucket SET level = {level} - %s, at = {most}(at, %s) WHERE caller = %s AND {level} >= %s",  # noqa: S608
            [*filled, float(wanted), now, caller, *filled, float(wanted)],
        )
        return cursor.rowcount > 0


def _begin(caller: str, limit: Limit, wanted: int, now: float) -> bool:
    """The first draw of a caller; False when there is a bucket already."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO access_bucket (caller, level, at) VALUES (%s, %s, %s) ON CONFLICT (caller) DO NOTHING",
            [caller, float(limit.full - wanted), now],
        )
        return cursor.rowcount > 0


def _seconds_until_one(caller: str, limit: Limit, now: float) -> int:
    """0 when there is one, and for a caller who was never here."""
    level, at = Bucket.objects.filter(caller=caller).values_list("level", "at").first() or (limit.full, now)
    return max(0, math.ceil((1 - level) / limit.rate - max(0.0, now - at)))


@contextmanager
def quick() -> Iterator[None]:
    """On SQLite a long import holds the only pen: what is merely counted does not wait for it."""
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    usual = int(connection.settings_dict["OPTIONS"].get("timeout", 5) * 1000)
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA busy_timeout = {QUICK_MS}")
        try:
            yield
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {usual}")
