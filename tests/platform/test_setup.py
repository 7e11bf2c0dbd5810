"""What a new version of the program brings along, and what a hospital made of it stays."""

import pytest

from tests.factories import make_user
from wardwright.apps.directory import operations
from wardwright.config.setup import load_reference_data
from wardwright.platform.access.models import Role
from wardwright.platform.audit.operation import open_change
from wardwright.platform.core.change import System

pytestmark = pytest.mark.django_db
BY = System("test")


def test_a_shipped_role_follows_the_program_until_somebody_edits_it():
    make_user()  # somebody who manages access: without one no role is changed
    load_reference_data(by=BY)
    nurse, vendor = Role.objects.get(code="nurse"), Role.objects.get(code="vendor")
    shipped = list(vendor.permissions)
    operations.change_role(by=BY, role_id=nurse.pk, values={}, permissions=["assets.view"])
    with open_change("test.older_program", BY):
        Role.objects.filter(pk=vendor.pk).update(permissions=["assets.view"])
    load_reference_data(by=BY)
    assert Role.objects.get(pk=vendor.pk).permissions == shipped
    assert Role.objects.get(pk=nurse.pk).permissions == ["assets.view"]
