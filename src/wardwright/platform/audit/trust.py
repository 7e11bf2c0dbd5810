"""Which key may sign what: the key in use, and those it followed.

Whoever trusts the key in use goes back from statement to statement (``succession`` writes them): each is signed by the
newer key and pins every seal that the older one made.
"""

from __future__ import annotations

import hmac
import json
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from . import keys
from .digest import moment, unpack_manifest
from .models import AuditKey, AuditSeal


def statement_of(row: AuditKey) -> bytes:
    """What both keys sign."""
    old, new, seals, adopted = (bytes(value) for value in (row.old, row.new, row.seals, row.adopted))
    head = ["wardwright key 1", row.id, moment(row.at), old.hex(), new.hex(), row.last_seal, seals.hex()]
    statement = [*head, sha256(adopted).hexdigest(), row.reason]
    return json.dumps(statement, ensure_ascii=False, separators=(",", ":")).encode()


class SealsDigest:
    """A running hash over every seal in order: what a statement pins."""

    def __init__(self) -> None:
        self._hash = sha256()

    def add(self, seal: AuditSeal) -> None:
        line = f"{seal.id} {bytes(seal.root).hex()} {bytes(seal.previous).hex()} {bytes(seal.signature).hex()}\n"
        self._hash.update(line.encode())

    def value(self) -> bytes:
        return self._hash.digest()


def fits(key: bytes, signature: bytes, message: bytes) -> bool:
    """Whether an Ed25519 signature is right."""
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


@dataclass
class Chain:
    """Which key may sign what, found by going back from the key in use; ``problems`` are (record, words)."""

    trusted: list[tuple[int, bytes]] = field(default_factory=list)  # (last seal, key), oldest first
    pinned: dict[int, tuple[int, bytes]] = field(default_factory=dict)  # last seal → (statement, digest of the seals)
    adopted: dict[int, bytes] = field(default_factory=dict)  # change → leaf
    problems: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    current: bytes = b""

    def key_of(self, seal: int) -> bytes:
        """The key that seal must be signed with."""
        return next((key for last, key in self.trusted if seal <= last), self.current)

    def covers(self, seal: int | None) -> bool:
        """Whether a seal was made with an older key, so that the MACs of its changes can no longer be checked."""
        return seal is not None and bool(self.trusted) and seal <= self.trusted[-1][0]


def chain() -> Chain:
    """The keys from the newest statement back to the first, each checked."""
    found = Chain(current=keys.public_bytes())
    wanted = found.current
    for row in AuditKey.objects.order_by("-id"):
        name = f"key {row.id}"
        if not hmac.compare_digest(bytes(row.new), wanted):
            found.problems.append((name, f"does not lead to the key {wanted.hex()[:16]}…; a statement is missing"))
            break
        if not fits(bytes(row.new), bytes(row.new_signature), statement_of(row)):
            found.problems.append((name, "changed: the signature of the new key does not fit"))
            break
        if not row.old_signature:
            found.notes.append(
                f"since seal {row.last_seal + 1} another key signs; the old key {bytes(row.old).hex()[:16]}… did not"
                f" sign that change of {moment(row.at)[:16]} UTC: {row.reason}"
            )
        elif not fits(bytes(row.old), bytes(row.old_signature), statement_of(row)):
            found.problems.append((name, "changed: the signature of the old key does not fit"))
            break
        found.trusted.insert(0, (row.last_seal, bytes(row.old)))
        found.pinned[row.last_seal] = (row.id, bytes(row.seals))
        found.adopted |= dict(unpack_manifest(bytes(row.adopted)))
        wanted = bytes(row.old)
    return found


def public_statement(row: AuditKey) -> dict[str, Any]:
    """A statement as a passport carries it."""
    signatures = {"old": bytes(row.old_signature).hex(), "new": bytes(row.new_signature).hex()}
    return {"text": statement_of(row).decode(), **signatures}


def trusted_by(key: str, statements: list[dict[str, Any]]) -> set[str]:
    """The keys (hexadecimal) that somebody who trusts ``key`` may trust too: those it followed and that follow it.

    Going back the newer key vouches for the older; going forward the older must have signed.
    """
    found = {key.lower()}
    links = sorted(((json.loads(entry["text"]), entry) for entry in statements), key=lambda link: link[0][1])
    for head, entry in reversed(links):
        if head[4] in found and _signed(head[4], entry, "new"):
            found.add(head[3])
    for head, entry in links:
        if head[3] in found and _signed(head[3], entry, "old"):
            found.add(head[4])
    return found


def _signed(key: str, entry: dict[str, Any], which: str) -> bool:
    return fits(bytes.fromhex(key), bytes.fromhex(entry[which]), entry["text"].encode())
