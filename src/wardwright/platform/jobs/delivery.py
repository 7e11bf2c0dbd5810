"""How jobs reach workers: SQLite's workers ask the jobs table; on PostgreSQL Procrastinate brings them (ADR 0014)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from importlib import import_module
from typing import Protocol, cast

from django.db import connection

from .models import Job


class Engine(Protocol):
    """What the modules ``polling`` and ``postgresql`` both do."""

    def deliver(self, jobs: Sequence[Job]) -> None:
        """Let workers learn of jobs that wait, when the transaction that wrote them commits."""

    def work(self, *, stop: Callable[[], bool], once: bool) -> int:
        """Run jobs until ``stop()``; with ``once``, until none is ready. Returns how many ran."""

    def worker_seen_at(self) -> datetime | None:
        """When a worker last showed that it lives, by what the engine itself writes."""


def engine() -> Engine:
    """That of the database in use; Procrastinate is installed with the driver of PostgreSQL only."""
    name = "postgresql" if connection.vendor == "postgresql" else "polling"
    return cast(Engine, import_module(f"{__package__}.{name}"))
