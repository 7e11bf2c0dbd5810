"""The device passport: one asset's history with inclusion proofs, verifiable without the database."""

from __future__ import annotations

from base64 import b64decode, b64encode
from dataclasses import dataclass, field
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db import connection
from django.utils.translation import gettext as _

from wardwright.kernel import merkle
from wardwright.platform.core.errors import Invalid

from .digest import (
    CHANGE_COLUMNS,
    RECORD_COLUMNS,
    ChangeRow,
    Record,
    change_bytes,
    moment,
    record_hash,
    seal_bytes,
    unpack_manifest,
)
from .models import AuditKey, AuditLeaf, AuditSeal
from .sealing import seal_pending
from .trust import public_statement, trusted_by

FORMAT = "wardwright passport 1"


def export_passport(subject_id: int, title: str) -> dict[str, Any]:
    """Everything recorded about one subject, with proofs up to the signed seals. Seals what is pending first.

    Raises:
        Invalid: when the subject's trail was tampered with, so that not all of it can be sealed.
    """
    seal_pending(everything=True)
    records = _records(subject_id)
    changes = _changes({record.change_id for record in records})
    leaves = {leaf.change_id: leaf for leaf in AuditLeaf.objects.filter(change_id__in=list(changes))}
    if unsealed := sorted(changes.keys() - leaves.keys()):
        raise Invalid(
            _("The trail of %(title)s is damaged: change %(change)d cannot be sealed.")
            % {"title": title, "change": unsealed[0]},
            _("Run “wardwright audit verify”: it names every record that was tampered with."),
        )
    seals = {seal.id: seal for seal in AuditSeal.objects.filter(id__in={leaf.seal_id for leaf in leaves.values()})}
    trees = {
        number: [
            bytes(h)
            for h in AuditLeaf.objects.filter(seal_id=number).order_by("position").values_list("hash", flat=True)
        ]
        for number in seals
    }
    return {
        "format": FORMAT,
        "subject": subject_id,
        "title": title,
        "seals": {str(number): _seal_entry(seal) for number, seal in seals.items()},
        "changes": {str(i): _change_entry(change, leaves[i], trees) for i, change in changes.items()},
        "keys": [public_statement(row) for row in AuditKey.objects.order_by("id")],
        "records": [_record_entry(record, changes[record.change_id]) for record in records],
    }


def _records(subject_id: int) -> list[Record]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {RECORD_COLUMNS} FROM audit_record WHERE subject_id = %s ORDER BY id", [subject_id])  # noqa: S608
        return [Record(*row) for row in cursor.fetchall()]


def _changes(ids: set[int]) -> dict[int, ChangeRow]:
    found: dict[int, ChangeRow] = {}
    ordered = sorted(ids)
    for start in range(0, len(ordered), 500):
        part = ordered[start : start + 500]
        marks = ", ".join(["%s"] * len(part))
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {CHANGE_COLUMNS} FROM audit_change WHERE id IN ({marks})", part)  # noqa: S608
            found |= {row[0]: ChangeRow(*row) for row in cursor.fetchall()}
    return found


def _text(data: Any) -> str:
    return b64encode(bytes(data)).decode()


def _seal_entry(seal: AuditSeal) -> dict[str, Any]:
    return {
        "at": moment(seal.at),
        "previous": _text(seal.previous),
        "root": _text(seal.root),
        "count": seal.count,
        "members_hash": _text(merkle.leaf_hash(bytes(seal.members))),
        "key": _text(seal.key),
        "signature": _text(seal.signature),
    }


def _change_entry(change: ChangeRow, leaf: AuditLeaf, trees: dict[int, list[bytes]]) -> dict[str, Any]:
    proof = merkle.inclusion_proof(trees[leaf.seal_id], leaf.position)
    return {
        "text": change_bytes(change).decode(),
        "seal": leaf.seal_id,
        "position": leaf.position,
        "proof": [_text(step) for step in proof],
    }


