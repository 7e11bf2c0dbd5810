"""Tasks for the tests of jobs. They leave marks in a folder, as a real task leaves rows."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from django_tasks import task

from wardwright.platform.jobs.progress import report_progress


@task()
def add(left: int, right: int) -> int:
    return left + right


@task()
def fail_until(folder: str, times: int) -> str:
    """Fail ``times`` times, then succeed."""
    marks = Path(folder)
    count = len(list(marks.iterdir()))
    (marks / str(count)).touch()
    if count < times:
        raise ValueError(f"failure {count + 1}")
    return "done"


@task()
def show_progress() -> None:
    report_progress(3, 4, "three of four")


@task()
def hang_the_first_time(folder: str) -> dict[str, Any]:
    """Hang for a minute when run for the first time; the second run finds the mark and finishes."""
    mark = Path(folder) / "started"
    if mark.exists():
        return {"runs": 2}
    mark.touch()
    time.sleep(60)
    return {"runs": 1}


@task()
def dawdle() -> None:
    """Take long enough for two workers to share many."""
    time.sleep(0.2)


@task()
def wait_for(mark: str) -> None:
    """Run until somebody makes a file."""
    while not Path(mark).exists():
        time.sleep(0.1)
