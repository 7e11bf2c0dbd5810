"""Two hosts on one PostgreSQL: each with a folder, a server and a worker of its own; keys and files are shared.

The tests follow one another: at the end one host is killed, and the trail is whole on both.
"""

from __future__ import annotations

import os
import secrets
import signal
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from subprocess import PIPE, Popen
from typing import Any

import httpx
import psycopg
import pytest

from tests.served import ROOT, Environment, environment_of, kill, own_database, serving, started, told

pytestmark = [
    pytest.mark.kill,
    pytest.mark.skipif(
        not os.environ.get("WARDWRIGHT_TEST_DATABASE_URL"), reason="SQLite is for one host; run on PostgreSQL"
    ),
]
PASSWORD = "two-hosts-one-house"
PER_MINUTE = 60
PDF = b"%PDF-1.7\n1 0 obj\n"
REGISTER = "Asset no;Equipment;Make;Model;Serial;Dept\n" + "".join(
    f"H-{n};Infusion pump;B. Braun;Infusomat;S{n:05d};Ward {n % 3}\n" for n in range(40)
)


@dataclass
class Host:
    environment: Environment
    server: Popen
    worker: Popen
    url: str


@dataclass
class House:
    """Two hosts, the tokens of two programs, and a way past both to the database."""

    one: Host
    other: Host
    tokens: list[str]
    database: psycopg.Connection
    site_id: int = 0

    def ask(self, host: Host, method: str, path: str, *, token: int = 0, **more: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.tokens[token]}", **more.pop("headers", {})}
        return httpx.request(method, f"{host.url}/api/v1{path}", headers=headers, timeout=60, **more)

    def register(self, host: Host, serial: str) -> dict[str, Any]:
        body = {"maker": "M", "model": "One", "device_type": "Pump", "values": {"serial": serial}}
        made = self.ask(host, "POST", "/assets", json={"site_id": self.site_id, **body})
        assert made.status_code == 201, made.text
        return made.json()

    def figure(self, statement: str, *values: Any) -> Any:
        row = self.database.execute(statement, values).fetchone()
        return row[0] if row else None


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("hosts")
    url = own_database("hosts")
    shared = {
        "WARDWRIGHT_SECRET_KEY": secrets.token_urlsafe(50),
        "WARDWRIGHT_AUDIT_KEY": secrets.token_hex(32),
        "WARDWRIGHT_API_RATE": str(PER_MINUTE),
    }
    (folder / "files").mkdir()
    told_to = []
    for name in ("one", "other"):
        (folder / name).mkdir()
        (folder / name / "files").symlink_to(folder / "files")  # stands for storage that both mount
        told_to.append(environment_of(folder / name, url, **shared))
    with ThreadPoolExecutor(2) as threads:  # both are switched on at once, on an empty database
        answers = list(threads.map(lambda e: told(e, "init", WARDWRIGHT_ADMIN_PASSWORD=PASSWORD), told_to))
    assert [code for code, _ in answers] == [0, 0], answers
    assert sorted(str(answer["administrator"]) for _, answer in answers) == ["None", "admin"]
    (folder / "stranger").mkdir()
    stranger = environment_of(folder / "stranger", url, **shared | {"WARDWRIGHT_AUDIT_KEY": secrets.token_hex(32)})
    code, answer = told(stranger, "worker")
    assert (code, answer["error"]["message"]) == (5, "The audit key here is not the one of this house.")
    labels = ("devices", "greedy")
    tokens = [told(told_to[0], "token", "create", "admin", "--label", label)[1]["token"] for label in labels]
    with ExitStack() as stack:
        hosts = []
        for environment in told_to:
            server, port = stack.enter_context(serving(environment, "--processes", "1", "--no-worker"))
            hosts.append(Host(environment, server, started(environment, "worker"), f"http://127.0.0.1:{port}"))
            stack.callback(lambda host: kill(host.worker), hosts[-1])
        database = stack.enter_context(psycopg.connect(url, autocommit=True))
        house = House(*hosts, tokens, database)
        house.site_id = house.ask(house.one, "POST", "/sites", json={"code": "MAIN", "name": "Main"}).json()["id"]
        yield house


