"""The house's Ed25519 key: it signs seals; a key derived from it protects changes that are not sealed yet.

It comes from the environment (``WARDWRIGHT_AUDIT_KEY``, 32 bytes in hexadecimal) or from a file that only the
service account can read, never from the database.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings


def key_file() -> Path:
    return Path(settings.WARDWRIGHT_HOME) / "keys" / "audit.key"


@cache
def private_key() -> Ed25519PrivateKey:
    """The signing key; made on first use, readable by its owner only."""
    given = os.environ.get("WARDWRIGHT_AUDIT_KEY")
    if given:
        return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(given))
    path = key_file()
    if not path.exists():
        _write(path, Ed25519PrivateKey.generate())
    return _read(path)


def _write(path: Path, key: Ed25519PrivateKey) -> None:
    """Keep a key in a file of its own; one that is there already stays."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(descriptor, "w") as file:
        file.write(key.private_bytes_raw().hex())
        file.flush()
        os.fsync(file.fileno())


def _read(path: Path) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(path.read_text().strip()))


# A key on its way in: it lies beside the one in use until the trail says that it follows (``succession``).


def _next_file() -> Path:
    return key_file().with_name("audit.key.next")


def keep_next(key: Ed25519PrivateKey) -> None:
    """Keep the key that is about to follow; an older attempt that led nowhere is forgotten."""
    _next_file().unlink(missing_ok=True)
    _write(_next_file(), key)


def next_key() -> Ed25519PrivateKey | None:
    """The key that is about to follow, if there is one."""
    return _read(_next_file()) if _next_file().exists() else None


def take_next() -> None:
    """Use the next key from now on; the old one is gone."""
    os.replace(_next_file(), key_file())
    forget()


def forget() -> None:
    """Read the key anew at its next use."""
    private_key.cache_clear()
    mac_key.cache_clear()


@cache
def mac_key() -> bytes:
    """The key of the per-change MAC, derived from the signing key (HKDF, RFC 5869)."""
    return HKDF(hashes.SHA256(), 32, None, b"wardwright audit change").derive(private_key().private_bytes_raw())


def public_bytes(key: Ed25519PublicKey | None = None) -> bytes:
    """The 32 raw bytes of the public key."""
    return (key or private_key().public_key()).public_bytes(Encoding.Raw, PublicFormat.Raw)
