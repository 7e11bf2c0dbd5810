"""The manifest of an export: what is in the folder, hashed and signed; and checking a folder against it."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import orjson
from django.utils.translation import gettext as _

from wardwright.platform.audit import keys
from wardwright.platform.audit.trust import fits
from wardwright.platform.core.errors import Invalid

EXPORT, BACKUP = "wardwright export", "wardwright backup"
VERSION = 1
NAME = "manifest.json"
UNFINISHED = "UNFINISHED"
MAX_BYTES = 200_000_000
CHUNK = 1 << 20
_PATH = re.compile(
    r"README\.md|tables/[a-z0-9_]+\.jsonl|registers/[a-z0-9-]+\.csv|audit/(?:seals\.log|journal\.log|tail/[\w.-]+\.log)"
    r"|files/[0-9a-f]{2}/[0-9a-f]{64}|keys/[a-z0-9][a-z0-9._-]*|wardwright\.(?:sqlite3|dump)"
)
Tell = Callable[[int, int, str], None]


def silent(done: int, total: int, words: str = "") -> None:
    """The report of a run that nobody watches."""


class Folder:
    """An export being written: every file is hashed on its way, and the manifest comes last."""

    def __init__(self, path: Path):
        """Take ``path``, which must be new or empty.

        Raises:
            Invalid: when there is something in it already.
        """
        self.path = path
        self.files: dict[str, dict[str, Any]] = {}
        self._was_there = path.exists()
        if self._was_there and (not path.is_dir() or any(path.iterdir())):
            left = _(" It holds what an interrupted run left.") if (path / UNFINISHED).exists() else ""
            raise Invalid(
                _("%(path)s is not empty.") % {"path": path} + left, _("Name a new folder, or remove this one.")
            )
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._put(UNFINISHED, b"This folder is not complete: the run that writes it has not ended.\n")

    def _put(self, name: str, data: bytes) -> None:
        with _private(self.path / name) as file:
            file.write(data)
            _sync(file)

    def write(self, name: str, parts: Iterator[bytes], *, rows: int | None = None) -> dict[str, Any]:
        """Write one file from its parts; each part is a row unless ``rows`` says otherwise."""
        target = self.path / name
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        digest, size, count = hashlib.sha256(), 0, 0
        with _private(target) as file:
            for part in parts:
                digest.update(part)
                file.write(part)
                size += len(part)
                count += 1
            _sync(file)
        entry: dict[str, Any] = {"bytes": size, "sha256": digest.hexdigest()}
        if rows is None:
            entry["rows"] = count
        self.files[name] = entry
        return entry

    def add(self, name: str, data: bytes) -> None:
        self.write(name, iter((data,)), rows=0)

    def take(self, name: str) -> None:
        """Enter a file that another program wrote into the folder."""
        digest, place = hashlib.sha256(), self.path / name
        place.chmod(0o600)
        with open_plain(place) as file:
            while part := file.read(CHUNK):
                digest.update(part)
        self.files[name] = {"bytes": place.stat().st_size, "sha256": digest.hexdigest()}

    def remove(self, name: str) -> None:
        (self.path / name).unlink(missing_ok=True)
        self.files.pop(name, None)

    def finish(self, head: dict[str, Any]) -> dict[str, Any]:
        """Sign and write the manifest: only now the folder is complete."""
        manifest = {**head, "version": VERSION, "files": self.files, "key": keys.public_bytes().hex()}
        manifest["hash"] = digest_of(manifest)
        manifest["signature"] = keys.private_key().sign(bytes.fromhex(manifest["hash"])).hex()
        self._put(NAME + ".part", orjson.dumps(manifest, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS) + b"\n")
        os.replace(self.path / (NAME + ".part"), self.path / NAME)
        (self.path / UNFINISHED).unlink()
        return manifest

    def give_up(self) -> None:
        """Remove what was written, so that nothing half-done looks like something."""
        for name in [*self.files, NAME + ".part", UNFINISHED]:
            (self.path / name).unlink(missing_ok=True)
        for root, folders, names in os.walk(self.path, topdown=False):
            for name in names:  # the file that was being written
                (Path(root) / name).unlink(missing_ok=True)
            for name in folders:
                (Path(root) / name).rmdir()
        if not self._was_there:
            self.path.rmdir()


def _private(path: Path) -> BinaryIO:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _sync(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def digest_of(manifest: dict[str, Any]) -> str:
    """The hash over all: every entry of the manifest, which names every file's own hash."""
    rest = {name: value for name, value in manifest.items() if name not in ("hash", "signature")}
    return hashlib.sha256(orjson.dumps(rest, option=orjson.OPT_SORT_KEYS)).hexdigest()


