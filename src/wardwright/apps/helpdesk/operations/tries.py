"""Counting what is open to the world, so that nobody can do it too often. Works across processes and hosts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from wardwright.apps.helpdesk.models import Tries


@dataclass(frozen=True)
class Limit:
    """At most ``most`` times in ``seconds`` for one address, device, ticket or the whole house."""

    name: str
    most: int
    seconds: int


#: Codes that lead nowhere, from one address: whoever guesses has 30 to the 8th or 10th to guess from.
WRONG_CODE = Limit("wrong", 40, 600)
SEARCH = Limit("search", 60, 600)
SEND_ADDRESS = Limit("send", 30, 600)
SEND_DEVICE = Limit("device", 12, 3600)
SEND_HOUSE = Limit("house", 900, 3600)
TALK = Limit("talk", 20, 3600)
_COUNT = """
INSERT INTO helpdesk_tries (key, n, until_at) VALUES (%s, 1, %s)
ON CONFLICT (key) DO UPDATE SET n = helpdesk_tries.n + 1 RETURNING n
"""


def count_try(limit: Limit, who: object) -> bool:
    """Count one try and say whether it is still within the limit. One statement: no process misses another."""
    now = timezone.now()
    until = now + timedelta(seconds=limit.seconds)
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [_key(limit, who), connection.ops.adapt_datetimefield_value(until)])
        (n,) = cursor.fetchone()
    return bool(n <= limit.most)


def is_exhausted(limit: Limit, who: object) -> bool:
    """Whether the limit is reached, without counting."""
    n = Tries.objects.filter(pk=_key(limit, who)).values_list("n", flat=True).first()
    return (n or 0) >= limit.most


def forget_tries() -> int:
    """Drop the counts whose time is over; returns how many."""
    return Tries.objects.filter(until_at__lt=timezone.now()).delete()[0]


def _key(limit: Limit, who: object) -> str:
    return f"{limit.name}:{who}"[:100] + f":{int(timezone.now().timestamp() // limit.seconds)}"
