"""The world is built once for each module; every test rolls back what it did itself."""

import pytest
from django.db import transaction

from tests import world


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        yield world.build()
        transaction.set_rollback(True)
