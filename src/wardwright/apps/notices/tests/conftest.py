"""Fixtures of this app's tests: a ward with pumps, two of which a notice means."""

import pytest
from tests.factories import (
    make_asset,
    make_company,
    make_department,
    make_model,
    make_notice,
    make_person,
    make_site,
    make_type,
    make_user,
)

from wardwright.apps.notices.models import Exposure
from wardwright.apps.notices.operations import load_reference, open_case
from wardwright.kernel.bulletins import Severity
from wardwright.platform.core.change import System


@pytest.fixture
def alaris():
    """The model that most notices of these tests mean."""
    return make_model(
        maker=make_company(name="CareFusion", key="carefusion", is_maker=True),
        name="Alaris 8100",
        device_type=make_type(name="Infusion pump"),
    )


@pytest.fixture
def ward():
    return make_department(site=make_site(), name="Intensive care")


@pytest.fixture
def pumps(alaris, ward):
    """Serial 1001 and 1250 are meant by the usual notice, 1251 is not, and of one no serial number is known."""
    serials = ("1001", "1250", "1251", "")
    return [make_asset(device_model=alaris, site=ward.site, department=ward, serial=one) for one in serials]


@pytest.fixture
def coordinator():
    return make_user(permissions=COORDINATOR)


@pytest.fixture
def owner():
    return make_person(name="Rosa Alvarez")


@pytest.fixture
def times(db):
    """How long each class may take, as shipped."""
    load_reference(by=System("tests"))


@pytest.fixture
def opened(pumps, times, coordinator, owner):
    """A class I recall of the pumps, given to somebody."""
    notice = make_notice(severity=Severity.CLASS_I)
    return open_case(by=coordinator, case_id=notice.case_id, owner_id=owner.pk, plan="Exchange the motor")


def exposures(case):
    """The devices of a case by their serial numbers."""
    return {row.asset.serial: row for row in Exposure.objects.filter(case=case).select_related("asset")}


COORDINATOR = [
    "notices.view", "notices.review", "notices.respond", "notices.handle", "notices.sources", "assets.view",
    "directory.view", "maintenance.view", "maintenance.dispatch",
]  # fmt: skip
