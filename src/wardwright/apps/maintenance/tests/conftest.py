"""Fixtures of this app's tests."""

import pytest

from wardwright.apps.maintenance.queries.forecast import forget_usual_times
from wardwright.platform.core.change import System


@pytest.fixture(autouse=True)
def nothing_counted():
    """What a test counted is gone with its rows."""
    yield
    forget_usual_times()


@pytest.fixture
def system() -> System:
    """The system acting on its own behalf."""
    return System("test")
