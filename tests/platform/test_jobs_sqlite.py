"""Delivery on SQLite: leases, and a worker killed for real."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from tests.jobs import run_all
from tests.platform import tasks
from wardwright.platform.jobs.models import Job, JobState
from wardwright.platform.jobs.polling import LEASE, take_job
from wardwright.platform.jobs.worker import run_job

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.skipif(
    bool(os.environ.get("WARDWRIGHT_TEST_DATABASE_URL")), reason="on PostgreSQL Procrastinate delivers"
)


@pytest.mark.django_db
class TestLease:
    def test_a_leased_job_is_nobody_elses(self):
        tasks.add.enqueue(1, 1)
        assert take_job("first").lease_until > timezone.now() + LEASE / 2
        assert take_job("second") is None

    def test_when_the_lease_runs_out_another_worker_takes_it(self):
        tasks.add.enqueue(1, 1)
        dead = take_job("first")
        Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
        taken = take_job("second")
        assert (taken.pk, taken.worker, taken.attempts) == (dead.pk, "second", 2)

    def test_a_worker_that_lost_its_lease_cannot_write_the_end(self):
        tasks.add.enqueue(1, 1)
        slow = take_job("first")
        Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
        take_job("second")
        run_job(slow)
        assert Job.objects.get().state == JobState.RUNNING

    def test_a_job_that_killed_every_worker_fails_and_the_next_one_runs(self):
        tasks.add.enqueue(1, 1)
        take_job("first")
        Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1), attempts=5)
        tasks.add.enqueue(2, 2)
        assert run_all() == 1
        states = list(Job.objects.order_by("id").values_list("state", "result"))
        assert states == [(JobState.FAILED, None), (JobState.DONE, 4)]
        assert "died each time" in Job.objects.order_by("id").first().error


# A worker killed for real -----------------------------------------------------------------------------------------


def environment(home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("WARDWRIGHT_", "DJANGO_"))}
    return {**kept, "WARDWRIGHT_HOME": str(home), "DJANGO_SETTINGS_MODULE": "wardwright.config.settings"}


def python(home: Path, code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", f"import django; django.setup()\n{code}"],
        cwd=ROOT,
        env=environment(home),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.strip()


WORK_ONCE = "from wardwright.platform.jobs.worker import work\nprint(work(stop=lambda: False, once=True))"


@pytest.mark.kill
def test_a_job_whose_worker_was_killed_is_finished_by_another(tmp_path):
    home, marks = tmp_path / "home", tmp_path / "marks"
    home.mkdir()
    marks.mkdir()
    ask = f"from tests.platform.tasks import hang_the_first_time\nhang_the_first_time.enqueue({str(marks)!r})"
    python(home, f"from django.core.management import call_command\ncall_command('migrate', verbosity=0)\n{ask}")
    database = home / "wardwright.sqlite3"

    worker = subprocess.Popen(
        [sys.executable, "-c", f"import django; django.setup()\n{WORK_ONCE}"],
        cwd=ROOT,
        env=environment(home),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    patience = time.monotonic() + 60
    while not (marks / "started").exists():
        assert worker.poll() is None, "the worker ended before it ran the job"
        assert time.monotonic() < patience, "the worker never ran the job"
        time.sleep(0.05)
    worker.send_signal(signal.SIGKILL)
    worker.wait()

    def row(columns: str) -> tuple:
        with sqlite3.connect(database) as connection:
            return connection.execute(f"SELECT {columns} FROM jobs_job").fetchone()

    assert row("state, attempts") == ("running", 1)
    assert python(home, WORK_ONCE) == "0", "the lease of the dead worker has not run out yet"
    with sqlite3.connect(database) as connection:  # a minute passes
        connection.execute("UPDATE jobs_job SET lease_until = '2026-01-01 00:00:00'")
    assert python(home, WORK_ONCE) == "1"
    assert row("state, attempts, result, error") == ("done", 2, '{"runs": 2}', "")