def _record_entry(record: Record, change: ChangeRow) -> dict[str, Any]:
    entries = list(unpack_manifest(change.manifest))
    position = [number for number, _ in entries].index(record.id)
    proof = merkle.inclusion_proof([digest for _, digest in entries], position)
    return {"record": list(record), "position": position, "proof": [_text(step) for step in proof]}


# Checking, with nothing but the file ----------------------------------------------------------------------------


@dataclass
class PassportReport:
    """The answer of ``audit check-passport``; ``keys`` are the fingerprints (hexadecimal) of the signing keys."""

    records: int = 0
    keys: set[str] = field(default_factory=set)
    problems: list[dict[str, Any]] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.problems and self.records > 0

    def as_dict(self) -> dict[str, Any]:
        return {"ok": self.ok, "records": self.records, "keys": sorted(self.keys), "problems": self.problems}


def check_passport(data: dict[str, Any], *, trusted_key: str | None = None) -> PassportReport:
    """Verify every record of a passport up to a signature.

    Args:
        trusted_key: the hospital's public key in hexadecimal; without it the file proves only that one key signed
            all of it, and the report names that key.
    """
    report = PassportReport()
    try:
        if data.get("format") != FORMAT:
            raise ValueError(f"not a passport of the format “{FORMAT}”")
        trusted = trusted_by(trusted_key, data.get("keys", [])) if trusted_key is not None else None
        for number, seal in data["seals"].items():
            _check_seal(report, int(number), seal, trusted)
        for change_id, change in data["changes"].items():
            _check_change_entry(report, data, change_id, change)
        for entry in data["records"]:
            _check_record_entry(report, data, entry)
        if not report.records:
            report.problems.append({"record": None, "what": "the passport holds no records"})
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        report.problems.append({"record": None, "what": f"the file is damaged or not a passport: {error}"})
    return report


def _check_seal(report: PassportReport, number: int, seal: dict[str, Any], trusted: set[str] | None) -> None:
    key = b64decode(seal["key"])
    report.keys.add(key.hex())
    if trusted is not None and key.hex() not in trusted:
        report.problems.append({"record": f"seal {number}", "what": "signed with a key other than the one you trust"})
    message = seal_bytes(
        number,
        seal["at"],
        b64decode(seal["previous"]),
        b64decode(seal["root"]),
        seal["count"],
        b64decode(seal["members_hash"]),
    )
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(b64decode(seal["signature"]), message)
    except InvalidSignature:
        report.problems.append({"record": f"seal {number}", "what": "its signature does not fit"})


def _check_change_entry(report: PassportReport, data: dict[str, Any], change_id: str, change: dict[str, Any]) -> None:
    import json

    seal = data["seals"][str(change["seal"])]
    leaf = merkle.leaf_hash(change["text"].encode())
    proof = tuple(b64decode(step) for step in change["proof"])
    included = merkle.verify_inclusion(leaf, change["position"], seal["count"], proof, b64decode(seal["root"]))
    if not included or json.loads(change["text"])[0] != int(change_id):
        report.problems.append(
            {"record": f"change {change_id}", "what": f"changed: it is not in seal {change['seal']}"}
        )


def _check_record_entry(report: PassportReport, data: dict[str, Any], entry: dict[str, Any]) -> None:
    import json

    record = Record(*entry["record"])
    report.records += 1
    head = json.loads(data["changes"][str(record.change_id)]["text"])
    count, root = head[8], bytes.fromhex(head[9])
    proof = tuple(b64decode(step) for step in entry["proof"])
    if not merkle.verify_inclusion(record_hash(record), entry["position"], count, proof, root):
        report.problems.append({"record": record.id, "what": f"changed: it is not in change {record.change_id}"})
    elif record.subject_id != data["subject"]:
        report.problems.append({"record": record.id, "what": "belongs to another device"})
