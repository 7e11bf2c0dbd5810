"""A reading in a work order is a measurement of the device: with its instrument, its calibration and its limits."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from tests.factories import make_instrument, make_procedure, make_user, make_work_order, writes

from wardwright.apps.maintenance.jobs import carry_readings_over
from wardwright.apps.maintenance.models import StepResult
from wardwright.apps.maintenance.operations import record_results
from wardwright.apps.testing.models import Calibration, Measurement
from wardwright.apps.testing.operations import record_calibration, set_functions
from wardwright.platform.core.change import System
from wardwright.platform.core.errors import Guarded, Invalid

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
STEPS = [
    {"key": "leakage", "section": "safety", "kind": "reading", "text": "Equipment leakage", "unit": "µA", "high": 500,
     "limit_source": "IEC 62353", "quantity": "equipment_leakage", "needs_instrument": True},
    {"key": "weight", "section": "function", "kind": "reading", "text": "Weight", "unit": "kg"},
]  # fmt: skip


@pytest.fixture
def work():
    by = make_user(permissions=["maintenance.view", "maintenance.perform", "testing.view"])
    order = make_work_order(procedure_version=make_procedure(steps=STEPS))
    row = make_instrument(site=order.site)
    record_calibration(by=System("test"), instrument_id=row.pk, calibrated_on=TODAY - timedelta(days=9),
                       due_on=TODAY + timedelta(days=9))  # fmt: skip
    set_functions(by=System("test"), instrument_id=row.pk, functions=[
        {"quantity": "equipment_leakage", "unit": "mA", "low": 0, "high": 10}])  # fmt: skip

    def answer(**given):
        return record_results(by=by, work_order_id=order.pk, results=[given])

    return order, row, answer


def test_a_reading_is_kept_as_a_measurement(work):
    order, row, answer = work
    (result,) = answer(key="leakage", value="0,6 mA", instrument_id=row.pk)
    kept = Measurement.objects.get()
    assert result.measurement_id == kept.pk
    assert (kept.asset_id, kept.site_id, kept.instrument_id, kept.calibration_id) == (
        order.asset_id, order.site_id, row.pk, Calibration.objects.get().pk)  # fmt: skip
    assert (kept.quantity, kept.name, kept.value, kept.unit, kept.high, kept.verdict, kept.source) == (
        "equipment_leakage", "Equipment leakage", Decimal(600), "µA", Decimal(500), "fail", "step")  # fmt: skip


def test_a_corrected_reading_corrects_its_measurement_and_one_taken_back_takes_it_along(work):
    _order, row, answer = work
    answer(key="leakage", value="600", instrument_id=row.pk)
    first = Measurement.objects.get().pk
    answer(key="leakage", value="60", instrument_id=row.pk)
    assert Measurement.objects.values_list("pk", "value", "verdict").get() == (first, Decimal(60), "pass")
    answer(key="leakage", outcome="skipped", reason="No socket")
    assert (Measurement.objects.count(), StepResult.objects.get().measurement_id) == (0, None)
    answer(key="weight", value="12")
    assert Measurement.objects.values_list("quantity", "verdict", "instrument_id").get() == ("weight", "none", None)
    answer(key="weight")
    assert Measurement.objects.count() == 0


def test_what_the_analyser_could_only_bound_keeps_its_sign_and_is_not_held_against_its_range(work):
    _order, row, answer = work
    answer(key="leakage", value="> 10 mA", instrument_id=row.pk)
    assert Measurement.objects.values_list("value", "bound", "verdict").get() == (Decimal(10000), ">", "fail")


def test_a_value_beyond_the_instruments_range_is_told_and_nothing_is_kept(work):
    _order, row, answer = work
    with pytest.raises(Invalid) as caught:
        answer(key="leakage", value="12 mA", instrument_id=row.pk)
    assert "measures 0 to 10 mA: 12000 µA lies beyond" in caught.value.fields["leakage"]
    assert not Measurement.objects.exists()


def test_an_instrument_left_out_of_tolerance_must_not_judge(work):
    _order, row, answer = work

    @writes
    def leave_out():
        type(row).objects.filter(pk=row.pk).update(out_of_tolerance=True)

    leave_out()
    with pytest.raises(Guarded, match="left it out of tolerance"):
        answer(key="leakage", value="60", instrument_id=row.pk)


def test_readings_of_before_are_carried_over_once(work):
    _order, row, answer = work
    answer(key="leakage", value="60", instrument_id=row.pk)
    answer(key="weight", value="12")
    before = list(Measurement.objects.order_by("pk").values())

    @writes
    def forget():
        StepResult.objects.update(measurement=None)
        Measurement.objects.all().delete()

    forget()
    assert carry_readings_over.func() == {"portions": 1}
    after = list(Measurement.objects.order_by("pk").values())
    for one in (*before, *after):
        del one["id"]
    assert after == before
    assert not StepResult.objects.filter(value__isnull=False, measurement=None).exists()
    carry_readings_over.func()
    assert Measurement.objects.count() == 2
