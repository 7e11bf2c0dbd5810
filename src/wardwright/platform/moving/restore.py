"""Taking a whole house in from an export: all of it or nothing, and the same again.

The table ``core_restoring`` stands from the first step to the last. While it is there no command of the house runs and
no trigger guards the tables; a restore that finds it clears away what the interrupted one left and begins anew.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import orjson
from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.models import Model
from django.utils.translation import gettext as _

from wardwright.platform.attachments import store
from wardwright.platform.audit import journal, keys
from wardwright.platform.audit.state import compare_state
from wardwright.platform.audit.succession import record_succession
from wardwright.platform.audit.verify import Report, verify
from wardwright.platform.core.errors import Invalid, NotNow

from .canon import LEFT_OUT, carried, columns_of, kind_of, reader
from .manifest import CHUNK as FILE_CHUNK
from .manifest import EXPORT, NAME, Checked, Tell, check_folder, damaged, open_plain, silent

MARK = "core_restoring"
CHUNK = 2000
MAX_FILE_BYTES = 1 << 40


@dataclass
class Restored:
    """What a restore took in, and what checking the trail afterwards said."""

    rows: int = 0
    files: int = 0
    new_key: bool = False
    upgraded: bool = False
    report: Report = field(default_factory=Report)


def restore_house(path: Path, *, trusted_key: str | None = None, tell: Tell = silent) -> Restored:
    """Check the export in ``path`` and make this empty house the house that it holds.

    Raises:
        Invalid: when the export is not whole, or of a program that this one does not know.
        NotNow: when this house is not empty.
    """
    export = check_folder(path, kind=EXPORT, trusted_key=trusted_key, tell=tell)
    state = _state_known(export)
    clear_if_interrupted()
    refuse_unless_empty(export)
    with all_or_nothing():
        done = _take_in(export, state, tell)
    return done


def _take_in(export: Checked, state: list[tuple[str, str]], tell: Tell) -> Restored:
    done = Restored()
    done.files = take_beside(export, tell)
    models = _make_tables(export, state)
    _load(export, models, done, tell)
    executor = MigrationExecutor(connection)
    done.upgraded = bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    call_command("migrate", verbosity=0, interactive=False)  # to today's tables; puts triggers and indexes in place
    done.new_key = _follow_key(export)
    tell(0, 1, "audit trail")
    done.report = verify()
    compare_state(done.report)
    _count_anew()
    return done


# Whether it can be taken in -------------------------------------------------------------------------------------


def _state_known(export: Checked) -> list[tuple[str, str]]:
    """The migrations that the export's tables are of; all of them must be known here."""
    known = MigrationLoader(None).graph.nodes
    state = sorted(export.manifest["migrations"].items())
    for label, name in state:
        if (label, name) not in known:
            words = _("This is of Wardwright %(version)s, whose tables “%(label)s” (%(name)s) are not known here.")
            raise Invalid(
                words % {"version": export.manifest["program"], "label": label, "name": name},
                _("Install that version or a newer one, then restore."),
            )
    return state


def refuse_unless_empty(export: Checked) -> None:
    """Only a house in which nothing is yet may be restored into.

    Raises:
        NotNow: naming what is there.
    """
    home = Path(settings.WARDWRIGHT_HOME)
    tables = connection.introspection.table_names()
    there = [_("tables in the database")] if tables else []
    there += [f"{name}/" for name in ("files", "audit") if any(path.is_file() for path in (home / name).rglob("*"))]
    if keys.key_file().exists() and keys.public_bytes().hex() != export.manifest["key"]:
        there.append("keys/audit.key")
    if there:
        raise NotNow(
            _("The house in %(home)s is not empty: it has %(what)s.")
            % {"home": home, "what": ", ".join(map(str, there))},
            _("Restore into a new WARDWRIGHT_HOME, and for PostgreSQL into a new database."),
        )


# All or nothing -------------------------------------------------------------------------------------------------


def is_interrupted() -> bool:
    """Whether a restore began here and did not end."""
    return MARK in connection.introspection.table_names()


def refuse_interrupted(tables: Iterable[str] | None = None) -> None:
    """Keep everybody out of a house that is only half there; ``tables`` where they are known already.

    Raises:
        NotNow: while the mark of a restore stands.
    """
    if MARK in (connection.introspection.table_names() if tables is None else tables):
        raise NotNow(
            _("A restore into this house is running, or was interrupted."),
            _("If none is running, do it again: `wardwright restore FOLDER` clears away what is left."),
        )


