"""Fixtures of this app's tests."""

import pytest

from wardwright.platform.core.change import System


@pytest.fixture
def system() -> System:
    """The system acting on its own behalf."""
    return System("test")
