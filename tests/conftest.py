"""Fixtures shared by every kind of test."""

import pytest

from wardwright.apps.maintenance.queries.forecast import forget_usual_times
from wardwright.platform.access.limits import forget_held
from wardwright.platform.core.change import System


@pytest.fixture
def system() -> System:
    """The system acting on its own behalf."""
    return System("test")


@pytest.fixture(autouse=True)
def nothing_held():
    """What a test drew of a limit, and what was counted of its work, is gone with its rows."""
    yield
    forget_held()
    forget_usual_times()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest begins first: files are shared out to two workers, and a browser at the end keeps one idle."""
    items.sort(key=lambda item: not ({"e2e", "kill"} & {mark.name for mark in item.iter_markers()}))