class Form(HTMLParser):
    """The entries of a page's forms, as a browser would send them back untouched."""

    def __init__(self, page: httpx.Response):
        super().__init__()
        self.entries: dict[str, str] = {}
        self._select = ""
        self.feed(page.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name, value = given.get("name") or "", given.get("value") or ""
        if tag == "select":
            self._select = name
        elif tag == "option" and "selected" in given:
            self.entries[self._select] = value
        elif tag == "input" and name and (given.get("type") not in ("checkbox", "radio") or "checked" in given):
            self.entries[name] = value or ("on" if given.get("type") == "checkbox" else "")


@pytest.fixture(scope="module")
def browser(house: House) -> Iterator[httpx.Client]:
    """Logged in at the first host; a browser sends its cookies to both, for they have one name behind the proxy."""
    with httpx.Client(timeout=60, follow_redirects=True) as client:
        page = client.get(f"{house.one.url}/login/")
        sent = {**Form(page).entries, "username": "admin", "password": PASSWORD}
        assert client.post(page.url, data=sent).url.path != "/login/"
        yield client


def until(holds: Callable[[], Any], seconds: float = 30) -> Any:
    """What ``holds()`` gives once it gives something."""
    end = time.monotonic() + seconds
    while not (found := holds()):
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.05)
    return found


def test_who_logged_in_at_one_goes_on_at_the_other(house, browser):
    """A form is fetched at one and sent to both: a log-in, a token and a key that both know, and one effect."""
    form = {**Form(browser.get(f"{house.one.url}/companies/new/")).entries, "name": "Two hosts Ltd"}
    seen = {browser.post(f"{host.url}/companies/new/", data=form).url.path for host in (house.other, house.one)}
    assert len(seen) == 1
    assert "/companies/new/" not in seen
    assert house.figure("SELECT count(*) FROM directory_company WHERE name = 'Two hosts Ltd'") == 1


def test_an_edit_at_one_is_seen_at_the_other_and_a_stale_one_refused(house):
    asset = house.register(house.one, "EDIT")
    path = f"/assets/{asset['id']}"
    edits = [
        house.ask(host, "PATCH", path, json={"expected_version": asset["version"], "values": {"notes": notes}})
        for host, notes in ((house.one, "from one"), (house.other, "from the other"))
    ]
    assert [edit.status_code for edit in edits] == [200, 409]
    assert house.ask(house.other, "GET", path).json()["notes"] == "from one"


def test_a_key_that_both_get_at_once_has_one_effect(house):
    asset = house.register(house.one, "ONCE")
    body = {"asset_id": asset["id"], "title": "No alarm tone"}

    def send(host: Host) -> httpx.Response:
        return house.ask(host, "POST", "/work-orders/problem", json=body, headers={"Idempotency-Key": "both"})

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(send, [house.one, house.other] * 4))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert house.figure("SELECT count(*) FROM maintenance_work_order WHERE title = 'No alarm tone'") == 1


def test_a_limit_counts_what_came_to_both(house):
    begun = time.monotonic()
    hosts = [house.one, house.other] * PER_MINUTE  # twice what is allowed
    answers = [house.ask(host, "GET", "/sites?limit=1", token=1).status_code for host in hosts]
    refilled = (time.monotonic() - begun) * PER_MINUTE / 60
    assert set(answers) == {200, 429}
    assert PER_MINUTE <= answers.count(200) <= PER_MINUTE + refilled + 1


def test_a_file_given_to_one_is_read_at_the_other(house):
    asset = house.register(house.one, "FILE")
    added = house.ask(house.one, "POST", f"/assets/{asset['id']}/documents", files={"files": ("a.pdf", PDF)})
    assert added.status_code == 201, added.text
    read = house.ask(house.other, "GET", f"/asset-documents/{added.json()['ids'][0]}/content")
    assert (read.status_code, read.content) == (200, PDF)


