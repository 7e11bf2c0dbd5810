"""Delivery on PostgreSQL by Procrastinate: with the change, once, to the living; then real workers in real houses."""

import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from functools import partial
from urllib.parse import urlsplit

import pytest
from django.db import connection, transaction

from tests.jobs import run_all
from tests.moving.houses import ROOT, SERVER, new_house
from tests.platform import tasks
from wardwright.platform.core.change import System
from wardwright.platform.jobs import operations
from wardwright.platform.jobs.backend import enqueue_once, insert_jobs
from wardwright.platform.jobs.delivery import engine
from wardwright.platform.jobs.models import Job, JobState
from wardwright.platform.jobs.recurring import RECURRING
from wardwright.platform.jobs.worker import begin, finish

pytestmark = pytest.mark.skipif(not SERVER, reason="on SQLite workers ask the jobs table")
DEAD = "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour'"  # an hour passes


def ask(statement: str, *values) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


def deliveries() -> list[tuple]:
    return ask("SELECT (args ->> 'job_id')::bigint, status::text FROM procrastinate_jobs ORDER BY id")


def begun_by_another() -> Job:
    """A job that another worker, which lives, is running."""
    tasks.add.enqueue(1, 1)
    job = Job.objects.get()
    ask("INSERT INTO procrastinate_workers DEFAULT VALUES")
    ((delivery,),) = ask(
        "UPDATE procrastinate_jobs SET status = 'doing', worker_id = (SELECT max(id) FROM procrastinate_workers)"
        " RETURNING id"
    )
    assert begin(job, f"first#{delivery}")
    return job


@pytest.mark.django_db
class TestDelivery:
    def test_it_comes_and_goes_with_the_transaction(self):
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            tasks.add.enqueue(1, 1)
            _ = 1 / 0
        assert deliveries() == []

    def test_each_job_has_one_and_under_a_key_too(self):
        insert_jobs(tasks.add, [[1, 1], [2, 2]])
        assert enqueue_once(tasks.add, "sum", 3, 3).pk == enqueue_once(tasks.add, "sum", 3, 3).pk
        assert deliveries() == [(pk, "todo") for pk in Job.objects.order_by("id").values_list("id", flat=True)]

    def test_nothing_is_left_of_it_when_the_job_has_ended(self):
        tasks.add.enqueue(1, 1)
        Job.objects.create(task="wardwright.no.such_task", run_after="2026-01-01T00:00Z", max_attempts=1)
        assert run_all() == 2
        assert (deliveries(), ask("SELECT count(*) FROM procrastinate_workers")) == ([], [(0,)])

    def test_a_retried_job_is_delivered_again(self):
        job = Job.objects.create(task=tasks.add.module_path, args=[1, 1], state="failed", run_after="2026-01-01T00:00Z")
        operations.retry_job(by=System("test"), job_id=job.pk)
        assert deliveries() == [(job.pk, "todo")]

    def test_what_was_never_delivered_is_when_a_worker_comes(self):
        """A house restored from SQLite, or of a version that had no deliveries: one job waited, one ran."""
        for state in (JobState.READY, JobState.RUNNING):
            Job.objects.create(task=tasks.add.module_path, args=[1, 1], state=state, run_after="2026-01-01T00:00Z")
        assert run_all() == 2
        assert set(Job.objects.values_list("state", flat=True)) == {JobState.DONE}

    def test_a_job_that_is_done_is_not_run_by_a_second_delivery(self):
        tasks.add.enqueue(1, 1)
        engine().deliver(Job.objects.all())
        assert run_all() == 1
        assert Job.objects.get().attempts == 1


@pytest.mark.django_db
class TestTakingOver:
    def test_what_the_living_run_is_left_to_them(self):
        job = begun_by_another()
        engine().deliver([job])
        assert run_all() == 0
        job.refresh_from_db()
        assert (job.state, job.worker[:6], job.attempts) == (JobState.RUNNING, "first#", 1)

    def test_what_the_dead_ran_is_run_again_and_they_cannot_write_its_end(self):
        job = begun_by_another()
        ask(DEAD)
        assert run_all() == 1
        finish(job, error="of the dead")
        job.refresh_from_db()
        assert (job.state, job.result, job.attempts, job.error) == (JobState.DONE, 2, 2, "")

    def test_a_job_that_killed_every_worker_fails_and_the_next_one_runs(self):
        job = begun_by_another()
        Job.objects.update(attempts=5)
        ask(DEAD)
        tasks.add.enqueue(2, 2)
        assert run_all() == 1
        assert list(Job.objects.order_by("id").values_list("state", "result")) == [("failed", None), ("done", 4)]
        job.refresh_from_db()
        assert "died each time" in job.error


# Real workers, in a house of their own ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    house = new_house(tmp_path_factory.mktemp("jobs") / "home")
    house.must("init")
    return house


@pytest.fixture
def database(house):
    import psycopg

    with psycopg.connect(house.url, autocommit=True) as its:
        yield its


