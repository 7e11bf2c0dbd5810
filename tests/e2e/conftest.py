"""Houses that really run, a browser, and people in front of it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.served import Environment, environment_of, own_database, serving, told
from wardwright.demo import PASSWORD

from .person import TIMEOUT_MS, Person, log_in

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
    environment = _environment(
        tmp_path_factory.mktemp("demo-house"), "demo", WARDWRIGHT_INSTRUMENT_HOSTS="127.0.0.1/32"
    )
    _cli(environment, "demo", "--seed", "1", "--assets", "120")
    yield from _served(environment)


@pytest.fixture(scope="session")
def empty_house(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """What a small hospital has after ``wardwright init``: one administrator and nothing else."""
    environment = _environment(tmp_path_factory.mktemp("empty-house"), "empty")
    _cli(environment, "init", WARDWRIGHT_ADMIN_PASSWORD=ADMIN_PASSWORD)
    yield from _served(environment)


@pytest.fixture
def visit(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Callable[..., Person]]:
    """``visit(house, "tina", TABLET)``: that person, logged in, at that screen. Their pages must have been in order."""
    people: list[Person] = []
    Person.judges = not request.config.getoption("--second-database")

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
    troubles = [trouble for person in people for trouble in person.troubles]
    assert troubles == [], "\n".join(troubles)


def _environment(home: Path, name: str, **settings: str) -> Environment:
    return environment_of(home, own_database(f"e2e_{name}"), **settings)


def _cli(environment: Environment, *arguments: str, **more: str) -> None:
    code, answer = told(environment, *arguments, **more)
    assert code == 0, answer


def _served(environment: Environment, port: int = 0) -> Iterator[House]:
    with serving(environment, "--processes", "1", port=port) as (_server, found):
        yield House(f"http://127.0.0.1:{found}", environment)
