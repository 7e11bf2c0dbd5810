"""Before the tables of a house change: a copy to go back to."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from wardwright.platform.audit import journal
from wardwright.platform.core.errors import NotNow

from .backup import copy_database

PART = ".part"


def folder() -> Path:
    """Where the copies lie: one folder for each upgrade, named after the version before it and the moment (UTC)."""
    return Path(settings.WARDWRIGHT_HOME) / "before-upgrade"


def keep_before_upgrade(version_before: str, *, backed_up: bool) -> Path | None:
    """Copy database and journal aside (SQLite); the newest ``WARDWRIGHT_UPGRADE_COPIES`` (3) are kept.

    PostgreSQL keeps its data elsewhere: there somebody has to say that there is a backup.

    Raises:
        NotNow: on PostgreSQL without ``backed_up``. OSError: when there is no room; nothing was changed.
    """
    if connection.vendor != "sqlite":
        if not backed_up:
            raise NotNow(
                _("The tables of this house are of an older version, and going back needs a backup."),
                _("Run `wardwright backup FOLDER`, then `wardwright upgrade --i-have-a-backup`."),
            )
        return None
    target = folder() / f"{version_before}-{timezone.now():%Y%m%dT%H%M%SZ}"
    part = target.with_name(target.name + PART)
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(mode=0o700, parents=True)
    try:
        if journal.folder().exists():  # before the database: whatever it notes is then in the copy
            shutil.copytree(journal.folder(), part / "audit")
        copy_database(part / "wardwright.sqlite3")
        os.replace(part, target)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    _drop_older()
    return target


def _drop_older() -> None:
    kept = max(1, int(os.environ.get("WARDWRIGHT_UPGRADE_COPIES", "3")))
    copies = [path for path in folder().iterdir() if path.suffix != PART]
    for path in sorted(copies, key=lambda path: path.stat().st_mtime)[:-kept]:
        shutil.rmtree(path)