def test_a_job_whose_worker_is_killed_is_finished_by_the_other_host(house, browser):
    """Asked at one host, looked at from both, worked by either."""
    page = browser.get(f"{house.one.url}/imports/new/")
    page = browser.post(page.url, data=Form(page).entries, files={"file": ("register.csv", REGISTER.encode())})
    columns = f"{house.other.url}{page.url.path}"
    checked = browser.post(columns, data=Form(browser.get(columns)).entries)
    assert checked.url.path.endswith("/check/"), checked.text[-2000:]
    with psycopg.connect(house.database.info.dsn) as held:
        held.execute("LOCK TABLE assets_asset IN SHARE ROW EXCLUSIVE MODE")  # the import stops at its first device
        import_url = checked.url.path.removesuffix("check/")
        token = {"csrfmiddlewaretoken": browser.cookies["csrftoken"], "once": "start"}
        assert browser.post(f"{house.one.url}{import_url}start/", data=token).url.path.endswith("/progress/")
        taken = "SELECT worker FROM jobs_job WHERE task LIKE '%%.run_import' AND state = 'running'"
        worker = until(lambda: house.figure(taken))
        waiting = "SELECT count(*) FROM pg_locks WHERE relation = 'assets_asset'::regclass AND NOT granted"
        until(lambda: house.figure(waiting))
        for host in (house.one, house.other):
            assert "Names and places" in browser.get(f"{host.url}{import_url}progress/").text
        (killed,) = [host for host in (house.one, house.other) if f":{host.worker.pid}:" in worker]
        os.kill(killed.worker.pid, signal.SIGKILL)
    assert house.figure(taken) == worker
    # The half minute after which a worker without a heartbeat is dead, without waiting for it.
    house.database.execute(
        "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour' WHERE id ="
        " (SELECT worker_id FROM procrastinate_jobs WHERE id = %s)", [worker.partition("#")[2]],
    )  # fmt: skip
    done = "SELECT worker FROM jobs_job WHERE task LIKE '%%.run_import' AND state = 'done'"
    assert until(lambda: house.figure(done)) != worker
    assert house.figure("SELECT count(*) FROM assets_asset WHERE tag LIKE 'H-%%'") == 40
    assert "40 of 40" in browser.get(f"{house.other.url}{import_url}result/").text
    killed.worker = started(killed.environment, "worker")


def test_two_who_seal_at_once_make_one_chain(house):
    def seal(host: Host) -> int:
        return told(host.environment, "audit", "seal")[0]

    with ThreadPoolExecutor(4) as threads:
        sealers = [threads.submit(seal, host) for host in (house.one, house.other)]
        for number in range(10):
            house.register((house.one, house.other)[number % 2], f"SEAL-{number}")
        assert [sealer.result() for sealer in sealers] == [0, 0]
    newest, count = house.database.execute("SELECT max(id), count(*) FROM audit_seal").fetchone()
    assert newest == count
    assert newest > 1
    homes = [Path(host.environment["WARDWRIGHT_HOME"]) for host in (house.one, house.other)]

    def noted() -> list[int]:
        lines = [line for home in homes for line in (home / "audit" / "seals.log").read_text().splitlines()]
        return sorted(int(line.split()[0]) for line in lines)

    until(lambda: noted()[:count] == list(range(1, count + 1)))  # each once, by whichever host made it


def test_what_is_written_while_the_trail_is_verified_does_not_look_removed(house):
    """The check has begun to read when another change is committed."""
    writer = Popen(
        [sys.executable, "-m", "tests.ops.late_writer"],
        env=house.one.environment, stdin=PIPE, stdout=PIPE, text=True, cwd=ROOT,
    )  # fmt: skip
    assert writer.stdout.readline() == "held\n"
    with ThreadPoolExecutor(1) as threads:
        verdict = threads.submit(told, house.other.environment, "audit", "verify", "--state", PGAPPNAME="verifier")
        reading = (
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND application_name = 'verifier'"
        )
        until(lambda: house.figure(reading), 60)
        writer.communicate("go on\n")
        code, report = verdict.result()
    assert (writer.returncode, code, report["problems"]) == (0, 0, [])
    assert house.figure("SELECT count(*) FROM directory_site WHERE code = 'LATE'") == 1


def test_when_one_host_is_gone_the_other_serves_and_the_trail_is_whole(house, browser):
    asset = house.register(house.one, "LAST")
    kill(house.one.server)
    kill(house.one.worker)
    assert house.ask(house.other, "GET", f"/assets/{asset['id']}").json()["serial"] == "LAST"
    answer = browser.get(f"{house.other.url}/")
    assert (answer.status_code, answer.url.path) == (200, "/")
    house.register(house.other, "AFTER")
    changes = house.figure("SELECT max(id) FROM audit_change")
    until(lambda: house.figure("SELECT 1 FROM audit_leaf WHERE change_id >= %s", changes), 60)
    for host in (house.one, house.other):
        code, report = told(host.environment, "audit", "verify", "--state")
        assert (code, report["problems"]) == (0, []), report
