"""Devices measured with a wrong instrument are tested again: one order each, and nothing twice."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from tests.factories import (
    make_asset,
    make_instrument,
    make_measurement,
    make_plan,
    make_procedure,
    make_schedule,
    make_site,
    make_user,
    make_work_order,
    writes,
)

from wardwright.apps.maintenance.models import StepResult, WorkOrder
from wardwright.apps.maintenance.operations import order_retests
from wardwright.apps.maintenance.queries import why_words
from wardwright.apps.testing.models import Calibration, LookbackItem
from wardwright.apps.testing.operations import look_back, record_calibration
from wardwright.platform.core.change import System
from wardwright.platform.core.errors import Denied, NotNow

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


@pytest.fixture
def lookback():
    """An instrument that read 20 too low, a device it passed wrongly twice, one in doubt, and one that is gone."""
    row = make_instrument(name="ESA", serial="1")
    site = row.site
    devices = [make_asset(site=site), make_asset(site=site), make_asset(site=site, status="retired")]
    for asset, value in ((0, "490"), (0, "495"), (1, "470"), (2, "490")):
        make_measurement(asset=devices[asset], instrument=row, value=Decimal(value), high=500,
                         taken_at=timezone.now() - timedelta(days=30))  # fmt: skip
    point = {"quantity": "leakage", "unit": "µA", "reference": "400", "found": "380", "left": "400", "low": "395",
             "high": "405", "uncertainty": "15"}  # fmt: skip
    record_calibration(by=System("test"), instrument_id=row.pk, calibrated_on=TODAY, due_on=TODAY + timedelta(days=9),
                       adjusted=True, points=[point])  # fmt: skip
    return look_back(by=System("test"), calibration_id=Calibration.objects.get().pk), devices


def test_one_order_for_each_device_the_missed_faults_urgent(lookback):
    row, devices = lookback
    made = order_retests(by=make_user(permissions=["maintenance.dispatch", "testing.instruments"]), lookback_id=row.pk)
    assert [(o.asset_id, o.kind, o.priority, o.due_on) for o in made] == [
        (devices[0].pk, "inspection", 2, TODAY), (devices[1].pk, "inspection", 3, TODAY)]  # fmt: skip
    assert why_words(made[0])[0].startswith("It was measured with ESA 1, which was found wrong on")
    decided = LookbackItem.objects.filter(lookback=row).values_list("asset_id", "decision", "order_number")
    assert set(decided) == {
        (devices[0].pk, "verify", made[0].number), (devices[1].pk, "verify", made[1].number),
        (devices[2].pk, "open", "")}  # fmt: skip


def test_the_same_test_is_done_again_by_the_version_in_force(lookback):
    row, devices = lookback
    before = make_procedure()
    of_plan = make_procedure()
    make_schedule(asset=devices[1], plan=make_plan(applies_to="asset", asset=devices[1], procedure=of_plan.procedure))
    taken = LookbackItem.objects.filter(asset=devices[0]).first().measurement_id
    order = make_work_order(asset=devices[0], procedure_version=before)

    @writes
    def answered():
        StepResult.objects.create(work_order=order, asset=devices[0], position=2, key="leakage", kind="reading",
                                  outcome="pass", measurement_id=taken, recorded_at=timezone.now())  # fmt: skip

    answered()
    made = order_retests(by=System("test"), lookback_id=row.pk)
    assert [o.procedure_version_id for o in made] == [before.pk, of_plan.pk]


def test_again_it_opens_nothing_twice(lookback):
    row, devices = lookback
    by = make_user(permissions=["maintenance.dispatch", "testing.instruments"])
    (first, _second) = order_retests(by=by, lookback_id=row.pk)

    @writes
    def one_more_doubt():
        LookbackItem.objects.filter(asset=devices[0]).order_by("pk")[:1].get().delete()
        LookbackItem.objects.filter(asset=devices[0]).update(decision="open")
        other = make_measurement(asset=devices[0])
        LookbackItem.objects.create(lookback=row, measurement=other, asset=devices[0], rank=1, change="doubtful",
                                    decision="verify", order_number=first.number)  # fmt: skip

    one_more_doubt()
    assert order_retests(by=by, lookback_id=row.pk) == []
    assert WorkOrder.objects.count() == 2
    assert set(LookbackItem.objects.filter(asset=devices[0]).values_list("order_number", flat=True)) == {first.number}


def test_only_who_may_order_work_there_and_only_while_something_waits(lookback):
    row, _devices = lookback
    elsewhere = make_user(permissions=["maintenance.dispatch"], scope=("site", make_site().pk))
    with pytest.raises(Denied):
        order_retests(by=elsewhere, lookback_id=row.pk)
    assert not WorkOrder.objects.exists()
    order_retests(by=System("test"), lookback_id=row.pk)

    @writes
    def decide():
        LookbackItem.objects.filter(decision="open").update(decision="accept", reason="Gone")

    decide()
    with pytest.raises(NotNow, match="No device waits"):
        order_retests(by=System("test"), lookback_id=row.pk)
