"""Fixtures shared by every kind of test."""

import pytest

from wardwright.platform.core.change import System


@pytest.fixture
def system() -> System:
    """The system acting on its own behalf."""
    return System("test")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest begins first: files are shared out to two workers, and a browser at the end keeps one idle."""
    items.sort(key=lambda item: not ({"e2e", "kill"} & {mark.name for mark in item.iter_markers()}))