def clear_if_interrupted() -> None:
    """Clear away what an interrupted restore left, if one did."""
    if is_interrupted():
        _clear()


def _home_mark() -> Path:
    """Says that the folders of this home were empty before the restore, so that they may be cleared."""
    return Path(settings.WARDWRIGHT_HOME) / "restoring"


@contextmanager
def all_or_nothing() -> Iterator[None]:
    """Set the mark, and take it away at the end; whatever goes wrong in between, the house is empty again."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {MARK} (begun integer)")
    try:
        _home_mark().write_text("" if keys.key_file().exists() else keys.key_file().name)
        yield
    except BaseException:
        _clear()
        raise
    _home_mark().unlink()
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE {MARK}")


#: Statements that drop what Procrastinate's tables leave behind when they go.
_BROUGHT_ALONG = """
    SELECT format('DROP ROUTINE %s CASCADE', oid::regprocedure) FROM pg_proc
    WHERE pronamespace = current_schema()::regnamespace AND starts_with(proname, 'procrastinate_')
    UNION ALL
    SELECT format('DROP TYPE IF EXISTS %s CASCADE', oid::regtype) FROM pg_type
    WHERE typnamespace = current_schema()::regnamespace AND starts_with(typname, 'procrastinate_')
"""


def _clear() -> None:
    """Take away everything that a restore puts into an empty house; only ever called while its mark stands."""
    keys.forget()
    journal.forget()
    if connection.vendor == "sqlite":
        name = str(connection.settings_dict["NAME"])
        connection.close()
        for end in ("", "-wal", "-shm"):
            Path(name + end).unlink(missing_ok=True)
    else:
        connection.close()
        with connection.cursor() as cursor:
            names = [name for name in connection.introspection.table_names(cursor) if name != MARK]
            for table in names:
                cursor.execute(f'DROP TABLE IF EXISTS "{table}" CASCADE')
            cursor.execute(_BROUGHT_ALONG)
            for (statement,) in cursor.fetchall():
                cursor.execute(statement)
            cursor.execute(f"DROP TABLE IF EXISTS {MARK}")
    if _home_mark().exists():
        for folder in ("files", "audit"):
            shutil.rmtree(_home_mark().with_name(folder), ignore_errors=True)
        if made := _home_mark().read_text():
            _home_mark().with_name("keys").joinpath(made).unlink(missing_ok=True)
        _home_mark().unlink()


# Beside the database --------------------------------------------------------------------------------------------


def take_beside(export: Checked, tell: Tell) -> int:
    """Take in keys, journal and stored files; returns how many files."""
    _take_keys(export)
    _take_journal(export)
    return _take_files(export, tell)


def _take_keys(export: Checked) -> None:
    """Put the exported keys in place, unless the environment gives others."""
    place = keys.key_file().parent
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    given = {"audit.key": "WARDWRIGHT_AUDIT_KEY", "secret.key": "WARDWRIGHT_SECRET_KEY"}
    for name in export.names("keys"):
        target = place / name.removeprefix("keys/")
        if os.environ.get(given.get(target.name, "")):
            continue
        target.unlink(missing_ok=True)
        with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.writelines(export.lines(name))
    keys.forget()


def _take_journal(export: Checked) -> None:
    tail = journal.folder() / "tail"
    tail.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name, target in (("seals.log", journal.folder() / "seals.log"), ("journal.log", tail / "0-restored.log")):
        if export.manifest["files"][f"audit/{name}"]["bytes"]:
            with target.open("wb") as file:
                file.writelines(export.lines(f"audit/{name}"))


def _take_files(export: Checked, tell: Tell) -> int:
    names = export.names("files")
    for place, name in enumerate(names):
        tell(place, len(names), "files")
        with open_plain(export.path / name) as file:
            kept = store.keep(iter(lambda: file.read(FILE_CHUNK), b""), max_bytes=MAX_FILE_BYTES)
        if kept.sha256 != name.rsplit("/", 1)[1]:
            raise damaged(name, _("it changed while it was read"))
    return len(names)


# The tables -----------------------------------------------------------------------------------------------------


def _make_tables(export: Checked, state: list[tuple[str, str]]) -> list[type[Model]]:
    """Make the tables as they were in the version that exported; returns their models of that time."""
    executor = MigrationExecutor(connection)
    others = [node for node in executor.loader.graph.leaf_nodes() if node[0] in LEFT_OUT]
    executor.migrate([*others, *state])
    executor.loader.build_graph()
    models = carried(executor.loader.project_state(state).apps)
    described = export.manifest["tables"]
    differing = set(described) ^ {model._meta.db_table for model in models}
    for model in models:
        columns = {column.column: kind_of(column) for column in columns_of(model)}
        if described.get(model._meta.db_table, {}).get("columns") != columns:
            differing.add(model._meta.db_table)
    if differing:
        names = ", ".join(sorted(differing))
        raise damaged(NAME, _("its tables are not those of its version: %(names)s") % {"names": names})
    return models


def _load(export: Checked, models: list[type[Model]], done: Restored, tell: Tell) -> None:
    """Every row of every table, in one transaction. No trigger is in place yet: they come with the last migration."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            for model in models:  # rows that migrations wrote; the export has its own
                cursor.execute(f'DELETE FROM "{model._meta.db_table}"')  # noqa: S608
        for place, model in enumerate(models):
            table = model._meta.db_table
            tell(place, len(models), table)
            try:
                with transaction.atomic():
                    done.rows += _load_table(export, model)
            except (DatabaseError, ValueError) as error:
                why = " ".join(str(error).split())
                raise damaged(
                    f"tables/{table}.jsonl", _("the database refused a row: %(why)s") % {"why": why}
                ) from error
            _count_on(model, export.manifest["tables"][table]["last_id"])
        try:
            connection.check_constraints()
        except IntegrityError as error:
            raise damaged("tables", " ".join(str(error).split())) from error


