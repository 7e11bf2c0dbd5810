"""Fixtures of this app's tests: a ward with pumps, two of which a notice means."""

import pytest
from tests.factories import make_asset, make_company, make_department, make_model, make_site, make_type, make_user


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


COORDINATOR = [
    "notices.view", "notices.review", "notices.respond", "notices.handle", "notices.sources", "assets.view",
    "directory.view", "maintenance.view", "maintenance.dispatch",
]  # fmt: skip
