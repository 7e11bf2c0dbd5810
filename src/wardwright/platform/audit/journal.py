"""A trace outside the database of what committed lately, so that a whole unsealed change cannot vanish unseen.

Each process appends to a file of its own: no lock, one short write. Files whose changes are all sealed are dropped
by the sealer; the seals themselves leave a line each in ``seals.log``, which can be copied off the host.
"""

from __future__ import annotations

import logging
import os
import re
import secrets
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings

log = logging.getLogger(__name__)
_file: tuple[int, int, int] | None = None  # process id, descriptor, bytes written
_torn = False  # the last line may have no end
_writing = threading.Lock()
ROTATE_BYTES = 1_000_000
_ENTRY = re.compile(r"\d+ \d+ [0-9a-f]{64}")
_SEAL = re.compile(r"\d+ [0-9a-f]{64} [0-9a-f]{128}")


def folder() -> Path:
    return Path(settings.WARDWRIGHT_HOME) / "audit"


def append(row: Any) -> None:
    """Note a committed change: id, number of records, MAC. It is committed already, so a full disk is only logged."""
    global _file, _torn
    line = f"{row.id} {row.records} {bytes(row.mac).hex()}\n".encode()
    try:
        with _writing:
            if _file is None or _file[0] != os.getpid() or _file[2] > ROTATE_BYTES:
                _file, _torn = _open(), False
            rest = b"\n" + line if _torn else line
            _torn = True
            while rest:
                rest = rest[os.write(_file[1], rest) :]
            _torn = False
            _file = (_file[0], _file[1], _file[2] + len(line))
    except OSError as error:
        log.error("Change %s is committed but could not be noted in the audit journal: %s", row.id, error)


def _open() -> tuple[int, int, int]:
    if _file is not None and _file[0] == os.getpid():
        os.close(_file[1])
    tail = folder() / "tail"
    tail.mkdir(parents=True, exist_ok=True)
    path = tail / f"{os.getpid()}-{secrets.token_hex(4)}.log"
    return os.getpid(), os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), 0


def forget() -> None:
    """Begin a new file at the next note: the folder was taken away."""
    global _file, _torn
    _file, _torn = None, False


def entries(path: Path) -> Iterator[tuple[int, int, str]]:
    """(change id, records, MAC in hexadecimal) of one file; a line that was cut off is skipped."""
    for _number, line in _lines(path):
        if _ENTRY.fullmatch(line):
            change_id, records, mac = line.split(" ")
            yield int(change_id), int(records), mac


def cut_off() -> list[str]:
    """The lines of every file that were not written to their end: the disk was full, or the power failed."""
    kinds = [*((path, _ENTRY) for path in files()), (folder() / "seals.log", _SEAL)]
    return [
        f"{path.name}, line {number}: “{line[:40]}”"
        for path, whole in kinds
        if path.exists()
        for number, line in _lines(path)
        if not whole.fullmatch(line)
    ]


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
        if line:
            yield number, line


def files() -> list[Path]:
    return sorted((folder() / "tail").glob("*.log"))


def drop_finished(sealed: Any) -> int:
    """Remove files of processes that are gone whose changes are all in ``sealed(ids)``; returns how many."""
    dropped = 0
    for path in files():
        if _alive(int(path.name.split("-")[0])):
            continue
        ids = [change_id for change_id, _, _ in entries(path)]
        if not ids or sealed(ids) == len(set(ids)):
            path.unlink(missing_ok=True)
            dropped += 1
    return dropped


def others_alive() -> bool:
    """Whether another process that wrote into this house is still running on this host."""
    processes = {int(path.name.split("-")[0]) for path in files()} - {os.getpid(), 0}
    return any(_alive(process_id) for process_id in processes)


def _alive(process_id: int) -> bool:
    return Path(f"/proc/{process_id}").exists() if Path("/proc").exists() else True


def note_seal(number: int, root: bytes, signature: bytes) -> None:
    """Append a seal's line to the log that is meant to be copied off the host."""
    folder().mkdir(parents=True, exist_ok=True)
    with (folder() / "seals.log").open("ab+") as file:
        if file.tell():
            file.seek(-1, os.SEEK_END)
            file.write(b"" if file.read() == b"\n" else b"\n")
        file.write(f"{number} {bytes(root).hex()} {bytes(signature).hex()}\n".encode())
        file.flush()
        os.fsync(file.fileno())


def noted_seals() -> dict[int, tuple[str, str]]:
    """Seal number → (root, signature) as noted when it was made."""
    path = folder() / "seals.log"
    if not path.exists():
        return {}
    whole = (line.split(" ") for _number, line in _lines(path) if _SEAL.fullmatch(line))
    return {int(number): (root, signature) for number, root, signature in whole}