# Reading --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Checked:
    """A folder whose every byte is as its manifest says."""

    path: Path
    manifest: dict[str, Any]

    def names(self, folder: str) -> list[str]:
        return sorted(name for name in self.manifest["files"] if name.startswith(f"{folder}/"))

    def lines(self, name: str) -> Iterator[bytes]:
        """The lines of a file, hashed again on the way: it may have been exchanged since it was checked.

        Raises:
            Invalid: at the end, when it was.
        """
        digest = hashlib.sha256()
        with open_plain(self.path / name) as file:
            for text in file:
                digest.update(text)
                yield text
        if digest.hexdigest() != self.manifest["files"][name]["sha256"]:
            raise damaged(name, _("it changed while it was read"))


def open_plain(path: Path) -> BinaryIO:
    """Open a file that is no link."""
    return os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), "rb")


def damaged(name: str, what: str) -> Invalid:
    return Invalid(
        _("%(name)s: %(what)s.") % {"name": name, "what": what},
        _("Nothing was restored. Take another copy of the folder; compare both with manifest.json."),
    )


def check_folder(path: Path, *, kind: str, trusted_key: str | None = None, tell: Tell = silent) -> Checked:
    """Read the manifest and hash every file.

    Args:
        trusted_key: the public key of the house that wrote it (hexadecimal); without it the folder proves only that
            one key signed all of it.

    Raises:
        Invalid: naming the first thing that is not as it should be.
    """
    manifest = _manifest(path, kind)
    key = manifest["key"]
    if digest_of(manifest) != manifest["hash"] or not fits(
        bytes.fromhex(key), bytes.fromhex(manifest["signature"]), bytes.fromhex(manifest["hash"])
    ):
        raise damaged(NAME, _("it was edited: its hash or its signature does not fit"))
    if trusted_key is not None and key != trusted_key.lower():
        raise damaged(NAME, _("it is signed with another key, %(key)s") % {"key": key})
    files = manifest["files"]
    _check_names(path, set(files))
    total, done = sum(entry["bytes"] for entry in files.values()), 0
    for name in sorted(files):
        tell(done, total, name)
        _check_file(path, name, files[name])
        done += files[name]["bytes"]
    tell(total, total, "")
    return Checked(path, manifest)


def read_kind(path: Path) -> str:
    """What a folder says that it is; nothing for one without a manifest that can be read."""
    try:
        return str(orjson.loads((path / NAME).read_bytes())["kind"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _manifest(path: Path, kind: str) -> dict[str, Any]:
    file = path / NAME
    if not file.is_file() or file.is_symlink():
        what = _("there is none, so this is no complete export or backup")
        raise damaged(NAME, _("the run that wrote this folder did not end") if (path / UNFINISHED).exists() else what)
    if file.stat().st_size > MAX_BYTES:
        raise damaged(NAME, _("it is too large to be one"))
    try:
        manifest = orjson.loads(file.read_bytes())
        if (manifest["kind"], type(manifest["version"])) != (kind, int):
            raise damaged(NAME, _("it is not one of a “%(kind)s”") % {"kind": kind})
        if manifest["version"] > VERSION:
            raise damaged(
                NAME,
                _("format %(theirs)s is newer than %(ours)s, which this program reads; install the newer program")
                % {"theirs": manifest["version"], "ours": VERSION},
            )
        for name, entry in manifest["files"].items():
            if not _PATH.fullmatch(name):
                raise damaged(NAME, _("“%(name)s” is no name of a file in an export") % {"name": name[:80]})
            if type(entry["bytes"]) is not int or not re.fullmatch(r"[0-9a-f]{64}", entry["sha256"]):
                raise ValueError(name)
        for name, length in (("key", 64), ("hash", 64), ("signature", 128)):
            if not re.fullmatch(rf"[0-9a-f]{{{length}}}", manifest[name]):
                raise ValueError(name)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise damaged(NAME, _("it cannot be read (%(why)s)") % {"why": error}) from None
    return manifest


def _check_names(path: Path, named: set[str]) -> None:
    found = set()
    for root, folders, names in os.walk(path):
        for name in [*folders, *names]:
            place = Path(root) / name
            relative = place.relative_to(path).as_posix()
            if place.is_symlink():
                raise damaged(relative, _("it is a link, and an export has none"))
            if name in names:
                found.add(relative)
    found.discard(NAME)
    if missing := sorted(named - found):
        raise damaged(missing[0], _("it is missing"))
    if extra := sorted(found - named):
        raise damaged(extra[0], _("it is there although the manifest does not name it"))


def _check_file(path: Path, name: str, entry: dict[str, Any]) -> None:
    digest = hashlib.sha256()
    with open_plain(path / name) as file:
        if os.fstat(file.fileno()).st_size != entry["bytes"]:
            raise damaged(name, _("its size is not what the manifest says: it was cut off or added to"))
        while part := file.read(CHUNK):
            digest.update(part)
    if digest.hexdigest() != entry["sha256"]:
        raise damaged(name, _("its content is not what the manifest says: it was changed"))
    if name.startswith("files/") and name.rsplit("/", 1)[1] != entry["sha256"]:
        raise damaged(name, _("its name is not the hash of its content"))
