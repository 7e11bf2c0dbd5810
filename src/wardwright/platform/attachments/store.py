"""Keeping files: streamed to disk, limited, stored once under the hash of their content, and checked when read."""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.utils.translation import gettext as _

from wardwright.platform.core.errors import Invalid, NotFound, Refused

from .kinds import HEAD_BYTES, safe_name, sniff
from .stores import Store, current, is_hash

__all__ = ["Damaged", "Stored", "exists", "keep", "open_checked", "put", "read", "safe_name", "sniff", "stored"]

CHUNK_BYTES = 1 << 20
LEFT_OVER_SECONDS = 24 * 3600


class Damaged(Refused):
    """The stored bytes are no longer those that were kept: they are not given out."""

    status, code, exit_code = 500, "damaged", 8


@dataclass(frozen=True)
class Stored:
    """A kept file: its SHA-256, its media type by content, its size."""

    sha256: str
    media_type: str
    size_bytes: int


def keep(chunks: Iterable[bytes], *, max_bytes: int | None = None) -> Stored:
    """Store what ``chunks`` yields, never holding all of it in memory; the same content is kept once.

    Raises:
        Invalid: larger than ``max_bytes`` (default: the setting), or the store is full or out of reach.
    """
    limit = settings.FILE_BYTES if max_bytes is None else max_bytes
    try:
        return _spooled(chunks, limit)
    except OSError as error:
        raise Invalid(
            _("The file could not be stored: %(why)s.") % {"why": error.strerror or error},
            _("Nothing was saved. Tell whoever looks after the server, then try again."),
        ) from error


def _spooled(chunks: Iterable[bytes], limit: int) -> Stored:
    digest, head, size = hashlib.sha256(), b"", 0
    descriptor, name = tempfile.mkstemp(dir=_spool_folder())
    try:
        with os.fdopen(descriptor, "wb") as file:
            for chunk in chunks:
                size += len(chunk)
                if size > limit:
                    raise Invalid(
                        _("The file is larger than %(limit)s MB.") % {"limit": limit // 1_000_000},
                        _("Choose a smaller file."),
                    )
                digest.update(chunk)
                head += chunk[: HEAD_BYTES - len(head)]
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        found, store = Stored(digest.hexdigest(), sniff(head), size), current()
        if not store.exists(found.sha256):
            store.put(found.sha256, Path(name))
        return found
    finally:
        Path(name).unlink(missing_ok=True)


def _spool_folder() -> Path:
    """Where files arrive; what a killed process left there a day ago is removed."""
    folder = Path(settings.WARDWRIGHT_HOME) / "files" / "incoming"
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.iterdir():
        try:
            if time.time() - path.stat().st_mtime > LEFT_OVER_SECONDS:
                path.unlink()
        except FileNotFoundError:
            continue
    return folder


def put(data: bytes, *, max_bytes: int | None = None) -> str:
    """As ``keep``, for bytes at hand; returns the SHA-256."""
    return keep([data], max_bytes=max_bytes).sha256


def exists(sha256: str) -> bool:
    return current().exists(_checked(sha256))


def open_checked(sha256: str) -> BinaryIO:
    """The stored file, read through once and found to be what was kept; the caller closes it.

    Raises:
        NotFound: it is not in the store. Damaged: its bytes have changed.
    """
    file = _opened(current(), _checked(sha256))
    try:
        digest = hashlib.sha256()
        while chunk := file.read(CHUNK_BYTES):
            digest.update(chunk)
        if digest.hexdigest() != sha256:
            raise Damaged(
                _("This file has changed since it was stored, so it is not shown."),
                _("Tell whoever looks after the server: “wardwright files verify” names every such file."),
            )
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return file


def read(sha256: str) -> bytes:
    """The stored bytes, checked. Raises as ``open_checked``."""
    with open_checked(sha256) as file:
        return file.read()


def stored(sha256: str) -> Stored:
    """What is known of a kept file from its first bytes and its size. Raises NotFound."""
    with _opened(current(), _checked(sha256)) as file:
        head = file.read(HEAD_BYTES)
        return Stored(sha256, sniff(head), file.seek(0, os.SEEK_END))


def _opened(store: Store, sha256: str) -> BinaryIO:
    try:
        return store.open(sha256)
    except FileNotFoundError:
        raise NotFound(
            _("The file is no longer in the store."),
            _("Tell whoever looks after the server: “wardwright files verify” names every such file."),
        ) from None


def _checked(sha256: str) -> str:
    """Only a real hash makes a path."""
    if not is_hash(sha256):
        raise ValueError("not a SHA-256")
    return sha256
