"""Comparing every stored file with its hash, and every row that names one with the store."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from .models import Attachment
from .store import CHUNK_BYTES
from .stores import Store, current

#: Where rows name stored files: words for the row → (row's id, SHA-256, name) of each.
Rows = Callable[[], Iterable[tuple[int, str, str]]]
REFERRERS: dict[str, Rows] = {}


@dataclass
class FilesReport:
    """What was found. ``missing`` and ``changed`` are faults; ``orphaned`` files only take room."""

    files: int = 0
    bytes: int = 0
    rows: int = 0
    missing: list[dict[str, Any]] = field(default_factory=list)
    changed: list[dict[str, Any]] = field(default_factory=list)
    orphaned: list[dict[str, Any]] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.missing and not self.changed

    def as_dict(self) -> dict[str, Any]:
        return {"ok": self.ok, **asdict(self)}


def refers(words: str, rows: Rows) -> None:
    """Declare a table whose rows name stored files."""
    REFERRERS[words] = rows


refers("document", lambda: Attachment.objects.values_list("pk", "sha256", "name").iterator())


def verify_files(tell: Callable[[int, int], None] = lambda done, total: None) -> FilesReport:
    """Read every stored file and every row; ``tell(done, total)`` says how far it is."""
    report, store = FilesReport(), current()
    hashes = sorted(set(store.hashes()))
    sizes: dict[str, int] = {}
    for done, sha256 in enumerate(hashes, 1):
        actual, size = _hash_of(store, sha256)
        sizes[sha256] = size
        report.files, report.bytes = report.files + 1, report.bytes + size
        if actual != sha256:
            report.changed.append({"sha256": sha256, "now": actual, "bytes": size, "rows": []})
        tell(done, len(hashes))
    _compare_rows(report, sizes)
    return report


def _hash_of(store: Store, sha256: str) -> tuple[str, int]:
    digest = hashlib.sha256()
    with store.open(sha256) as file:
        while chunk := file.read(CHUNK_BYTES):
            digest.update(chunk)
        return digest.hexdigest(), file.seek(0, os.SEEK_END)


def _compare_rows(report: FilesReport, sizes: dict[str, int]) -> None:
    changed = {found["sha256"]: found for found in report.changed}
    named: set[str] = set()
    for words, rows in REFERRERS.items():
        for pk, sha256, name in rows():
            report.rows += 1
            named.add(sha256)
            said = {"row": words, "id": pk, "name": name}
            if sha256 in changed:
                changed[sha256]["rows"].append(said)
            elif sha256 not in sizes:
                report.missing.append({"sha256": sha256, **said})
    report.orphaned = [{"sha256": sha, "bytes": size} for sha, size in sizes.items() if sha not in named]
