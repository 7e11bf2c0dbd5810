"""A copy of the house as its own database has it: quicker than an export, for the same program and kind of database.

The journal is copied before the database, so that whatever it notes is in the copy; files after it, so that whatever
a row names is there.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.utils.translation import gettext as _

from wardwright import __version__
from wardwright.platform.audit import keys
from wardwright.platform.audit.state import compare_state
from wardwright.platform.audit.verify import verify
from wardwright.platform.core.errors import Invalid, NotNow

from .canon import carried
from .export import Journal, add_keys, copy_file, named_files
from .manifest import BACKUP, CHUNK, Checked, Folder, Tell, check_folder, damaged, open_plain, read_kind, silent
from .restore import MARK, Restored, all_or_nothing, clear_if_interrupted, refuse_unless_empty, take_beside
from .snapshot import tables_now

DATABASES = {"sqlite": "wardwright.sqlite3", "postgresql": "wardwright.dump"}


def make_backup(path: Path, *, with_keys: bool = False, tell: Tell = silent) -> dict[str, Any]:
    """Copy everything into ``path``, which must be new or empty; returns the manifest.

    Raises:
        Invalid: when the folder is not empty, or PostgreSQL's own tools fail. NotNow: when they are not installed.
    """
    state, models = tables_now()
    folder = Folder(path)
    try:
        noted = Journal.read()
        tell(0, 3, "database")
        name = DATABASES[connection.vendor]
        copy_database(path / name)
        folder.take(name)
        tell(1, 3, "files")
        noted.write(folder)
        missing = [sha256 for sha256 in sorted(named_files(models)) if not copy_file(folder, sha256)]
        if with_keys:
            add_keys(folder)
        head = {"kind": BACKUP, "program": __version__, "migrations": state, "database": connection.vendor}
        return folder.finish({**head, "with_keys": with_keys, "missing": missing})
    except BaseException:
        folder.give_up()
        raise


def copy_database(target: Path) -> None:
    """Copy the database of this moment while others write, and check the copy."""
    if connection.vendor == "postgresql":
        _run_tool("pg_dump", "--format=custom", f"--file={target}", _address())
        return
    connection.ensure_connection()
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    with closing(sqlite3.connect(target)) as copy:
        connection.connection.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
        (verdict,) = copy.execute("PRAGMA integrity_check(1)").fetchone()
    if verdict != "ok":
        raise Invalid(_("The copy of the database is damaged: %(why)s") % {"why": verdict}, _("Check the disks."))


def _address() -> str:
    return os.environ.get("WARDWRIGHT_DATABASE_URL", "")


def _run_tool(name: str, *arguments: str) -> None:
    tool = shutil.which(name)
    if tool is None:
        raise NotNow(
            _("%(tool)s is not installed here.") % {"tool": name},
            _("Install PostgreSQL's client programs, or use `wardwright export`."),
        )
    done = subprocess.run([tool, *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise Invalid(
            _("%(tool)s failed: %(why)s") % {"tool": name, "why": " ".join(done.stderr.split())[:500]},
            _("Nothing half-done was kept."),
        )


# Checking and restoring -----------------------------------------------------------------------------------------


def is_backup(path: Path) -> bool:
    """Whether a folder says of itself that it is a backup and not an export."""
    return read_kind(path) == BACKUP


def check_backup(path: Path, *, trusted_key: str | None = None, tell: Tell = silent) -> Checked:
    """Hash every file of a backup, and ask SQLite whether the copy is whole."""
    found = check_folder(path, kind=BACKUP, trusted_key=trusted_key, tell=tell)
    if found.manifest["database"] == "sqlite":
        address = f"file:{(path / DATABASES['sqlite']).resolve()}?mode=ro&immutable=1"
        with closing(sqlite3.connect(address, uri=True)) as copy:
            (verdict,) = copy.execute("PRAGMA integrity_check(1)").fetchone()
        if verdict != "ok":
            raise damaged(DATABASES["sqlite"], verdict)
    return found


def restore_backup(path: Path, *, trusted_key: str | None = None, tell: Tell = silent) -> Restored:
    """Make this empty house the one of a backup; see ``restore_house`` for what is refused."""
    found = check_backup(path, trusted_key=trusted_key, tell=tell)
    if found.manifest["database"] != connection.vendor:
        raise Invalid(
            _("This backup is one of %(theirs)s, and this house is on %(ours)s.")
            % {"theirs": found.manifest["database"], "ours": connection.vendor},
            _("To change the database, take an export instead: `wardwright export`."),
        )
    if not found.manifest["with_keys"]:
        _refuse_without_key(found)
    clear_if_interrupted()
    refuse_unless_empty(found)
    done = Restored()
    with all_or_nothing():
        done.files = take_beside(found, tell)
        _take_database(found)
        call_command("migrate", verbosity=0, interactive=False)
        done.report = verify()
        compare_state(done.report)
        done.rows = sum(model._base_manager.count() for model in carried())
    return done


def _refuse_without_key(found: Checked) -> None:
    known = keys.public_bytes().hex() if keys.key_file().exists() or os.environ.get("WARDWRIGHT_AUDIT_KEY") else ""
    if known != found.manifest["key"]:
        raise NotNow(
            _("The private keys are not in this backup, and not in this house."),
            _("Copy the keys/ folder that you kept apart into WARDWRIGHT_HOME first."),
        )


def _take_database(found: Checked) -> None:
    if connection.vendor == "postgresql":
        _run_tool("pg_restore", "--no-owner", "--exit-on-error", "--single-transaction",
                  f"--dbname={_address()}", str(found.path / DATABASES["postgresql"]))  # fmt: skip
        return
    target = Path(settings.WARDWRIGHT_HOME) / "incoming.sqlite3"
    with open_plain(found.path / DATABASES["sqlite"]) as source, target.open("wb") as file:
        shutil.copyfileobj(source, file, CHUNK)
    with closing(sqlite3.connect(target)) as copy:
        copy.execute(f"CREATE TABLE {MARK} (begun integer)")
        copy.commit()
    name = str(connection.settings_dict["NAME"])
    connection.close()
    for end in ("-wal", "-shm"):
        Path(name + end).unlink(missing_ok=True)
    os.replace(target, name)
