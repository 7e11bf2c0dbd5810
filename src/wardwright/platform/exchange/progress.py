"""How far an import is, for a page in another process to read while the import's own transaction is still open.

On PostgreSQL it stands in the row of the job: worker and page may be on different hosts. On SQLite nobody else may
write while the import does, so it is a file in the house.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import orjson
from django.conf import settings
from django.db import connection

from wardwright.platform.jobs.models import Job
from wardwright.platform.jobs.progress import report_progress

from .models import ImportSession


def _path(session_id: int) -> Path:
    return Path(settings.WARDWRIGHT_HOME) / "progress" / f"import-{int(session_id)}.json"


def show_progress(session_id: int, done: int, total: int, words: str) -> None:
    """Write the progress; a disk that refuses it does not stop the import."""
    if connection.vendor == "postgresql":
        report_progress(done, total, words)
        return
    path = _path(session_id)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_suffix(f".{os.getpid()}")
        temporary.write_bytes(orjson.dumps({"done": done, "total": total, "words": words}))
        os.replace(temporary, path)
    except OSError:
        report_progress(done, total, words)


def read_progress(session: ImportSession) -> dict[str, Any]:
    """The last progress shown: done, total, words (zeros when there is none)."""
    if connection.vendor == "postgresql":
        job = Job.objects.filter(pk=session.job_id or 0).first() or Job()
        return {"done": job.progress_done, "total": job.progress_total, "words": job.progress_words}
    try:
        return orjson.loads(_path(session.pk).read_bytes())
    except (OSError, orjson.JSONDecodeError):
        return {"done": 0, "total": 0, "words": ""}


def forget_progress(session_id: int) -> None:
    _path(session_id).unlink(missing_ok=True)
