"""What every test has, wherever it stands; what it leaves behind in its process is gone before the next."""

from collections import Counter
from typing import Any

import pytest
from django.utils import translation
from tests.repeating import why_once

from wardwright.apps.maintenance.queries.forecast import forget_usual_times
from wardwright.platform.access.limits import forget_held
from wardwright.platform.core.change import System

#: How many tests this run leaves out because they were run on another database, and why; worker by worker.
LEFT_OUT: dict[str, dict[str, int]] = {}


@pytest.fixture
def system() -> System:
    """The system acting on its own behalf."""
    return System("test")


@pytest.fixture(autouse=True)
def nothing_left():
    """Limits drawn on and work counted are gone with their rows; a page's language is that of its reader alone."""
    yield
    forget_held()
    forget_usual_times()
    translation.deactivate()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--second-database", action="store_true", help="leave out the tests whose outcome no database can change"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What takes longest begins first: files are shared out to two workers, and a browser at the end keeps one idle."""
    items.sort(key=lambda item: not ({"e2e", "kill"} & {mark.name for mark in item.iter_markers()}))
    if config.getoption("--second-database"):
        _leave_out(config, items)


def _leave_out(config: pytest.Config, items: list[pytest.Item]) -> None:
    reasons = {item: why_once(item) for item in items}
    counts = dict(Counter(filter(None, reasons.values())))
    LEFT_OUT["here"] = counts
    if hasattr(config, "workeroutput"):
        config.workeroutput["left_out"] = counts
    config.hook.pytest_deselected(items=[item for item in items if reasons[item]])
    items[:] = [item for item in items if not reasons[item]]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Every worker of pytest-xdist collects the same tests: one tells for all."""
    LEFT_OUT["workers"] = getattr(node, "workeroutput", {}).get("left_out", {})


def pytest_terminal_summary(terminalreporter: Any) -> None:
    for reason, count in (LEFT_OUT.get("workers") or LEFT_OUT.get("here") or {}).items():
        terminalreporter.write_line(f"LEFT OUT: {count} tests that tell nothing new of a second database: {reason}")
