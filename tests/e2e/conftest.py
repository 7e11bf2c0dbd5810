"""Houses that really run, a browser, and people in front of it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, sync_playwright

from wardwright.demo import PASSWORD

from .person import TIMEOUT_MS, Person, log_in

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
from postgres import free_port  # noqa: E402

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"]
TABLET = {"viewport": {"width": 820, "height": 1180}, "has_touch": True}
DESK = {"viewport": {"width": 1280, "height": 900}}
LAPTOP = {"viewport": {"width": 1024, "height": 768}}
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
ADMIN_PASSWORD = "small-hospital-2026"


@dataclass
class House:
    """A running server; ``cookies`` keeps who is logged in, so that each log-in is made once."""

    url: str
    environment: dict[str, str]
    cookies: dict[str, Any] = field(default_factory=dict)


def _chromium() -> str | None:
    named = os.environ.get("WARDWRIGHT_CHROMIUM")
    return named or next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@pytest.fixture(scope="session")
def chromium() -> str:
    """Where the browser is."""
    found = _chromium()
    if found is None:
        words = "No Chromium was found (Debian package: chromium); set WARDWRIGHT_CHROMIUM to its path."
        pytest.fail(words) if os.environ.get("WARDWRIGHT_REQUIRE_ALL") == "1" else pytest.skip(words)
    return found


# Of the package, not of the session: its event loop would stand in the way of other tests of the same process.
@pytest.fixture(scope="package")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as play:
        found = play.chromium.launch(executable_path=chromium, args=FLAGS)
        yield found
        found.close()


@pytest.fixture(scope="session")
def house(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The demo hospital, served as anybody serves it."""
    environment = _environment(tmp_path_factory.mktemp("demo-house"), "demo")
    _cli(environment, "demo", "--seed", "1", "--assets", "120", "--json")
    yield from _served(environment)


@pytest.fixture(scope="session")
def empty_house(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """What a small hospital has after ``wardwright init``: one administrator and nothing else."""
    environment = _environment(tmp_path_factory.mktemp("empty-house"), "empty")
    _cli({**environment, "WARDWRIGHT_ADMIN_PASSWORD": ADMIN_PASSWORD}, "init", "--json")
    yield from _served(environment)


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Person]]:
    """``visit(house, "tina", TABLET)``: that person, logged in, at that screen. Their pages must have been in order."""
    people: list[Person] = []

    def come(house: House, username: str = "", screen: dict[str, Any] = DESK, **more: Any) -> Person:
        context = browser.new_context(
            storage_state=house.cookies.get(username), accept_downloads=True, locale="en-GB", **screen, **more
        )
        context.set_default_timeout(TIMEOUT_MS)
        person = Person(context.new_page(), house.url)
        people.append(person)
        if username and username not in house.cookies:
            log_in(person, username, ADMIN_PASSWORD if username == "admin" else PASSWORD)
            house.cookies[username] = context.storage_state()
        elif username:
            person.open("/")
        return person

    yield come
    for person in people:
        person.page.context.close()
    assert [trouble for person in people for trouble in person.troubles] == []


def _environment(home: Path, name: str) -> dict[str, str]:
    url = os.environ.get("WARDWRIGHT_TEST_DATABASE_URL", "")
    return {
        **os.environ,
        "WARDWRIGHT_HOME": str(home),
        "WARDWRIGHT_DATABASE_URL": _own_database(url, name) if url else "",
        "DJANGO_SETTINGS_MODULE": "wardwright.config.settings",
    }


def _own_database(url: str, name: str) -> str:
    """A fresh database on the test server."""
    import psycopg

    database = f"e2e_{name}_{os.getpid()}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {database}")
    return urlsplit(url)._replace(path=f"/{database}").geturl()


def _cli(environment: dict[str, str], *arguments: str) -> None:
    command = [sys.executable, "-m", "wardwright.config.cli", *arguments]
    subprocess.run(command, env=environment, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


def _served(environment: dict[str, str], port: int = 0) -> Iterator[House]:
    port = port or free_port()
    command = [sys.executable, "-m", "wardwright.config.cli", "serve", "--port", str(port), "--processes", "1"]
    words = Path(environment["WARDWRIGHT_HOME"]) / "served.txt"
    with words.open("w") as out:
        server = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=out, stderr=out, start_new_session=True)
    try:
        _wait_until_alive(server, port, words)
        yield House(f"http://127.0.0.1:{port}", environment)
        server.send_signal(signal.SIGINT)
        assert server.wait(30) == 0, f"it did not stop cleanly: {words.read_text()[-2000:]}"
    finally:
        if server.poll() is None:
            os.killpg(server.pid, signal.SIGKILL)


def _wait_until_alive(server: subprocess.Popen, port: int, words: Path) -> None:
    for _ in range(1200):
        assert server.poll() is None, f"the server stopped by itself: {words.read_text()[-2000:]}"
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/alive", timeout=5) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise AssertionError(f"the server did not answer within a minute: {words.read_text()[-2000:]}")
