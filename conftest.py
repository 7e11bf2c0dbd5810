"""What every test has, wherever it stands; what it leaves behind in its process is gone before the next."""

import pytest
from django.utils import translation

from wardwright.apps.maintenance.queries.forecast import forget_usual_times
from wardwright.platform.access.limits import forget_held
from wardwright.platform.core.change import System


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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest begins first: files are shared out to two workers, and a browser at the end keeps one idle."""
    items.sort(key=lambda item: not ({"e2e", "kill"} & {mark.name for mark in item.iter_markers()}))
