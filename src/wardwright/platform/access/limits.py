"""How often the world may knock: one token bucket for each caller, the same for all processes of a house.

The bucket lies in the database. Asking it at every request would cost more than many requests do, so a process draws a
share of it in one short write and spends that by itself. Every token comes out of the bucket, so the rate holds over
time whatever the number of processes; what a burst can gain is the share each of them still holds.
"""

from __future__ import annotations

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

SHARES = 20  # a share is a twentieth of a minute's allowance
MOST_CALLERS = 10_000
FORGET_SECONDS = 24 * 3600
QUICK_MS = 50

_held: dict[str, int] = {}
_lock = threading.Lock()


@dataclass(frozen=True)
class Limit:
    """So many in a minute, and at most ``burst`` at once (as many as in a minute unless it is given)."""

    per_minute: int
    burst: int = 0

    @property
    def full(self) -> int:
        return self.burst or self.per_minute

    @property
    def share(self) -> int:
        return max(1, min(self.per_minute, self.full) // SHARES)


def spend(caller: str, limit: Limit) -> None:
    """Take one from the bucket of ``caller`` (at most 80 characters).

    Raises:
        TooOften: when it is empty; ``wait_seconds`` says when there is one again.
    """
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


def forget_held() -> None:
    """What this process still holds (for tests)."""
    with _lock:
        _held.clear()


def forget_buckets() -> int:
    """Drop the buckets of callers that did not come for a day: they are full anyway."""
    return Bucket.objects.filter(at__lt=time.time() - FORGET_SECONDS).delete()[0]


def _draw(caller: str, limit: Limit) -> int:
    """A share, or a single token when there is no whole share left."""
    now = time.time()
    try:
        with quick():
            for wanted in dict.fromkeys((limit.share, 1)):
                if _take(caller, limit, wanted, now) or _begin(caller, limit, wanted, now):
                    return wanted
            wait = _seconds_until_one(caller, limit, now)
    except OperationalError:
        return 1  # the database is busy with something long: nobody is kept waiting for being counted
    words = ngettext("Wait %(n)d second, then go on.", "Wait %(n)d seconds, then go on.", wait) % {"n": wait}
    raise TooOften(_("Too many requests in a short time."), words, wait_seconds=wait)


def _take(caller: str, limit: Limit, wanted: int, now: float) -> bool:
    least, most = ("LEAST", "GREATEST") if connection.vendor == "postgresql" else ("MIN", "MAX")
    level = f"{least}(%s, level + {most}(0, %s - at) * %s)"
    filled = [float(limit.full), now, limit.per_minute / 60]
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
    level, at = Bucket.objects.filter(caller=caller).values_list("level", "at").first() or (0.0, now)
    rate = limit.per_minute / 60
    return max(1, math.ceil((1 - level - max(0.0, now - at) * rate) / rate))


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
