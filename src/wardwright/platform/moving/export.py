"""Writing a whole house into a folder: tables, trail, files, and a manifest that proves all of it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db.models import Model

from wardwright import __version__
from wardwright.platform.attachments import store
from wardwright.platform.audit import journal, keys
from wardwright.platform.audit.models import AuditChange, AuditLeaf
from wardwright.platform.audit.sealing import seal_pending
from wardwright.platform.core.errors import NotFound
from wardwright.platform.exchange.files import safe_cell

from .canon import carried, columns_of, kind_of
from .guide import guide
from .manifest import CHUNK as FILE_CHUNK
from .manifest import EXPORT, Folder, Tell, silent
from .snapshot import CHUNK, last_id, one_moment, rows_of, tables_now

Register = Mapping[str, Any]  # {"name", "model": "app.Model", "columns": {heading: path}}


@dataclass
class Exported:
    """What an export wrote; ``missing`` are files that rows name and the store does not have, or has damaged."""

    rows: int = 0
    files: int = 0
    bytes: int = 0
    missing: list[str] = field(default_factory=list)
    hash: str = ""
    key: str = ""


def export_house(
    path: Path, *, registers: Sequence[Register] = (), with_keys: bool = False, tell: Tell = silent
) -> Exported:
    """Write everything into ``path``, which must be new or empty.

    What is written is the house of one moment, though people go on working; its tables may be those of an older
    version (then without registers). An interrupted run leaves a folder without a manifest, a failing one nothing.

    Raises:
        Invalid: when the folder is not empty.
    """
    state, models = tables_now()
    folder = Folder(path)
    try:
        return _write(folder, state, models, registers if models == carried() else (), with_keys, tell)
    except BaseException:
        folder.give_up()
        raise


def _write(
    folder: Folder,
    state: dict[str, str],
    models: list[type[Model]],
    registers: Sequence[Register],
    with_keys: bool,
    tell: Tell,
) -> Exported:
    done = Exported()
    seal_pending(everything=True)
    noted = Journal.read()  # before the moment: whatever it notes must then be in the database
    tables: dict[str, Any] = {}
    with one_moment():
        for place, model in enumerate(models):
            table = model._meta.db_table
            tell(place, len(models) + 1, table)
            entry = folder.write(f"tables/{table}.jsonl", rows_of(model))
            columns = {column.column: kind_of(column) for column in columns_of(model)}
            tables[table] = {"model": model._meta.label, "columns": columns, "last_id": last_id(model)}
            done.rows += entry["rows"]
        for register in registers:
            folder.write(f"registers/{register['name']}.csv", _register(register))
        hashes = sorted(named_files(models))
        noted.write(folder)
        newest = AuditChange.objects.order_by("-id").values_list("at", flat=True).first()
    tell(len(models), len(models) + 1, "files")
    done.missing = [sha256 for sha256 in hashes if not copy_file(folder, sha256)]
    done.files = len(hashes) - len(done.missing)
    if with_keys:
        add_keys(folder)
    folder.add("README.md", guide(models, with_keys=with_keys))
    head = {"kind": EXPORT, "program": __version__, "as_of": newest and _moment(newest), "migrations": state}
    manifest = folder.finish({**head, "tables": tables, "with_keys": with_keys, "missing": done.missing})
    done.bytes = sum(entry["bytes"] for entry in manifest["files"].values())
    done.hash, done.key = manifest["hash"], manifest["key"]
    return done


def _moment(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


# Files ----------------------------------------------------------------------------------------------------------


def named_files(models: Iterable[type[Model]]) -> set[str]:
    """The hashes that any row names: every column called ``sha256`` or ``…_sha256``."""
    found: set[str] = set()
    for model in models:
        for column in columns_of(model):
            if column.attname == "sha256" or column.attname.endswith("_sha256"):
                named = model._base_manager.exclude(**{column.attname: ""}).exclude(**{column.attname: None})
                found.update(named.order_by().values_list(column.attname, flat=True).distinct().iterator(CHUNK))
    return found


def copy_file(folder: Folder, sha256: str) -> bool:
    """Copy one file of the store; False when it is not there or no longer what its name says."""
    try:
        with store.open_checked(sha256) as file:
            folder.write(f"files/{sha256[:2]}/{sha256}", iter(lambda: file.read(FILE_CHUNK), b""), rows=0)
    except (store.Damaged, NotFound, ValueError):
        return False
    return True


def add_keys(folder: Folder) -> None:
    """Every key file, and the two keys in use even where they come from the environment."""
    place = keys.key_file().parent
    found = {path.name: path.read_bytes() for path in sorted(place.glob("*")) if path.is_file()}
    found["audit.key"] = keys.private_key().private_bytes_raw().hex().encode()
    found["secret.key"] = settings.SECRET_KEY.encode()
    for name in sorted(found):
        folder.add(f"keys/{name}", found[name])


# The journal beside the database --------------------------------------------------------------------------------


@dataclass
class Journal:
    """What was noted outside the database, read before the moment of the export."""

    seals: bytes
    changes: dict[int, tuple[int, str]]

    @classmethod
    def read(cls) -> Journal:
        log = journal.folder() / "seals.log"
        changes = {
            change_id: (records, mac) for path in journal.files() for change_id, records, mac in journal.entries(path)
        }
        return cls(log.read_bytes() if log.exists() else b"", changes)

    def write(self, folder: Folder) -> None:
        """Carry on what the database alone does not prove: changes that are not sealed, or not as they were noted."""
        folder.add("audit/seals.log", self.seals)
        folder.write("audit/journal.log", self._needed())

    def _needed(self) -> Iterator[bytes]:
        ids = sorted(self.changes)
        for start in range(0, len(ids), 500):
            part = ids[start : start + 500]
            stored = dict(AuditChange.objects.filter(id__in=part).values_list("id", "mac"))
            sealed = set(AuditLeaf.objects.filter(pk__in=part).values_list("pk", flat=True))
            for change_id in part:
                records, mac = self.changes[change_id]
                if change_id not in sealed or bytes(stored.get(change_id, b"")).hex() != mac:
                    yield f"{change_id} {records} {mac}\n".encode()


# Registers for a spreadsheet ------------------------------------------------------------------------------------


def _register(register: Register) -> Iterator[bytes]:
    model = apps.get_model(register["model"])
    yield "\ufeff".encode() + _csv(register["columns"])
    rows = model._base_manager.order_by("pk").values_list(*register["columns"].values())
    for values in rows.iterator(chunk_size=CHUNK):
        yield _csv(_cell(value) for value in values)


def _cell(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value


def _csv(cells: Iterable[Any]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerow([safe_cell(cell) for cell in cells])
    return out.getvalue().encode()
