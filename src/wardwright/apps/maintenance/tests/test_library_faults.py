"""A fault found when a device comes back to the equipment library becomes one repair order."""

import pytest
from tests.factories import make_asset

from wardwright.apps.lending.events import DeviceFaultFound
from wardwright.apps.maintenance.models import WorkOrder
from wardwright.apps.maintenance.subscribers import repair_what_came_back

pytestmark = pytest.mark.django_db


def test_one_repair_however_often_it_is_told():
    asset = make_asset(status="out_of_service", out_reason="under_repair")
    for loan_id in (1, 1, 2):
        repair_what_came_back(DeviceFaultFound(loan_id=loan_id, asset_id=asset.pk, fault="Display is dark"))
    orders = WorkOrder.objects.filter(asset=asset, kind="corrective")
    assert list(orders.values_list("title", "state")) == [("Display is dark", "open")] * 2
    assert orders.first().down_from_at is not None  # it is out of service, so its downtime runs
