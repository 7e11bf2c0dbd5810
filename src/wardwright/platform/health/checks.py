"""What has to hold for the house to answer, and what somebody should look after soon."""

from __future__ import annotations

import logging
import os
import secrets
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wardwright.platform.audit import journal
from wardwright.platform.audit.models import AuditChange, AuditLeaf, AuditSeal
from wardwright.platform.audit.sealing import recent_floor
from wardwright.platform.jobs.delivery import engine
from wardwright.platform.jobs.models import Recurrence

log = logging.getLogger("wardwright.health")
WORKER_LATE = timedelta(minutes=2)  # the trail is to be sealed three times a minute
SEAL_LATE = timedelta(minutes=10)


@dataclass(frozen=True)
class Finding:
    """How one check went. ``figures`` are numbers and moments for programs."""

    name: str
    label: Any
    is_well: bool
    is_needed: bool
    words: str
    way_forward: str = ""
    figures: dict[str, Any] | None = None


class Unwell(Exception):
    """A check that does not hold: what is wrong, and what to do."""

    def __init__(self, words: str, way_forward: str, **figures: Any):
        super().__init__(words)
        self.words, self.way_forward, self.figures = words, way_forward, figures


@dataclass(frozen=True)
class Check:
    """``run`` gives words and figures, or raises Unwell. Without a needed one no request can be answered here."""

    name: str
    label: Any
    is_needed: bool
    run: Callable[[], tuple[str, dict[str, Any]]]

    def find(self) -> Finding:
        """Run it; a check that itself fails is unwell, and why stands in the log."""
        try:
            words, figures = self.run()
        except Unwell as found:
            words, way = found.words, found.way_forward
            return Finding(self.name, self.label, False, self.is_needed, words, way, found.figures)
        except Exception:
            log.warning("The check “%s” could not be made", self.name, exc_info=True)
            words, way = _("This could not be checked."), _("The log of this server says why.")
            return Finding(self.name, self.label, False, self.is_needed, words, way)
        return Finding(self.name, self.label, True, self.is_needed, words, "", figures)


def database() -> tuple[str, dict[str, Any]]:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Exception as error:
        log.warning("The database did not answer: %s", error)
        raise Unwell(_("The database does not answer."), _("Start it, or check WARDWRIGHT_DATABASE_URL.")) from error
    return _("It answers."), {}


def tables() -> tuple[str, dict[str, Any]]:
    executor = MigrationExecutor(connection)
    missing = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if missing:
        raise Unwell(_("The tables are of another version."), _("Run `wardwright upgrade`."), missing=missing)
    return _("They are those of this version."), {"missing": 0}


def room() -> tuple[str, dict[str, Any]]:
    """Free space where the house lies, in whole megabytes."""
    free = shutil.disk_usage(settings.WARDWRIGHT_HOME).free // 1_000_000
    if free < settings.DISK_MB:
        words = _("Only %(free)d MB are free in the folder of the house.") % {"free": free}
        raise Unwell(words, _("Make room, or give it a larger disk."), free_mb=free)
    return _("%(free)d MB are free.") % {"free": free}, {"free_mb": free}


def journal_writable() -> tuple[str, dict[str, Any]]:
    """Writes a file beside the journal and takes it away again: permissions alone do not tell of a full disk."""
    folder = journal.folder() / "tail"
    probe = folder / f".probe-{os.getpid()}-{secrets.token_hex(4)}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe.write_bytes(b"can be written\n")
        probe.unlink()
    except OSError as error:
        probe.unlink(missing_ok=True)
        words = _("The journal of the audit trail cannot be written: %(why)s.") % {"why": error.strerror}
        raise Unwell(words, _("Make the folder `audit` writable for the service.")) from error
    return _("It can be written."), {}


def worker_seen_at() -> datetime | None:
    """When a worker last showed that it lives: by asking for what recurs, or while it runs a job."""
    asked = Recurrence.objects.order_by("-last_at").values_list("last_at", flat=True).exclude(last_at=None).first()
    return max((moment for moment in (asked, engine().worker_seen_at()) if moment), default=None)


def worker() -> tuple[str, dict[str, Any]]:
    way = _("Start one: `wardwright worker`, or the service wardwright-worker.")
    seen = worker_seen_at()
    if seen is None:
        raise Unwell(_("No worker was ever here: nothing runs in the background."), way)
    age = max(0, int((timezone.now() - seen).total_seconds()))
    if age > WORKER_LATE.total_seconds():
        words = _("No worker was seen for %(n)d minutes.") % {"n": age // 60}
        raise Unwell(words, way, seen_seconds_ago=age)
    return _("One was here %(n)d seconds ago.") % {"n": age}, {"seen_seconds_ago": age}


def unsealed_seconds() -> float:
    """The age of the oldest change that waits for its seal; 0 when none does."""
    waiting = AuditChange.objects.filter(~Exists(AuditLeaf.objects.filter(pk=OuterRef("pk"))), id__gt=recent_floor())
    at = waiting.order_by("id").values_list("at", flat=True).first()
    return max(0.0, (timezone.now() - at).total_seconds()) if at else 0.0


def seals() -> tuple[str, dict[str, Any]]:
    last = AuditSeal.objects.defer("members").order_by("-id").first()
    age = int(unsealed_seconds())
    figures = {"seal": last.id if last else 0, "unsealed_seconds": age}
    if age > SEAL_LATE.total_seconds():
        words = _("Changes have waited for their seal for %(n)d minutes.") % {"n": age // 60}
        raise Unwell(words, _("See that a worker runs; then run `wardwright audit verify`."), **figures)
    return _("Every change is sealed, or will be within minutes."), figures


CHECKS = (
    Check("database", gettext_lazy("Database"), True, database),
    Check("tables", gettext_lazy("Tables"), True, tables),
    Check("disk", gettext_lazy("Disk"), True, room),
    Check("journal", gettext_lazy("Audit journal"), True, journal_writable),
    Check("worker", gettext_lazy("Worker"), False, worker),
    Check("seals", gettext_lazy("Seals"), False, seals),
)


def examine() -> list[Finding]:
    """Every check in turn; without a database those that ask it are left out."""
    first = CHECKS[0].find()
    if not first.is_well:
        return [first, *(check.find() for check in CHECKS if check.name in ("disk", "journal"))]
    return [first, *(check.find() for check in CHECKS[1:])]


def state_of(findings: list[Finding]) -> str:
    """``ready``, ``limping`` (it answers, but somebody should look) or ``not-ready``."""
    if not all(finding.is_well for finding in findings if finding.is_needed):
        return "not-ready"
    return "ready" if all(finding.is_well for finding in findings) else "limping"
