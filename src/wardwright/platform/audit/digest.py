"""What exactly is hashed: one canonical byte string for a record, a change and a seal."""

from __future__ import annotations

import hmac
import json
import struct
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, NamedTuple

import orjson

from wardwright.kernel.merkle import leaf_hash

_ENTRY = struct.Struct(">q32s")
_MEMBER = struct.Struct(">q")


class Record(NamedTuple):
    """The columns of ``audit_record`` in the order they are hashed."""

    id: int
    change_id: int
    table_name: str
    row_id: int
    kind: str
    before: str | None
    after: str | None
    subject_id: int | None


class ChangeRow(NamedTuple):
    """The columns of ``audit_change`` in the order they are hashed."""

    id: int
    at: datetime
    actor_id: int | None
    actor_name: str
    operation: str
    reason: str
    source: str
    notes: str
    records: int
    root: bytes
    manifest: bytes
    mac: bytes


RECORD_COLUMNS = ", ".join(Record._fields)
CHANGE_COLUMNS = ", ".join(ChangeRow._fields)


def record_bytes(record: Record) -> bytes:
    return orjson.dumps(list(record))


def record_hash(record: Record) -> bytes:
    """The Merkle leaf (RFC 9162 section 2.1.1) of one record."""
    return leaf_hash(record_bytes(record))


def moment(value: Any) -> str:
    """A moment as text that is the same whichever database returned it (UTC, microseconds)."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    if value.tzinfo is None:
        value = value.replace(tzinfo=UTC)
    return value.astimezone(UTC).isoformat(timespec="microseconds")


def change_bytes(change: ChangeRow) -> bytes:
    """Everything a change asserts, with the root and the manifest of its records but without its MAC."""
    head = [
        change.id,
        moment(change.at),
        *change[2:9],
        bytes(change.root).hex(),
        sha256(bytes(change.manifest)).hexdigest(),
    ]
    return json.dumps(head, ensure_ascii=False, separators=(",", ":")).encode()


def change_mac(change: ChangeRow, key: bytes) -> bytes:
    return hmac.new(key, change_bytes(change), sha256).digest()


def pack_manifest(entries: Iterable[tuple[int, bytes]]) -> bytes:
    return b"".join(_ENTRY.pack(number, digest) for number, digest in entries)


def unpack_manifest(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The entries; a manifest whose length was tampered with gives those that are still whole."""
    data = bytes(data)
    yield from _ENTRY.iter_unpack(data[: len(data) // _ENTRY.size * _ENTRY.size])


def pack_members(ids: Iterable[int]) -> bytes:
    return b"".join(_MEMBER.pack(number) for number in ids)


def unpack_members(data: bytes | memoryview) -> list[int]:
    data = bytes(data)
    return [number for (number,) in _MEMBER.iter_unpack(data[: len(data) // _MEMBER.size * _MEMBER.size])]


def seal_bytes(number: int, at: Any, previous: bytes, root: bytes, count: int, members_hash: bytes) -> bytes:
    """What a seal signs."""
    head = [
        "wardwright seal 1",
        number,
        moment(at),
        bytes(previous).hex(),
        bytes(root).hex(),
        count,
        members_hash.hex(),
    ]
    return json.dumps(head, separators=(",", ":")).encode()
