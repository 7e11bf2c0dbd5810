"""What watchmen of the server are told: /health, /ready, /metrics; who learns how much."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from tests import factories, world
from wardwright.platform.health import checks
from wardwright.platform.jobs.models import Job, JobState, Recurrence
from wardwright.platform.jobs.polling import LEASE

PROXY = {"HTTP_X_FORWARDED_FOR": "192.0.2.7"}


def figures(client=None, **headers):
    """(name, labels as a sorted tuple) → value."""
    answer = (client or Client()).get("/metrics", **headers)
    assert answer.status_code == 200
    return {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(answer.content.decode())
        for sample in family.samples
    }


@pytest.fixture
def worker_here(db):
    Recurrence.objects.create(task="seal", next_at=timezone.now(), last_at=timezone.now())


def test_health_asks_nothing_of_the_database():
    answer = Client().get("/health")  # without django_db any statement fails this test
    assert (answer.status_code, answer.json()) == (200, {"state": "alive"})


def test_ready_when_all_is_well(worker_here):
    answer = Client().get("/ready")
    assert (answer.status_code, answer.json()["state"]) == (200, "ready")
    assert {name: check["well"] for name, check in answer.json()["checks"].items()} == dict.fromkeys(
        ("database", "tables", "disk", "journal", "worker", "seals"), True
    )


@pytest.mark.django_db
def test_without_a_worker_it_limps_and_still_takes_requests():
    answer = Client().get("/ready")
    assert (answer.status_code, answer.json()["state"]) == (200, "limping")
    assert (
        answer.json()["checks"]["worker"]["way_forward"]
        == "Start one: `wardwright worker`, or the service wardwright-worker."
    )


@pytest.mark.django_db
def test_a_worker_busy_with_one_long_job_is_seen():
    hour_ago = timezone.now() - timedelta(hours=1)
    Recurrence.objects.create(task="seal", next_at=hour_ago, last_at=hour_ago)
    assert not next(f for f in checks.examine() if f.name == "worker").is_well
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO procrastinate_workers DEFAULT VALUES")  # its heartbeat
    else:
        lease = timezone.now() + LEASE
        Job.objects.create(task="long", run_after=hour_ago, state=JobState.RUNNING, lease_until=lease)
    assert next(f for f in checks.examine() if f.name == "worker").is_well


@pytest.mark.django_db
def test_a_full_disk_says_no(settings):
    settings.DISK_MB = 10**9
    answer = Client().get("/ready")
    assert (answer.status_code, answer.json()["state"]) == (503, "not-ready")
    assert answer.json()["checks"]["disk"]["words"].startswith("Only ")


@pytest.mark.django_db
def test_a_journal_that_cannot_be_written_says_no(settings, tmp_path):
    (tmp_path / "audit").write_text("a file where the folder should be")
    settings.WARDWRIGHT_HOME = tmp_path
    answer = Client().get("/ready")
    assert (answer.status_code, answer.json()["checks"]["journal"]["well"]) == (503, False)


@pytest.mark.django_db
def test_tables_of_another_version_say_no(settings):
    settings.MIGRATION_MODULES = {}  # those of the tests are made without migrations: now all of them are missing
    answer = Client().get("/ready")
    missing = len(MigrationLoader(None).disk_migrations)
    assert (answer.status_code, answer.json()["checks"]["tables"]["missing"]) == (503, missing)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("tls", "token", "headers", "may"),
    [
        (False, "", {}, True),
        (False, "", {"REMOTE_ADDR": "192.0.2.7"}, False),
        (False, "", {"REMOTE_ADDR": "::ffff:127.0.0.1"}, True),
        (False, "", {"REMOTE_ADDR": "nonsense"}, False),
        (False, "", PROXY, False),
        (False, "", {"HTTP_X_FORWARDED_FOR": "127.0.0.1"}, False),
        (False, "", {"HTTP_FORWARDED": "for=127.0.0.1"}, False),
        (True, "", PROXY, False),
        (True, "", {"HTTP_X_FORWARDED_FOR": "127.0.0.1, 192.0.2.7"}, False),
        (True, "", {"HTTP_X_FORWARDED_FOR": "192.0.2.7, 127.0.0.1"}, True),
        (True, "right", {**PROXY, "HTTP_AUTHORIZATION": "Bearer right"}, True),
        (True, "right", {**PROXY, "HTTP_AUTHORIZATION": "Bearer wrong"}, False),
        (True, "", {**PROXY, "HTTP_AUTHORIZATION": "Bearer "}, False),
    ],
)
def test_who_may_watch(settings, tls, token, headers, may):
    settings.BEHIND_TLS, settings.WATCH_TOKEN = tls, token
    assert Client().get("/metrics", **headers).status_code == (200 if may else 404)
    assert ("checks" in Client().get("/ready", **headers).json()) == may


@pytest.mark.django_db
def test_log_ins_of_people_open_nothing_to_watch():
    client = Client(**PROXY)
    client.force_login(world.administrator(), backend="wardwright.platform.access.login.PasswordBackend")
    assert client.get("/metrics").status_code == 404


def test_requests_are_counted_by_view_and_status(worker_here):
    before = figures()
    Client().get("/login/")
    Client().get("/no-such-page")
    after = figures()
    for key in (
        ("wardwright_requests_total", "200", "GET", "login"),
        ("wardwright_requests_total", "404", "GET", "none"),
    ):
        assert after[key] == before.get(key, 0) + 1
    assert (
        after["wardwright_request_seconds_count", "login"]
        == before.get(("wardwright_request_seconds_count", "login"), 0) + 1
    )
    assert after[("wardwright_database_queries_total",)] > before.get(("wardwright_database_queries_total",), 0)


def test_odd_methods_are_one_figure(worker_here):
    Client().generic("BREW", "/login/")
    Client().generic("STEEP", "/login/")
    assert not {"BREW", "STEEP"} & set().union(*figures())


def test_refused_sign_ins_are_counted(worker_here):
    user = factories.make_user(permissions=[])
    before = figures().get(("wardwright_sign_ins_total", "refused"), 0)
    Client().post("/login/", {"username": user.username, "password": "wrong"})
    assert figures()["wardwright_sign_ins_total", "refused"] == before + 1


def test_jobs_and_messages_are_told_from_the_database(worker_here):
    hour_ago = timezone.now() - timedelta(hours=1)
    Job.objects.create(task="a.waits", run_after=hour_ago)
    Job.objects.create(task="a.b.send", run_after=hour_ago, state=JobState.FAILED, finished_at=timezone.now())
    Job.objects.create(
        task="a.b.send", run_after=hour_ago, state=JobState.FAILED, finished_at=hour_ago - timedelta(days=2)
    )
    told = figures()
    assert told["wardwright_jobs", "ready"] == 1
    assert 3600 <= told["wardwright_jobs_oldest_seconds", "ready"] < 3700
    assert told["wardwright_jobs_failed", "send"] == 1
    assert told["wardwright_messages", "failed", "webhook"] == 0
    assert told["wardwright_check", "database"] == 1


def test_figures_cost_the_same_queries_however_many_jobs(worker_here):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            Client().get("/metrics")
        return len(queries)

    few = cost()
    for n in range(5):
        Job.objects.create(task=f"a.t{n}", run_after=timezone.now(), state=JobState.FAILED, finished_at=timezone.now())
    assert cost() == few


@pytest.mark.django_db
def test_only_reading():
    assert {Client().post(url).status_code for url in ("/health", "/ready", "/metrics")} == {405}