def enqueue(house, *calls: str) -> None:
    code = "import django; django.setup()\nfrom tests.platform.tasks import *\n" + "\n".join(calls)
    assert house.python("-c", code).returncode == 0


@contextmanager
def worker(house, *words: str, said=None):
    process = subprocess.Popen(
        [sys.executable, "-m", "wardwright.config.cli", "worker", *words], env=house.environment, cwd=ROOT, stderr=said
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def wait_until(holds, *workers: subprocess.Popen) -> None:
    patience = time.monotonic() + 90
    while not holds():
        assert all(process.poll() is None for process in workers), "a worker ended"
        assert time.monotonic() < patience, "it never came to that"
        time.sleep(0.1)


@pytest.mark.kill
def test_a_job_whose_worker_was_killed_is_finished_by_another(house, database, tmp_path):
    enqueue(house, f"hang_the_first_time.enqueue({str(tmp_path)!r})")
    with worker(house, "--once") as first:
        wait_until((tmp_path / "started").exists, first)
        first.send_signal(signal.SIGKILL)
        first.wait()
    row = "SELECT state, attempts, result, error FROM jobs_job WHERE task LIKE '%hang_the_first_time'"
    assert database.execute(row).fetchall() == [("running", 1, None, "")]
    # However slow the machine is, that was just now.
    database.execute("UPDATE procrastinate_workers SET last_heartbeat = now() + interval '1 hour'")
    assert house.must("worker", "--once")["jobs"] == 0, "nobody knows yet that it is dead"
    database.execute(DEAD)
    assert house.must("worker", "--once")["jobs"] == 1
    assert database.execute(row).fetchall() == [("done", 2, {"runs": 2}, "")]


def named(name: str) -> str:
    return f"jobs_job WHERE task LIKE '%.{name}'"


def counted(database, rest: str) -> int:
    return database.execute(f"SELECT count(*) FROM {rest}").fetchone()[0]


LISTENING = "pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN %'"


@pytest.mark.kill
def test_a_worker_that_cannot_connect_for_a_while_keeps_its_job_and_listens_again(house, database, tmp_path):
    """Its job needs no database just then. It lives on, so nobody else may take the job."""
    import psycopg

    mark, said, name = tmp_path / "mark", tmp_path / "said", urlsplit(house.url).path.strip("/")
    enqueue(house, f"wait_for.enqueue({str(mark)!r})")
    with said.open("w") as out, worker(house, said=out) as it, psycopg.connect(SERVER, autocommit=True) as server:
        wait_until(lambda: counted(database, f"{named('wait_for')} AND state = 'running'") == 1, it)
        wait_until(lambda: counted(database, LISTENING) == 1, it)
        server.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        database.execute(f"SELECT pg_terminate_backend(pid) FROM {LISTENING}")
        wait_until(lambda: "listener failed" in said.read_text(), it)
        server.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
        database.execute(DEAD)
        wait_until(lambda: counted(database, "procrastinate_workers WHERE last_heartbeat > now() - interval '1m'"), it)
        mark.touch()
        wait_until(lambda: counted(database, LISTENING) == 1, it)
        assert counted(database, f"{named('wait_for')} AND state = 'done' AND attempts = 1") == 1
        it.send_signal(signal.SIGTERM)
        assert it.wait(60) == 0


@pytest.mark.kill
def test_two_workers_share_what_waits_keep_one_schedule_and_outlive_the_connection(house, database):
    count = partial(counted, database)
    with worker(house) as first, worker(house) as second:
        wait_until(lambda: count(LISTENING) == 2, first, second)
        enqueue(house, "[dawdle.enqueue() for _ in range(20)]")
        wait_until(lambda: count("jobs_job WHERE task LIKE '%dawdle' AND state = 'done'") == 20, first, second)
        assert count("jobs_job WHERE task LIKE '%dawdle' AND attempts = 1") == 20
        assert count("(SELECT DISTINCT split_part(worker, '#', 1) FROM jobs_job WHERE task LIKE '%dawdle') names") == 2
        seldom = [path for path, interval in RECURRING.items() if interval.total_seconds() >= 600]
        rows = database.execute("SELECT task FROM jobs_job WHERE task = ANY(%s)", [seldom]).fetchall()
        assert sorted(task for (task,) in rows) == sorted(seldom)

        others = "pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        database.execute(f"SELECT pg_terminate_backend(pid) FROM {others}")
        wait_until(lambda: count(LISTENING) == 2, first, second)
        enqueue(house, "add.enqueue(20, 22)")
        wait_until(lambda: count("jobs_job WHERE task LIKE '%.add' AND result = '42'") == 1, first, second)

        for process in (first, second):
            process.send_signal(signal.SIGTERM)
        assert [first.wait(60), second.wait(60)] == [0, 0]
    wait_until(lambda: count("procrastinate_workers WHERE last_heartbeat > now() - interval '30 minutes'") == 0)
    assert count("jobs_job WHERE state = 'running'") == 0
