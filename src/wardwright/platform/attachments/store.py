"""Keeping files: sniffed, limited, stored once under the hash of their content, never under a name from outside."""

from __future__ import annotations

import hashlib
import os
import tempfile
import unicodedata
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from wardwright.platform.core.errors import Invalid

MAX_BYTES = 25_000_000
_SIGNATURES = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF8", "image/gif"),
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),
)


def sniff(data: bytes) -> str:
    """The media type by content; the name and the sender's claim are not believed."""
    for magic, media_type in _SIGNATURES:
        if data.startswith(magic):
            return media_type
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    try:
        data[:4096].decode()
    except UnicodeDecodeError:
        return "application/octet-stream"
    return "application/octet-stream" if b"\x00" in data[:4096] else "text/plain"


def safe_name(name: str) -> str:
    """A file name fit to show and to offer for download: no folders, no control characters."""
    plain = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(c for c in plain if unicodedata.category(c)[0] != "C").strip(" .")
    return kept[-200:] or "file"


def path_of(sha256: str) -> Path:
    """Where the content lies; only a real hash makes a path."""
    if len(sha256) != 64 or not all(c in "0123456789abcdef" for c in sha256):
        raise ValueError("not a SHA-256")
    return Path(settings.WARDWRIGHT_HOME) / "files" / sha256[:2] / sha256


def put(data: bytes, *, max_bytes: int = MAX_BYTES) -> str:
    """Store ``data`` and return its SHA-256. Atomic: a full disk or a kill leaves nothing half-written.

    Raises:
        Invalid: when it is larger than ``max_bytes`` or the disk is full.
    """
    if len(data) > max_bytes:
        raise Invalid(
            _("The file is larger than %(limit)s MB.") % {"limit": max_bytes // 1_000_000}, _("Choose a smaller file.")
        )
    digest = hashlib.sha256(data).hexdigest()
    path = path_of(digest)
    if path.exists():
        return digest
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=path.parent)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise Invalid(
            _("The file could not be stored: %(why)s.") % {"why": error.strerror or error},
            _("Nothing was saved. Tell whoever looks after the server, then try again."),
        ) from error
    return digest


def read(sha256: str) -> bytes:
    """The stored bytes."""
    return path_of(sha256).read_bytes()
