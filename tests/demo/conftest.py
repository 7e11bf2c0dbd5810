"""One small demo hospital for all tests of this folder, loaded into a transaction that is rolled back at the end."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from django.db import transaction
from django.test import override_settings

from wardwright.config.setup import load_reference_data
from wardwright.demo import load_demo
from wardwright.platform.audit.keys import private_key
from wardwright.platform.core.change import System

TODAY = date(2026, 9, 16)
ASSETS = 60


@contextmanager
def loaded(home, *, seed: int = 7, assets: int = ASSETS) -> Iterator[dict[str, int]]:
    """A loaded demo hospital; its seals are noted in a folder of its own, because they are rolled back."""
    private_key()
    with override_settings(WARDWRIGHT_HOME=home), transaction.atomic():
        load_reference_data(by=System("test"))
        yield load_demo(seed=seed, assets=assets, today=TODAY)
        transaction.set_rollback(True)


@pytest.fixture(scope="session")
def unblocked(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        yield


@pytest.fixture(scope="module")
def hospital(unblocked, tmp_path_factory):
    """The counts of a loaded hospital of 60 devices, seed 7, as of 16 September 2026."""
    with loaded(tmp_path_factory.mktemp("home")) as counts:
        yield counts
