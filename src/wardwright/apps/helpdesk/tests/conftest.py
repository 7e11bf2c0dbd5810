"""Fixtures of this app's tests."""

import pytest
from tests.factories import make_asset, make_department, make_room, make_site, make_type, writes

from wardwright.apps.assets.operations import give_codes
from wardwright.apps.helpdesk.models import Symptom


@writes
def make_symptom(**given) -> Symptom:
    return Symptom.objects.create(**{"label": "Alarm", "icon": "bell", "priority": 2, **given})


@pytest.fixture
def pump(system):
    """A pump in service on a ward, with a label."""
    site = make_site()
    asset = make_asset(
        site=site,
        department=make_department(site=site, name="Intensive care"),
        room=make_room(site=site, name="Bed 4"),
        device_type=make_type(name="Infusion pump"),
    )
    asset.code = give_codes(by=system, asset_ids=[asset.pk])[asset.pk]
    return asset


@pytest.fixture
def alarm():
    return make_symptom()