def _load_table(export: Checked, model: type[Model]) -> int:
    fields = columns_of(model)
    table, names = model._meta.db_table, [column.column or "" for column in fields]
    readers = [(place, read) for place, column in enumerate(fields) if (read := reader(column, connection))]
    rows = _rows(export, f"tables/{table}.jsonl", names, readers)
    head = ", ".join(f'"{name}"' for name in names)
    count = 0
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f'COPY "{table}" ({head}) FROM STDIN') as copy:
                for count, row in enumerate(rows, 1):  # noqa: B007 - told below
                    copy.write_row(row)
            return count
        marks = ", ".join(["%s"] * len(names))
        while chunk := list(islice(rows, CHUNK)):
            cursor.executemany(f'INSERT INTO "{table}" ({head}) VALUES ({marks})', chunk)  # noqa: S608
            count += len(chunk)
    return count


def _rows(export: Checked, name: str, names: list[str], readers: list[Any]) -> Iterator[list[Any]]:
    number = 0
    for number, text in enumerate(export.lines(name), 1):
        try:
            row = orjson.loads(text)
            if len(row) != len(names):
                raise ValueError(_("it has %(n)s columns") % {"n": len(row)})
            values = [row[column] for column in names]
            for place, read in readers:
                values[place] = read(values[place])
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise damaged(f"{name}, line {number}", _("it cannot be read (%(why)s)") % {"why": error}) from None
        yield values
    if number != export.manifest["files"][name]["rows"]:
        raise damaged(name, _("it has %(n)s rows and not as many as the manifest says") % {"n": number})


def _count_on(model: type[Model], last: int | None) -> None:
    """Let the table's own counter go on where the exported one stood."""
    if last is None:
        return
    table, key = model._meta.db_table, model._meta.pk.column
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT setval(pg_get_serial_sequence(%s, %s), %s, %s)", [f'"{table}"', key, max(last, 1), last > 0]
            )
            return
        cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
        cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, last])


def _count_anew() -> None:
    """Let the database count its rows, or its first plans would be those of empty tables."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _follow_key(export: Checked) -> bool:
    """Where the exported house's private key is not here, this house's own key follows it, and the trail says so."""
    old = bytes.fromhex(export.manifest["key"])
    if old == keys.public_bytes():
        return False
    reason = "restored from an export without the private keys"
    with transaction.atomic():
        record_succession(old=old, new=keys.private_key(), reason=reason, old_key=None)
    return True
